//! Issues faulty chains.

use std::sync::Arc;

use rcgen::{Attribute, CertificateParams};
use rustls_pki_types::CertificateDer;
use time::{Duration, OffsetDateTime};

use super::chain::FaultyChain;
use super::fault::Fault;
use super::leaf::{Leaf, UNPLANNED_NAME};
use super::setup_certificate::{SetupCertificate, WindowsHost};
use super::target::Target;
use crate::issue::ca::{Authority, LeafExpiryPolicy, TestCa};
use crate::issue::error::IssueError;
use crate::issue::key::KeyPair;
use crate::issue::validity::Validity;
use crate::issue::{params, request, subject};
use crate::plan::KeyKind;
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

/// Issues faulty chains for one certificate.
pub(super) struct FaultyIssuer<'a> {
    ca: &'a TestCa,
    target: Target,
    /// The time of the audit.
    at: OffsetDateTime,
}

impl<'a> FaultyIssuer<'a> {
    pub(super) fn new(ca: &'a TestCa, target: Target, at: OffsetDateTime) -> Self {
        Self { ca, target, at }
    }

    /// Issues the chain, with its request and CRLs.
    pub(super) fn issue(&self, fault: Fault) -> Result<FaultyChain, IssueError> {
        let chain = self.chain(fault)?;
        let request = self.request(fault, &chain)?;
        let crls = self.crls(fault, chain.chain())?;
        Ok(chain.with_evidence(request, crls))
    }

