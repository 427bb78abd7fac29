//! Issues certificates for a plan and for requests.

use rcgen::CertificateParams;

use super::test_ca::TestCa;
use crate::issue::bundle::{Bundle, IssuedCertificate};
use crate::issue::error::IssueError;
use crate::issue::key::KeyPair;
use crate::issue::validity::Validity;
use crate::issue::{params, request, subject};
use crate::name::DnsName;
use crate::parallel;
use crate::plan::{Plan, PlannedCertificate};
use crate::x509::{CertificateRequest, Chain};

impl TestCa {
    /// Issues the whole plan: a key, a request and a chain for each certificate.
    ///
    /// Keys are generated on all cores, or on [`TestCaOptions::threads`](super::TestCaOptions::threads).
    ///
    /// # Errors
    ///
    /// Returns [`IssueError::UnsupportedKey`] or [`IssueError::UnsupportedSeededKey`] if this build cannot
    /// generate a key of the planned kind, and the errors of [`issue_planned`](Self::issue_planned).
    pub fn issue(&self, plan: &Plan) -> Result<Bundle, IssueError> {
        let random = &self.options().random;
        let issued = parallel::map(self.options().threads, plan.certificates(), |planned| {
            let key = random.key(planned.key(), planned.first_server().as_str())?;
            self.issue_planned(planned, key)
        });
        Ok(Bundle {
            certificates: issued.into_iter().collect::<Result<_, _>>()?,
            roots: self.roots().to_vec(),
            has_persistent_ca: self.is_persistent(),
        })
    }

    /// Issues one planned certificate for `key`.
    ///
    /// # Errors
    ///
    /// Returns [`IssueError::KeyKindMismatch`] if the key is not of the planned kind,
    /// [`IssueError::InvalidCommonName`] if the name of the server is too long for a CN, and
    /// [`IssueError::Crypto`] if the cryptography library fails.
    pub fn issue_planned(
        &self,
        planned: &PlannedCertificate,
        key: KeyPair,
    ) -> Result<IssuedCertificate, IssueError> {
        let params = params::for_planned_key(planned, &key)?;
        let cn = planned.subject().as_str();
        let validity = self.leaf_validity();
        self.issue_params(cn, planned.servers().to_vec(), params, validity, key)
    }

    /// Issues a certificate with the subject, names and key of `request`, unchanged. The CA sets the usages, the dates
    /// and the URL of the CRL.
    ///
    /// A [`CertificateRequest`] always proves possession of its key. Nothing else in the request is checked, because
    /// this CA is for tests only.
    ///
    /// # Errors
    ///
    /// Returns [`IssueError::Crypto`] if the cryptography library fails.
    pub fn issue_request(&self, request: &CertificateRequest) -> Result<Chain, IssueError> {
        let params = params::for_request(request);
        let subject = request.raw_subject();
        let validity = self.leaf_validity();
        let spki = request.raw_public_key();
        self.certify(request.subject(), params, validity, subject, spki)
    }

    /// Issues the planned certificate for the key of `request`: CN, names and everything else as planned. The other
    /// contents of the request are ignored.
    ///
    /// # Errors
    ///
    /// Returns [`IssueError::KeyKindMismatch`] if the key is not of the planned kind,
    /// [`IssueError::InvalidCommonName`] if the name of the server is too long for a CN, and
    /// [`IssueError::Crypto`] if the cryptography library fails.
    pub fn issue_request_as(
        &self,
        planned: &PlannedCertificate,
        request: &CertificateRequest,
    ) -> Result<Chain, IssueError> {
        let params = params::for_planned_request(planned, request)?;
        let cn = planned.subject().as_str();
        let subject = subject::common_name(cn)?;
        let validity = self.leaf_validity();
        self.certify(cn, params, validity, &subject, request.raw_public_key())
    }

    /// Issues the certificate that `params` describe, with this CN, for `key`.
    pub(in crate::issue) fn issue_params(
        &self,
        cn: &str,
        servers: Vec<DnsName>,
        params: CertificateParams,
        validity: Validity,
        key: KeyPair,
    ) -> Result<IssuedCertificate, IssueError> {
        let subject = subject::common_name(cn)?;
        let request = request::sign(cn, &params, Vec::new(), &subject, &key)?;
        let chain = self.certify(cn, params, validity, &subject, &key.public_key_der())?;
        Ok(IssuedCertificate {
            subject: cn.to_owned(),
            servers,
            key,
            request,
            chain,
        })
    }

    /// Issues the certificate that `params` describe. `subject` is a name and `spki` a SubjectPublicKeyInfo, both
    /// in DER.
    fn certify(
        &self,
        owner: &str,
        params: CertificateParams,
        validity: Validity,
        subject: &[u8],
        spki: &[u8],
    ) -> Result<Chain, IssueError> {
        let what = format!("the certificate of {owner}");
        let contents = params::serial_contents(&params, validity);
        let contents = [spki, subject, &contents].concat();
        let serial_number = self.options().random.serial_number(&contents)?;
        let crl_url = &self.options().crl_url;
        let params = params::complete(params, validity, serial_number, crl_url);
        let issuing = self.issuing_authority();
        let end_entity = issuing.certify(&what, &params, subject, spki)?;
        Ok(self.chain_of(end_entity))
    }
}
