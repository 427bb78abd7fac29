//! Checks the root store of one relying party, whatever the servers present.

use std::fmt;

use crate::audit::RelyingParty;
use crate::audit::display::{Fingerprints, list};
use crate::audit::trust_store::{TrustStore, UnusableRoot};
use crate::rule::{Finding, Rule};
use crate::text::{plural, quote};
use crate::x509::Certificate;

/// Number of certificates of a root store above which sign-in and TLS fail (D130).
const MAX_CERTIFICATES: usize = 100;
/// Size in bytes of the list of trusted issuers in a handshake above which Windows cuts it (D131).
const MAX_ISSUER_LIST: usize = 16 * 1024;
/// Number of bytes that precede each name in that list.
const NAME_PREFIX: usize = 2;

/// The remedy for an end-entity certificate among the roots.
const REMOVE_END_ENTITY: &str = "remove the certificate from Trusted Root Certification Authorities: an end-entity certificate belongs in the Personal store of its own server";

/// Reports the faults of `store`, which contains the roots that `party` trusts.
pub(in crate::audit) fn check(party: &RelyingParty, store: &TrustStore) -> Vec<Finding> {
    let misplaced = misplaced(party, store);
    let others = [
        duplicates(store).map(|detail| (Rule::RootStoreDuplicate, detail)),
        over_100(store).map(|detail| (Rule::RootStoreOver100, detail)),
        unreadable(store).map(|detail| (Rule::RootStoreEntryUnreadable, detail)),
        issuer_list(store).map(|detail| (Rule::IssuerListTooLong, detail)),
        skipped(store).map(|detail| (Rule::SectionSkipped, detail)),
    ];
    let others = others.into_iter().flatten();
    let others = others.map(|(rule, detail)| Finding::new(rule, party.id(), detail));
    misplaced.into_iter().chain(others).collect()
}

/// Reports certificates that are not self-signed (D129). A self-signature that cannot be verified is not reported, nor
/// one in an unusable entry: the damage that makes it unusable may also be in the signature.
fn misplaced(party: &RelyingParty, store: &TrustStore) -> Option<Finding> {
    let roots = store.roots().iter();
    let roots = roots.filter(|root| !root.may_be_self_signed());
    let unusable = store.unusable().iter();
    let unusable = unusable.filter_map(|entry| entry.certificate.as_ref());
    let unusable = unusable.filter(|certificate| !certificate.is_self_issued());
    let misplaced: Vec<Misplaced<'_>> = roots.chain(unusable).map(Misplaced).collect();
    if misplaced.is_empty() {
        return None;
    }
    let rule = match party {
        RelyingParty::Lync => Rule::RootStoreMisplaced,
        RelyingParty::Exchange(_) => Rule::RootStoreMisplacedExchange,
    };
    let detail = format!(
        "its root store has {} not self-signed: {}",
        match misplaced.len() {
            1 => "a certificate that is".to_owned(),
            count => format!("{count} certificates that are"),
        },
        list(&misplaced, "; "),
    );
    let finding = Finding::new(rule, party.id(), detail);
    let has_ca = misplaced
        .iter()
        .any(|Misplaced(certificate)| !is_end_entity(certificate));
    Some(if has_ca {
        finding
    } else {
        finding.with_remedy(REMOVE_END_ENTITY)
    })
}

/// Displays a misplaced certificate: which one it is, why it is not self-signed, and where it belongs.
struct Misplaced<'a>(&'a Certificate);

impl fmt::Display for Misplaced<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(certificate) = self;
        let (subject, issuer) = (quote(certificate.subject()), quote(certificate.issuer()));
        let fingerprints = Fingerprints(certificate);
        let (kind, place) = if is_end_entity(certificate) {
            (
                "the end-entity certificate",
                "the Personal store of its server",
            )
        } else {
            (
                "the CA certificate",
                "Intermediate Certification Authorities",
            )
        };
        if certificate.is_self_issued() {
            write!(
                f,
                "{kind} {subject} names itself as its issuer, but its own key does not verify its signature; if it is not damaged, it belongs in {place} ({fingerprints})"
            )
        } else {
            write!(
                f,
                "{kind} {subject} was issued by {issuer} and belongs in {place} ({fingerprints})"
            )
        }
    }
}

/// Returns `true` if the certificate shows that it is not of a CA. Before version 3 a certificate could not show it.
fn is_end_entity(certificate: &Certificate) -> bool {
    certificate.is_v3() && !certificate.is_ca()
}

/// Describes certificates that the store has more than once (D130).
fn duplicates(store: &TrustStore) -> Option<String> {
    let duplicates: Vec<String> = store.duplicates().iter().map(describe).collect();
    let listed = list(&duplicates, "; ");
    match duplicates.len() {
        0 => None,
        1 => Some(format!("its root store has {listed} more than once")),
        count => Some(format!(
            "its root store has {count} certificates more than once: {listed}"
        )),
    }
}

/// Describes a store with more than 100 certificates (D130). Duplicates and unusable entries count.
fn over_100(store: &TrustStore) -> Option<String> {
    let count = store.entry_count();
    (count > MAX_CERTIFICATES)
        .then(|| format!("its root store has {count} certificates, more than {MAX_CERTIFICATES}"))
}

/// Describes entries through which nothing is trusted.
fn unreadable(store: &TrustStore) -> Option<String> {
    let unusable: Vec<Unusable<'_>> = store.unusable().iter().map(Unusable).collect();
    if unusable.is_empty() {
        return None;
    }
    Some(format!(
        "its root store has {} through which nothing is trusted: {}",
        match unusable.len() {
            1 => "an entry".to_owned(),
            count => format!("{count} entries"),
        },
        list(&unusable, "; "),
    ))
}

/// Displays an unusable entry: "entry 2, `CN=…` (thumbprint …), is not usable as a trust anchor: …".
struct Unusable<'a>(&'a UnusableRoot);

impl fmt::Display for Unusable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(UnusableRoot {
            entry,
            certificate,
            reason,
        }) = self;
        match certificate {
            Some(certificate) => write!(f, "entry {entry}, {}, is {reason}", describe(certificate)),
            None => write!(f, "entry {entry} is {reason}"),
        }
    }
}

/// Describes a list of trusted issuers that Windows cuts (D131).
fn issuer_list(store: &TrustStore) -> Option<String> {
    let sizes = store
        .certificates()
        .map(|root| root.raw_subject().len() + NAME_PREFIX);
    let sizes: Vec<usize> = sizes.collect();
    let size: usize = sizes.iter().sum();
    (size > MAX_ISSUER_LIST).then(|| {
        let certificates = plural(sizes.len(), "certificate");
        format!(
            "the names of the {certificates} in its root store have {size} bytes in a list of trusted issuers, more than {MAX_ISSUER_LIST}"
        )
    })
}

/// Describes the parts of the store's file that were not read.
fn skipped(store: &TrustStore) -> Option<String> {
    let skipped = list(store.skipped(), ", ");
    (!skipped.is_empty())
        .then(|| format!("the file of its root store has parts that were not read: {skipped}"))
}

/// Returns the subject and the fingerprints of a certificate.
fn describe(certificate: &Certificate) -> String {
    format!(
        "`{}` ({})",
        certificate.subject(),
        Fingerprints(certificate)
    )
}
