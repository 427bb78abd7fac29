//! The errors that every reader of this module returns.

use std::error::Error;

use x509_parser::nom;
use x509_parser::prelude::X509Error;

use crate::text::escape_and_truncate;

/// Size of the largest file that is read, in bytes. The roots of every public CA take a tenth of it.
pub(super) const MAX_FILE_SIZE: usize = 4 * 1024 * 1024;

/// Number of certificates that are read from one file at most. The largest stores of public roots hold some
/// hundreds.
pub(super) const MAX_CERTIFICATES: usize = 4096;

/// A file or text that does not hold what was expected.
///
/// No variant holds any part of a private key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file holds no certificate.
    #[error("expected a certificate, found {found}")]
    #[non_exhaustive]
    NoCertificate {
        /// What the file holds instead: "a private key", "an HTML or XML page" and so on.
        found: String,
    },
    /// The file holds no certificate request.
    #[error("expected a certificate request, found {found}")]
    #[non_exhaustive]
    NoRequest {
        /// What the file holds instead.
        found: String,
    },
    /// The file holds no certificate revocation list.
    #[error("expected a CRL, found {found}")]
    #[non_exhaustive]
    NoCrl {
        /// What the file holds instead.
        found: String,
    },
    /// The file holds no private key.
    #[error("expected a private key, found {found}")]
    #[non_exhaustive]
    NoPrivateKey {
        /// What the file holds instead.
        found: String,
    },
    /// The file holds more than one of what it may hold once.
    #[error("expected one {what}, found {count}")]
    #[non_exhaustive]
    Several {
        /// How many it holds.
        count: usize,
        /// What it may hold once: "certificate request", "private key" and so on.
        what: &'static str,
    },
    /// The file is larger than 4 MiB.
    #[error("the file has {size} bytes, expected at most {MAX_FILE_SIZE}")]
    #[non_exhaustive]
    TooLarge {
        /// The size in bytes.
        size: usize,
    },
    /// The file holds more than 4096 certificates.
    #[error("the file holds more than {MAX_CERTIFICATES} certificates")]
    TooMany,
    /// The PKCS #7 file (`.p7b`) is malformed.
    #[error("malformed PKCS #7 file: {reason}")]
    #[non_exhaustive]
    Pkcs7 {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A PEM section is malformed.
    #[error("malformed PEM section {section}: {source}")]
    #[non_exhaustive]
    Pem {
        /// The number of the section, counted from 1.
        section: usize,
        /// What is wrong with it.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A certificate is malformed, or is not usable as a trust anchor, and every certificate of the file is
    /// needed.
    #[error("certificate {entry} is {source}")]
    #[non_exhaustive]
    Malformed {
        /// The number of the certificate, counted from 1.
        entry: usize,
        /// What is wrong with it.
        source: MalformedError,
    },
    /// The certificate request is malformed.
    #[error("the certificate request is {source}")]
    #[non_exhaustive]
    MalformedRequest {
        /// What is wrong with it.
        source: MalformedError,
    },
    /// The certificate revocation list is malformed.
    #[error("the CRL is {source}")]
    #[non_exhaustive]
    MalformedCrl {
        /// What is wrong with it.
        source: MalformedError,
    },
    /// The key in the certificate request does not verify the signature (RFC 2986 §3): the request was changed,
    /// or signed with another key.
    #[error(
        "the certificate request is not signed with the key in it; it may have been changed or truncated"
    )]
    InvalidRequestSignature,
    /// The signature of the certificate request uses an algorithm that cannot be verified here.
    #[error(
        "the signature of the certificate request cannot be verified here: {algorithm} with a key of {key}"
    )]
    #[non_exhaustive]
    UnsupportedRequestSignature {
        /// The signature algorithm.
        algorithm: String,
        /// The key: "RSA 2048", "ECDSA P-521" and so on.
        key: String,
    },
    /// The RSA key of the certificate request is too small for its signature to prove anything (D23).
    #[error("the RSA key of the certificate request has {bits} bits, expected at least 2048")]
    #[non_exhaustive]
    WeakRequestKey {
        /// The size of the modulus in bits.
        bits: usize,
    },
    /// A text does not identify a certificate template.
    #[error("`{}` is not a certificate template: {reason}", escape_and_truncate(.text))]
    #[non_exhaustive]
    InvalidTemplate {
        /// The refused text, cut after 65 characters.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// A certificate, certificate request or CRL that cannot be read or used, and the reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MalformedError {
    /// The bytes do not have the structure of RFC 5280 §4.1 or §5.1, or of RFC 2986 §4. Holds what is wrong.
    #[error("malformed: {0}")]
    Der(String),
    /// This many bytes follow the structure.
    #[error("malformed: {} of trailing data", bytes(*.0))]
    TrailingData(usize),
    /// An extension that this crate reads is malformed. Holds its OID.
    #[error("malformed: invalid extension {0}")]
    Extension(String),
    /// An extension occurs more than once (RFC 5280 §4.2). Holds its OID.
    #[error("malformed: duplicate extension {0}")]
    DuplicateExtension(String),
    /// The public key is malformed.
    #[error("malformed: invalid public key")]
    PublicKey,
    /// The certificate is readable, but not usable as a trust anchor. Holds the reason.
    #[error("not usable as a trust anchor: {0}")]
    UnusableRoot(String),
}

impl MalformedError {
    /// Converts an error of the parser. Its texts about DER ("nom error: Eof") would tell a user nothing.
    pub(super) fn from_parser(error: nom::Err<X509Error>) -> Self {
        Self::Der(match error {
            nom::Err::Incomplete(_)
            | nom::Err::Error(X509Error::Der(_) | X509Error::NomError(_) | X509Error::Generic)
            | nom::Err::Failure(X509Error::Der(_) | X509Error::NomError(_) | X509Error::Generic) => {
                "truncated, or not in DER".to_owned()
            }
            nom::Err::Error(error) | nom::Err::Failure(error) => error.to_string(),
        })
    }
}

fn bytes(count: usize) -> String {
    match count {
        1 => "1 byte".to_owned(),
        _ => format!("{count} bytes"),
    }
}
