//! Creates certificate signing requests for a CA (PKCS #10, RFC 2986).

use rcgen::{Attribute, CertificateParams, CustomExtension};
use yasna::models::ObjectIdentifier;

use super::error::IssueError;
use super::key::KeyPair;
use super::tbs::{LayoutSigner, TbsPatch, sign_tbs};
use super::{params, subject};
use crate::name::{DistinguishedName, GeneralName, SanName};
use crate::plan::PlannedCertificate;
use crate::x509::{CertificateRequest, CertificateTemplate, Template};

/// Object identifier of the extension with the name of a template (D27).
const TEMPLATE_NAME: &[u64] = &[1, 3, 6, 1, 4, 1, 311, 20, 2];
/// Object identifier of the extension with the object identifier and version of a template (D27).
const TEMPLATE_ID: &[u64] = &[1, 3, 6, 1, 4, 1, 311, 21, 7];
/// Object identifier of the attribute with the provider that stores the key (D125).
const KEY_PROVIDER: &[u64] = &[1, 3, 6, 1, 4, 1, 311, 13, 2, 2];

/// Options of a request, in addition to the planned contents.
///
/// # Examples
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
    /// Sets the attributes before the common name in the subject. Defaults to none.
    ///
    /// A public CA requires the organisation and its location; AD CS applies its template instead.
    #[must_use]
    pub fn subject(self, subject: DistinguishedName) -> Self {
        Self { subject, ..self }
    }

    /// Sets the template from which AD CS issues (D27). Defaults to none. Other CAs ignore or refuse it.
    #[must_use]
    pub fn template(self, template: CertificateTemplate) -> Self {
        Self {
            template: Some(template),
            ..self
        }
    }
}

impl PlannedCertificate {
    /// Creates the CSR for this certificate, signed by `key`: CN, names in their order, key usage and extended
    /// key usage as planned.
    ///
    /// # Errors
    ///
    /// - Returns [`IssueError::KeyKindMismatch`] if the key is not of the planned kind.
    /// - Returns [`IssueError::RequestWithSeededKey`] if the key was derived from a seed
    ///   ([`TestCa::seeded`](crate::TestCa::seeded)).
    /// - Returns [`IssueError::InvalidCommonName`] if the FQDN is longer than the 64 characters of a CN (RFC 5280
    ///   appendix A.1).
    /// - Returns [`IssueError::Crypto`] if the cryptography library fails.
    ///
    /// # Examples
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
    #[doc(alias("csr", "pkcs10"))]
    pub fn request(&self, key: &KeyPair) -> Result<CertificateRequest, IssueError> {
        self.request_with(key, &RequestOptions::default())
    }

    /// Creates the CSR for this certificate as [`request`](Self::request) does, with additional `options`.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`request`](Self::request).
    pub fn request_with(
        &self,
        key: &KeyPair,
        options: &RequestOptions,
    ) -> Result<CertificateRequest, IssueError> {
        if key.is_seeded() {
            return Err(IssueError::RequestWithSeededKey {
                subject: self.subject().clone(),
            });
        }
        let mut params = params::for_planned_key(self, key)?;
        if let Some(template) = &options.template {
            params.custom_extensions.push(template_extension(template));
        }
        let cn = self.subject().as_str();
        let subject = subject::with_common_name(&options.subject, cn)?;
        sign(cn, &params, Vec::new(), &subject, key)
    }
}

/// Returns the attribute in which Windows names the provider that stores the key of a request (D125, MS-WCCE).
pub(super) fn key_provider_attribute(provider: &str) -> Attribute {
    let value = yasna::construct_der(|writer| {
        writer.write_set(|values| {
            values.next().write_sequence(|value| {
                value.next().write_u8(0);
                value.next().write_bmp_string(provider);
                value.next().write_bitvec_bytes(&[], 0);
            });
        });
    });
    Attribute {
        oid: KEY_PROVIDER,
        values: value,
    }
}

/// Creates the request for a certificate with this CN and these names.
pub(super) fn for_names(
    cn: &str,
    names: &[SanName],
    key: &KeyPair,
) -> Result<CertificateRequest, IssueError> {
    let names = names.iter().map(GeneralName::from);
    let params = params::for_names(names, key.kind(), cn)?;
    sign(cn, &params, Vec::new(), &subject::common_name(cn)?, key)
}

/// Signs the request that `params` and `attributes` describe with `key`. `subject` is a name in DER.
pub(super) fn sign(
    owner: &str,
    params: &CertificateParams,
    attributes: Vec<Attribute>,
    subject: &[u8],
    key: &KeyPair,
) -> Result<CertificateRequest, IssueError> {
    let what = format!("the request of {owner}");
    let layout = params.serialize_request_with_attributes(&LayoutSigner(key), attributes);
    let layout = layout.map_err(IssueError::crypto(&what))?;
    let patches = [TbsPatch::request_subject(subject)];
    let der = sign_tbs(&what, layout.der(), &patches, key)?;
    CertificateRequest::from_signed(der.into()).map_err(IssueError::crypto(&what))
}

fn template_extension(template: &CertificateTemplate) -> CustomExtension {
    match template.kind() {
        Template::Name(name) => {
            let content = yasna::construct_der(|writer| writer.write_bmp_string(name));
            CustomExtension::from_oid_content(TEMPLATE_NAME, content)
        }
        Template::Id { oid, major, minor } => {
            let content = yasna::construct_der(|writer| {
                writer.write_sequence(|writer| {
                    writer.next().write_oid(&ObjectIdentifier::from_slice(oid));
                    writer.next().write_u32(*major);
                    writer.next().write_u32(*minor);
                });
            });
            CustomExtension::from_oid_content(TEMPLATE_ID, content)
        }
    }
}
