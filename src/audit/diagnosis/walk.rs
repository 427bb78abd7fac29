//! The walk from a server's certificate to where its path ends.

use crate::audit::trust_store::TrustStore;
use crate::x509::{Certificate, Chain, SelfSignature, SignatureCheck};

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
    /// At a certificate whose issuer is not there, or at a root that the store does not hold; the first
    /// that the store holds under the name of that root.
    Open(Option<&'a Certificate>),
    /// At a certificate whose signature none of these verifies, and they have the name of its issuer.
    BadSignature(Vec<&'a Certificate>),
}

/// The path from `own` through `chain` that comes nearest to a root of `store`.
pub(super) fn walk<'a>(own: &'a Certificate, chain: &'a Chain, store: &'a TrustStore) -> Walk<'a> {
    let mut walker = Walker {
        chain,
        store,
        signatures: MAX_SIGNATURES,
    };
    walker.on(own, vec![own])
}

struct Walker<'a> {
    chain: &'a Chain,
    store: &'a TrustStore,
    /// How many signatures may still be checked.
    signatures: usize,
}

impl<'a> Walker<'a> {
    /// Goes on from `last`, the end of `path`.
    fn on(&mut self, last: &'a Certificate, path: Vec<&'a Certificate>) -> Walk<'a> {
        let mut nearest: Option<Walk<'a>> = None;
        let mut unverifiable = None;
        let mut others = Vec::new();
        for &issuer in &self.issuers(last, &path) {
            if self.signatures == 0 {
                break;
            }
            self.signatures -= 1;
            match last.check_signature(issuer) {
                SignatureCheck::Valid => {
                    let walk = self.step(&path, last, issuer);
                    if matches!(walk.end, End::Root) {
                        return walk;
                    }
                    if nearest.is_none() {
                        nearest = Some(walk);
                    }
                }
                SignatureCheck::Unverifiable => {
                    if unverifiable.is_none() {
                        unverifiable = Some(issuer);
                    }
                }
                SignatureCheck::Invalid => others.push(issuer),
            }
        }
        if let Some(walk) = nearest {
            return walk;
        }
        // What is behind a signature that nobody can verify may have faults of its own.
        if let Some(issuer) = unverifiable {
            return self.step(&path, last, issuer);
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
        last: &Certificate,
        issuer: &'a Certificate,
    ) -> Walk<'a> {
        let mut path = path.to_vec();
        path.push(issuer);
        match self.store.issuers_of(last).contains(issuer) {
            true => Walk {
                path,
                end: End::Root,
            },
            false => self.on(issuer, path),
        }
    }

    /// The certificates of the name of the issuer of `last`, roots of the store first.
    fn issuers(&self, last: &Certificate, path: &[&Certificate]) -> Vec<&'a Certificate> {
        if path.len() >= MAX_DEPTH {
            return Vec::new();
        }
        let mut issuers = Vec::new();
        let roots = self.store.issuers_of(last);
        for root in roots {
            if !path.contains(&root) {
                issuers.push(root);
            }
        }
        for issuer in self.chain.intermediates() {
            let is_known = path.contains(&issuer) || roots.contains(issuer);
            if last.issuer_matches(issuer) && !is_known {
                issuers.push(issuer);
            }
        }
        issuers
    }

    /// The same of a CA's certificate. A root that was renewed under its old name and with a new key has a
    /// certificate of the old key, which is self-issued: what is not there is the old root.
    fn end_of_ca(&self, last: &'a Certificate, others: Vec<&'a Certificate>) -> End<'a> {
        let is_held = !self.store.issuers_of(last).is_empty();
        let is_cross = last.is_self_issued() && last.self_signature() == SelfSignature::Invalid;
        match is_cross && !is_held {
            true => End::Open(None),
            false => self.end(last, others),
        }
    }

    /// How a path ends at `last`, where none of `others` signed it and they have the name of its issuer.
    fn end(&self, last: &'a Certificate, others: Vec<&'a Certificate>) -> End<'a> {
        // To be self-issued is to share a name with one's issuer, and no more.
        match (last.is_self_issued(), last.self_signature()) {
            (true, SelfSignature::Valid) => {
                let mut held = None;
                for issuer in self.store.issuers_of(last) {
                    if held.is_none() && issuer != last {
                        held = Some(issuer);
                    }
                }
                End::Open(held)
            }
            (true, SelfSignature::Invalid) if others.is_empty() => End::BadSignature(vec![last]),
            _ if others.is_empty() => End::Open(None),
            _ => End::BadSignature(others),
        }
    }
}
