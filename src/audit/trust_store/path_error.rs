//! The reasons why webpki finds no path to a trusted root, in terms of RFC 5280.

/// The reason why no path from a server certificate to a root of a store was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::audit) enum PathError {
    /// A certificate in the path has expired (RFC 5280 §4.1.2.5).
    #[error("a certificate in the path has expired")]
    Expired,
    /// A certificate in the path is not yet valid (RFC 5280 §4.1.2.5).
    #[error("a certificate in the path is not yet valid")]
    NotYetValid,
    /// The issuer of a certificate is neither presented nor a root of the store.
    #[error("an issuer is neither presented nor a trusted root")]
    UnknownIssuer,
    /// The key of an issuer does not verify a signature (RFC 5280 §6.1.3).
    #[error("a signature does not verify with the key of its issuer (RFC 5280 §6.1.3)")]
    BadSignature,
    /// A signature algorithm or key size is not accepted, for example SHA-1 or RSA below 2048 bits.
    #[error("a signature algorithm or key size is not accepted")]
    SignatureAlgorithm,
    /// The extended key usage of a certificate in the path does not allow server authentication.
    #[error(
        "the extended key usage of a certificate in the path does not allow server authentication (RFC 5280 §4.2.1.12)"
    )]
    NoServerAuth,
    /// The server certificate is a CA certificate.
    #[error("a CA certificate is used as a server certificate (RFC 5280 §4.2.1.9)")]
    CaAsServer,
    /// A certificate that is not a CA certificate issued another one.
    #[error("a certificate that is not a CA certificate issued another one (RFC 5280 §4.2.1.9)")]
    EndEntityAsCa,
    /// A CA has more CAs below it than its path length allows.
    #[error("a CA has more CAs below it than its path length allows (RFC 5280 §4.2.1.9)")]
    PathLength,
    /// A name is outside the name constraints of a CA.
    #[error("a name violates the name constraints of a CA (RFC 5280 §4.2.1.10)")]
    NameConstraint,
    /// A critical extension is not supported.
    #[error("a critical extension is not supported (RFC 5280 §4.2)")]
    CriticalExtension,
    /// A certificate is not of version 3.
    #[error("a certificate is not of version 3 (RFC 5280 §4.1.2.1)")]
    Version,
    /// A certificate in the path is revoked by a CRL.
    #[error("a certificate in the path is revoked (RFC 5280 §6.3)")]
    Revoked,
    /// A CRL lists a certificate in the path, and the signature of the CRL cannot be verified.
    #[error(
        "a CRL lists a certificate in the path, and the signature of the CRL cannot be verified (RFC 5280 §6.3.3)"
    )]
    RevocationNotJudged,
    /// The search for a path exceeded a limit.
    #[error("the chain is too complex: the search for a path was stopped")]
    TooComplex,
    /// A certificate has an encoding that webpki does not accept.
    #[error("a certificate is malformed (RFC 5280 §4.1)")]
    Malformed,
    /// Another reason, as text.
    #[error("{0}")]
    Other(&'static str),
}

impl PathError {
    /// Returns `true` if webpki cannot read a certificate.
    pub(in crate::audit) fn is_about_encoding(&self) -> bool {
        matches!(self, Self::Malformed | Self::Other(_))
    }

    /// Returns `true` if webpki may give this error because its search ended at a limit, although there is a path.
    pub(in crate::audit) fn may_end_the_search(&self) -> bool {
        matches!(
            self,
            Self::UnknownIssuer | Self::BadSignature | Self::SignatureAlgorithm | Self::TooComplex
        )
    }
}
