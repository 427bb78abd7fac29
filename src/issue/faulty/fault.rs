//! What can be wrong on purpose.

use crate::rule::Rule;

/// One thing that is wrong on purpose with what a server presents, all else being as planned. See
/// [`TestCa::issue_faulty`](crate::TestCa::issue_faulty).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The server's certificate is cut off.
    MalformedCertificate,
    /// The certificate "Microsoft Exchange" of Exchange's setup.
    ExchangeDefault,
    /// The certificate "Microsoft Exchange Server Auth Certificate" of Exchange's setup.
    ExchangeAuthDefault,
    /// The certificate "WMSVC" of Exchange's setup.
    WmsvcDefault,
    /// The planned certificate, signed by its own key.
    SelfSigned,
    /// The certificate of the issuing CA in place of the server's own.
    CaAsServer,
    /// Issued by a CA below the issuing one, which is not presented.
    MissingIntermediate,
    /// Issued by another test CA, whose root nobody holds.
    UntrustedRoot,
    /// Issued by another CA of the issuing one's name: a rebuilt CA, or a forgery.
    BadSignature,
    /// A critical extension that nobody understands.
    PathInvalid,
    /// Ended a day before.
    Expired,
    /// Begins a day after.
    NotYetValid,
    /// Ends a day after.
    ExpiresSoon,
    /// Another name in the CN.
    SubjectNotServer,
    /// A wildcard of the server's domain in the CN.
    SubjectWildcard,
    /// The server's own name, and what covers it, left out of the SAN; of a certificate that is shared, the
    /// name of the last of its servers.
    NameMissing,
    /// A name in the SAN that the plan does not ask for.
    NameExtra,
    /// The server's own name last in the SAN. Where the plan has no other, an extra one stands first,
    /// which is `name-extra` besides.
    SanOrder,
    /// Client authentication alone in the extended key usage.
    NoServerAuth,
    /// No place of a CRL.
    NoCrlDistributionPoint,
    /// For a key of RSA 1024, whose private half nobody has.
    WeakKey,
    /// As planned, for another key than that of the request that comes with it.
    KeyMismatch,
    /// For a key of P-256. Found where a forest is Exchange 2013 or older (D23), and where the plan asks for
    /// an RSA key: a plan of another key brings the finding by itself.
    KeyNotRsa,
    /// For a key of RSA 3072, whose private half nobody has.
    KeySizeUnlisted,
    /// As planned, and revoked by the CRL that comes with it.
    Revoked,
    /// As planned, with the CRLs of another CA.
    RevocationUnknown,
    /// As planned, with CRLs that are past their next update.
    CrlExpired,
    /// As planned, with the server's certificate once more at the end of the chain.
    ChainOrder,
    /// No authority key identifier, which RFC 5280 §4.2.1.1 asks for.
    Profile,
}

impl Fault {
    /// Every fault.
    pub const ALL: &'static [Self] = &[
        Self::MalformedCertificate,
        Self::ExchangeDefault,
        Self::ExchangeAuthDefault,
        Self::WmsvcDefault,
        Self::SelfSigned,
        Self::CaAsServer,
        Self::MissingIntermediate,
        Self::UntrustedRoot,
        Self::BadSignature,
        Self::PathInvalid,
        Self::Expired,
        Self::NotYetValid,
        Self::ExpiresSoon,
        Self::SubjectNotServer,
        Self::SubjectWildcard,
        Self::NameMissing,
        Self::NameExtra,
        Self::SanOrder,
        Self::NoServerAuth,
        Self::NoCrlDistributionPoint,
        Self::WeakKey,
        Self::KeyMismatch,
        Self::KeyNotRsa,
        Self::KeySizeUnlisted,
        Self::Revoked,
        Self::RevocationUnknown,
        Self::CrlExpired,
        Self::ChainOrder,
        Self::Profile,
    ];

    /// The rule that an [`Audit`](crate::Audit) is to find broken.
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
            Self::Expired => Rule::Expired,
            Self::NotYetValid => Rule::NotYetValid,
            Self::ExpiresSoon => Rule::ExpiresSoon,
            Self::SubjectNotServer => Rule::SubjectNotServer,
            Self::SubjectWildcard => Rule::SubjectWildcard,
            Self::NameMissing => Rule::NameMissing,
            Self::NameExtra => Rule::NameExtra,
            Self::SanOrder => Rule::SanOrder,
            Self::NoServerAuth => Rule::NoServerAuth,
            Self::NoCrlDistributionPoint => Rule::NoCrlDistributionPoint,
            Self::WeakKey => Rule::WeakKey,
            Self::KeyMismatch => Rule::KeyMismatch,
            Self::KeyNotRsa => Rule::KeyNotRsa,
            Self::KeySizeUnlisted => Rule::KeySizeUnlisted,
            Self::Revoked => Rule::Revoked,
            Self::RevocationUnknown => Rule::RevocationUnknown,
            Self::CrlExpired => Rule::CrlExpired,
            Self::ChainOrder => Rule::ChainOrder,
            Self::Profile => Rule::Profile,
            Self::ExchangeDefault | Self::ExchangeAuthDefault | Self::WmsvcDefault => {
                Rule::DefaultSelfSigned
            }
        }
    }
}
