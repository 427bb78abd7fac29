//! Sorts the certificates of a chain from the server's own up to the root, by the names of their issuers.

use std::collections::HashSet;

use super::certificate::Certificate;

/// The faults in the order of a chain.
pub(crate) struct ChainDisorder {
    /// `true` if the server's certificate is not first, or an issuer precedes a certificate that it issued.
    pub(crate) is_unordered: bool,
    /// Number of entries that repeat an earlier one.
    pub(crate) duplicates: usize,
    /// The subjects of the certificates that issued nothing in the chain.
    pub(crate) unrelated: Vec<String>,
}

/// The certificates of a chain, each once.
#[derive(Default)]
pub(super) struct SortedChain<'a> {
    /// The server's certificate, followed level by level by the issuers that are present.
    pub(super) path: Vec<&'a Certificate>,
    /// The certificates that issued nothing of the path.
    pub(super) unrelated: Vec<&'a Certificate>,
}

/// Sorts the certificates of a chain. Signatures are not verified.
pub(super) fn sort<'a>(presented: impl Iterator<Item = &'a Certificate>) -> SortedChain<'a> {
    sort_distinct(&distinct(presented))
}

/// Returns the changes that [`sort`] would make, or `None` if the chain is sorted.
pub(super) fn find_disorder<'a>(
    presented: impl Iterator<Item = &'a Certificate>,
) -> Option<ChainDisorder> {
    let presented: Vec<&Certificate> = presented.collect();
    let distinct = distinct(presented.iter().copied());
    let sorted = sort_distinct(&distinct);
    let unrelated = sorted.unrelated.iter();
    let disorder = ChainDisorder {
        is_unordered: !is_ordered(&distinct, &sorted.path),
        duplicates: presented.len() - distinct.len(),
        unrelated: unrelated
            .map(|certificate| certificate.subject().to_owned())
            .collect(),
    };
    let is_disordered =
        disorder.is_unordered || disorder.duplicates > 0 || !disorder.unrelated.is_empty();
    is_disordered.then_some(disorder)
}

/// Returns each certificate once, in order.
fn distinct<'a>(presented: impl Iterator<Item = &'a Certificate>) -> Vec<&'a Certificate> {
    let mut seen = HashSet::new();
    presented
        .filter(|certificate| seen.insert(certificate.der().as_ref()))
        .collect()
}

/// Sorts distinct certificates. Each certificate is taken once: a hostile chain may contain thousands of certificates
/// with one name.
fn sort_distinct<'a>(certificates: &[&'a Certificate]) -> SortedChain<'a> {
    let Some(end_entity) = find_end_entity(certificates) else {
        return SortedChain::default();
    };
    let mut path = vec![end_entity];
    let others = certificates.iter().copied();
    let mut unrelated: Vec<&Certificate> = others
        .filter(|certificate| *certificate != end_entity)
        .collect();
    let mut position = 0;
    while let Some(certificate) = path.get(position).copied() {
        let (issuers, rest): (Vec<&Certificate>, Vec<&Certificate>) = unrelated
            .into_iter()
            .partition(|other| certificate.issuer_matches(other));
        path.extend(issuers);
        unrelated = rest;
        position += 1;
    }
    SortedChain { path, unrelated }
}

/// Returns the server's own certificate: the first that is not an issuer, otherwise the first.
fn find_end_entity<'a>(certificates: &[&'a Certificate]) -> Option<&'a Certificate> {
    let mut candidates = certificates.iter().copied();
    let end_entity = candidates.find(|certificate| !is_issuer(certificate, certificates));
    end_entity.or_else(|| certificates.first().copied())
}

/// Returns `true` for the certificate of a CA. A certificate without basic constraints counts as one if it issued
/// another certificate.
fn is_issuer(certificate: &Certificate, all: &[&Certificate]) -> bool {
    if certificate.has_basic_constraints() {
        certificate.is_ca()
    } else {
        has_issued(certificate, all)
    }
}

/// Returns `true` if one of `others` has the name of `issuer` as its issuer.
fn has_issued(issuer: &Certificate, others: &[&Certificate]) -> bool {
    others
        .iter()
        .any(|other| *other != issuer && other.issuer_matches(issuer))
}

/// Returns `true` if the server's certificate comes first, and every other certificate of the path comes after a
/// certificate that it issued.
fn is_ordered(presented: &[&Certificate], path: &[&Certificate]) -> bool {
    let mut earlier: Vec<&Certificate> = Vec::new();
    for certificate in presented {
        if !path.contains(certificate) {
            continue;
        }
        if !earlier.is_empty() && !has_issued(certificate, &earlier) {
            return false;
        }
        earlier.push(certificate);
    }
    earlier.first() == path.first()
}
