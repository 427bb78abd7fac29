//! Every certificate of an audit, by subject.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::trust_store::TrustStore;
use crate::x509::{Certificate, Chain, SignatureCheck};

/// Maximum number of certificates of one subject that are tried as the signer of another certificate. An attacker can
/// present thousands of them.
const MAX_TRIED_SIGNERS: usize = 16;

/// Every certificate that a server presents, a relying party trusts or a user supplies, by raw subject (D29). Diagnosis uses it to
/// distinguish a missing intermediate from a missing root.
pub(super) struct KnownIssuers<'a> {
    stores: Vec<&'a TrustStore>,
    chains: Vec<&'a Chain>,
    intermediates: &'a [Certificate],
    by_subject: OnceLock<HashMap<&'a [u8], Vec<&'a Certificate>>>,
}

impl<'a> KnownIssuers<'a> {
    pub(super) fn new(
        stores: Vec<&'a TrustStore>,
        chains: Vec<&'a Chain>,
        intermediates: &'a [Certificate],
    ) -> Self {
        Self {
            stores,
            chains,
            intermediates,
            by_subject: OnceLock::new(),
        }
    }

    /// Returns every certificate once, roots first.
    pub(super) fn certificates(&self) -> Vec<&'a Certificate> {
        let roots = self.stores.iter().flat_map(|store| store.roots());
        let presented = self.chains.iter().flat_map(|chain| chain.certificates());
        let mut seen: HashSet<&[u8]> = HashSet::new();
        roots
            .chain(presented)
            .chain(self.intermediates)
            .filter(|certificate| seen.insert(certificate.der()))
            .collect()
    }

    /// Returns the certificates whose subject is the issuer of `certificate`. Signatures are not checked.
    pub(super) fn issuers_of(&self, certificate: &Certificate) -> &[&'a Certificate] {
        let issuers = self.by_subject().get(certificate.raw_issuer());
        issuers.map_or(&[], Vec::as_slice)
    }

    /// Returns a certificate whose subject reads like the issuer of `certificate` but is encoded in another way, for
    /// example with other string types. Prefers one whose key verifies the signature of `certificate`.
    pub(super) fn printed_namesake_of(&self, certificate: &Certificate) -> Option<&'a Certificate> {
        let of_subjects = self.by_subject().values().filter(|of_subject| {
            let first = of_subject[0];
            !certificate.issuer_matches(first)
                && first.subject().eq_ignore_ascii_case(certificate.issuer())
        });
        let mut namesakes: Vec<&Certificate> = of_subjects.flatten().copied().collect();
        namesakes.sort_by_key(|namesake| namesake.der().as_ref());
        let mut tried = namesakes.iter().take(MAX_TRIED_SIGNERS);
        let signer =
            tried.find(|namesake| certificate.check_signature(namesake) == SignatureCheck::Valid);
        signer.or_else(|| namesakes.first()).copied()
    }

    fn by_subject(&self) -> &HashMap<&'a [u8], Vec<&'a Certificate>> {
        // Only diagnosis needs the map, so an audit without faults does not build it.
        self.by_subject.get_or_init(|| {
            let mut by_subject: HashMap<&[u8], Vec<&Certificate>> = HashMap::new();
            for certificate in self.certificates() {
                let same_subject = by_subject.entry(certificate.raw_subject()).or_default();
                same_subject.push(certificate);
            }
            by_subject
        })
    }

    /// Returns another certificate whose key verifies the signature of `certificate`.
    pub(super) fn signer_of(&self, certificate: &Certificate) -> Option<&'a Certificate> {
        let issuers = self.issuers_of(certificate).iter().take(MAX_TRIED_SIGNERS);
        issuers
            .copied()
            .find(|issuer| *issuer != certificate && certificate.is_signed_by(issuer))
    }
}
