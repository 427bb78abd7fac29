//! Why a chain is not trusted, in terms of what a person can act on.
//!
//! webpki says no; this looks for the cause. It walks from the server's certificate from issuer to
//! issuer as far as it comes, and holds every certificate on the way against what a path asks. It never
//! turns a no into a yes.

mod path;
mod text;
mod walk;

use std::sync::OnceLock;

pub(super) use self::path::{beyond, is_about_policies};
pub(super) use self::text::{days, detail, fingerprints, identified, unknown, whose};
use self::walk::{End, Walk};
use super::by_subject::BySubject;
use super::server::Scope;
use super::trust_store::{EndEntity, PathFault, TrustStore};
use crate::rule::Rule;
use crate::x509::{BasicConstraints, Certificate, Chain, SelfSignature};

/// Of how many certificates of one name it is asked whether they signed another.
const MAX_NAMESAKES: usize = 16;

/// A cause. Two sides that suffer from the same one share a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// This certificate of the path has ended.
    Expired(Certificate),
    /// This certificate of the path has not begun.
    NotYetValid(Certificate),
    /// The issuer of this certificate is not there, and nothing says that it is a root. The issuer, where
    /// another server presents it.
    MissingIntermediate {
        certificate: Certificate,
        issuer: Option<Certificate>,
    },
    /// The path ends in a root of this name that the side does not hold. The root, where it is at hand;
    /// and what the side holds under the same name.
    UntrustedRoot {
        name: String,
        root: Option<Certificate>,
        namesakes: Vec<Certificate>,
    },
    /// No certificate of its issuer's name, and these are the ones, verifies the signature of this one.
    /// The one that does, where somebody else has it.
    BadSignature {
        certificate: Certificate,
        issuers: Vec<Certificate>,
        signer: Option<Certificate>,
    },
    /// The signature of this certificate is of an algorithm that cannot be verified.
    Unverifiable(Certificate),
    /// This certificate has too small a key.
    WeakKey(Certificate),
    /// This certificate is signed with SHA-1.
    Sha1Signature(Certificate),
    /// This certificate is signed with RSASSA-PSS.
    PssSignature(Certificate),
    /// A CRL, described here, says that this certificate is revoked.
    Revoked {
        certificate: Certificate,
        by: String,
    },
    /// This certificate breaks the path in another way; which, as a clause behind its name.
    Broken {
        certificate: Certificate,
        why: String,
    },
    /// Something else that webpki found.
    PathInvalid(PathFault),
}

impl Fault {
    pub(super) fn rule(&self) -> Rule {
        match self {
            Self::Expired(_) => Rule::Expired,
            Self::NotYetValid(_) => Rule::NotYetValid,
            Self::MissingIntermediate { .. } => Rule::MissingIntermediate,
            Self::UntrustedRoot { .. } => Rule::UntrustedRoot,
            Self::BadSignature { .. } => Rule::BadSignature,
            Self::WeakKey(_) => Rule::WeakKey,
            Self::Sha1Signature(_) => Rule::Sha1Signature,
            Self::PssSignature(_) => Rule::PssSignature,
            Self::Revoked { .. } => Rule::Revoked,
            Self::Unverifiable(_) | Self::Broken { .. } | Self::PathInvalid(_) => Rule::PathInvalid,
        }
    }
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
    fn signer_of(&self, certificate: &Certificate) -> Option<Certificate> {
        for issuer in self.issuers_of(certificate).iter().take(MAX_NAMESAKES) {
            if issuer != certificate && certificate.is_signed_by(issuer) {
                return Some(issuer.clone());
            }
        }
        None
    }
}

