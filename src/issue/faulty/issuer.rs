//! Issues faulty chains.

use rcgen::CertificateParams;
use rustls_pki_types::CertificateDer;
use time::{Duration, OffsetDateTime};

use super::fault::Fault;
use super::leaf::{Leaf, UNPLANNED_NAME};
use super::setup_certificate::SetupCertificate;
use crate::deployment::UmServer;
use crate::issue::ca::{Authority, LeafExpiryPolicy, TestCa};
use crate::issue::error::IssueError;
use crate::issue::key::KeyPair;
use crate::issue::validity::Validity;
use crate::issue::{params, request, subject};
use crate::plan::{KeyKind, PlannedCertificate};
use crate::x509::{CertificateRequest, Chain, Crl};

/// Name of a CA that neither side trusts.
const UNTRUSTED_CA: &str = "Foreign Test CA";
/// Name of a CA whose certificate no server presents.
const HIDDEN_CA: &str = "Test CA that is not presented";
/// Validity of the server certificates in days. It starts a day before the audit, unless the fault concerns it.
const LEAF_DAYS: u32 = 90;
/// A validity in days that no date of issue allows (D138).
const TOO_MANY_DAYS: u32 = 826;
/// Age of the CRLs that are past their next update.
const OLD_CRL_AGE: Duration = Duration::days(30);

/// SubjectPublicKeyInfo of RSA keys in DER, whose private keys do not exist. No library here generates keys of
/// 1024 bits, and ring generates no RSA keys. `specimens/make.sh` created them.
const RSA_1024: &[u8] = include_bytes!("specimens/rsa1024.spki");
const RSA_3072: &[u8] = include_bytes!("specimens/rsa3072.spki");

/// The default provider of certreq.
const CNG_PROVIDER: &str = "Microsoft Software Key Storage Provider";

/// A chain with a deliberate fault, and the request and CRLs that belong to it.
#[derive(Debug, Clone)]
pub struct FaultyChain {
    chain: Chain,
    request: Option<CertificateRequest>,
    crls: Vec<Crl>,
}

impl FaultyChain {
    /// Returns the chain to present.
    #[must_use]
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Returns the request to give to the audit. Only [`Fault::KeyMismatch`] and
    /// [`Fault::KeyInCngProvider`] have one.
    #[must_use]
    pub fn request(&self) -> Option<&CertificateRequest> {
        self.request.as_ref()
    }

    /// Returns the CRLs to give to the audit. Only the faults of revocation have CRLs.
    #[must_use]
    pub fn crls(&self) -> &[Crl] {
        &self.crls
    }
}

impl TestCa {
    /// Issues a chain for the planned certificate that breaks the rule of `fault` and no other, for an audit at
    /// the time `at` in which both sides trust this CA.
    ///
    /// The keys are new, and their private parts are discarded. Keys of a seeded CA are derived from its seed.
    ///
    /// The keys of the CAs above a [loaded](Self::load) CA are not available, so these CAs have no CRLs:
    /// [`Fault::Revoked`] and [`Fault::CrlExpired`] then also cause `revocation-unknown` for the certificates that they
    /// issued.
    ///
    /// For a Front End, [`Fault::NameExtra`] and [`Fault::SanOrder`] break no rule, because the audit does not check its other
    /// names (D30), and [`Fault::KeyInCngProvider`] breaks one only if the key is RSA (D125).
    ///
    /// # Errors
    ///
    /// - Returns [`IssueError::UnsupportedKey`] if this build cannot generate a key of the planned kind, and
    ///   [`IssueError::UnsupportedSeededKey`] if none can be derived from a seed (for [`Fault::KeyNotRsa`], a
    ///   P-256 key).
    /// - Returns [`IssueError::InvalidValidity`] if a certificate cannot express the dates.
    /// - Returns [`IssueError::CaCannotSignCrls`] if the CA may not sign the CRL of the fault.
    /// - Returns [`IssueError::InvalidCommonName`] if a name is too long for a CN.
    /// - Returns [`IssueError::Crypto`] if the cryptography library fails.
    ///
    /// # Examples
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
    pub fn issue_faulty(
        &self,
        planned: &PlannedCertificate,
        fault: Fault,
        at: OffsetDateTime,
    ) -> Result<FaultyChain, IssueError> {
        let issuer = FaultyIssuer {
            ca: self,
            planned,
            at,
        };
        if fault == Fault::KeyInCngProvider {
            return issuer.key_in_cng_provider();
        }
        let chain = issuer.chain(fault)?;
        Ok(FaultyChain {
            request: issuer.request(fault)?,
            crls: issuer.crls(fault, &chain)?,
            chain,
        })
    }
}

