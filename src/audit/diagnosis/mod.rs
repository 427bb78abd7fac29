//! Why a chain is not trusted, in terms of what a person can act on.
//!
//! webpki says no; this looks for the cause. It walks from the server's certificate from issuer to
//! issuer as far as it comes, and holds every certificate on the way against what a path asks. It never
//! turns a no into a yes.

mod path;
mod text;
mod walk;

use std::sync::OnceLock;

use self::path::Held;
pub(super) use self::path::{beyond, is_about_policies};
pub(super) use self::text::{Days, Fingerprints, Whose, detail, unknown};
use self::walk::{End, Walk};
use super::by_subject::BySubject;
use super::server::{Scope, Sorted};
use super::trust_store::{EndEntity, PathFault, TrustStore};
use crate::rule::Rule;
use crate::x509::{Certificate, Chain, SelfSignature};

/// Of how many certificates of one name it is asked whether they signed another.
const MAX_NAMESAKES: usize = 16;

/// A cause, as a finding tells it. Two sides that suffer from the same one share a finding.
#[derive(PartialEq)]
pub(super) struct Fault {
    pub(super) rule: Rule,
    /// What is wrong, up to where the sides are named that suffer from it.
    what: String,
    sides: Sides,
    /// What stands behind them.
    rest: String,
}

impl Fault {
    /// The same, with what tells this certificate from others of its name.
    fn about(mut self, certificate: &Certificate) -> Self {
        self.rest = format!("{} ({})", self.rest, Fingerprints(certificate));
        self
    }
}

/// How a fault names the sides that suffer from it.
#[derive(Clone, Copy, PartialEq)]
enum Sides {
    /// "Lync and Exchange (contoso.com)".
    Each,
    /// "neither Lync nor Exchange (contoso.com) holds".
    DoNotHold,
    /// ", on the path that Lync takes", where others do not suffer.
    UnlessAll,
    /// Not at all.
    Never,
}

/// Every certificate that anybody presented or trusts, by raw subject: it tells a missing intermediate
/// from a missing root.
pub(super) struct KnownIssuers<'a> {
    stores: &'a [&'a TrustStore],
    presented: &'a [&'a Chain],
    /// Made when it is first asked for: where all is well nobody asks.
    by_subject: OnceLock<BySubject>,
}

impl<'a> KnownIssuers<'a> {
    pub(super) fn new(stores: &'a [&'a TrustStore], presented: &'a [&'a Chain]) -> Self {
        Self {
            stores,
            presented,
            by_subject: OnceLock::new(),
        }
    }

    fn by_subject(&self) -> &BySubject {
        self.by_subject.get_or_init(|| {
            let mut all: Vec<&Certificate> = Vec::new();
            for store in self.stores {
                all.extend(store.roots());
            }
            for chain in self.presented {
                all.extend(chain.certificates());
            }
            BySubject::new(all)
        })
    }

    /// Every certificate, each once.
    pub(super) fn certificates(&self) -> &[Certificate] {
        self.by_subject().certificates()
    }

    /// The certificates that have the name of the issuer of `certificate`.
    fn issuers_of(&self, certificate: &Certificate) -> &[Certificate] {
        self.by_subject().issuers_of(certificate)
    }

    /// The certificate that signed this one, and is not it.
    fn signer_of(&self, certificate: &Certificate) -> Option<&Certificate> {
        let issuers = self.issuers_of(certificate);
        let mut signer = None;
        for issuer in issuers.get(..MAX_NAMESAKES).unwrap_or(issuers) {
            if signer.is_none() && issuer != certificate && certificate.is_signed_by(issuer) {
                signer = Some(issuer);
            }
        }
        signer
    }
}

/// Everything that keeps `chain`, of the server's certificate `own`, from being trusted by `store`. `fault` is
/// what webpki said; it is the answer where nothing better is found. `None` where another finding says it
/// already. Where some entries of the chain cannot be read, that its path ends somewhere says nothing.
pub(super) fn diagnose(
    own: &Certificate,
    chain: &Sorted<'_>,
    store: &TrustStore,
    scope: &Scope<'_>,
    fault: Option<&PathFault>,
) -> Vec<Fault> {
    let walk = walk::walk(own, chain.chain, store);
    let reaches_root = matches!(walk.end, End::Root);
    let mut held = Held::new(own, &walk.path, reaches_root, scope.at);
    held.beyond();
    let beyond = held.faults.len();
    held.broken();
    held.revoked(scope.revocation);
    if chain.is_whole {
        end(&walk, scope.known, &mut held);
    }
    if let Some(fault) = fault
        && held.faults.len() == beyond
        && !is_explained(fault, &held.faults)
    {
        match unreadable(&walk) {
            Some((certificate, why)) => {
                let what = format!("cannot be read: {why}");
                held.add(Rule::PathInvalid, certificate, &what);
            }
            None => held.faults.push(text::path_invalid(fault)),
        }
    }
    held.faults
}

/// The first certificate of the walk that webpki cannot read, and why.
fn unreadable<'a>(walk: &Walk<'a>) -> Option<(&'a Certificate, PathFault)> {
    for certificate in &walk.path {
        if let Err(fault) = EndEntity::new(certificate) {
            return Some((certificate, fault));
        }
    }
    None
}

/// Whether webpki could not verify a signature for one of these faults.
fn is_explained(fault: &PathFault, faults: &[Fault]) -> bool {
    let is_signature = matches!(
        fault,
        PathFault::SignatureAlgorithm | PathFault::BadSignature | PathFault::UnknownIssuer
    );
    let mut explains = false;
    for fault in faults {
        explains |= matches!(
            fault.rule,
            Rule::WeakKey | Rule::Sha1Signature | Rule::PssSignature
        );
    }
    is_signature && explains
}

/// What is wrong where the walk ends.
fn end(walk: &Walk<'_>, known: &KnownIssuers<'_>, held: &mut Held<'_>) {
    let Some(last) = walk.path.last() else {
        return;
    };
    match &walk.end {
        End::Root => {}
        End::Open(namesake) => open_end(last, walk.path.len() > 1, *namesake, known, held),
        End::BadSignature(issuers) => {
            let signer = known.signer_of(last);
            let fault = text::bad_signature(held.own, last, issuers, signer);
            held.faults.push(fault);
        }
    }
}

/// Tells a missing intermediate from a root that is not trusted, for a path that ends at `last`, which may
/// have issued what stands before it.
fn open_end(
    last: &Certificate,
    has_issued: bool,
    namesake: Option<&Certificate>,
    known: &KnownIssuers<'_>,
    held: &mut Held<'_>,
) {
    match last.self_signature() {
        SelfSignature::Valid => {
            let fault = text::untrusted_root(last.subject(), Some(last), namesake);
            held.faults.push(fault);
            return;
        }
        // It may be anybody's: what is known is that its signature counts for nothing.
        SelfSignature::Unsupported => return held.unverifiable(last, last),
        SelfSignature::Invalid => {}
    }
    // A server leaves out its root: behind an intermediate, what is missing is the root, unless another
    // server shows it to be an intermediate.
    let mut is_root = false;
    let issuers = known.issuers_of(last);
    for issuer in issuers {
        is_root |= issuer.is_self_issued();
    }
    if issuers.is_empty() {
        is_root = has_issued || last.is_ca();
    }
    let issuer = known.signer_of(last);
    held.faults.push(match issuer {
        _ if !is_root => text::missing_intermediate(held.own, last, issuer),
        Some(root) if root.is_self_issued() => {
            text::untrusted_root(last.issuer(), Some(root), None)
        }
        _ => text::untrusted_root(last.issuer(), None, None),
    });
}
