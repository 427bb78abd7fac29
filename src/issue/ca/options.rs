//! Options of a test CA.

use std::num::NonZeroUsize;

use time::OffsetDateTime;

use super::random_source::RandomSource;
use crate::issue::key::Seed;
use crate::name::DistinguishedName;
use crate::plan::KeyKind;

/// Default validity of the root in days: ten years.
const ROOT_DAYS: u32 = 3652;
/// Default validity of server certificates in days.
const LEAF_DAYS: u32 = 365;
/// Default URL of the CRL. `.invalid` never resolves (RFC 2606 §2).
const CRL_URL: &str = "http://crl.invalid/test-ca.crl";

/// Options of a [`TestCa`](crate::TestCa) and of the certificates that it issues.
///
/// # Examples
///
/// ```
/// use umcert::issue::TestCaOptions;
/// use umcert::name::{AttributeType, DistinguishedName};
/// use umcert::TestCa;
/// use time::macros::datetime;
///
/// // A name in the form that AD CS gives to the root of a domain.
/// let domain = DistinguishedName::new()
///     .with(AttributeType::DomainComponent, "com")?
///     .with(AttributeType::DomainComponent, "contoso")?;
/// let options = TestCaOptions::valid_from(datetime!(2026-11-23 00:00 UTC))
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
    pub(super) leaf_expiry: LeafExpiryPolicy,
    pub(super) subject: DistinguishedName,
    pub(in crate::issue) key: KeyKind,
    pub(super) threads: Option<NonZeroUsize>,
    pub(in crate::issue) crl_url: String,
    pub(super) root_days: u32,
    pub(in crate::issue) random: RandomSource,
}

/// The treatment of server certificates that would expire after their CA.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeafExpiryPolicy {
    /// Issuing such a certificate is an error.
    #[default]
    Refuse,
    /// Such a certificate expires when the CA does.
    Cap,
}

impl TestCaOptions {
    /// Creates options for certificates that are valid from `not_before` on: a root for ten years, one
    /// intermediate, server certificates for one year, and P-256 keys for the CAs.
    ///
    /// Certificates contain whole seconds in UTC; `not_before` may have any offset.
    #[must_use]
    pub fn valid_from(not_before: OffsetDateTime) -> Self {
        Self {
            not_before,
            intermediates: 1,
            leaf_days: LEAF_DAYS,
            leaf_expiry: LeafExpiryPolicy::default(),
            subject: DistinguishedName::new(),
            key: KeyKind::P256,
            threads: None,
            crl_url: CRL_URL.to_owned(),
            root_days: ROOT_DAYS,
            random: RandomSource::System,
        }
    }

    /// Sets the number of intermediates between the root and a server. Defaults to 1. If the number is 0, the root
    /// issues server certificates.
    ///
    /// The path length of each CA allows exactly the CAs that are below it (RFC 5280 §4.2.1.9).
    #[must_use]
    pub fn intermediates(self, intermediates: u8) -> Self {
        Self {
            intermediates,
            ..self
        }
    }

    /// Sets the validity of server certificates in days. Defaults to 365.
    #[must_use]
    pub fn leaf_days(self, leaf_days: u32) -> Self {
        Self { leaf_days, ..self }
    }

    /// Sets the validity of the root in days. Defaults to 3652.
    ///
    /// Each intermediate is valid for the first half of its issuer's validity, or as long as a server
    /// certificate if that is longer.
    #[must_use]
    pub fn root_days(self, root_days: u32) -> Self {
        Self { root_days, ..self }
    }

    /// Sets the treatment of server certificates that would expire after their CA. Defaults to
    /// [`LeafExpiryPolicy::Refuse`].
    #[must_use]
    pub fn leaf_expiry(self, leaf_expiry: LeafExpiryPolicy) -> Self {
        Self {
            leaf_expiry,
            ..self
        }
    }

    /// Sets the attributes before the common name in the subjects of the CAs (D29). Defaults to none.
    #[must_use]
    pub fn subject(self, subject: DistinguishedName) -> Self {
        Self { subject, ..self }
    }

    /// Sets the kind of the CAs' own keys. Defaults to [`KeyKind::P256`].
    #[must_use]
    pub fn key(self, key: KeyKind) -> Self {
        Self { key, ..self }
    }

    /// Sets the number of threads on which [`TestCa::issue`](crate::TestCa::issue) generates keys. Defaults to
    /// one for each core.
    #[must_use]
    pub fn threads(self, threads: NonZeroUsize) -> Self {
        Self {
            threads: Some(threads),
            ..self
        }
    }

    /// Sets the URL of the CRL in server certificates (D21). Defaults to `http://crl.invalid/test-ca.crl`,
    /// which never resolves.
    ///
    /// Nothing is published there. [`TestCa::crls`](crate::TestCa::crls) creates the CRLs.
    #[must_use]
    pub fn crl_url(self, crl_url: impl Into<String>) -> Self {
        Self {
            crl_url: crl_url.into(),
            ..self
        }
    }

    /// Derives all keys and serial numbers from `seed`, as [`TestCa::seeded`](crate::TestCa::seeded) does: the same
    /// name, seed and options yield the same bytes.
    ///
    /// The warnings of [`TestCa::seeded`](crate::TestCa::seeded) also apply here. Sets the keys of the CAs to Ed25519.
    /// [`TestCa::load`](crate::TestCa::load) ignores the seed.
    #[must_use]
    pub fn seed(self, seed: impl AsRef<[u8]>) -> Self {
        Self {
            random: RandomSource::Seed(Seed::new(seed.as_ref())),
            key: KeyKind::Ed25519,
            ..self
        }
    }
}