/// Issues faulty chains for one planned certificate.
struct FaultyIssuer<'a> {
    ca: &'a TestCa,
    planned: &'a PlannedCertificate,
    /// The time of the audit.
    at: OffsetDateTime,
}

impl FaultyIssuer<'_> {
    fn chain(&self, fault: Fault) -> Result<Chain, IssueError> {
        match fault {
            Fault::ExchangeDefault => self.setup_certificate(SetupCertificate::exchange),
            Fault::ExchangeAuthDefault => {
                self.setup_certificate(|_| SetupCertificate::exchange_auth())
            }
            Fault::ExchangeAuthRenewed => {
                self.setup_certificate(SetupCertificate::renewed_exchange_auth)
            }
            Fault::WmsvcDefault => self.setup_certificate(SetupCertificate::wmsvc),
            Fault::WmsvcSha2Default => self.setup_certificate(SetupCertificate::wmsvc_sha2),
            Fault::SelfSigned => self.self_signed(),
            Fault::CaAsServer => Ok(self.ca_as_server()),
            Fault::MalformedCertificate => self.truncated(),
            Fault::MissingIntermediate => self.missing_intermediate(),
            Fault::UntrustedRoot => self.untrusted_root(),
            Fault::BadSignature => self.bad_signature(),
            Fault::ChainOrder => self.duplicate_in_chain(),
            _ => {
                let certificate = self.leaf(fault)?.issue_by(self.ca.issuing_authority())?;
                Ok(self.ca.chain_of(certificate))
            }
        }
    }

    fn request(&self, fault: Fault) -> Result<Option<CertificateRequest>, IssueError> {
        if fault != Fault::KeyMismatch {
            return Ok(None);
        }
        let other_key = KeyPair::generate(self.planned.key())?;
        self.planned.request(&other_key).map(Some)
    }

    /// Returns the planned certificate, and a request for its key that names a CNG provider.
    fn key_in_cng_provider(&self) -> Result<FaultyChain, IssueError> {
        let kind = self.planned.key();
        let key = self.new_key(kind)?;
        let leaf = self.leaf_for(kind, key.public_key_der())?;
        let certificate = leaf.issue_by(self.ca.issuing_authority())?;
        let cn = self.planned.subject().as_str();
        let params = params::for_planned(self.planned, kind)?;
        let attributes = vec![request::key_provider_attribute(CNG_PROVIDER)];
        let subject = subject::common_name(cn)?;
        Ok(FaultyChain {
            chain: self.ca.chain_of(certificate),
            request: Some(request::sign(cn, &params, attributes, &subject, &key)?),
            crls: Vec::new(),
        })
    }

    fn crls(&self, fault: Fault, chain: &Chain) -> Result<Vec<Crl>, IssueError> {
        match fault {
            Fault::Revoked => self.ca.crls(self.at, chain.certificates().take(1)),
            Fault::RevocationUnknown => self.untrusted_ca()?.crls(self.at, []),
            Fault::CrlExpired => self.ca.crls(self.at.saturating_sub(OLD_CRL_AGE), []),
            _ => Ok(Vec::new()),
        }
    }

    // Faults of the chain.

    /// Returns one of the certificates of Exchange's setup.
    fn setup_certificate(
        &self,
        create: fn(&UmServer) -> SetupCertificate,
    ) -> Result<Chain, IssueError> {
        let server = UmServer::new(self.planned.first_server().clone(), "")?;
        let key = self.new_key(self.planned.key())?;
        let serial_number = self.serial_number(&key)?;
        let not_before = self.at.saturating_sub(Duration::DAY);
        create(&server).self_sign(&key, not_before, serial_number)
    }

    /// Returns the planned certificate, signed by its own key.
    fn self_signed(&self) -> Result<Chain, IssueError> {
        let key = self.new_key(self.planned.key())?;
        let leaf = self.leaf_for(key.kind(), key.public_key_der())?;
        let subject = subject::common_name(&leaf.cn)?;
        let signed = Authority::self_signed(&self.what(), leaf.params, &subject, key)?;
        Ok(Chain::of(signed.certificate().clone(), &[]))
    }

    /// Returns the chain of the issuing CA.
    fn ca_as_server(&self) -> Chain {
        match self.ca.intermediates() {
            [issuing, above @ ..] => Chain::of(issuing.clone(), above),
            [] => self.ca.roots().iter().cloned().collect(),
        }
    }

    /// Returns the planned chain, with the server's certificate cut off in the middle.
    fn truncated(&self) -> Result<Chain, IssueError> {
        let certificate = self.planned_leaf()?.issue_by(self.ca.issuing_authority())?;
        let der = certificate.der();
        let truncated = CertificateDer::from(der[..der.len() / 2].to_vec());
        let intermediates = self.ca.intermediates().iter();
        let intermediates = intermediates.map(|intermediate| intermediate.der().clone());
        Ok([truncated].into_iter().chain(intermediates).collect())
    }

    /// Returns a certificate of a CA below the issuing one, without the certificate of that CA.
    fn missing_intermediate(&self) -> Result<Chain, IssueError> {
        let (key, params) = self.new_ca(HIDDEN_CA)?;
        let subject = subject::common_name(HIDDEN_CA)?;
        let issuing = self.ca.issuing_authority();
        let hidden = issuing.create_subordinate(&self.what(), params, &subject, key)?;
        let certificate = self.planned_leaf()?.issue_by(&hidden)?;
        Ok(Chain::of(certificate, &[]))
    }

    /// Returns a chain of another test CA, including its root.
    fn untrusted_root(&self) -> Result<Chain, IssueError> {
        let ca = self.untrusted_ca()?;
        let issued = ca.issue_planned(self.planned, self.new_key(self.planned.key())?)?;
        let certificates = issued.chain().certificates().chain(ca.roots());
        Ok(certificates.cloned().collect())
    }

    /// Returns a chain whose first certificate was issued by another CA with the name of the issuing one.
    fn bad_signature(&self) -> Result<Chain, IssueError> {
        let subject = self.ca.issuing_authority().certificate().raw_subject();
        let (key, params) = self.new_ca(UNTRUSTED_CA)?;
        let namesake = Authority::self_signed(&self.what(), params, subject, key)?;
        let certificate = self.planned_leaf()?.issue_by(&namesake)?;
        Ok(self.ca.chain_of(certificate))
    }

    /// Returns the planned chain, followed by the server's certificate again.
    fn duplicate_in_chain(&self) -> Result<Chain, IssueError> {
        let certificate = self.planned_leaf()?.issue_by(self.ca.issuing_authority())?;
        let mut rest = self.ca.intermediates().to_vec();
        rest.push(certificate.clone());
        Ok(Chain::of(certificate, &rest))
    }

    // Faults of the server's certificate.

    /// Returns the server's certificate with this fault, or as planned if the fault is elsewhere.
    fn leaf(&self, fault: Fault) -> Result<Leaf, IssueError> {
        let mut leaf = match fault {
            Fault::WeakKey => self.leaf_for(self.planned.key(), RSA_1024.to_vec())?,
            Fault::KeySizeUnlisted => self.leaf_for(self.planned.key(), RSA_3072.to_vec())?,
            Fault::KeyNotRsa => self.leaf_for_new_key(KeyKind::P256)?,
            _ => self.planned_leaf()?,
        };
        match fault {
            Fault::Expired => leaf.set_validity(self.validity_from(-i64::from(LEAF_DAYS) - 1)?),
            Fault::ExpiresSoon => leaf.set_validity(self.validity_from(1 - i64::from(LEAF_DAYS))?),
            Fault::NotYetValid => leaf.set_validity(self.validity_from(1)?),
            Fault::SubjectNotServer => leaf.cn = UNPLANNED_NAME.to_owned(),
            Fault::SubjectWildcard => leaf.set_wildcard_cn(),
            Fault::NameMissing => {
                // The other servers of a shared certificate keep their names, and the first stays first.
                let servers = self.planned.servers();
                leaf.remove_names_of(
                    servers
                        .last()
                        .unwrap_or_else(|| self.planned.first_server()),
                );
            }
            Fault::NameExtra => leaf.add_unplanned_name()?,
            Fault::SanOrder => leaf.misorder_names()?,
            Fault::NoServerAuth => leaf.set_client_auth_only(),
            Fault::NoDigitalSignature => leaf.set_key_encipherment_only(),
            Fault::NoCrlDistributionPoint => leaf.remove_crl_url(),
            Fault::CrlLdapOnly => leaf.set_ldap_crl_url(),
            Fault::PublicValidity => leaf.set_validity(self.validity_of(-1, TOO_MANY_DAYS)?),
            Fault::Profile => leaf.remove_authority_key_identifier(),
            Fault::PathInvalid => leaf.add_unknown_critical_extension(),
            Fault::PathNotJudged => leaf.add_critical_policies(),
            _ => {}
        }
        Ok(leaf)
    }

    /// Returns the server's certificate as planned, for a new key.
    fn planned_leaf(&self) -> Result<Leaf, IssueError> {
        self.leaf_for_new_key(self.planned.key())
    }

    fn leaf_for_new_key(&self, kind: KeyKind) -> Result<Leaf, IssueError> {
        self.leaf_for(kind, self.new_key(kind)?.public_key_der())
    }

    /// Returns the server's certificate as planned, with the key usage of a key of this `kind`, for the key in
    /// this SubjectPublicKeyInfo.
    fn leaf_for(&self, kind: KeyKind, spki: Vec<u8>) -> Result<Leaf, IssueError> {
        let options = self.ca.options();
        let params = params::for_planned(self.planned, kind)?;
        let serial_number = options.random.serial_number(&spki)?;
        let validity = self.validity_from(-1)?;
        Ok(Leaf {
            cn: self.planned.subject().to_string(),
            params: params::complete(params, validity, serial_number, &options.crl_url),
            spki,
        })
    }

    /// Returns the validity that starts `days` days after the audit.
    fn validity_from(&self, days: i64) -> Result<Validity, IssueError> {
        self.validity_of(days, LEAF_DAYS)
    }

    /// Returns the validity of `length` days that starts this number of days after the audit.
    fn validity_of(&self, days: i64, length: u32) -> Result<Validity, IssueError> {
        Validity::new(self.at.saturating_add(Duration::days(days)), length)
    }

    /// Returns a new key for the server.
    fn new_key(&self, kind: KeyKind) -> Result<KeyPair, IssueError> {
        let owner = self.planned.first_server().as_str();
        self.ca.options().random.key(kind, owner)
    }

    fn serial_number(&self, key: &KeyPair) -> Result<[u8; 16], IssueError> {
        let random = &self.ca.options().random;
        random.serial_number(&key.public_key_der())
    }

    // Other CAs.

    /// Returns the key and the parameters of a new CA.
    fn new_ca(&self, cn: &str) -> Result<(KeyPair, CertificateParams), IssueError> {
        let owner = format!(
            "not {}",
            self.ca.issuing_authority().certificate().subject()
        );
        let options = self.ca.options();
        let key = options.random.key(options.key, &owner)?;
        let serial_number = self.serial_number(&key)?;
        let params = params::for_ca(cn, self.validity_from(-1)?, 0, serial_number);
        Ok((key, params))
    }

    /// Returns a CA like this one, but with another name. The name must differ, because a seed yields the same CA for
    /// the same name.
    fn untrusted_ca(&self) -> Result<TestCa, IssueError> {
        let has_same_name = self.ca.roots()[0].subject().contains(UNTRUSTED_CA);
        let name = if has_same_name {
            UNPLANNED_NAME
        } else {
            UNTRUSTED_CA
        };
        // A loaded CA may be valid for longer than this one.
        let options = self.ca.options().clone();
        TestCa::with_options(name, &options.leaf_expiry(LeafExpiryPolicy::Cap))
    }

    fn what(&self) -> String {
        format!("the faulty certificate of {}", self.planned.first_server())
    }
}
