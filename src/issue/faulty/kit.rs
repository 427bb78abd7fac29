//! Issuing what is faulty on purpose.

use rcgen::{CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, SanType};
use rustls_pki_types::CertificateDer;
use time::OffsetDateTime;

use super::exchange::Shape;
use super::fault::Fault;
use crate::date::{self, DAY};
use crate::deployment::UmServer;
use crate::issue::authority::Authority;
use crate::issue::ca::TestCa;
use crate::issue::ca_options::LeafExpiryPolicy;
use crate::issue::der::{self, NULL};
use crate::issue::error::IssueError;
use crate::issue::key::KeyPair;
use crate::issue::names;
use crate::issue::params::{self, Validity};
use crate::issue::sign::Holder;
use crate::name::SanName;
use crate::plan::{KeyKind, PlannedCertificate};
use crate::x509::{Certificate, CertificateRequest, Chain, Crl};

/// The name of the CA that nobody knows.
const FOREIGN_CA: &str = "Foreign Test CA";
/// A name of nobody's (RFC 2606 §2).
const STRANGER: &str = "stranger.invalid";
/// An OID that is nobody's.
const UNKNOWN_EXTENSION: &[u64] = &[1, 2, 3, 4];
/// How long the faulty server certificates are valid about the time asked for, in days.
const DAYS: u32 = 90;
/// How long ago the CRLs were made that are past their next update, in days.
const CRL_AGE: i64 = 30;

/// Public keys of RSA, as SubjectPublicKeyInfo in DER, for certificates that nobody can use: no library here
/// generates a key of 1024 bits, and ring generates none at all. `specimens/make.sh` made them.
const RSA_1024: &[u8] = include_bytes!("specimens/rsa1024.spki");
const RSA_3072: &[u8] = include_bytes!("specimens/rsa3072.spki");

/// What a server presents that is faulty on purpose, and what belongs to it.
#[derive(Debug, Clone)]
pub struct FaultyChain {
    chain: Chain,
    request: Option<CertificateRequest>,
    crls: Vec<Crl>,
}

impl FaultyChain {
    /// The chain to present.
    #[must_use]
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The request to give to the audit; none but for [`Fault::KeyMismatch`].
    #[must_use]
    pub fn request(&self) -> Option<&CertificateRequest> {
        self.request.as_ref()
    }

    /// The CRLs to give to the audit; none but for the faults of revocation.
    #[must_use]
    pub fn crls(&self) -> &[Crl] {
        &self.crls
    }
}

impl TestCa {
    /// A chain for the planned certificate that breaks the rule of `fault`, and no other, for whoever
    /// trusts this CA and looks at the time `at`. Its keys are new, and thrown away (of a CA from a seed, they
    /// come from the seed).
    ///
    /// Where the CA was made elsewhere ([`load`](Self::load)), the keys of those above it are not here, and so
    /// neither are their CRLs: [`Fault::Revoked`] and [`Fault::CrlExpired`] bring `revocation-unknown` about
    /// those besides.
    ///
    /// ```
    /// use time::OffsetDateTime;
    /// use umcert::faulty::Fault;
    /// use umcert::{Audit, KeyKind, Plan, PlanOptions, TestCa};
    /// # let text = include_str!("../../../examples/data/example-1.toml");
    ///
    /// let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default().key(KeyKind::P256))?;
    /// let ca = TestCa::new("Contoso Test CA")?;
    /// let now = OffsetDateTime::now_utc();
    /// let planned = &plan.certificates()[0];
    /// let faulty = ca.issue_faulty(planned, Fault::Expired, now)?;
    ///
    /// let report = Audit::new(&plan)
    ///     .lync_roots(ca.roots())
    ///     .exchange_roots(ca.roots())
    ///     .presented_chains(ca.issue(&plan)?.chains())
    ///     .presented(planned.subject(), faulty.chain().clone())
    ///     .run(now);
    /// assert_eq!(report.findings()[0].rule(), Fault::Expired.rule());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`IssueError::UnsupportedKey`] where this build cannot generate a key of the planned kind,
    /// [`IssueError::UnseededKey`] where a seed makes none of it (or of P-256, for [`Fault::KeyNotRsa`]),
    /// [`IssueError::Validity`] where the dates cannot stand in a certificate,
    /// [`IssueError::UnusableCa`] where the CA may not sign the CRL of the fault,
    /// [`IssueError::CommonName`] where a name is too long for a CN, and [`IssueError::Crypto`] where the
    /// cryptography library fails.
    pub fn issue_faulty(
        &self,
        planned: &PlannedCertificate,
        fault: Fault,
        at: OffsetDateTime,
    ) -> Result<FaultyChain, IssueError> {
        let order = Order {
            ca: self,
            planned,
            at,
        };
        let chain = order.chain(fault)?;
        let request = match fault {
            Fault::KeyMismatch => Some(planned.request(&KeyPair::generate(planned.key())?)?),
            _ => None,
        };
        let crls = match fault {
            Fault::Revoked => self.crls(at, chain.certificates().take(1))?,
            Fault::RevocationUnknown => self.foreign()?.crls(at, [])?,
            Fault::CrlExpired => self.crls(days_later(at, -CRL_AGE), [])?,
            _ => Vec::new(),
        };
        Ok(FaultyChain {
            chain,
            request,
            crls,
        })
    }

