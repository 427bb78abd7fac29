//! Chains that came in another order than that of their issuers, doubled, or with strangers in them.

use super::certificate::Certificate;
use super::chain::Chain;
use super::facts::BasicConstraints;

/// What is wrong with the order of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
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
            Some(Ok(_)) => sort(&distinct(self)).into_iter().cloned().collect(),
            _ => self.clone(),
        }
    }

    /// The certificate that [`sorted`](Self::sorted) puts first; `None` where the first entry cannot be read.
    pub(crate) fn own_certificate(&self) -> Option<&Certificate> {
        let first = self.end_entity()?.as_ref().ok()?;
        match first.basic_constraints() {
            BasicConstraints::EndEntity => Some(first),
            _ => own(&distinct(self)),
        }
    }

    /// The readable certificates, those that [`sorted`](Self::sorted) would keep first: for files that
    /// keep no order.
    pub(super) fn by_issuer(&self) -> Self {
        let distinct = distinct(self);
        let sorted = sort(&distinct);
        let others = distinct.iter().filter(|it| !sorted.contains(it));
        let mut entries = Vec::new();
        for certificate in sorted.iter().chain(others) {
            entries.push(Ok((*certificate).clone()));
        }
        let unreadable = self.entries().iter().filter(|entry| entry.is_err());
        entries.extend(unreadable.cloned());
        Self::from_entries(entries)
    }

    /// What [`sorted`](Self::sorted) would change; `None` where it would change nothing.
    pub(crate) fn disorder(&self) -> Option<Disorder> {
        if !matches!(self.end_entity(), Some(Ok(_))) || self.is_straight() {
            return None;
        }
        let distinct = distinct(self);
        let sorted = sort(&distinct);
        let strangers = distinct.iter().filter(|it| !sorted.contains(it));
        let disorder = Disorder {
            doubled: self.certificates().count() - distinct.len(),
            strangers: strangers.map(|it| it.subject().to_owned()).collect(),
            unordered: !is_ordered(&distinct, &sorted),
        };
        let Disorder {
            unordered,
            doubled,
            strangers,
        } = &disorder;
        (*unordered || *doubled > 0 || !strangers.is_empty()).then_some(disorder)
    }

    /// Whether it surely stands in order: an end entity, and then each time the issuer of the one before.
    /// Nearly every chain does, and is told so without a list.
    fn is_straight(&self) -> bool {
        let certificates = || self.certificates();
        let mut pairs = certificates().zip(certificates().skip(1));
        let mut numbered = certificates().enumerate();
        let is_again = |(number, it)| certificates().take(number).any(|before| before == it);
        let own = certificates().next();
        own.is_some_and(|own| own.basic_constraints() == BasicConstraints::EndEntity)
            && pairs.all(|(one, next)| one.names_as_issuer(next))
            && !numbered.any(is_again)
    }
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
    let mut all = certificates.iter();
    let own = all.find(|it| !is_issuer(it, certificates));
    own.or_else(|| certificates.first()).copied()
}

/// The server's certificate, then level by level the issuers that are there. Each certificate is taken
/// once, however many have one name: a stranger may have made thousands of them.
fn sort<'a>(certificates: &[&'a Certificate]) -> Vec<&'a Certificate> {
    let own = own(certificates);
    let mut sorted: Vec<&Certificate> = own.into_iter().collect();
    let mut left: Vec<&Certificate> = certificates.to_vec();
    left.retain(|it| Some(*it) != own);
    let mut next = 0;
    while let Some(certificate) = sorted.get(next).copied() {
        let issuers = left.extract_if(.., |it| certificate.names_as_issuer(it));
        sorted.extend(issuers);
        next += 1;
    }
    sorted
}

/// Whether this is the certificate of a CA: by its own word, or, where it gives none, as the issuer of
/// another.
fn is_issuer(certificate: &Certificate, all: &[&Certificate]) -> bool {
    match certificate.basic_constraints() {
        BasicConstraints::Ca => true,
        BasicConstraints::EndEntity => false,
        BasicConstraints::Absent => all
            .iter()
            .any(|other| *other != certificate && other.names_as_issuer(certificate)),
    }
}

/// Whether the server's certificate is first, and each other behind one that it has the issuer's name of.
fn is_ordered(presented: &[&Certificate], sorted: &[&Certificate]) -> bool {
    let kept: Vec<&Certificate> = presented
        .iter()
        .copied()
        .filter(|it| sorted.contains(it))
        .collect();
    let follows = |(position, issuer): (usize, &&Certificate)| {
        let mut before = kept.iter().take(position);
        position == 0 || before.any(|it| it.names_as_issuer(issuer))
    };
    kept.first() == sorted.first() && kept.iter().enumerate().all(follows)
}
