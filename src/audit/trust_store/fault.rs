//! What webpki says, in terms of RFC 5280.

use webpki::Error;

/// Why no path from a certificate to a root of a store was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathFault {
    /// A certificate of the path has ended (RFC 5280 §4.1.2.5).
    #[error("a certificate of the path has ended")]
    Expired,
    /// A certificate of the path has not begun (RFC 5280 §4.1.2.5).
    #[error("a certificate of the path has not begun")]
    NotYetValid,
    /// The issuer of a certificate is neither presented nor a root of the store.
    #[error("an issuer is neither presented nor a trusted root")]
    UnknownIssuer,
    /// The key of an issuer does not verify a signature (RFC 5280 §6.1.3).
    #[error("a signature does not verify under the key of its issuer (RFC 5280 §6.1.3)")]
    BadSignature,
    /// A signature is of an algorithm that is not accepted, SHA-1 or RSA below 2048 bits, say.
    #[error("a signature is of an algorithm or key size that is not accepted")]
    SignatureAlgorithm,
    /// The extended key usage of a certificate of the path does not admit server authentication.
    #[error(
        "the extended key usage of a certificate of the path lacks server authentication (RFC 5280 §4.2.1.12)"
    )]
    NoServerAuth,
    /// The server's certificate is that of a CA.
    #[error("a CA's certificate is used as a server's own (RFC 5280 §4.2.1.9)")]
    CaAsServer,
    /// A certificate that is no CA's issued another.
    #[error("a certificate that is no CA's issued another (RFC 5280 §4.2.1.9)")]
    EndEntityAsCa,
    /// A CA has more CAs below it than it may.
    #[error("a CA has more CAs below it than its path length admits (RFC 5280 §4.2.1.9)")]
    PathLength,
    /// A name is outside of what a CA may issue for.
    #[error("a name violates the name constraints of a CA (RFC 5280 §4.2.1.10)")]
    NameConstraint,
    /// A critical extension is not understood.
    #[error("a critical extension is not understood (RFC 5280 §4.2)")]
    CriticalExtension,
    /// The certificate is not of version 3.
    #[error("a certificate is not of version 3 (RFC 5280 §4.1.2.1)")]
    Version,
    /// A CRL says that a certificate of the path is revoked.
    #[error("a certificate of the path is revoked (RFC 5280 §6.3)")]
    Revoked,
    /// The search for a path took too many steps.
    #[error("the chain is too complex: the search for a path was given up")]
    TooComplex,
    /// An encoding that webpki does not accept.
    #[error("a certificate is malformed (RFC 5280 §4.1)")]
    Malformed,
    /// Another reason, in our words.
    #[error("{0}")]
    Other(&'static str),
}

impl From<Error> for PathFault {
    fn from(error: Error) -> Self {
        match error {
            Error::CertExpired { .. } => Self::Expired,
            Error::CertNotValidYet { .. } => Self::NotYetValid,
            Error::UnknownIssuer => Self::UnknownIssuer,
            Error::InvalidSignatureForPublicKey => Self::BadSignature,
            Error::UnsupportedSignatureAlgorithmContext(_)
            | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_)
            | Error::SignatureAlgorithmMismatch => Self::SignatureAlgorithm,
            Error::RequiredEkuNotFoundContext(_) | Error::EmptyEkuExtension => Self::NoServerAuth,
            Error::CaUsedAsEndEntity => Self::CaAsServer,
            Error::EndEntityUsedAsCa => Self::EndEntityAsCa,
            Error::PathLenConstraintViolated => Self::PathLength,
            Error::NameConstraintViolation => Self::NameConstraint,
            Error::UnsupportedCriticalExtension => Self::CriticalExtension,
            Error::UnsupportedCertVersion => Self::Version,
            Error::CertRevoked => Self::Revoked,
            Error::MaximumNameConstraintComparisonsExceeded
            | Error::MaximumPathBuildCallsExceeded
            | Error::MaximumPathDepthExceeded
            | Error::MaximumSignatureChecksExceeded => Self::TooComplex,
            other => reason(&other),
        }
    }
}

/// What is wrong with an encoding, in our words: webpki's `Display` is its `Debug`.
pub(super) fn reason(error: &Error) -> PathFault {
    PathFault::Other(match error {
        Error::InvalidCertValidity => "a validity ends before it begins (RFC 5280 §4.1.2.5)",
        Error::InvalidSerialNumber => "a serial number is malformed (RFC 5280 §4.1.2.2)",
        Error::ExtensionValueInvalid | Error::MalformedExtensions => {
            "an extension is malformed (RFC 5280 §4.2)"
        }
        Error::MalformedDnsIdentifier => "a DNS name is malformed (RFC 5280 §4.2.1.6)",
        Error::MalformedNameConstraint | Error::InvalidNetworkMaskConstraint => {
            "a name constraint is malformed (RFC 5280 §4.2.1.10)"
        }
        Error::CertDistrusted => "a key is distrusted everywhere",
        Error::UnsupportedCertVersion => "a certificate is not of version 3 (RFC 5280 §4.1.2.1)",
        _ => return PathFault::Malformed,
    })
}