    /// A CA like this one, of another name: a seed would make the very same CA of the same.
    fn foreign(&self) -> Result<Self, IssueError> {
        let name = match self
            .roots()
            .iter()
            .any(|it| it.subject().contains(FOREIGN_CA))
        {
            true => STRANGER,
            false => FOREIGN_CA,
        };
        // A CA that was made elsewhere may last longer than this one.
        let options = self.options.clone().leaf_overrun(LeafExpiryPolicy::Cap);
        Self::with_options(name, &options)
    }
}

/// What is to be issued.
struct Order<'a> {
    ca: &'a TestCa,
    planned: &'a PlannedCertificate,
    at: OffsetDateTime,
}

impl Order<'_> {
    fn chain(&self, fault: Fault) -> Result<Chain, IssueError> {
        match fault {
            Fault::ExchangeDefault => self.default(Shape::exchange),
            Fault::ExchangeAuthDefault => self.default(|_| Shape::auth()),
            Fault::WmsvcDefault => self.default(Shape::wmsvc),
            Fault::SelfSigned => self.self_signed(),
            Fault::UntrustedRoot => self.foreign(),
            Fault::CaAsServer => Ok(match self.ca.intermediates() {
                [issuing, behind @ ..] => Chain::of(issuing.clone(), behind),
                [] => self.ca.roots().iter().cloned().collect(),
            }),
            Fault::MissingIntermediate => {
                Ok(Chain::of(self.end_entity(fault, &self.below()?)?, &[]))
            }
            Fault::BadSignature => Ok(self.ca.chain(self.end_entity(fault, &self.namesake()?)?)),
            Fault::MalformedCertificate => Ok(self.malformed()?),
            Fault::ChainOrder => {
                let own = self.end_entity(fault, &self.ca.issuing)?;
                let mut behind = self.ca.intermediates().to_vec();
                behind.push(own.clone());
                Ok(Chain::of(own, &behind))
            }
            _ => Ok(self.ca.chain(self.end_entity(fault, &self.ca.issuing)?)),
        }
    }

    /// One of the certificates of Exchange's setup.
    fn default(&self, shape: fn(&UmServer) -> Shape) -> Result<Chain, IssueError> {
        let server = UmServer::new(self.planned.subject().clone(), "")?;
        let key = self.key(self.planned.key())?;
        let serial = self.serial(&Holder::Own(&key))?;
        let begun = days_later(self.at, -1);
        shape(&server).sign(&server, &key, begun, serial)
    }

    /// The server's certificate with what of `fault` is in it, by this CA.
    fn end_entity(&self, fault: Fault, by: &Authority) -> Result<Certificate, IssueError> {
        let planned = self.planned.key();
        match fault {
            Fault::WeakKey => self.signed(fault, planned, &Holder::Foreign(RSA_1024), by),
            Fault::KeySizeUnlisted => self.signed(fault, planned, &Holder::Foreign(RSA_3072), by),
            Fault::KeyNotRsa => self.signed_for_own_key(fault, KeyKind::P256, by),
            _ => self.signed_for_own_key(fault, planned, by),
        }
    }

    fn signed_for_own_key(
        &self,
        fault: Fault,
        kind: KeyKind,
        by: &Authority,
    ) -> Result<Certificate, IssueError> {
        let key = self.key(kind)?;
        self.signed(fault, kind, &Holder::Own(&key), by)
    }

    fn signed(
        &self,
        fault: Fault,
        kind: KeyKind,
        holder: &Holder<'_>,
        by: &Authority,
    ) -> Result<Certificate, IssueError> {
        let mut params = self.params(fault, kind, holder)?;
        change(&mut params, fault, self.planned)?;
        let subject = self.subject(fault)?;
        by.certify(&self.what(), &params, &subject, holder)
    }

    /// A key for the server.
    fn key(&self, kind: KeyKind) -> Result<KeyPair, IssueError> {
        self.ca.source.key(kind, self.planned.subject().as_str())
    }

    /// What the plan asks for, with a key of this kind and the dates of `fault`, as the CA would issue it.
    fn params(
        &self,
        fault: Fault,
        kind: KeyKind,
        holder: &Holder<'_>,
    ) -> Result<CertificateParams, IssueError> {
        let validity = self.validity(fault)?;
        let params = params::of_plan(self.planned, kind)?;
        let serial = self.serial(holder)?;
        let crl_url = &self.ca.options.crl_url;
        Ok(params::issued(params, validity, serial, crl_url))
    }

    fn serial(&self, holder: &Holder<'_>) -> Result<[u8; 16], IssueError> {
        self.ca.source.serial(&|| holder.public_key())
    }

    fn validity(&self, fault: Fault) -> Result<Validity, IssueError> {
        let days = i64::from(DAYS);
        let begin = match fault {
            Fault::Expired => -days - 1,
            Fault::ExpiresSoon => 1 - days,
            Fault::NotYetValid => 1,
            _ => -1,
        };
        Validity::days(days_later(self.at, begin), DAYS)
    }

    fn what(&self) -> String {
        format!("the faulty certificate of {}", self.planned.subject())
    }

    /// A key that is none of the CA's, and what a CA of it is to hold.
    fn authority(&self, cn: &str) -> Result<(KeyPair, CertificateParams), IssueError> {
        let owner = format!("not {}", self.ca.issuing.certificate().subject());
        let key = self.ca.source.key(self.ca.options.key, &owner)?;
        let serial = self.serial(&Holder::Own(&key))?;
        let validity = self.validity(Fault::BadSignature)?;
        let params = params::authority(cn, validity, 0, serial);
        Ok((key, params))
    }

    /// By a CA that nobody knows, its root behind it.
    fn foreign(&self) -> Result<Chain, IssueError> {
        let foreign = self.ca.foreign()?;
        let issued = foreign.issue_planned(self.planned, self.key(self.planned.key())?)?;
        let mut presented = issued.chain().certificates().cloned().collect::<Vec<_>>();
        presented.extend_from_slice(foreign.roots());
        Ok(presented.into_iter().collect())
    }

    /// Another CA of the issuing one's name.
    fn namesake(&self) -> Result<Authority, IssueError> {
        let subject = self.ca.issuing.certificate().raw_subject();
        let (key, params) = self.authority(FOREIGN_CA)?;
        Authority::root(&self.what(), params, subject, key)
    }

    /// A CA below the issuing one.
    fn below(&self) -> Result<Authority, IssueError> {
        let cn = "Test CA that is not presented";
        let (key, params) = self.authority(cn)?;
        let subject = names::common_name(cn)?;
        self.ca.issuing.below(&self.what(), params, &subject, key)
    }

    fn self_signed(&self) -> Result<Chain, IssueError> {
        let key = self.key(self.planned.key())?;
        let params = self.params(Fault::SelfSigned, key.kind(), &Holder::Own(&key))?;
        let subject = self.subject(Fault::SelfSigned)?;
        let own = Authority::root(&self.what(), params, &subject, key)?;
        Ok(Chain::of(own.certificate().clone(), &[]))
    }

    /// The subject as planned, but for what of `fault` is in it.
    fn subject(&self, fault: Fault) -> Result<Vec<u8>, IssueError> {
        let fqdn = self.planned.subject().as_str();
        let domain = fqdn.split_once('.').map_or(fqdn, |(_, domain)| domain);
        match fault {
            Fault::SubjectNotServer => names::common_name(STRANGER),
            Fault::SubjectWildcard => names::common_name(&format!("*.{domain}")),
            _ => names::common_name(fqdn),
        }
    }

    fn malformed(&self) -> Result<Chain, IssueError> {
        let own = self.end_entity(Fault::MalformedCertificate, &self.ca.issuing)?;
        let der = own.der();
        let cut = der.get(..der.len() / 2).unwrap_or_default();
        let mut presented = Vec::new();
        presented.push(CertificateDer::from(cut.to_vec()));
        for intermediate in self.ca.intermediates() {
            presented.push(intermediate.der().clone());
        }
        Ok(presented.into_iter().collect())
    }
}

