//! A test CA: its options and its parts.

use std::{fmt, slice};

use time::{Duration, OffsetDateTime};

use super::authority::Authority;
use super::options::{LeafExpiryPolicy, TestCaOptions};
use crate::issue::error::IssueError;
use crate::issue::key::Seed;
use crate::issue::validity::Validity;
use crate::issue::{params, subject};
use crate::text::escape_and_truncate;
use crate::x509::{Certificate, Chain};

/// The time before now from which certificates are valid, for machines whose clocks differ.
const CLOCK_SKEW: Duration = Duration::HOUR;

/// Start of the validity of a seeded CA: 2020-01-01, as a Unix timestamp.
const SEEDED_NOT_BEFORE: i64 = 1_577_836_800;
/// Validity of the root of a seeded CA in days: 80 years.
const SEEDED_ROOT_DAYS: u32 = 29220;
/// Validity of the server certificates of a seeded CA in days: until the end of 2049, the last year that UTCTime
/// can express (RFC 5280 §4.1.2.5.1).
const SEEDED_LEAF_DAYS: u32 = 10957;

/// A certificate authority for tests: a root, its intermediates, and their keys in memory.
///
/// **For tests only.** The keys are not protected, and the CA issues any requested certificate. Never install its root.
///
/// # Examples
///
/// ```
/// use umcert::TestCa;
///
/// let ca = TestCa::new("Contoso Test CA")?;
/// let issued = ca.issue_names(["um1.contoso.com", "*.contoso.com", "192.0.2.1"])?;
/// assert!(issued.chain().to_pem().starts_with("-----BEGIN CERTIFICATE-----"));
/// # Ok::<(), umcert::issue::IssueError>(())
/// ```
#[doc(alias("mkcert", "minica", "rcgen", "self-signed", "trustme"))]
pub struct TestCa {
    root: Certificate,
    /// The intermediates, the issuing CA first.
    intermediates: Vec<Certificate>,
    /// The CAs whose keys are available, the issuing CA first. Never empty.
    authorities: Vec<Authority>,
    leaf_validity: Validity,
    /// The time at which the first of the CAs expires.
    first_expiry: OffsetDateTime,
    options: TestCaOptions,
    /// `true` if every run of a program has the same CA.
    is_persistent: bool,
}

impl TestCa {
    /// Creates a CA of this name, with a root and one intermediate, whose certificates are valid from one hour before
    /// now.
    ///
    /// Reads the clock of the system; [`with_options`](Self::with_options) takes the time as an argument.
    ///
    /// # Errors
    ///
    /// Returns [`IssueError::InvalidCommonName`] if the name is empty or too long, and [`IssueError::Crypto`] if
    /// the cryptography library fails.
    pub fn new(name: &str) -> Result<Self, IssueError> {
        let not_before = OffsetDateTime::now_utc() - CLOCK_SKEW;
        Self::with_options(name, &TestCaOptions::valid_from(not_before))
    }

    /// Creates a CA of this name with `options`. The intermediates have the same name with a suffix.
    ///
    /// # Errors
    ///
    /// - Returns [`IssueError::InvalidCommonName`] if a name is empty or longer than 64 characters. The suffix
    ///   of the intermediates counts.
    /// - Returns [`IssueError::InvalidValidity`] if a certificate cannot express the dates.
    /// - Returns [`IssueError::OutlivesIssuer`] if server certificates would expire after their CA.
    /// - Returns [`IssueError::InvalidCrlUrl`] if the URL of the CRL is invalid.
    /// - Returns [`IssueError::UnsupportedKey`] or [`IssueError::UnsupportedSeededKey`] if this build cannot
    ///   generate the keys.
    /// - Returns [`IssueError::Crypto`] if the cryptography library fails.
    pub fn with_options(name: &str, options: &TestCaOptions) -> Result<Self, IssueError> {
        let mut validity = Validity::new(options.not_before, options.root_days)?;
        let leaf_validity = Validity::new(options.not_before, options.leaf_days)?;
        let count = options.intermediates;
        let mut authorities = vec![create_authority(name, validity, count, None, options)?];
        for number in 1..=count {
            validity = validity.of_intermediate(leaf_validity);
            let name = format!("{name} - Intermediate {number}");
            let issuer = Some(&authorities[0]);
            let next = create_authority(&name, validity, count - number, issuer, options)?;
            authorities.insert(0, next);
        }
        let certificates = authorities.iter().map(Authority::certificate);
        let chain = certificates.cloned().collect();
        let is_persistent = options.random.is_seeded();
        Self::from_parts(authorities, chain, options.clone(), is_persistent)
    }

