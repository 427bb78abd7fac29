//! The errors of keys and of issuing.

use std::error::Error;

use time::OffsetDateTime;

use crate::name::{DnsName, NameError};
use crate::plan::KeyKind;
use crate::text::Timestamp;
use crate::x509::{MalformedError, ReadError};

/// A key, request, certificate or CRL could not be created.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// The cryptography library of this build cannot generate keys of this kind.
    #[error(
        "this build cannot generate {kind} keys; enable umcert's feature `{feature}` or plan for another kind of key"
    )]
    #[non_exhaustive]
    UnsupportedKey {
        /// The requested kind.
        kind: KeyKind,
        /// The feature of this crate that can generate such keys.
        feature: &'static str,
    },
    /// The key is not of the planned kind.
    #[error("the key for `{subject}` is `{found}`, expected `{planned}`")]
    #[non_exhaustive]
    KeyKindMismatch {
        /// The CN of the planned certificate.
        subject: DnsName,
        /// The planned kind.
        planned: KeyKind,
        /// The kind of the given key.
        found: String,
    },
    /// A common name is empty or longer than 64 characters (RFC 5280 appendix A.1).
    #[error("the common name `{name}` has {length} characters, expected 1 to 64")]
    #[non_exhaustive]
    InvalidCommonName {
        /// The name, escaped, cut after 80 characters.
        name: String,
        /// Its length in characters.
        length: usize,
    },
    /// The URL of the CRL is empty or has characters that no URL has (RFC 3986 §2).
    #[error("the CRL URL `{url}` is invalid, expected ASCII characters without spaces")]
    #[non_exhaustive]
    InvalidCrlUrl {
        /// The URL, escaped, cut after 80 characters.
        url: String,
    },
    /// The chain of the CA is empty.
    #[error(
        "the CA chain is empty, expected the certificate of the issuing CA first and the root last"
    )]
    EmptyCaChain,
    /// A certificate in the chain of the CA cannot be read.
    #[error("CA certificate {position} cannot be read")]
    #[non_exhaustive]
    MalformedCa {
        /// Position of the certificate in the chain, from 1.
        position: usize,
        /// The reason.
        source: MalformedError,
    },
    /// The basic constraints of a certificate in the chain of the CA do not mark it as a CA (RFC 5280 §4.2.1.9).
    #[error(
        "CA certificate {position} (`{subject}`) is not marked as a CA by its basic constraints"
    )]
    #[non_exhaustive]
    NotACa {
        /// Position of the certificate in the chain, from 1.
        position: usize,
        /// The start of its subject, escaped.
        subject: String,
    },
    /// The key usage of a certificate in the chain of the CA does not include signing certificates (RFC 5280
    /// §4.2.1.3).
    #[error(
        "CA certificate {position} (`{subject}`) has a key usage that does not allow signing certificates"
    )]
    #[non_exhaustive]
    CaCannotSignCertificates {
        /// Position of the certificate in the chain, from 1.
        position: usize,
        /// The start of its subject, escaped.
        subject: String,
    },
    /// The key usage of the CA does not include signing CRLs (RFC 5280 §4.2.1.3). The CA can issue certificates, but
    /// verifiers do not accept its CRLs.
    #[error(
        "CA certificate {position} (`{subject}`) has a key usage that does not allow signing CRLs"
    )]
    #[non_exhaustive]
    CaCannotSignCrls {
        /// Position of the certificate in the chain, from 1.
        position: usize,
        /// The start of its subject, escaped.
        subject: String,
    },
    /// A certificate in the chain of the CA has expired or is not yet valid.
    #[error(
        "CA certificate {position} (`{subject}`) is valid from {} to {}, but not on {}, the start of the certificates that it would issue",
        Timestamp(*.not_before), Timestamp(*.not_after), Timestamp(*.at)
    )]
    #[non_exhaustive]
    CaOutOfDate {
        /// Position of the certificate in the chain, from 1.
        position: usize,
        /// The start of its subject, escaped.
        subject: String,
        /// The first second of its validity, in UTC.
        not_before: OffsetDateTime,
        /// The last second of its validity, in UTC.
        not_after: OffsetDateTime,
        /// The time at which the CA should issue.
        at: OffsetDateTime,
    },
    /// More CAs are below a certificate in the chain of the CA than its path length allows (RFC 5280
    /// §4.2.1.9).
    #[error(
        "CA certificate {position} (`{subject}`) has {below} CAs below it, but its path length allows {allowed}"
    )]
    #[non_exhaustive]
    CaPathLengthExceeded {
        /// Position of the certificate in the chain, from 1.
        position: usize,
        /// The start of its subject, escaped.
        subject: String,
        /// The number of CAs that its path length allows.
        allowed: u32,
        /// The number of CAs below it.
        below: u32,
    },
    /// A certificate in the chain of the CA was not signed by the next one, or its signature cannot be
    /// verified.
    #[error(
        "CA certificate {position} (`{subject}`) is not signed by the next certificate; order them from the issuing CA to the root"
    )]
    #[non_exhaustive]
    CaNotSignedByNext {
        /// Position of the certificate in the chain, from 1.
        position: usize,
        /// The start of its subject, escaped.
        subject: String,
    },
    /// The last certificate in the chain of the CA is not self-signed: the root is missing.
    #[error(
        "CA certificate {position} (`{subject}`) is the last certificate but not a root; add the certificates up to the root"
    )]
    #[non_exhaustive]
    CaChainWithoutRoot {
        /// Position of the certificate in the chain, from 1.
        position: usize,
        /// The start of its subject, escaped.
        subject: String,
    },
    /// The private key does not belong to the first certificate in the chain of the CA.
    #[error("the private key does not belong to CA certificate 1 (`{subject}`)")]
    #[non_exhaustive]
    CaKeyMismatch {
        /// The start of the subject of the certificate, escaped.
        subject: String,
    },
    /// A certificate to revoke was not issued by any of the CAs whose keys are available.
    #[error("`{subject}` was issued by `{issuer}`, not by a CA whose key is available")]
    #[non_exhaustive]
    NotIssuedByThisCa {
        /// The start of the subject of the certificate, escaped.
        subject: String,
        /// The start of its issuer, escaped.
        issuer: String,
    },
    /// The cryptography library failed.
    #[error("could not create {what}")]
    #[non_exhaustive]
    Crypto {
        /// Description of the object: "the rsa2048 key", "the certificate of um1.contoso.com".
        what: String,
        /// The error of the library.
        source: Box<dyn Error + Send + Sync>,
    },
    /// Server certificates would expire after their issuer.
    #[error(
        "server certificates would expire on {}, after their issuer on {}; use fewer days or a CA with a longer validity",
        Timestamp(*.not_after), Timestamp(*.issuer_not_after)
    )]
    #[non_exhaustive]
    OutlivesIssuer {
        /// The time at which they would expire.
        not_after: OffsetDateTime,
        /// The time at which their issuer expires.
        issuer_not_after: OffsetDateTime,
    },
    /// A validity of no days, or one outside the years 1 to 9999 that a certificate can express.
    #[error(
        "a validity of {days} days from {} is invalid, expected at least 1 day in the years 1 to 9999",
        Timestamp(*.not_before)
    )]
    #[non_exhaustive]
    InvalidValidity {
        /// The start of the validity.
        not_before: OffsetDateTime,
        /// Its length in days.
        days: u32,
    },
    /// Dates in the wrong order, or outside the years 1 to 9999 that a certificate can express.
    #[error(
        "a validity from {} to {} is invalid, expected a later end, in the years 1 to 9999",
        Timestamp(*.not_before), Timestamp(*.not_after)
    )]
    #[non_exhaustive]
    InvalidDates {
        /// The start of the validity.
        not_before: OffsetDateTime,
        /// The end of the validity.
        not_after: OffsetDateTime,
    },
    /// None of the names of a certificate can be its common name: all are wildcards, or there are none.
    #[error("no name can be the common name, expected at least one that is not a wildcard")]
    NoCommonName,
    /// Keys of this kind cannot be derived from a seed.
    #[error(
        "{kind} keys cannot be derived from a seed; plan for ed25519 (or for p256 with umcert's feature `seeded-p256`), or use a test CA without a seed"
    )]
    #[non_exhaustive]
    UnsupportedSeededKey {
        /// The requested kind.
        kind: KeyKind,
    },
    /// A faulty chain has no private key: its certificate is for a key of a size that no library here generates.
    #[error(
        "the private key of the faulty chain does not exist, expected a fault other than `WeakKey` and `KeySizeUnlisted`"
    )]
    NoPrivateKey,
    /// A key that was derived from a seed cannot sign a request for a real CA.
    #[error(
        "the key for `{subject}` was derived from a seed, which others may know; generate a key for the request"
    )]
    #[non_exhaustive]
    RequestWithSeededKey {
        /// The CN of the planned certificate.
        subject: DnsName,
    },
    /// The bundle has no certificate for this server.
    #[error("the bundle has no certificate for `{server}`; name a server of its plan")]
    #[non_exhaustive]
    NotInBundle {
        /// The server.
        server: DnsName,
    },
    /// A string is not a valid name.
    #[error(transparent)]
    InvalidName(#[from] NameError),
}

