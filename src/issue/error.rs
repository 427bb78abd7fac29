//! What can go wrong while issuing.

use std::error::Error;

use time::OffsetDateTime;

use super::load::CaFault;
use crate::date::Date;
use crate::name::{DnsName, NameError};
use crate::plan::KeyKind;

/// Why a key, a request or a certificate could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// The cryptography library of this build cannot generate such a key.
    #[error(
        "this build cannot generate {kind} keys: enable umcert's feature `{feature}`, or plan for another kind"
    )]
    #[non_exhaustive]
    UnsupportedKey {
        /// The kind that was asked for.
        kind: KeyKind,
        /// The feature that can.
        feature: &'static str,
    },
    /// The key is not of the kind that was planned.
    #[error("the plan for {subject} asks for a key of kind {planned}, and this one is {found}")]
    #[non_exhaustive]
    OtherKey {
        /// The CN of the certificate that is planned.
        subject: DnsName,
        /// The kind that was planned.
        planned: KeyKind,
        /// What the key is.
        found: String,
    },
    /// A common name is empty, or longer than certificates carry (RFC 5280 appendix A.1).
    #[error(
        "{name:?} cannot be a common name: it has {length} characters, and 1 to 64 are allowed"
    )]
    #[non_exhaustive]
    CommonName {
        /// The name.
        name: String,
        /// How many characters it has.
        length: usize,
    },
    /// The place of the CRL is empty, or holds what a URL does not (RFC 3986 §2).
    #[error("{url:?} cannot be where a CRL is: a URL has no spaces, and ASCII characters alone")]
    #[non_exhaustive]
    CrlUrl {
        /// What was given.
        url: String,
    },
    /// A certificate of the chain of a CA keeps it from issuing.
    #[error("certificate {entry} of the CA ({subject}) cannot be used: {fault}")]
    #[non_exhaustive]
    UnusableCa {
        /// Which certificate of the chain, from 1 on.
        entry: usize,
        /// Its subject.
        subject: String,
        /// Why.
        fault: CaFault,
    },
    /// A certificate was to be revoked that none of these CAs issued.
    #[error("{subject} was issued by {issuer}, and not by a CA whose key is here")]
    #[non_exhaustive]
    NotIssuedHere {
        /// The subject of the certificate.
        subject: String,
        /// Its issuer.
        issuer: String,
    },
    /// The cryptography library failed.
    #[error("could not make {what}")]
    #[non_exhaustive]
    Crypto {
        /// What was to be made: "a rsa2048 key", "the certificate of um1.contoso.com" …
        what: String,
        /// What the library says.
        source: Box<dyn Error + Send + Sync>,
    },
    /// Server certificates were to be valid for longer than their issuer.
    #[error(
        "server certificates would end on {}, after their issuer on {}: ask for fewer days, or a CA that lasts longer",
        Date(*.not_after), Date(*.issuer_not_after)
    )]
    #[non_exhaustive]
    OutlivesIssuer {
        /// When they would end.
        not_after: OffsetDateTime,
        /// When their issuer ends.
        issuer_not_after: OffsetDateTime,
    },
    /// A validity that ends before it begins, or that no certificate can carry.
    #[error("no certificate can be valid for {days} days from {} on", Date(*.not_before))]
    #[non_exhaustive]
    Validity {
        /// When it would begin.
        not_before: OffsetDateTime,
        /// For how many days.
        days: u32,
    },
    /// A certificate was asked for without the name of a host in it.
    #[error("a server certificate needs at least one name that is no wildcard")]
    NoName,
    /// A test CA that draws its keys from a seed cannot make one of this kind.
    #[error(
        "no {kind} key can be derived from a seed: plan for ed25519 (or for p256, with umcert's feature `seeded-p256`), or take a test CA without a seed"
    )]
    #[non_exhaustive]
    UnseededKey {
        /// The kind that was asked for.
        kind: KeyKind,
    },
    /// A request for a real CA was to be signed by a key that was derived from a seed.
    #[error(
        "the key for {subject} was derived from a seed, which others may know: generate one for a request"
    )]
    #[non_exhaustive]
    SeededKey {
        /// The CN of the certificate that is planned.
        subject: DnsName,
    },
    /// A server was asked for that the bundle holds nothing for.
    #[error("the bundle holds no certificate for {server}: name a server of its plan")]
    #[non_exhaustive]
    NotInBundle {
        /// The server.
        server: DnsName,
    },
    /// A text where a name belongs is none.
    #[error(transparent)]
    InvalidName(#[from] NameError),
}

impl IssueError {
    pub(super) fn crypto<E>(what: &str) -> impl FnOnce(E) -> Self
    where
        E: Error + Send + Sync + 'static,
    {
        |source| Self::Crypto {
            what: what.to_owned(),
            source: Box::new(source),
        }
    }
}
