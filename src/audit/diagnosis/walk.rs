//! The walk from a server certificate to the end of its path.

use crate::audit::context::OrderedChain;
use crate::audit::trust_store::TrustStore;
use crate::x509::{Certificate, SelfSignature, SignatureCheck};

/// Maximum number of certificates of a path.
const MAX_DEPTH: usize = 16;
/// Maximum number of intermediate CAs of a path that webpki builds.
pub(super) const MAX_INTERMEDIATES: usize = 6;
/// Maximum number of signatures that a walk verifies, as in webpki.
pub(super) const MAX_SIGNATURES: usize = 100;

/// A path from the server certificate, and its end.
pub(super) struct Walk<'a> {
    /// At least one certificate: the server's own first.
    pub(super) path: Vec<&'a Certificate>,
    pub(super) end: PathEnd<'a>,
}

/// The end of a path.
pub(super) enum PathEnd<'a> {
    /// At a self-signed root of the store.
    Root,
    /// At a certificate of the store that is not self-signed, whose issuer is not available. `true` if the store has a
    /// certificate with the name of that issuer.
    Misplaced(bool),
    /// At a certificate whose issuer is missing, or at a root that is not in the store. In the latter case, with the
    /// store's first root of the same name.
    Open(Option<&'a Certificate>),
    /// At a certificate whose signature none of these certificates verifies, although they have the name of its issuer.
    BadSignature(Vec<&'a Certificate>),
    /// At a certificate from which the walk did not try every issuer, because it reached a limit.
    SearchLimit,
}

/// Returns the path through `chain` that comes nearest to a root of `store`. Among several paths to roots it returns
/// one that `is_refused` does not refuse, if there is one.
pub(super) fn walk<'a>(
    chain: &OrderedChain<'a>,
    store: &'a TrustStore,
    accepts_any_anchor: bool,
    is_refused: &dyn Fn(&[&Certificate]) -> bool,
) -> Walk<'a> {
    let mut walker = Walker {
        intermediates: &chain.intermediates,
        store,
        accepts_any_anchor,
        is_refused,
        signatures_left: MAX_SIGNATURES,
    };
    walker.continue_from(vec![chain.server_certificate])
}

struct Walker<'a, 'c> {
    intermediates: &'c [&'a Certificate],
    store: &'a TrustStore,
    /// `true` if a path may end at a certificate of the store that is not self-signed.
    accepts_any_anchor: bool,
    is_refused: &'c dyn Fn(&[&Certificate]) -> bool,
    signatures_left: usize,
}

impl<'a> Walker<'a, '_> {
    /// Continues from the last certificate of `path`.
    fn continue_from(&mut self, path: Vec<&'a Certificate>) -> Walk<'a> {
        let last = path[path.len() - 1];
        let issuers = self.issuers(last, &path);
        let mut is_at_limit = path.len() >= MAX_DEPTH && !issuers.is_empty();
        let mut nearest: Option<Walk<'a>> = None;
        let mut unverifiable = None;
        let mut non_signers = Vec::new();
        for issuer in issuers {
            if is_at_limit || self.signatures_left == 0 {
                is_at_limit = true;
                break;
            }
            self.signatures_left -= 1;
            match last.check_signature(issuer) {
                SignatureCheck::Valid => {
                    let walk = self.step(&path, issuer);
                    let is_root = matches!(walk.end, PathEnd::Root);
                    if is_root && !(self.is_refused)(&walk.path) {
                        return walk;
                    }
                    let is_nearer = nearest
                        .as_ref()
                        .is_none_or(|nearest| is_root && !matches!(nearest.end, PathEnd::Root));
                    if is_nearer {
                        nearest = Some(walk);
                    }
                }
                SignatureCheck::Unverifiable => {
                    unverifiable.get_or_insert(issuer);
                }
                SignatureCheck::Invalid => non_signers.push(issuer),
            }
        }
        if let Some(walk) = nearest {
            let is_root = matches!(walk.end, PathEnd::Root);
            let end = if is_at_limit && !is_root {
                PathEnd::SearchLimit
            } else {
                walk.end
            };
            return Walk { end, ..walk };
        }
        // The certificates above a signature that cannot be verified may have faults of their own.
        if let Some(issuer) = unverifiable {
            return self.step(&path, issuer);
        }
        let end = if is_at_limit {
            PathEnd::SearchLimit
        } else {
            self.end(&path, non_signers)
        };
        Walk { path, end }
    }

    fn step(&mut self, path: &[&'a Certificate], issuer: &'a Certificate) -> Walk<'a> {
        let last = path[path.len() - 1];
        let mut path = path.to_vec();
        path.push(issuer);
        let is_anchor = self.accepts_any_anchor || issuer.may_be_self_signed();
        if is_anchor && self.store.issuers_of(last).any(|root| root == issuer) {
            let end = PathEnd::Root;
            Walk { path, end }
        } else {
            self.continue_from(path)
        }
    }

    /// Returns the certificates that have the name of the issuer of `last` and are not in `path`, roots of the store
    /// first.
    fn issuers(&self, last: &Certificate, path: &[&Certificate]) -> Vec<&'a Certificate> {
        let presented = self.intermediates.iter().copied();
        let presented = presented.filter(|issuer| last.issuer_matches(issuer));
        let mut issuers = Vec::new();
        for issuer in self.store.issuers_of(last).chain(presented) {
            if !path.contains(&issuer) && !issuers.contains(&issuer) {
                issuers.push(issuer);
            }
        }
        issuers
    }

    /// Returns the end of `path`, if none of `non_signers` signed its last certificate.
    fn end(&self, path: &[&'a Certificate], non_signers: Vec<&'a Certificate>) -> PathEnd<'a> {
        let last = path[path.len() - 1];
        if let [.., previous, _] = path
            && self.store.issuers_of(previous).any(|root| root == last)
        {
            return PathEnd::Misplaced(self.store.issuers_of(last).next().is_some());
        }
        let mut namesakes = self.store.issuers_of(last);
        let is_ca = path.len() > 1;
        // A self-issued certificate shares only its issuer's name. Its own key need not have signed it.
        match (last.is_self_issued(), last.self_signature()) {
            (true, SelfSignature::Valid) => PathEnd::Open(namesakes.find(|root| *root != last)),
            // A root that was renewed under its old name, with a new key, also has a certificate that the old root
            // signed. That old root is missing.
            (true, SelfSignature::Invalid) if is_ca && namesakes.next().is_none() => {
                PathEnd::Open(None)
            }
            (true, SelfSignature::Invalid) if non_signers.is_empty() => {
                PathEnd::BadSignature(vec![last])
            }
            _ if non_signers.is_empty() => PathEnd::Open(None),
            _ => PathEnd::BadSignature(non_signers),
        }
    }
}
