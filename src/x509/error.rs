//! The errors that every reader of this module returns.

use std::error::Error;

use x509_parser::nom;
use x509_parser::prelude::X509Error;

use super::extension_names::extension_label;
use crate::text::quote_if_oid;

/// Size of the largest file that is read, in bytes. The roots of every public CA take a tenth of this size.
pub(super) const MAX_FILE_SIZE: usize = 4 * 1024 * 1024;

/// Maximum number of certificates that are read from one file. The largest stores of public roots contain some
/// hundreds.
pub(super) const MAX_CERTIFICATES: usize = 4096;

/// A file or text with unexpected contents.
///
/// `Display` does not contain the [`source`](Error::source), as in every error of this crate. No variant contains any part of a private key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file contains no certificate.
    #[error("expected a certificate, found {found}")]
    #[non_exhaustive]
    NoCertificate {
        /// The contents of the file: "a private key", "an HTML or XML page" and so on.
        found: String,
    },
    /// The file contains no certificate request.
    #[error("expected a certificate request, found {found}")]
    #[non_exhaustive]
    NoRequest {
        /// The contents of the file.
        found: String,
    },
    /// The file contains no certificate revocation list.
    #[error("expected a CRL, found {found}")]
    #[non_exhaustive]
    NoCrl {
        /// The contents of the file.
        found: String,
    },
    /// The file contains no private key.
    #[error("expected a private key, found {found}")]
    #[non_exhaustive]
    NoPrivateKey {
        /// The contents of the file.
        found: String,
    },
    /// The file contains several objects of the expected kind instead of one.
    #[error("expected one {what}, found {count}{}", several_advice(.what))]
    #[non_exhaustive]
    Several {
        /// The number of such objects.
        count: usize,
        /// The kind of object: "certificate request", "private key" and so on.
        what: &'static str,
    },
    /// The file is larger than 4 MiB.
    #[error("the file has {size} bytes, expected at most {MAX_FILE_SIZE}")]
    #[non_exhaustive]
    TooLarge {
        /// The size in bytes.
        size: usize,
    },
    /// The file contains more than 4096 certificates or other sections.
    #[error("the file contains more than {MAX_CERTIFICATES} certificates or other sections")]
    TooMany,
    /// The PKCS #7 file (`.p7b`) is malformed, or something follows it.
    #[error("malformed PKCS #7 file: {reason}")]
    #[non_exhaustive]
    Pkcs7 {
        /// The reason.
        reason: &'static str,
    },
    /// A PEM section is malformed.
    #[error("malformed PEM section {section}")]
    #[non_exhaustive]
    Pem {
        /// The number of the section, counted from 1.
        section: usize,
        /// The reason.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A certificate is malformed, or is not usable as a trust anchor, and every certificate of the file is
    /// needed.
    #[error("certificate {entry} cannot be used")]
    #[non_exhaustive]
    Malformed {
        /// The number of the certificate, counted from 1.
        entry: usize,
        /// The reason.
        source: MalformedError,
    },
    /// The certificate request is malformed.
    #[error("the certificate request cannot be used")]
    #[non_exhaustive]
    MalformedRequest {
        /// The reason.
        source: MalformedError,
    },
    /// A certificate revocation list is malformed.
    #[error("CRL {entry} cannot be used")]
    #[non_exhaustive]
    MalformedCrl {
        /// The number of the CRL, counted from 1.
        entry: usize,
        /// The reason.
        source: MalformedError,
    },
    /// The key in the certificate request does not verify the signature (RFC 2986 §3): the request was changed,
    /// or signed with another key.
    #[error(
        "the certificate request is not signed with the key in it; it may have been changed or truncated"
    )]
    InvalidRequestSignature,
    /// The signature of the certificate request uses an algorithm that this crate cannot verify.
    #[error(
        "the signature of the certificate request cannot be verified: {} ({key})",
        quote_if_oid(.algorithm)
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
    #[error("`{text}` is not a certificate template: {reason}")]
    #[non_exhaustive]
    InvalidTemplate {
        /// The refused text, escaped, cut after 80 characters.
        text: String,
        /// The reason.
        reason: &'static str,
    },
}