    /// Creates a CA that is byte for byte the same in every run and on every machine, like all certificates that it
    /// issues.
    ///
    /// The keys and serial numbers are derived from `seed`. The CA is valid from 2020 to 2100, and its server
    /// certificates until the end of 2049. So tests can contain fingerprints, and files do not change between builds.
    ///
    /// **For tests only, even more than any other test CA: everyone who knows the seed has every key.** The seed is in
    /// source code, so treat the keys as published. [`PlannedCertificate::request`](crate::PlannedCertificate::request)
    /// refuses them, and no CSR is written next to them. A seeded key that was written to a file and read again is
    /// *not* recognised.
    ///
    /// The CA's own keys are Ed25519 keys. Both cryptography libraries sign deterministically with Ed25519 (RFC 8032
    /// §8.2) but not with ECDSA, and neither derives RSA keys from a seed. So the plan must use
    /// [`KeyKind::Ed25519`](crate::KeyKind::Ed25519). With the feature `seeded-p256`, the plan and
    /// [`TestCaOptions::key`] may also use [`KeyKind::P256`](crate::KeyKind::P256), which then signs deterministically
    /// (RFC 6979).
    ///
    /// Use [`TestCaOptions::seed`] for another name, other dates or more intermediates. The bytes stay the same in all
    /// releases of this crate that are compatible by semantic versioning, unless rcgen changes its encoding.
    ///
    /// # Errors
    ///
    /// Returns [`IssueError::Crypto`] if the cryptography library fails.
    ///
    /// # Examples
    ///
    /// ```
    /// # let text = include_str!("../../../examples/data/example-1.toml");
    /// use umcert::{KeyKind, Plan, PlanOptions, TestCa};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let out_dir = folder.path().join("pki");
    /// let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default().key(KeyKind::Ed25519))?;
    /// TestCa::seeded("my-crate tests")?.issue(&plan)?.write_if_changed(&out_dir)?;
    ///
    /// let again = TestCa::seeded("my-crate tests")?.issue(&plan)?;
    /// assert!(again.write_if_changed(&out_dir)?.was_kept());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias("deterministic", "reproducible"))]
    pub fn seeded(seed: impl AsRef<[u8]>) -> Result<Self, IssueError> {
        let seed = seed.as_ref();
        let number = Seed::new(seed).name_number();
        let not_before = OffsetDateTime::from_unix_timestamp(SEEDED_NOT_BEFORE)
            .expect("the year 2020 is in range");
        let options = TestCaOptions::valid_from(not_before)
            .seed(seed)
            .root_days(SEEDED_ROOT_DAYS)
            .leaf_days(SEEDED_LEAF_DAYS);
        Self::with_options(&format!("Seeded Test CA {number:08x}"), &options)
    }

