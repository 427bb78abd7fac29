//! How a test CA is made.

use std::num::NonZeroUsize;

use time::OffsetDateTime;

use super::seed::Seed;
use crate::name::DistinguishedName;
use crate::plan::KeyKind;

/// How long the root is valid unless told, in days: ten years.
const ROOT_DAYS: u32 = 3652;
/// How long server certificates are valid unless told, in days.
const LEAF_DAYS: u32 = 365;
/// Where the CRL would be. `.invalid` resolves nowhere (RFC 2606 §2).
const CRL_URL: &str = "http://crl.invalid/test-ca.crl";

/// How a [`TestCa`](crate::TestCa) is made, and how it issues.
///
/// ```
/// use umcert::issue::TestCaOptions;
/// use umcert::name::{AttributeType, DistinguishedName};
/// use umcert::TestCa;
/// use time::macros::datetime;
///
/// // Named as AD CS names the root of a domain.
/// let domain = DistinguishedName::new()
///     .with(AttributeType::DomainComponent, "com")?
///     .with(AttributeType::DomainComponent, "contoso")?;
/// let options = TestCaOptions::starting(datetime!(2026-11-23 00:00 UTC))
///     .subject(domain)
///     .intermediates(2);
/// let ca = TestCa::with_options("contoso-DC01-CA", &options)?;
/// assert_eq!(ca.roots()[0].subject(), "DC=com, DC=contoso, CN=contoso-DC01-CA");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestCaOptions {
    pub(super) not_before: OffsetDateTime,
    pub(super) intermediates: u8,
    pub(super) leaf_days: u32,
    pub(super) leaf_overrun: LeafExpiryPolicy,
    pub(super) subject: DistinguishedName,
    pub(super) key: KeyKind,
    pub(super) threads: Option<NonZeroUsize>,
    pub(super) crl_url: String,
    pub(super) root_days: u32,
    pub(super) seed: Option<Seed>,
}

/// What becomes of a server certificate that would end after its CA.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeafExpiryPolicy {
    /// It is an error.
    #[default]
    Refuse,
    /// It ends when its CA does.
    Cap,
}

impl TestCaOptions {
    /// A root and one intermediate with P-256 keys. Everything begins at `not_before`; the root ends
    /// after ten years, server certificates after one.
    #[must_use]
    pub fn starting(not_before: OffsetDateTime) -> Self {
        Self {
            not_before,
            intermediates: 1,
            leaf_days: LEAF_DAYS,
            leaf_overrun: LeafExpiryPolicy::default(),
            subject: DistinguishedName::new(),
            key: KeyKind::P256,
            threads: None,
            crl_url: CRL_URL.to_owned(),
            root_days: ROOT_DAYS,
            seed: None,
        }
    }

    /// How many intermediates stand between the root and a server; 1 unless told, 0 lets the root issue.
    /// Each may have as many CAs below it as it has, and no more (RFC 5280 §4.2.1.9).
    #[must_use]
    pub fn intermediates(self, intermediates: u8) -> Self {
        Self {
            intermediates,
            ..self
        }
    }

    /// For how many days server certificates are valid; 365 unless told.
    #[must_use]
    pub fn leaf_days(self, leaf_days: u32) -> Self {
        Self { leaf_days, ..self }
    }

    /// For how many days the root is valid; 3652 unless told. Each intermediate has the first half of the
    /// validity of its issuer, or that of a server certificate where that is longer.
    #[must_use]
    pub fn root_days(self, root_days: u32) -> Self {
        Self { root_days, ..self }
    }

    /// What becomes of server certificates that would end after their CA; [`LeafExpiryPolicy::Refuse`] unless
    /// told.
    #[must_use]
    pub fn leaf_overrun(self, leaf_overrun: LeafExpiryPolicy) -> Self {
        Self {
            leaf_overrun,
            ..self
        }
    }

    /// What stands before the common name in the subjects of the CAs (D29); nothing unless told.
    #[must_use]
    pub fn subject(self, subject: DistinguishedName) -> Self {
        Self { subject, ..self }
    }

    /// The keys of the CAs; [`KeyKind::P256`] unless told.
    #[must_use]
    pub fn key(self, key: KeyKind) -> Self {
        Self { key, ..self }
    }

    /// On how many threads [`TestCa::issue`](crate::TestCa::issue) generates keys; as many as there are
    /// cores unless told.
    #[must_use]
    pub fn threads(self, threads: NonZeroUsize) -> Self {
        Self {
            threads: Some(threads),
            ..self
        }
    }

    /// Where server certificates say that the CRL is (D21); `http://crl.invalid/test-ca.crl` unless told,
    /// which is nowhere. Nothing is published there for you: see [`TestCa::crls`](crate::TestCa::crls).
    #[must_use]
    pub fn crl_url(self, crl_url: impl Into<String>) -> Self {
        Self {
            crl_url: crl_url.into(),
            ..self
        }
    }
}