/// A certificate, certificate request or CRL that cannot be read or used, and the reason.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum MalformedError {
    /// The bytes do not have the structure of RFC 5280 §4.1 or §5.1, or of RFC 2986 §4. Contains the reason.
    #[error("malformed: {0}")]
    Der(String),
    /// The bytes end within the structure. Contains its name: "the certificate".
    #[error("malformed: {0} is truncated")]
    Truncated(&'static str),
    /// Trailing data follows the structure. Contains the number of bytes.
    #[error("malformed: {} of trailing data", bytes(*.0))]
    TrailingData(usize),
    /// An extension that a verdict depends on is malformed. Contains the OID.
    #[error("malformed: extension {}", extension_label(.0))]
    Extension(String),
    /// An extension occurs more than once (RFC 5280 §4.2). Contains the OID.
    #[error("malformed: duplicate extension {}", extension_label(.0))]
    DuplicateExtension(String),
    /// A certificate request contains an extension in several attributes, with different values. Contains the OID.
    #[error(
        "contradictory: extension {} is requested several times with different values, and a CA may take any of them",
        extension_label(.0)
    )]
    ContradictoryExtension(String),
    /// The public key is malformed.
    #[error("malformed: the public key (RFC 5280 §4.1.2.7)")]
    PublicKey,
    /// The signed part of a certificate or CRL names another signature algorithm than the field beside the signature
    /// (RFC 5280 §4.1.1.2 and §5.1.1.2).
    #[error("malformed: {}", describe_algorithms(.signed, .outer))]
    #[non_exhaustive]
    SignatureAlgorithms {
        /// The algorithm in the signed part.
        signed: String,
        /// The algorithm beside the signature.
        outer: String,
    },
    /// A certificate is malformed, but its subject is readable.
    #[error("{reason}; its subject is `{subject}`")]
    #[non_exhaustive]
    Certificate {
        /// The start of the subject for people to read, escaped.
        subject: String,
        /// The reason.
        reason: Box<Self>,
    },
    /// The certificate is readable, but not usable as a trust anchor. Contains the reason.
    #[error("not usable as a trust anchor: {0}")]
    UnusableRoot(String),
}

impl MalformedError {
    /// Returns `true` if the file was damaged after the structure was issued: it was truncated, or data was appended.
    pub(crate) fn is_file_damage(&self) -> bool {
        match self {
            Self::Truncated(_) | Self::TrailingData(_) => true,
            Self::Certificate { reason, .. } => reason.is_file_damage(),
            _ => false,
        }
    }

    /// Converts an error of the parser. Its texts ("nom error: Eof") do not help a user, so the error names only the
    /// field.
    pub(super) fn from_parser(error: nom::Err<X509Error>) -> Self {
        let field = match error {
            nom::Err::Incomplete(_) => None,
            nom::Err::Error(error) | nom::Err::Failure(error) => field_of(&error),
        };
        Self::Der(match field {
            Some(field) => format!("{field} is not as RFC 5280 defines it"),
            None => "truncated, or not in DER".to_owned(),
        })
    }
}

fn describe_algorithms(signed: &str, outer: &str) -> String {
    if signed == outer {
        format!(
            "its signed part has other parameters for the signature algorithm `{outer}` than the field beside the signature"
        )
    } else {
        format!(
            "its signed part names the signature algorithm `{signed}`, the field beside the signature `{outer}`"
        )
    }
}

/// Returns the field that the parser could not read.
fn field_of(error: &X509Error) -> Option<&'static str> {
    match error {
        X509Error::InvalidVersion => Some("the version"),
        X509Error::InvalidSerial => Some("a serial number"),
        X509Error::InvalidAlgorithmIdentifier => Some("a signature algorithm"),
        X509Error::InvalidX509Name => Some("the issuer or subject"),
        X509Error::InvalidDate => Some("a date"),
        X509Error::InvalidSPKI => Some("the public key"),
        X509Error::InvalidSubjectUID => Some("the subjectUniqueID"),
        X509Error::InvalidIssuerUID => Some("the issuerUniqueID"),
        X509Error::InvalidExtensions => Some("the list of extensions"),
        X509Error::InvalidSignatureValue => Some("the signature value"),
        X509Error::InvalidUserCertificate => Some("a revoked certificate"),
        _ => None,
    }
}

/// Returns advice for a file with several objects of a kind of which others read all.
fn several_advice(what: &str) -> &'static str {
    match what {
        "CRL" => "; `Crl::all_from_bytes` reads them all",
        _ => "",
    }
}

fn bytes(count: usize) -> String {
    match count {
        1 => "1 byte".to_owned(),
        _ => format!("{count} bytes"),
    }
}
