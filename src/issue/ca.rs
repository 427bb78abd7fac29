//! A CA for tests: a root, its intermediates, and what they issue.

use std::{fmt, iter};

use rcgen::{CertificateParams, Issuer};
use time::{Duration, OffsetDateTime};

use super::bundle::{Bundle, Issued};
use super::error::IssueError;
use super::key::KeyPair;
use super::parallel::on_all_cores;
use super::params::{self, Validity};
use super::request;
use crate::name::{DnsName, InvalidName, SanName};
use crate::plan::{KeyKind, Plan, PlannedCertificate};
use crate::x509::{Certificate, Chain};

/// How long before now the certificates of a test CA begin, for machines whose clocks differ.
const CLOCK_SKEW: Duration = Duration::hours(1);
/// The validity of the root in days; an intermediate has the first half of its issuer's.
const ROOT_DAYS: u32 = 3652;
/// Where the CRL would be. `.invalid` resolves nowhere (RFC 2606 §2).
const CRL: &str = "http://crl.invalid/test-ca.crl";

/// A certificate authority for tests: a root that exists nowhere else, intermediates, and their keys in
/// memory.
///
/// **For tests alone.** Its keys are not protected, it issues whatever it is asked for, and nobody
/// should ever install its root.
///
/// ```
/// use umcert::TestCa;
///
/// let ca = TestCa::new("Contoso Test CA")?;
/// let issued = ca.issue_names(["um1.contoso.com", "*.contoso.com"])?;
/// assert!(issued.chain().to_pem().starts_with("-----BEGIN CERTIFICATE-----"));
/// # Ok::<(), umcert::IssueError>(())
/// ```
pub struct TestCa {
    /// The root, and the only element of `roots`.
    roots: [Certificate; 1],
    /// The intermediates, the issuing one first: as a server presents them.
    intermediates: Vec<Certificate>,
    issuer: Issuer<'static, rcgen::KeyPair>,
    leaf: Validity,
}

/// How a [`TestCa`] is made.
///
/// ```
/// use umcert::{TestCa, TestCaOptions};
/// use time::macros::datetime;
///
/// let options = TestCaOptions::starting(datetime!(2026-11-23 00:00 UTC)).intermediates(2);
/// let ca = TestCa::with_options("Contoso Test CA", &options)?;
/// # Ok::<(), umcert::IssueError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestCaOptions {
    not_before: OffsetDateTime,
    intermediates: u8,
    leaf_days: u32,
}

impl TestCaOptions {
    /// A root and one intermediate with P-256 keys. Everything begins at `not_before`; the root ends
    /// after ten years, server certificates after one.
    #[must_use]
    pub fn starting(not_before: OffsetDateTime) -> Self {
        Self {
            not_before,
            intermediates: 1,
            leaf_days: 365,
        }
    }

    /// How many intermediates stand between the root and a server; 1 unless told, 0 lets the root issue.
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
}

impl TestCa {
    /// A CA of this name whose certificates begin an hour ago, with a root and one intermediate. Reads
    /// the system's clock; [`with_options`](Self::with_options) takes the time as an argument.
    ///
    /// # Errors
    ///
    /// [`IssueError::Crypto`] where the cryptography library fails.
    pub fn new(name: &str) -> Result<Self, IssueError> {
        let now = OffsetDateTime::now_utc();
        let not_before = now.checked_sub(CLOCK_SKEW).unwrap_or(now);
        Self::with_options(name, &TestCaOptions::starting(not_before))
    }

    /// A CA of this name, made as `options` say. The intermediates are named after it, with a number.
    ///
    /// # Errors
    ///
    /// [`IssueError::Validity`] where the dates cannot stand in a certificate,
    /// [`IssueError::OutlivesIssuer`] where server certificates would end after their CA, and
    /// [`IssueError::Crypto`] where the cryptography library fails.
    pub fn with_options(name: &str, options: &TestCaOptions) -> Result<Self, IssueError> {
        let TestCaOptions {
            not_before,
            intermediates,
            leaf_days,
        } = *options;
        let mut validity = Validity::days(not_before, ROOT_DAYS)?;
        let mut authority = Authority::root(name, validity, intermediates)?;
        let roots = [authority.certificate.clone()];
        let mut chain = Vec::new();
        for (number, below) in (1..=intermediates).zip((0..intermediates).rev()) {
            validity = validity.first_half();
            let name = format!("{name} - Intermediate {number}");
            authority = authority.intermediate(&name, validity, below)?;
            chain.insert(0, authority.certificate.clone());
        }
        let leaf = Validity::days(not_before, leaf_days)?;
        if leaf.not_after > validity.not_after {
            return Err(IssueError::OutlivesIssuer {
                not_after: leaf.not_after,
                issuer_not_after: validity.not_after,
            });
        }
        Ok(Self {
            roots,
            intermediates: chain,
            issuer: authority.issuer,
            leaf,
        })
    }

    /// The root, as each side is to hold it.
    #[must_use]
    pub fn roots(&self) -> &[Certificate] {
        &self.roots
    }

    /// The intermediates, the issuing one first: what a server presents behind its own certificate.
    #[must_use]
    pub fn intermediates(&self) -> &[Certificate] {
        &self.intermediates
    }