/// Changes what of `fault` is in the server's certificate besides CN and dates.
fn change(
    params: &mut CertificateParams,
    fault: Fault,
    planned: &PlannedCertificate,
) -> Result<(), IssueError> {
    let names = &mut params.subject_alt_names;
    match fault {
        Fault::NameMissing => {
            // The others of a shared certificate keep theirs, and the first of them its place.
            let server = planned
                .servers()
                .last()
                .unwrap_or_else(|| planned.subject());
            names.retain(|name| match name {
                SanType::DnsName(name) => {
                    let name = name.as_str().parse::<SanName>();
                    !name.is_ok_and(|name| name.covers(server))
                }
                _ => true,
            });
        }
        // Behind the server's own name, and before any wildcard.
        Fault::NameExtra => {
            let behind_first = names.len().min(1);
            names.insert(behind_first, params::dns(STRANGER.to_owned())?);
        }
        Fault::SanOrder => match names.len() {
            0 | 1 => names.insert(0, params::dns(STRANGER.to_owned())?),
            _ => names.rotate_left(1),
        },
        Fault::NoServerAuth => {
            params.extended_key_usages.clear();
            let other = ExtendedKeyUsagePurpose::ClientAuth;
            params.extended_key_usages.push(other);
        }
        Fault::NoCrlDistributionPoint => params.crl_distribution_points.clear(),
        Fault::Profile => params.use_authority_key_identifier_extension = false,
        Fault::PathInvalid => {
            let null = der::element(NULL, &[]);
            let mut extension = CustomExtension::from_oid_content(UNKNOWN_EXTENSION, null);
            extension.set_criticality(true);
            params.custom_extensions.push(extension);
        }
        _ => {}
    }
    Ok(())
}

/// So many days after `at`; `at` itself beyond the times of certificates, where nothing is issued.
fn days_later(at: OffsetDateTime, days: i64) -> OffsetDateTime {
    date::later(at, days * DAY).unwrap_or(at)
}
