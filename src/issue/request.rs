//! Making certificate requests for a CA (PKCS #10, RFC 2986).

use rcgen::{CertificateParams, CustomExtension};

use super::der::{self, SEQUENCE};
use super::error::IssueError;
use super::key::KeyPair;
use super::sign::{self, Holder};
use super::{names, params};
use crate::name::DistinguishedName;
use crate::plan::PlannedCertificate;
use crate::x509::{CertificateRequest, CertificateTemplate, Template};

/// The extension that names a template, 1.3.6.1.4.1.311.20.2 (D27).
const TEMPLATE_NAME: &[u64] = &[1, 3, 6, 1, 4, 1, 311, 20, 2];
/// The extension that gives a template's object identifier and version, 1.3.6.1.4.1.311.21.7 (D27).
const TEMPLATE_ID: &[u64] = &[1, 3, 6, 1, 4, 1, 311, 21, 7];

/// What a request asks for besides what is planned.
///
/// ```
/// use umcert::issue::RequestOptions;
/// use umcert::name::{AttributeType, DistinguishedName};
/// use umcert::x509::CertificateTemplate;
/// use umcert::KeyPair;
/// # use umcert::{KeyKind, Plan, PlanOptions};
/// # let text = include_str!("../../examples/data/example-1.toml");
/// # let options = PlanOptions::default().key(KeyKind::P256);
/// # let plan = Plan::new(&toml::from_str(text)?, &options)?;
/// # let planned = &plan.certificates()[0];
///
/// let subject = DistinguishedName::new()
///     .with(AttributeType::Country, "US")?
///     .with(AttributeType::Organization, "Contoso Ltd.")?;
/// let options = RequestOptions::default()
///     .subject(subject)
///     .template(CertificateTemplate::named("WebServer")?);
/// let request = planned.request_with(&KeyPair::generate(planned.key())?, &options)?;
/// assert_eq!(request.subject(), "C=US, O=Contoso Ltd., CN=um1.contoso.com");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestOptions {
    subject: DistinguishedName,
    template: Option<CertificateTemplate>,
}

impl RequestOptions {
    /// What stands before the common name in the subject; nothing unless told. A public CA wants the
    /// organisation and where it is; AD CS puts in what its template says.
    #[must_use]
    pub fn subject(self, subject: DistinguishedName) -> Self {
        Self { subject, ..self }
    }

    /// The template by which AD CS is to issue (D27); none unless told. Other CAs pass over it or refuse
    /// it.
    #[must_use]
    pub fn template(self, template: CertificateTemplate) -> Self {
        Self {
            template: Some(template),
            ..self
        }
    }
}

/// The request for what `params` ask for, under this subject in DER, signed by `key`.
pub(super) fn sign(
    whose: &str,
    params: &CertificateParams,
    subject: &[u8],
    key: &KeyPair,
) -> Result<CertificateRequest, IssueError> {
    let what = format!("the request of {whose}");
    let layout = params.serialize_request(&Holder::Own(key));
    let layout = layout.map_err(IssueError::crypto(&what))?;
    let replaced = [(sign::REQUEST_SUBJECT, subject)];
    let der = sign::finish(&what, layout.der(), &replaced, key)?;
    CertificateRequest::from_signed(der.into()).map_err(IssueError::crypto(&what))
}

impl PlannedCertificate {
    /// The request for this certificate, signed by `key`: the CN, the names in their order, key usage
    /// and extended key usage as planned.
    ///
    /// ```
    /// use umcert::{KeyKind, KeyPair, Plan, PlanOptions};
    /// # let text = include_str!("../../examples/data/example-1.toml");
    ///
    /// let options = PlanOptions::default().key(KeyKind::P256);
    /// let plan = Plan::new(&toml::from_str(text)?, &options)?;
    /// for certificate in plan.certificates() {
    ///     let key = KeyPair::generate(certificate.key())?;
    ///     let request = certificate.request(&key)?;
    ///     assert!(request.to_pem().starts_with("-----BEGIN CERTIFICATE REQUEST-----"));
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`IssueError::OtherKey`] where the key is not of the planned kind, [`IssueError::SeededKey`] where it
    /// was derived from a seed ([`TestCa::seeded`](crate::TestCa::seeded)), [`IssueError::CommonName`] where
    /// the FQDN has more than the 64 characters that a CN may have (RFC 5280 appendix A.1), and
    /// [`IssueError::Crypto`] where the library fails.
    pub fn request(&self, key: &KeyPair) -> Result<CertificateRequest, IssueError> {
        self.request_with(key, &RequestOptions::default())
    }

    /// The request for this certificate, as [`request`](Self::request), and what `options` ask for
    /// besides.
    ///
    /// # Errors
    ///
    /// Those of [`request`](Self::request).
    pub fn request_with(
        &self,
        key: &KeyPair,
        options: &RequestOptions,
    ) -> Result<CertificateRequest, IssueError> {
        let RequestOptions { subject, template } = options;
        if key.is_seeded() {
            return Err(IssueError::SeededKey {
                subject: self.subject().clone(),
            });
        }
        let mut params = params::planned(self, key)?;
        params
            .custom_extensions
            .extend(template.as_ref().map(template_extension));
        let cn = self.subject().as_str();
        sign(cn, &params, &names::subject(subject, cn)?, key)
    }
}

fn template_extension(template: &CertificateTemplate) -> CustomExtension {
    let (extension, value) = match template.kind() {
        Template::Name(name) => (TEMPLATE_NAME, der::bmp_string(name)),
        Template::Id { oid, major, minor } => {
            let oid = der::object_identifier(oid);
            let parts = [&*oid, &der::integer(*major), &der::integer(*minor)];
            (TEMPLATE_ID, der::element(SEQUENCE, &parts))
        }
    };
    CustomExtension::from_oid_content(extension, value)
}
