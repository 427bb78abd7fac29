//! Compares planned, requested and issued certificates.

mod difference;
mod properties;

pub use difference::{Difference, IssuanceStage};

use self::properties::Properties;
use crate::plan::PlannedCertificate;
use crate::x509::{Certificate, CertificateRequest};

/// A comparison of a planned certificate, the request that was created for it, and the certificate that a CA issued.
///
/// CAs do not always issue what is requested: some ignore the names of a request, some cut the validity, some rewrite
/// the subject (O, OU, C …). The comparison shows which step lost what, before the certificate is installed.
///
/// ```
/// use umcert::audit::{Comparison, Difference};
/// use umcert::{KeyKind, KeyPair, Plan, PlanOptions, TestCa};
/// # let text = include_str!("../../../examples/data/example-1.toml");
///
/// let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default().key(KeyKind::P256))?;
/// let planned = plan.certificates().first().ok_or("no server")?;
/// let request = planned.request(&KeyPair::generate(planned.key())?)?;
///
/// // A CA that ignores the names of the request.
/// let issued = TestCa::new("Contoso Test CA")?.issue_names(["um1.contoso.com"])?;
/// let certificate = issued.chain().certificates().next().ok_or("no certificate")?;
/// let comparison = Comparison::new(planned).request(&request).certificate(certificate);
/// let differences = comparison.differences();
/// assert!(matches!(&differences[0], Difference::NamesMissing { names, .. } if names.len() == 3));
/// assert_eq!(
///     differences[0].to_string(),
///     "the certificate lacks the names `um2.contoso.com`, `um3.contoso.com`, `um4.contoso.com`",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias("adcs", "csr"))]
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct Comparison<'a> {
    planned: &'a PlannedCertificate,
    request: Option<&'a CertificateRequest>,
    certificate: Option<&'a Certificate>,
    days: Option<u32>,
}

impl<'a> Comparison<'a> {
    /// Creates a comparison with `planned`. It has no differences until a request or a certificate is set.
    pub fn new(planned: &'a PlannedCertificate) -> Self {
        Self {
            planned,
            request: None,
            certificate: None,
            days: None,
        }
    }

    /// Compares the request with the plan.
    pub fn request(self, request: &'a CertificateRequest) -> Self {
        Self {
            request: Some(request),
            ..self
        }
    }

    /// Compares the issued certificate with the request, or with the plan if there is no request.
    pub fn certificate(self, certificate: &'a Certificate) -> Self {
        Self {
            certificate: Some(certificate),
            ..self
        }
    }

    /// Sets the requested validity, in days. A CSR does not contain a validity. If it is not set, the validity is not
    /// compared.
    pub fn days(self, days: u32) -> Self {
        Self {
            days: Some(days),
            ..self
        }
    }

    /// Returns the differences: first those of the request, then those of the certificate. Empty if everything is as
    /// planned.
    ///
    /// A plan has a CN and no other attribute of the subject, so the others are compared only between a request and its
    /// certificate. *Not* compared: the order of attributes of different types, string types, the key usage, the issuer, and trust, which an
    /// [`Audit`](crate::Audit) verifies.
    #[must_use]
    pub fn differences(&self) -> Vec<Difference> {
        let planned = Properties::of_planned(self.planned);
        let requested = self.request.map(Properties::of_request);
        let mut differences = Vec::new();
        if let Some(requested) = &requested {
            let stage = IssuanceStage::Request;
            differences.extend(planned.differences_to(requested, &planned, stage));
        }
        if let Some(certificate) = self.certificate {
            let issued = Properties::of_certificate(certificate, self.request);
            let before = requested.as_ref().unwrap_or(&planned);
            let stage = IssuanceStage::Certificate;
            differences.extend(before.differences_to(&issued, &planned, stage));
            differences.extend(self.validity_cut(certificate));
        }
        differences
    }

    fn validity_cut(&self, certificate: &Certificate) -> Option<Difference> {
        let asked = self.days?;
        let given = (certificate.not_after() - certificate.not_before()).whole_days();
        // Both ends belong to a validity, so it can be one second short of its last day.
        (given + 1 < i64::from(asked)).then_some(Difference::ValidityCut { asked, given })
    }
}
