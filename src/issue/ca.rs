//! A CA for tests: a root, its intermediates, and what they issue.

use std::{fmt, mem};

use rcgen::CertificateParams;
use time::OffsetDateTime;

use super::authority::Authority;
use super::bundle::{Bundle, IssuedCertificate};
use super::ca_options::{LeafExpiryPolicy, TestCaOptions};
use super::error::IssueError;
use super::key::KeyPair;
use super::params::{self, Validity};
use super::sign::Holder;
use super::source::Source;
use super::{names, request};
use crate::date;
use crate::name::{DnsName, GeneralName, NameError, SanName};
use crate::parallel::try_on_threads;
use crate::plan::{Plan, PlannedCertificate};
use crate::x509::{Certificate, CertificateRequest, Chain};

/// How many seconds before now the certificates of a test CA begin, for machines whose clocks differ.
const CLOCK_SKEW: i64 = 3600;

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
/// let issued = ca.issue_names(["um1.contoso.com", "*.contoso.com", "192.0.2.1"])?;
/// assert!(issued.chain().to_pem().starts_with("-----BEGIN CERTIFICATE-----"));
/// # Ok::<(), umcert::issue::IssueError>(())
/// ```
pub struct TestCa {
    roots: [Certificate; 1],
    /// The intermediates, the issuing one first: as a server presents them.
    intermediates: Vec<Certificate>,
    pub(super) issuing: Authority,
    /// The CAs above it whose keys are here too, the root first.
    above: Vec<Authority>,
    pub(super) leaf: Validity,
    pub(super) options: TestCaOptions,
    pub(super) source: Source,
    /// Whether it is the same CA in every run of a program.
    lasting: bool,
}

impl TestCa {
    /// A CA of this name whose certificates begin an hour ago, with a root and one intermediate. Reads
    /// the system's clock; [`with_options`](Self::with_options) takes the time as an argument.
    ///
    /// # Errors
    ///
    /// [`IssueError::CommonName`] where the name is empty or too long, and [`IssueError::Crypto`] where
    /// the cryptography library fails.
    pub fn new(name: &str) -> Result<Self, IssueError> {
        Self::with_options(name, &TestCaOptions::starting(an_hour_ago()))
    }

    /// A CA of this name, made as `options` say. The intermediates are named after it, with a number.
    ///
    /// # Errors
    ///
    /// [`IssueError::CommonName`] where a name is empty or longer than 64 characters, as those of the
    /// intermediates are before its own; [`IssueError::Validity`] where the dates cannot stand in a
    /// certificate; [`IssueError::OutlivesIssuer`] where server certificates would end after their CA;
    /// [`IssueError::CrlUrl`] where the place of the CRL cannot stand in a certificate;
    /// [`IssueError::UnsupportedKey`] where this build cannot generate the keys; and
    /// [`IssueError::Crypto`] where the cryptography library fails.
    pub fn with_options(name: &str, options: &TestCaOptions) -> Result<Self, IssueError> {
        let source = match &options.seed {
            Some(seed) => Source::Seed(seed.clone()),
            None => Source::System,
        };
        let mut validity = Validity::days(options.not_before, options.root_days)?;
        let leaf = Validity::days(options.not_before, options.leaf_days)?;
        let maker = Maker { options, source };
        let count = options.intermediates;
        let mut issuing = maker.authority(name, validity, count, None)?;
        let mut above = Vec::new();
        let mut chain = Vec::new();
        chain.push(issuing.certificate().clone());
        for number in 1..=count {
            validity = validity.below(leaf);
            let name = format!("{name} - Intermediate {number}");
            let next = maker.authority(&name, validity, count - number, Some(&issuing))?;
            chain.push(next.certificate().clone());
            above.push(mem::replace(&mut issuing, next));
        }
        chain.reverse();
        Self::of_parts(issuing, above, chain, options, maker.source)
    }