    /// Creates a CA from the authorities whose keys are available (the issuing CA first) and the chain from the
    /// issuing CA to the root.
    pub(super) fn from_parts(
        authorities: Vec<Authority>,
        mut chain: Vec<Certificate>,
        options: TestCaOptions,
        is_persistent: bool,
    ) -> Result<Self, IssueError> {
        let url = &options.crl_url;
        if url.is_empty() || !url.bytes().all(|byte| byte.is_ascii_graphic()) {
            let url = escape_and_truncate(url);
            return Err(IssueError::InvalidCrlUrl { url });
        }
        // A CA that was created elsewhere may expire after the CA above it.
        let first_expiry = chain.iter().map(Certificate::not_after).min();
        let first_expiry = first_expiry.expect("a chain has a root");
        let leaf_validity = Validity::new(options.not_before, options.leaf_days)?;
        Ok(Self {
            root: chain.pop().expect("a chain has a root"),
            intermediates: chain,
            authorities,
            leaf_validity: within_issuer(leaf_validity, first_expiry, options.leaf_expiry)?,
            first_expiry,
            options,
            is_persistent,
        })
    }

    /// Returns the CA that issues server certificates.
    pub(in crate::issue) fn issuing_authority(&self) -> &Authority {
        &self.authorities[0]
    }

    /// Returns the CAs whose keys are available, the issuing CA first.
    pub(super) fn authorities(&self) -> &[Authority] {
        &self.authorities
    }

    /// Returns `true` if every run of a program has the same CA, because the CA was loaded or seeded.
    pub(super) fn is_persistent(&self) -> bool {
        self.is_persistent
    }

    /// Returns the validity of server certificates.
    pub(in crate::issue) fn leaf_validity(&self) -> Validity {
        self.leaf_validity
    }

    /// Returns this validity of a certificate, within that of the CAs.
    pub(super) fn within_issuer(&self, validity: Validity) -> Result<Validity, IssueError> {
        within_issuer(validity, self.first_expiry, self.options.leaf_expiry)
    }

    pub(in crate::issue) fn options(&self) -> &TestCaOptions {
        &self.options
    }

    /// Returns the root, for the trust stores of both sides.
    #[must_use]
    pub fn roots(&self) -> &[Certificate] {
        slice::from_ref(&self.root)
    }

    /// Returns the intermediates, the issuing CA first: the certificates that a server presents after its own.
    #[must_use]
    pub fn intermediates(&self) -> &[Certificate] {
        &self.intermediates
    }

    /// Returns the chain of a server's certificate: the certificate, then the intermediates.
    pub(in crate::issue) fn chain_of(&self, end_entity: Certificate) -> Chain {
        Chain::of(end_entity, &self.intermediates)
    }
}

/// Creates a CA with at most `path_len` others below it, signed by `issuer` or by itself.
fn create_authority(
    name: &str,
    validity: Validity,
    path_len: u8,
    issuer: Option<&Authority>,
    options: &TestCaOptions,
) -> Result<Authority, IssueError> {
    let what = format!("the certificate of the CA {name}");
    let subject = subject::with_common_name(&options.subject, name)?;
    let key = options.random.key(options.key, name)?;
    let serial_number = options.random.serial_number(&key.public_key_der())?;
    let params = params::for_ca(name, validity, path_len, serial_number);
    match issuer {
        Some(issuer) => issuer.create_subordinate(&what, params, &subject, key),
        None => Authority::self_signed(&what, params, &subject, key),
    }
}

/// Returns the validity of a certificate under CAs the first of which expires at `ca_expiry`.
fn within_issuer(
    validity: Validity,
    ca_expiry: OffsetDateTime,
    policy: LeafExpiryPolicy,
) -> Result<Validity, IssueError> {
    if validity.not_after <= ca_expiry {
        return Ok(validity);
    }
    match policy {
        LeafExpiryPolicy::Cap if validity.not_before <= ca_expiry => Ok(Validity {
            not_after: ca_expiry,
            ..validity
        }),
        _ => Err(IssueError::OutlivesIssuer {
            not_after: validity.not_after,
            issuer_not_after: ca_expiry,
        }),
    }
}

impl fmt::Debug for TestCa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            root,
            intermediates,
            authorities: _,
            leaf_validity: _,
            first_expiry: _,
            options: _,
            is_persistent,
        } = self;
        f.debug_struct("TestCa")
            .field("root", root)
            .field("intermediates", intermediates)
            .field("is_persistent", is_persistent)
            .finish_non_exhaustive()
    }
}