/// Everything that keeps `chain` from being trusted by `store`. `fault` is what webpki said; it is the
/// answer where nothing better is found. `None` where another finding says it already.
pub(super) fn diagnose(
    chain: &Chain,
    store: &TrustStore,
    scope: &Scope<'_>,
    fault: Option<PathFault>,
) -> Vec<Fault> {
    let at = scope.at;
    let Some(walk) = walk::walk(chain, store) else {
        return match fault {
            Some(fault) => vec![Fault::PathInvalid(fault)],
            None => Vec::new(),
        };
    };
    let reaches_root = matches!(walk.end, End::Root);
    let mut faults = path::broken(&walk.path, reaches_root, at);
    faults.extend(end(&walk, scope.known));
    faults.append(&mut path::revoked(&walk.path, scope.revocation));
    let mut found_more = beyond(&walk.path, reaches_root, at);
    if let Some(fault) = fault
        && faults.is_empty()
        && !is_explained(&fault, &found_more)
    {
        faults.push(unreadable(&walk).unwrap_or(Fault::PathInvalid(fault)));
    }
    faults.append(&mut found_more);
    faults
}

/// The same of a chain of which some entries cannot be read: that its path ends somewhere says nothing
/// then.
pub(super) fn diagnose_readable(
    chain: &Chain,
    store: &TrustStore,
    scope: &Scope<'_>,
) -> Vec<Fault> {
    let Some(walk) = walk::walk(chain, store) else {
        return Vec::new();
    };
    let reaches_root = matches!(walk.end, End::Root);
    let mut faults = path::broken(&walk.path, reaches_root, scope.at);
    faults.append(&mut path::revoked(&walk.path, scope.revocation));
    faults.append(&mut beyond(&walk.path, reaches_root, scope.at));
    faults
}

/// The first certificate of the walk that webpki cannot read, and why.
fn unreadable(walk: &Walk<'_>) -> Option<Fault> {
    for certificate in &walk.path {
        if let Err(fault) = EndEntity::new(certificate) {
            return Some(Fault::Broken {
                certificate: (*certificate).clone(),
                why: format!("cannot be read: {fault}"),
            });
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
    let explains = |fault: &Fault| {
        matches!(
            fault.rule(),
            Rule::WeakKey | Rule::Sha1Signature | Rule::PssSignature
        )
    };
    is_signature && faults.iter().any(explains)
}

/// What is wrong where the walk ends.
fn end(walk: &Walk<'_>, known: &KnownIssuers<'_>) -> Option<Fault> {
    let last = *walk.path.last()?;
    match &walk.end {
        End::Root => None,
        End::Open(namesakes) => open_end(last, walk.path.len() > 1, namesakes, known),
        End::BadSignature(issuers) => Some(Fault::BadSignature {
            certificate: last.clone(),
            issuers: owned(issuers),
            signer: known.signer_of(last),
        }),
    }
}

fn owned(certificates: &[&Certificate]) -> Vec<Certificate> {
    let mut owned = Vec::new();
    for certificate in certificates {
        owned.push((*certificate).clone());
    }
    owned
}

/// Tells a missing intermediate from a root that is not trusted, for a path that ends at `last`, which may
/// have issued what stands before it.
fn open_end(
    last: &Certificate,
    has_issued: bool,
    namesakes: &[&Certificate],
    known: &KnownIssuers<'_>,
) -> Option<Fault> {
    match last.self_signature() {
        SelfSignature::Valid => {
            return Some(Fault::UntrustedRoot {
                name: last.subject().to_owned(),
                root: Some(last.clone()),
                namesakes: owned(namesakes),
            });
        }
        // It may be anybody's: what is known is that its signature counts for nothing.
        SelfSignature::Unsupported => return path::unverifiable(last, last),
        SelfSignature::Invalid => {}
    }
    let issuers = known.issuers_of(last);
    // A server leaves out its root: behind an intermediate, what is missing is the root, unless another
    // server shows it to be an intermediate.
    let is_root = match issuers {
        [] => has_issued || last.basic_constraints() == BasicConstraints::Ca,
        issuers => issuers.iter().any(|issuer| issuer.is_self_issued()),
    };
    let issuer = known.signer_of(last);
    if !is_root {
        return Some(Fault::MissingIntermediate {
            certificate: last.clone(),
            issuer,
        });
    }
    Some(Fault::UntrustedRoot {
        name: last.issuer().to_owned(),
        root: issuer.filter(Certificate::is_self_issued),
        namesakes: Vec::new(),
    })
}