    /// A CA of these CAs whose keys are here, and the chain from the issuing one to the root.
    pub(super) fn of_parts(
        issuing: Authority,
        above: Vec<Authority>,
        mut chain: Vec<Certificate>,
        options: &TestCaOptions,
        source: Source,
    ) -> Result<Self, IssueError> {
        let url = &options.crl_url;
        if url.is_empty() || !url.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(IssueError::CrlUrl { url: url.clone() });
        }
        // A CA that was made elsewhere may end after the one above it.
        let mut end = issuing.certificate().not_after();
        for certificate in &chain {
            end = end.min(certificate.not_after());
        }
        let root = match chain.pop() {
            Some(root) => root,
            None => issuing.certificate().clone(),
        };
        Ok(Self {
            roots: [root],
            intermediates: chain,
            leaf: leaf_validity(options, end)?,
            issuing,
            above,
            options: options.clone(),
            lasting: matches!(source, Source::Seed(_)),
            source,
        })
    }

    /// The same CA, which was made elsewhere and lasts.
    pub(super) fn lasting(self) -> Self {
        Self {
            lasting: true,
            ..self
        }
    }

    /// The CAs whose keys are here, the issuing one first.
    pub(super) fn authorities(&self) -> Vec<&Authority> {
        let mut authorities = Vec::new();
        authorities.push(&self.issuing);
        for authority in self.above.iter().rev() {
            authorities.push(authority);
        }
        authorities
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
    /// are generated on all cores, or on as many threads as the options say.
    ///
    /// # Errors
    ///
    /// [`IssueError::UnsupportedKey`] where this build cannot generate a key of the planned kind, and
    /// those of [`issue_planned`](Self::issue_planned).
    pub fn issue(&self, plan: &Plan) -> Result<Bundle, IssueError> {
        let issued = try_on_threads(self.options.threads, plan.certificates(), |planned| {
            let key = self.source.key(planned.key(), planned.subject().as_str())?;
            self.issue_planned(planned, key)
        })?;
        Ok(Bundle::new(issued, self.roots.to_vec(), self.lasting))
    }

    /// Issues one planned certificate for `key`.
    ///
    /// # Errors
    ///
    /// [`IssueError::OtherKey`] where the key is not of the planned kind, [`IssueError::CommonName`] where
    /// the name of the server is too long for a CN, and [`IssueError::Crypto`] where the cryptography
    /// library fails.
    pub fn issue_planned(
        &self,
        planned: &PlannedCertificate,
        key: KeyPair,
    ) -> Result<IssuedCertificate, IssueError> {
        let params = params::planned(planned, &key)?;
        let cn = planned.subject().as_str();
        self.issue_params(cn, planned.servers().to_vec(), params, key)
    }

    /// A key (P-256, or Ed25519 from a seed), a request and a chain for these names: DNS names,
    /// wildcards, IP addresses. The first DNS name that is no wildcard becomes the CN, or else the first
    /// address. A name that is given twice stands there once. Nothing is planned: what the names are for is
    /// the caller's.
    ///
    /// # Errors
    ///
    /// [`IssueError::InvalidName`] where a name is none, [`IssueError::NoName`] where all are wildcards or
    /// there is none, and [`IssueError::CommonName`] where the one for the CN is too long.
    pub fn issue_names<N>(
        &self,
        names: impl IntoIterator<Item = N>,
    ) -> Result<IssuedCertificate, IssueError>
    where
        N: TryInto<GeneralName, Error: Into<NameError>>,
    {
        let mut distinct: Vec<GeneralName> = Vec::new();
        for name in names {
            let name = name.try_into().map_err(Into::into)?;
            if !distinct.contains(&name) {
                distinct.push(name);
            }
        }
        self.issue_distinct(&distinct)
    }

    fn issue_distinct(&self, names: &[GeneralName]) -> Result<IssuedCertificate, IssueError> {
        let mut host = None;
        let mut address = None;
        let mut servers = Vec::new();
        for name in names {
            match name {
                GeneralName::Ip(_) => address = address.or(Some(name)),
                name if !name.is_wildcard() => host = host.or(Some(name)),
                _ => {}
            }
            match name {
                GeneralName::Dns(SanName::Exact(server)) if servers.is_empty() => {
                    servers.push(server.clone());
                }
                _ => {}
            }
        }
        let cn = host.or(address).ok_or(IssueError::NoName)?.to_string();
        let key = self.source.key(self.source.quick_kind(), &cn)?;
        let params = params::server(&mut names.iter().cloned(), key.kind(), &cn)?;
        self.issue_params(&cn, servers, params, key)
    }

    /// Issues what `request` asks for: its subject and its names as they stand, for its key. The usages,
    /// the dates and the place of the CRL are the CA's. That the sender has the key is known: no
    /// [`CertificateRequest`] is without proof of that. Nothing else is checked of it, as befits a CA for
    /// tests alone.
    ///
    /// # Errors
    ///
    /// [`IssueError::Crypto`] where the cryptography library fails.
    pub fn issue_request(&self, request: &CertificateRequest) -> Result<Chain, IssueError> {
        let params = params::requested(request);
        let holder = Holder::Foreign(request.raw_public_key());
        self.certify(request.subject(), params, request.raw_subject(), &holder)
    }

    /// Issues the planned certificate for the key of `request`: names, CN and all else as planned, whatever
    /// the request asks for.
    ///
    /// # Errors
    ///
    /// [`IssueError::OtherKey`] where the key is not of the planned kind, [`IssueError::CommonName`] where
    /// the name of the server is too long for a CN, and [`IssueError::Crypto`] where the cryptography
    /// library fails.
    pub fn issue_request_as(
        &self,
        planned: &PlannedCertificate,
        request: &CertificateRequest,
    ) -> Result<Chain, IssueError> {
        let params = params::planned_for(planned, request)?;
        let cn = planned.subject().as_str();
        let subject = names::common_name(cn)?;
        let holder = Holder::Foreign(request.raw_public_key());
        self.certify(cn, params, &subject, &holder)
    }

    fn issue_params(
        &self,
        cn: &str,
        servers: Vec<DnsName>,
        params: CertificateParams,
        key: KeyPair,
    ) -> Result<IssuedCertificate, IssueError> {
        let subject = names::common_name(cn)?;
        let request = request::sign(cn, &params, &subject, &key)?;
        let chain = self.certify(cn, params, &subject, &Holder::Own(&key))?;
        Ok(IssuedCertificate::new(
            cn.to_owned(),
            servers,
            key,
            request,
            chain,
        ))
    }

    /// Certifies what `params` ask for, and puts the intermediates behind it.
    fn certify(
        &self,
        whose: &str,
        params: CertificateParams,
        subject: &[u8],
        holder: &Holder<'_>,
    ) -> Result<Chain, IssueError> {
        let what = format!("the certificate of {whose}");
        let serial = self.source.serial(&|| {
            let contents = params::contents(&params, self.leaf);
            [holder.public_key().as_slice(), subject, &contents].concat()
        })?;
        let params = params::issued(params, self.leaf, serial, &self.options.crl_url);
        let end_entity = self.issuing.certify(&what, &params, subject, holder)?;
        Ok(self.chain(end_entity))
    }

    /// A server's certificate, with the intermediates behind it.
    pub(super) fn chain(&self, end_entity: Certificate) -> Chain {
        Chain::of(end_entity, &self.intermediates)
    }
}

