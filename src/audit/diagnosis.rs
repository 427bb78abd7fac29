//! Why a chain is not trusted, in terms of what a person can act on.
//!
//! webpki says no; this looks for the cause. It walks from the server's certificate from issuer to
//! issuer as far as it comes. It never turns a no into a yes.

use std::collections::HashMap;

use time::OffsetDateTime;

use super::trust_store::{PathFault, TrustStore};
use crate::x509::{BasicConstraints, Certificate, Chain};

/// The longest path that is walked. webpki's own search ends after six intermediates.
const MAX_DEPTH: usize = 16;

/// A cause. Two sides that suffer from the same one share a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// This certificate of the path has ended.
    Expired(Certificate),
    /// This certificate of the path has not begun.
    NotYetValid(Certificate),
    /// The issuer of this certificate is not there, and nothing says that it is a root.
    MissingIntermediate(Certificate),
    /// The path ends in a root of this name that the side does not hold.
    UntrustedRoot(String),
    /// No certificate of its issuer's name verifies the signature of this one.
    BadSignature(Certificate),
    /// Something else that webpki found.
    PathInvalid(PathFault),
}

/// Every certificate that anybody presented or trusts, by raw subject: it tells a missing intermediate
/// from a missing root.
pub(super) struct KnownIssuers<'a> {
    by_subject: HashMap<&'a [u8], Vec<&'a Certificate>>,
}

impl<'a> KnownIssuers<'a> {
    pub(super) fn new(
        roots: impl Iterator<Item = &'a Certificate>,
        chains: impl Iterator<Item = &'a Chain>,
    ) -> Self {
        let mut by_subject: HashMap<&[u8], Vec<&Certificate>> = HashMap::new();
        for certificate in roots.chain(chains.flat_map(Chain::certificates)) {
            let same_name = by_subject.entry(certificate.raw_subject()).or_default();
            if !same_name.contains(&certificate) {
                same_name.push(certificate);
            }
        }
        Self { by_subject }
    }

    /// Whether the issuer of `certificate` is a root for all that is known: someone holds it as one.
    fn issuer_is_root(&self, certificate: &Certificate) -> Option<bool> {
        let issuers = self.by_subject.get(certificate.raw_issuer())?;
        Some(issuers.iter().any(|issuer| issuer.is_self_issued()))
    }
}

/// The certificates from the server's own on, and where they end.
struct Walk<'a> {
    path: Vec<&'a Certificate>,
    end: End,
}

enum End {
    /// At a root of the store, the last of the path.
    Root,
    /// At a certificate whose issuer is not there, or at a root that the store does not hold.
    Open,
    /// At a certificate that no issuer of the right name verifies.
    BadSignature,
}

/// What keeps `chain` from being trusted by `store`. `fault` is what webpki said; it is the answer where
/// nothing better is found.
pub(super) fn diagnose(
    chain: &Chain,
    store: &TrustStore,
    known: &KnownIssuers<'_>,
    fault: PathFault,
    at: OffsetDateTime,
) -> Vec<Fault> {
    let Some(walk) = walk(chain, store) else {
        return vec![Fault::PathInvalid(fault)];
    };
    let mut faults = dates(walk.path.iter().copied(), at);
    let last = walk.path.last().copied();
    match (walk.end, last) {
        (End::Open, Some(last)) => faults.push(open_end(last, known)),
        (End::BadSignature, Some(last)) => faults.push(Fault::BadSignature(last.clone())),
        _ if faults.is_empty() => faults.push(Fault::PathInvalid(fault)),
        _ => {}
    }
    faults
}

/// What the dates of these certificates rule out at the time `at`.
pub(super) fn dates<'a>(
    certificates: impl Iterator<Item = &'a Certificate>,
    at: OffsetDateTime,
) -> Vec<Fault> {
    certificates
        .filter_map(|certificate| match certificate {
            ended if at > ended.not_after() => Some(Fault::Expired(ended.clone())),
            early if at < early.not_before() => Some(Fault::NotYetValid(early.clone())),
            _ => None,
        })
        .collect()
}

fn walk<'a>(chain: &'a Chain, store: &'a TrustStore) -> Option<Walk<'a>> {
    let mut at = chain.certificates().next()?;
    let mut path = vec![at];
    while path.len() < MAX_DEPTH {
        let roots = store.issuers_of(at);
        let presented = chain
            .intermediates()
            .filter(|issuer| at.names_as_issuer(issuer));
        let mut of_that_name = false;
        let mut signers = roots
            .map(|root| (root, true))
            .chain(presented.map(|issuer| (issuer, false)))
            .filter(|(issuer, _)| !path.contains(issuer))
            .inspect(|_| of_that_name = true)
            .filter(|(issuer, _)| at.is_signed_by(issuer));
        match signers.next() {
            Some((root, true)) => {
                path.push(root);
                return Some(Walk {
                    path,
                    end: End::Root,
                });
            }
            Some((issuer, false)) => {
                path.push(issuer);
                at = issuer;
            }
            None if of_that_name && !at.is_self_issued() => {
                return Some(Walk {
                    path,
                    end: End::BadSignature,
                });
            }
            None => break,
        }
    }
    Some(Walk {
        path,
        end: End::Open,
    })
}

/// Tells a missing intermediate from a root that is not trusted, for a path that ends at `last`.
fn open_end(last: &Certificate, known: &KnownIssuers<'_>) -> Fault {
    if last.is_self_issued() {
        return Fault::UntrustedRoot(last.subject().to_owned());
    }
    let issuer_is_root = known.issuer_is_root(last);
    // A server leaves out its root: behind an intermediate, what is missing is the root, unless another
    // server shows it to be an intermediate.
    let by_custom = last.basic_constraints() == BasicConstraints::Ca;
    match issuer_is_root.unwrap_or(by_custom) {
        true => Fault::UntrustedRoot(last.issuer().to_owned()),
        false => Fault::MissingIntermediate(last.clone()),
    }
}