    fn chain(&self, fault: Fault) -> Result<FaultyChain, IssueError> {
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
                let leaf = self.leaf(fault)?;
                let certificate = leaf.issue_by(self.ca.issuing_authority())?;
                Ok(FaultyChain::new(self.ca.chain_of(certificate), leaf.key))
            }
        }
    }

    fn request(
        &self,
        fault: Fault,
        chain: &FaultyChain,
    ) -> Result<Option<CertificateRequest>, IssueError> {
        match (fault, chain.key()) {
            (Fault::KeyMismatch, _) => {
                let other_key = KeyPair::generate(self.target.key)?;
                self.sign_request(Vec::new(), &other_key).map(Some)
            }
            (Fault::KeyInCngProvider, Some(key)) => {
                let attributes = vec![request::key_provider_attribute(CNG_PROVIDER)];
                self.sign_request(attributes, key).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn sign_request(
        &self,
        attributes: Vec<Attribute>,
        key: &KeyPair,
    ) -> Result<CertificateRequest, IssueError> {
        let cn = &self.target.cn;
        let params = self.target.params(key.kind())?;
        let subject = subject::common_name(cn)?;
        request::sign(cn, &params, attributes, &subject, key)
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
        create: fn(&WindowsHost) -> SetupCertificate,
    ) -> Result<FaultyChain, IssueError> {
        let key = self.new_key(self.target.key)?;
        let serial_number = self.serial_number(&key)?;
        let not_before = self.at.saturating_sub(Duration::DAY);
        let certificate = create(&self.target.windows_host());
        let chain = certificate.self_sign(&key, not_before, serial_number)?;
        Ok(FaultyChain::new(chain, Some(Arc::new(key))))
    }

    /// Returns the planned certificate, signed by its own key.
    fn self_signed(&self) -> Result<FaultyChain, IssueError> {
        let key = self.new_key(self.target.key)?;
        let leaf = self.leaf_for(key.kind(), key.public_key_der(), None)?;
        let subject = subject::common_name(&leaf.cn)?;
        let signed = Authority::self_signed(&self.what(), leaf.params, &subject, key)?;
        let chain = Chain::of(signed.certificate().clone(), &[]);
        Ok(FaultyChain::new(chain, Some(Arc::clone(signed.key()))))
    }

    /// Returns the chain of the issuing CA.
    fn ca_as_server(&self) -> FaultyChain {
        let chain = match self.ca.intermediates() {
            [issuing, above @ ..] => Chain::of(issuing.clone(), above),
            [] => self.ca.roots().iter().cloned().collect(),
        };
        let key = Arc::clone(self.ca.issuing_authority().key());
        FaultyChain::new(chain, Some(key))
    }

    /// Returns the planned chain, with the server's certificate cut off in the middle.
    fn truncated(&self) -> Result<FaultyChain, IssueError> {
        let leaf = self.planned_leaf()?;
        let certificate = leaf.issue_by(self.ca.issuing_authority())?;
        let der = certificate.der();
        let truncated = CertificateDer::from(der[..der.len() / 2].to_vec());
        let intermediates = self.ca.intermediates().iter();
        let intermediates = intermediates.map(|intermediate| intermediate.der().clone());
        let ders = [truncated].into_iter().chain(intermediates).collect();
        Ok(FaultyChain::of_ders(ders, leaf.key))
    }

    /// Returns a certificate of a CA below the issuing one, without the certificate of that CA.
    fn missing_intermediate(&self) -> Result<FaultyChain, IssueError> {
        let (key, params) = self.new_ca(HIDDEN_CA)?;
        let subject = subject::common_name(HIDDEN_CA)?;
        let issuing = self.ca.issuing_authority();
        let hidden = issuing.create_subordinate(&self.what(), params, &subject, key)?;
        let leaf = self.planned_leaf()?;
        let chain = Chain::of(leaf.issue_by(&hidden)?, &[]);
        Ok(FaultyChain::new(chain, leaf.key))
    }

    /// Returns a chain of another test CA, including its root.
    fn untrusted_root(&self) -> Result<FaultyChain, IssueError> {
        let ca = self.untrusted_ca()?;
        let key = self.new_key(self.target.key)?;
        let params = self.target.params(key.kind())?;
        let validity = ca.leaf_validity();
        let issued = ca.issue_params(&self.target.cn, Vec::new(), params, validity, key)?;
        let certificates = issued.chain().certificates().chain(ca.roots());
        let chain = certificates.cloned().collect();
        Ok(FaultyChain::new(chain, Some(Arc::new(issued.key))))
    }

    /// Returns a chain whose first certificate was issued by another CA with the name of the issuing one.
    fn bad_signature(&self) -> Result<FaultyChain, IssueError> {
        let subject = self.ca.issuing_authority().certificate().raw_subject();
        let (key, params) = self.new_ca(UNTRUSTED_CA)?;
        let namesake = Authority::self_signed(&self.what(), params, subject, key)?;
        let leaf = self.planned_leaf()?;
        let chain = self.ca.chain_of(leaf.issue_by(&namesake)?);
        Ok(FaultyChain::new(chain, leaf.key))
    }

    /// Returns the planned chain, followed by the server's certificate again.
    fn duplicate_in_chain(&self) -> Result<FaultyChain, IssueError> {
        let leaf = self.planned_leaf()?;
        let certificate = leaf.issue_by(self.ca.issuing_authority())?;
        let mut rest = self.ca.intermediates().to_vec();
        rest.push(certificate.clone());
        Ok(FaultyChain::new(Chain::of(certificate, &rest), leaf.key))
    }

    // Faults of the server's certificate.

    /// Returns the server's certificate with this fault, or as planned if the fault is elsewhere.
    fn leaf(&self, fault: Fault) -> Result<Leaf, IssueError> {
        let mut leaf = match fault {
            Fault::WeakKey => self.leaf_for(self.target.key, RSA_1024.to_vec(), None)?,
            Fault::KeySizeUnlisted => self.leaf_for(self.target.key, RSA_3072.to_vec(), None)?,
            Fault::KeyNotRsa => self.leaf_for_new_key(KeyKind::P256)?,
            _ => self.planned_leaf()?,
        };
        match fault {
            Fault::Expired => leaf.set_validity(self.validity_from(-i64::from(LEAF_DAYS) - 1)?),
            Fault::ExpiresSoon => leaf.set_validity(self.validity_from(1 - i64::from(LEAF_DAYS))?),
            Fault::NotYetValid => leaf.set_validity(self.validity_from(1)?),
            Fault::SubjectNotServer => leaf.cn = UNPLANNED_NAME.to_owned(),
            Fault::SubjectWildcard => leaf.set_wildcard_cn(),
            Fault::NameMissing => match &self.target.last_server {
                // The other servers of a shared certificate keep their names, and the first stays first.
                Some(server) => leaf.remove_names_of(server),
                None => leaf.replace_names()?,
            },
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
        self.leaf_for_new_key(self.target.key)
    }

    fn leaf_for_new_key(&self, kind: KeyKind) -> Result<Leaf, IssueError> {
        let key = Arc::new(self.new_key(kind)?);
        self.leaf_for(kind, key.public_key_der(), Some(key))
    }

    /// Returns the server's certificate as planned, with the key usage of a key of this `kind`, for the key in
    /// this SubjectPublicKeyInfo.
    fn leaf_for(
        &self,
        kind: KeyKind,
        spki: Vec<u8>,
        key: Option<Arc<KeyPair>>,
    ) -> Result<Leaf, IssueError> {
        let options = self.ca.options();
        let params = self.target.params(kind)?;
        let serial_number = options.random.serial_number(&spki)?;
        let validity = self.validity_from(-1)?;
        Ok(Leaf {
            cn: self.target.cn.clone(),
            params: params::complete(params, validity, serial_number, &options.crl_url),
            spki,
            key,
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
        self.ca.options().random.key(kind, &self.target.host)
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
        format!("the faulty certificate of {}", self.target.host)
    }
}