/// When the certificates of a CA begin that is made now.
pub(super) fn an_hour_ago() -> OffsetDateTime {
    let now = OffsetDateTime::now_utc();
    date::later(now, -CLOCK_SKEW).unwrap_or(now)
}

/// When server certificates are valid, under CAs the first of which ends at `ca_end`.
fn leaf_validity(options: &TestCaOptions, ca_end: OffsetDateTime) -> Result<Validity, IssueError> {
    let leaf = Validity::days(options.not_before, options.leaf_days)?;
    match options.leaf_overrun {
        _ if leaf.not_after <= ca_end => Ok(leaf),
        LeafExpiryPolicy::Cap => Ok(Validity {
            not_after: ca_end,
            ..leaf
        }),
        LeafExpiryPolicy::Refuse => Err(IssueError::OutlivesIssuer {
            not_after: leaf.not_after,
            issuer_not_after: ca_end,
        }),
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

/// What makes the CAs of a test PKI.
struct Maker<'a> {
    options: &'a TestCaOptions,
    source: Source,
}

impl Maker<'_> {
    /// A CA with so many others `below` it at most, signed by `issuer` or by itself.
    fn authority(
        &self,
        name: &str,
        validity: Validity,
        below: u8,
        issuer: Option<&Authority>,
    ) -> Result<Authority, IssueError> {
        let what = format!("the certificate of the CA {name}");
        let subject = names::subject(&self.options.subject, name)?;
        let key = self.source.key(self.options.key, name)?;
        let serial = self.source.serial(&|| Holder::Own(&key).public_key())?;
        let params = params::authority(name, validity, below, serial);
        match issuer {
            Some(issuer) => issuer.below(&what, params, &subject, key),
            None => Authority::root(&what, params, &subject, key),
        }
    }
}
