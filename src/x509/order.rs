//! Chains that came in another order than that of their issuers, doubled, or with strangers in them.

use super::certificate::Certificate;
use super::chain::{Chain, Entry};
use super::facts::BasicConstraints;

/// What is wrong with the order of a chain.
pub(crate) struct Disorder {
    /// Whether the server's certificate is not first, or an issuer stands before what it issued.
    pub(crate) unordered: bool,
    /// How many certificates stand there a second time.
    pub(crate) doubled: usize,
    /// The subjects of the certificates that issued nothing of the chain.
    pub(crate) strangers: Vec<String>,
}

impl Chain {
    /// The same chain as a server should present it (RFC 8446 §4.4.2): its own certificate first, then
    /// those of its issuers, each once. Certificates that issued nothing here are left out, and so are
    /// unreadable ones.
    ///
    /// The server's own is the first that is no CA's. Issuers are told by name; no signature is verified.
    /// A chain whose first entry is unreadable stays as it is: which certificate was meant cannot be told.
    #[must_use]
    pub fn sorted(&self) -> Self {
        match self.end_entity() {
            Some(Ok(_)) => Self::from_entries(as_entries(&sort(&distinct(self)).0)),
            _ => self.clone(),
        }
    }

    /// The readable certificates, those that [`sorted`](Self::sorted) would keep first: for files that
    /// keep no order.
    pub(super) fn by_issuer(&self) -> Self {
        let (mut sorted, mut left) = sort(&distinct(self));
        sorted.append(&mut left);
        let mut entries = as_entries(&sorted);
        for entry in self.entries() {
            if entry.is_err() {
                entries.push(entry.clone());
            }
        }
        Self::from_entries(entries)
    }

    /// What [`sorted`](Self::sorted) would change; `None` where it would change nothing.
    pub(crate) fn disorder(&self) -> Option<Disorder> {
        if !matches!(self.end_entity(), Some(Ok(_))) || self.is_straight() {
            return None;
        }
        let distinct = distinct(self);
        let (sorted, left) = sort(&distinct);
        let mut strangers = Vec::new();
        for stranger in &left {
            strangers.push(stranger.subject().to_owned());
        }
        let mut doubled = 0;
        for _ in self.certificates() {
            doubled += 1;
        }
        doubled -= distinct.len();
        let unordered = !is_ordered(&distinct, &sorted);
        if !unordered && doubled == 0 && strangers.is_empty() {
            return None;
        }
        Some(Disorder {
            unordered,
            doubled,
            strangers,
        })
    }

    /// Whether it surely stands in order: an end entity, and then each time the issuer of the one before.
    /// Nearly every chain does, and is told so without a list.
    fn is_straight(&self) -> bool {
        let mut certificates = self.certificates();
        let Some(own) = certificates.next() else {
            return false;
        };
        if own.basic_constraints() != BasicConstraints::EndEntity {
            return false;
        }
        let mut before = own;
        let mut earlier = Vec::new();
        for certificate in certificates {
            earlier.push(before);
            if !before.names_as_issuer(certificate) || earlier.contains(&certificate) {
                return false;
            }
            before = certificate;
        }
        true
    }
}

fn as_entries(certificates: &[&Certificate]) -> Vec<Entry> {
    let mut entries = Vec::new();
    for certificate in certificates {
        entries.push(Ok((*certificate).clone()));
    }
    entries
}

fn distinct(chain: &Chain) -> Vec<&Certificate> {
    let mut distinct: Vec<&Certificate> = Vec::new();
    for certificate in chain.certificates() {
        if !distinct.contains(&certificate) {
            distinct.push(certificate);
        }
    }
    distinct
}

/// The first that issued no other, which is the server's own.
fn own<'a>(certificates: &[&'a Certificate]) -> Option<&'a Certificate> {
    for certificate in certificates {
        if !is_issuer(certificate, certificates) {
            return Some(certificate);
        }
    }
    certificates.first().copied()
}

/// The server's certificate, then level by level the issuers that are there; and those that are left. Each
/// certificate is taken once, however many have one name: a stranger may have made thousands of them.
fn sort<'a>(certificates: &[&'a Certificate]) -> (Vec<&'a Certificate>, Vec<&'a Certificate>) {
    let (mut sorted, mut left) = (Vec::new(), Vec::new());
    let own = own(certificates);
    for certificate in certificates {
        match own == Some(*certificate) {
            true => sorted.push(*certificate),
            false => left.push(*certificate),
        }
    }
    let mut next = 0;
    while let Some(certificate) = sorted.get(next).copied() {
        let mut others = Vec::new();
        for it in &left {
            match certificate.names_as_issuer(it) {
                true => sorted.push(*it),
                false => others.push(*it),
            }
        }
        left = others;
        next += 1;
    }
    (sorted, left)
}

/// Whether this is the certificate of a CA: by its own word, or, where it gives none, as the issuer of
/// another.
fn is_issuer(certificate: &Certificate, all: &[&Certificate]) -> bool {
    match certificate.basic_constraints() {
        BasicConstraints::Ca => true,
        BasicConstraints::EndEntity => false,
        BasicConstraints::Absent => has_issued(certificate, all),
    }
}

/// Whether one of `others` has the name of `issuer` as that of its issuer.
fn has_issued(issuer: &Certificate, others: &[&Certificate]) -> bool {
    for other in others {
        if *other != issuer && other.names_as_issuer(issuer) {
            return true;
        }
    }
    false
}

/// Whether the server's certificate is first, and each other behind one that it has the issuer's name of.
fn is_ordered(presented: &[&Certificate], sorted: &[&Certificate]) -> bool {
    let mut kept: Vec<&Certificate> = Vec::new();
    for certificate in presented {
        if !sorted.contains(certificate) {
            continue;
        }
        if !kept.is_empty() && !has_issued(certificate, &kept) {
            return false;
        }
        kept.push(certificate);
    }
    kept.first() == sorted.first()
}
