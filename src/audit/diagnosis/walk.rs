//! The walk from a server's certificate to where its path ends.

use crate::audit::trust_store::TrustStore;
use crate::x509::{Certificate, Chain, SelfSignature, Signature};

/// The longest path that is walked. webpki's own search ends after six intermediates.
const MAX_DEPTH: usize = 16;
/// The most signatures that a walk checks, as many as webpki's.
const MAX_SIGNATURES: usize = 100;

/// The certificates from the server's own on, and where they end.
pub(super) struct Walk<'a> {
    pub(super) path: Vec<&'a Certificate>,
    pub(super) end: End<'a>,
}

/// Where a walk ends.
pub(super) enum End<'a> {
    /// At a root of the store, the last of the path.
    Root,
    /// At a certificate whose issuer is not there, or at a root that the store does not hold; what the
    /// store holds under the name of that root.
    Open(Vec<&'a Certificate>),
    /// At a certificate whose signature none of these verifies, and they have the name of its issuer.
    BadSignature(Vec<&'a Certificate>),
}

/// The path that comes nearest to a root of `store`; `None` for a chain without a readable certificate.
pub(super) fn walk<'a>(chain: &'a Chain, store: &'a TrustStore) -> Option<Walk<'a>> {
    let first = chain.certificates().next()?;
    let mut walker = Walker {
        chain,
        store,
        signatures: MAX_SIGNATURES,
    };
    Some(walker.on(vec![first]))
}

struct Walker<'a> {
    chain: &'a Chain,
    store: &'a TrustStore,
    /// How many signatures may still be checked.
    signatures: usize,
}

impl<'a> Walker<'a> {
    /// Goes on from the end of `path`.
    fn on(&mut self, path: Vec<&'a Certificate>) -> Walk<'a> {
        let Some(last) = path.last().copied() else {
            return Walk {
                path,
                end: End::Open(Vec::new()),
            };
        };
        let mut nearest: Option<Walk<'a>> = None;
        let (mut unverifiable, mut others) = (Vec::new(), Vec::new());
        for &(issuer, is_root) in &self.issuers(last, &path) {
            match self.check(last, issuer) {
                Some(Signature::Valid) => {
                    let walk = self.step(&path, issuer, is_root);
                    if matches!(walk.end, End::Root) {
                        return walk;
                    }
                    nearest = nearest.or(Some(walk));
                }
                Some(Signature::Unverifiable) => unverifiable.push((issuer, is_root)),
                Some(Signature::Invalid) => others.push(issuer),
                None => break,
            }
        }
        if let Some(walk) = nearest {
            return walk;
        }
        // What is behind a signature that nobody can verify may have faults of its own.
        if let Some((issuer, is_root)) = unverifiable.first().copied() {
            return self.step(&path, issuer, is_root);
        }
        let end = match path.len() {
            1 => self.end(last, others),
            _ => self.end_of_ca(last, others),
        };
        Walk { path, end }
    }

    fn step(
        &mut self,
        path: &[&'a Certificate],
        issuer: &'a Certificate,
        is_root: bool,
    ) -> Walk<'a> {
        let mut path = path.to_vec();
        path.push(issuer);
        match is_root {
            true => Walk {
                path,
                end: End::Root,
            },
            false => self.on(path),
        }
    }

    /// The certificates of the name of the issuer of `last`, roots of the store first.
    fn issuers(&self, last: &Certificate, path: &[&Certificate]) -> Vec<(&'a Certificate, bool)> {
        if path.len() >= MAX_DEPTH {
            return Vec::new();
        }
        let mut issuers = Vec::new();
        for root in self.store.issuers_of(last) {
            if !path.contains(&root) {
                issuers.push((root, true));
            }
        }
        for issuer in self.chain.intermediates() {
            if last.names_as_issuer(issuer) && !path.contains(&issuer) {
                issuers.push((issuer, false));
            }
        }
        issuers
    }

    fn check(&mut self, certificate: &Certificate, issuer: &Certificate) -> Option<Signature> {
        self.signatures = self.signatures.checked_sub(1)?;
        Some(certificate.signature_under(issuer))
    }

    /// The same of a CA's certificate. A root that was renewed under its old name and with a new key has a
    /// certificate of the old key, which is self-issued: what is not there is the old root.
    fn end_of_ca(&self, last: &'a Certificate, others: Vec<&'a Certificate>) -> End<'a> {
        let is_held = !self.store.issuers_of(last).is_empty();
        let is_cross = last.is_self_issued() && last.self_signature() == SelfSignature::Invalid;
        match is_cross && !is_held {
            true => End::Open(Vec::new()),
            false => self.end(last, others),
        }
    }

    /// How a path ends at `last`, where none of `others` signed it and they have the name of its issuer.
    fn end(&self, last: &'a Certificate, others: Vec<&'a Certificate>) -> End<'a> {
        // To be self-issued is to share a name with one's issuer, and no more.
        match (last.is_self_issued(), last.self_signature()) {
            (true, SelfSignature::Valid) => {
                let mut held = Vec::new();
                for issuer in self.store.issuers_of(last) {
                    if issuer != last {
                        held.push(issuer);
                    }
                }
                End::Open(held)
            }
            (true, SelfSignature::Invalid) if others.is_empty() => End::BadSignature(vec![last]),
            _ if others.is_empty() => End::Open(others),
            _ => End::BadSignature(others),
        }
    }
}