    /// Issues the whole plan: a key, a request and a chain for each server, all of it as planned. Keys
    /// are generated on all cores.
    ///
    /// # Errors
    ///
    /// [`IssueError::UnsupportedKey`] where this build cannot generate a key of the planned kind, and
    /// [`IssueError::Crypto`] where the cryptography library fails.
    pub fn issue(&self, plan: &Plan) -> Result<Bundle, IssueError> {
        let issued = on_all_cores(plan.certificates(), |planned| {
            let key = KeyPair::generate(planned.key())?;
            self.issue_planned(planned, key)
        });
        Ok(Bundle::new(
            issued.into_iter().collect::<Result<_, _>>()?,
            self.roots.to_vec(),
        ))
    }

    /// Issues one planned certificate for `key`.
    ///
    /// # Errors
    ///
    /// [`IssueError::OtherKey`] where the key is not of the planned kind, and [`IssueError::Crypto`]
    /// where the cryptography library fails.
    pub fn issue_planned(
        &self,
        planned: &PlannedCertificate,
        key: KeyPair,
    ) -> Result<Issued, IssueError> {
        let params = params::planned(planned, &key)?;
        self.issue_params(planned.subject().clone(), planned.servers(), params, key)
    }

    /// A key (P-256), a request and a chain for these names, exact ones or wildcards; the first that is
    /// no wildcard becomes the CN. Nothing is planned: what the names are for is the caller's.
    ///
    /// # Errors
    ///
    /// [`IssueError::InvalidName`] where a name is none, and [`IssueError::NoName`] where all are
    /// wildcards or there is none.
    pub fn issue_names<N>(&self, names: impl IntoIterator<Item = N>) -> Result<Issued, IssueError>
    where
        N: TryInto<SanName, Error: Into<InvalidName>>,
    {
        let names = names
            .into_iter()
            .map(|name| name.try_into().map_err(Into::into));
        let names: Vec<SanName> = names.collect::<Result<_, InvalidName>>()?;
        let exact = names.iter().find_map(SanName::as_exact);
        let server = exact.cloned().ok_or(IssueError::NoName)?;
        let key = KeyPair::generate(KeyKind::P256)?;
        let params = params::server(names, key.kind(), server.as_str())?;
        self.issue_params(server.clone(), &[server], params, key)
    }

    fn issue_params(
        &self,
        subject: DnsName,
        servers: &[DnsName],
        params: CertificateParams,
        key: KeyPair,
    ) -> Result<Issued, IssueError> {
        let request = request::sign(&subject, &params, &key)?;
        let chain = self.sign(&subject, params, &key)?;
        Ok(Issued::new(subject, servers.into(), key, request, chain))
    }

    /// Signs what `params` ask for, and puts the intermediates behind it.
    fn sign(
        &self,
        server: &DnsName,
        params: CertificateParams,
        key: &KeyPair,
    ) -> Result<Chain, IssueError> {
        let params = params::issued(params, self.leaf, CRL)?;
        let signed = params.signed_by(key.inner(), &self.issuer);
        let end_entity = read_back(&format!("the certificate of {server}"), signed)?;
        let behind = self.intermediates.iter().cloned();
        Ok(iter::once(end_entity).chain(behind).collect())
    }
}

impl fmt::Debug for TestCa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestCa")
            .field("roots", &self.roots)
            .field("intermediates", &self.intermediates)
            .finish_non_exhaustive()
    }
}

/// A CA of the test PKI while it is made: its certificate, and what signs with its key.
struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, rcgen::KeyPair>,
}

impl Authority {
    fn root(name: &str, validity: Validity, below: u8) -> Result<Self, IssueError> {
        let params = params::authority(name, validity, below)?;
        let key = authority_key()?;
        let signed = params.self_signed(&key);
        Self::new(name, params, key, signed)
    }

    fn intermediate(&self, name: &str, validity: Validity, below: u8) -> Result<Self, IssueError> {
        let mut params = params::authority(name, validity, below)?;
        params.use_authority_key_identifier_extension = true;
        let key = authority_key()?;
        let signed = params.signed_by(&key, &self.issuer);
        Self::new(name, params, key, signed)
    }

    fn new(
        name: &str,
        params: CertificateParams,
        key: rcgen::KeyPair,
        signed: Result<rcgen::Certificate, rcgen::Error>,
    ) -> Result<Self, IssueError> {
        Ok(Self {
            certificate: read_back(&format!("the certificate of the CA {name}"), signed)?,
            issuer: Issuer::new(params, key),
        })
    }
}

/// P-256: both backends generate it, and at once.
fn authority_key() -> Result<rcgen::KeyPair, IssueError> {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256);
    key.map_err(IssueError::crypto("a key for a CA"))
}

/// What was signed, read as everyone else will read it.
pub(super) fn read_back(
    what: &str,
    signed: Result<rcgen::Certificate, rcgen::Error>,
) -> Result<Certificate, IssueError> {
    let signed = signed.map_err(IssueError::crypto(what))?;
    Certificate::from_der(signed.into()).map_err(IssueError::crypto(what))
}
