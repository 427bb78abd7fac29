//! The deliberate faults.

use crate::rule::Rule;

/// One deliberate fault in the chain that a server presents; everything else is as planned. See
/// [`TestCa::issue_faulty`](crate::TestCa::issue_faulty).
#[doc(alias("badssl"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The server's certificate is truncated.
    MalformedCertificate,
    /// The certificate "Microsoft Exchange" of Exchange's setup.
    ExchangeDefault,
    /// The certificate "Microsoft Exchange Server Auth Certificate" of Exchange's setup.
    ExchangeAuthDefault,
    /// The certificate "Microsoft Exchange Server Auth Certificate", renewed by a command with `-DomainName`.
    ExchangeAuthRenewed,
    /// The certificate "WMSVC" of Exchange's setup, as before Windows Server 2016.
    WmsvcDefault,
    /// The certificate "WMSVC" of Exchange's setup, as since Windows Server 2016: with `SHA2` in its CN.
    WmsvcSha2Default,
    /// The planned certificate, signed by its own key.
    SelfSigned,
    /// The certificate of the issuing CA instead of the server's own.
    CaAsServer,
    /// Issued by a CA below the issuing one, which is not presented.
    MissingIntermediate,
    /// Issued by another test CA, whose root neither side trusts.
    UntrustedRoot,
    /// Issued by another CA with the name of the issuing one: a rebuilt CA, or a forgery.
    BadSignature,
    /// An unknown critical extension.
    PathInvalid,
    /// Critical certificate policies, which this crate does not process.
    PathNotJudged,
    /// Expired a day before the audit.
    Expired,
    /// Valid from a day after the audit.
    NotYetValid,
    /// Expires a day after the audit.
    ExpiresSoon,
    /// Another name in the CN.
    SubjectNotServer,
    /// A wildcard of the server's domain in the CN.
    SubjectWildcard,
    /// The SAN does not cover the server. In a shared certificate, it does not cover the last of its servers.
    NameMissing,
    /// An unplanned name in the SAN.
    NameExtra,
    /// The server's own name is last in the SAN. If the plan has no other name, an extra one is first, which also
    /// causes `name-extra`.
    SanOrder,
    /// Only client authentication in the extended key usage.
    NoServerAuth,
    /// Only key encipherment in the key usage.
    NoDigitalSignature,
    /// No URL of a CRL.
    NoCrlDistributionPoint,
    /// Only an `ldap:` URL of a CRL.
    CrlLdapOnly,
    /// Valid for 826 days. An audit reports it only if the plan is for a public CA (D138).
    PublicValidity,
    /// For an RSA key of 1024 bits, whose private key does not exist.
    WeakKey,
    /// As planned, but for a key other than that of the accompanying request.
    KeyMismatch,
    /// As planned, but the accompanying request says that the key is in a CNG key storage provider (D125).
    KeyInCngProvider,
    /// For a P-256 key. An audit reports it only if a forest is Exchange 2013 or earlier (D23) and the plan uses RSA
    /// keys: a plan with another kind of key itself has this finding.
    KeyNotRsa,
    /// For an RSA key of 3072 bits, whose private key does not exist.
    KeySizeUnlisted,
    /// As planned, but revoked by the accompanying CRL.
    Revoked,
    /// As planned, but with the CRLs of another CA.
    RevocationUnknown,
    /// As planned, but with CRLs that are past their next update.
    CrlExpired,
    /// As planned, but with the server's certificate again at the end of the chain.
    ChainOrder,
    /// No authority key identifier, which RFC 5280 §4.2.1.1 requires.
    Profile,
}

impl Fault {
    /// Every fault.
    pub const ALL: &'static [Self] = &[
        Self::MalformedCertificate,
        Self::ExchangeDefault,
        Self::ExchangeAuthDefault,
        Self::ExchangeAuthRenewed,
        Self::WmsvcDefault,
        Self::WmsvcSha2Default,
        Self::SelfSigned,
        Self::CaAsServer,
        Self::MissingIntermediate,
        Self::UntrustedRoot,
        Self::BadSignature,
        Self::PathInvalid,
        Self::PathNotJudged,
        Self::Expired,
        Self::NotYetValid,
        Self::ExpiresSoon,
        Self::SubjectNotServer,
        Self::SubjectWildcard,
        Self::NameMissing,
        Self::NameExtra,
        Self::SanOrder,
        Self::NoServerAuth,
        Self::NoDigitalSignature,
        Self::NoCrlDistributionPoint,
        Self::CrlLdapOnly,
        Self::PublicValidity,
        Self::WeakKey,
        Self::KeyMismatch,
        Self::KeyInCngProvider,
        Self::KeyNotRsa,
        Self::KeySizeUnlisted,
        Self::Revoked,
        Self::RevocationUnknown,
        Self::CrlExpired,
        Self::ChainOrder,
        Self::Profile,
    ];

    /// Returns the rule that an [`Audit`](crate::Audit) reports for this fault.
    #[must_use]
    pub fn rule(self) -> Rule {
        match self {
            Self::MalformedCertificate => Rule::MalformedCertificate,
            Self::SelfSigned => Rule::SelfSigned,
            Self::CaAsServer => Rule::CaAsServer,
            Self::MissingIntermediate => Rule::MissingIntermediate,
            Self::UntrustedRoot => Rule::UntrustedRoot,
            Self::BadSignature => Rule::BadSignature,
            Self::PathInvalid => Rule::PathInvalid,
            Self::PathNotJudged => Rule::PathNotJudged,
            Self::Expired => Rule::Expired,
            Self::NotYetValid => Rule::NotYetValid,
            Self::ExpiresSoon => Rule::ExpiresSoon,
            Self::SubjectNotServer => Rule::SubjectNotServer,
            Self::SubjectWildcard => Rule::SubjectWildcard,
            Self::NameMissing => Rule::NameMissing,
            Self::NameExtra => Rule::NameExtra,
            Self::SanOrder => Rule::SanOrder,
            Self::NoServerAuth => Rule::NoServerAuth,
            Self::NoDigitalSignature => Rule::NoDigitalSignature,
            Self::NoCrlDistributionPoint => Rule::NoCrlDistributionPoint,
            Self::CrlLdapOnly => Rule::CrlLdapOnly,
            Self::PublicValidity => Rule::PublicValidity,
            Self::WeakKey => Rule::WeakKey,
            Self::KeyMismatch => Rule::KeyMismatch,
            Self::KeyInCngProvider => Rule::KeyInCngProvider,
            Self::KeyNotRsa => Rule::KeyNotRsa,
            Self::KeySizeUnlisted => Rule::KeySizeUnlisted,
            Self::Revoked => Rule::Revoked,
            Self::RevocationUnknown => Rule::RevocationUnknown,
            Self::CrlExpired => Rule::CrlExpired,
            Self::ChainOrder => Rule::ChainOrder,
            Self::Profile => Rule::Profile,
            Self::ExchangeDefault
            | Self::ExchangeAuthDefault
            | Self::ExchangeAuthRenewed
            | Self::WmsvcDefault
            | Self::WmsvcSha2Default => Rule::DefaultSelfSigned,
        }
    }
}