impl IssueError {
    /// Returns a function that wraps an error of the cryptography library, for `map_err`.
    pub(super) fn crypto<E>(what: &str) -> impl FnOnce(E) -> Self + use<E>
    where
        E: Error + Send + Sync + 'static,
    {
        let what = what.to_owned();
        |source| Self::Crypto {
            what,
            source: Box::new(source),
        }
    }
}

/// A private key could not be read from a file. No variant contains a part of the key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The file contains no private key or several, or its PEM is malformed.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The key is encrypted, and no password was given.
    #[error(
        "the private key is encrypted; read it with `KeyPair::from_encrypted` (umcert's feature `encrypted-keys`)"
    )]
    Encrypted,
    /// The key is encrypted by a method that this crate does not support.
    #[error(
        "the private key is encrypted {how}, which is not supported; convert it with `openssl pkcs8 -topk8 -v2 aes256`"
    )]
    #[non_exhaustive]
    UnsupportedEncryption {
        /// Description of the encryption.
        how: String,
    },
    /// The password is wrong, or the file was changed.
    #[error("the password does not decrypt the private key")]
    WrongPassword,
    /// The key is of none of the kinds in [`KeyKind`].
    #[error(
        "found {found}, expected RSA of 2048, 3072 or 4096 bits, ECDSA on P-256 or P-384, or Ed25519"
    )]
    #[non_exhaustive]
    UnsupportedKey {
        /// Description of the key: "an RSA key of 1024 bits", "an ECDSA key on P-521".
        found: String,
    },
    /// The cryptography library of this build cannot read this form of key.
    #[error(
        "this build cannot read {found}; enable umcert's feature `{feature}` or convert the key with `openssl pkey`"
    )]
    #[non_exhaustive]
    UnsupportedForm {
        /// Description of the form.
        found: &'static str,
        /// The feature of this crate that can read the form.
        feature: &'static str,
    },
    /// The structure of the key is malformed, or its numbers are inconsistent.
    #[error("the private key is malformed: invalid {what}")]
    #[non_exhaustive]
    Malformed {
        /// The malformed part: "PKCS #8", "PKCS #1", "SEC 1" or "numbers".
        what: &'static str,
        /// The reason.
        source: Box<dyn Error + Send + Sync>,
    },
}
