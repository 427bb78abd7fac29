//! Compares planned, requested and issued certificates.

use std::collections::HashSet;
use std::fmt;

use super::display::quoted_list;
use crate::plan::{KeyKind, PlannedCertificate};
use crate::text::quote;
use crate::x509::{Certificate, CertificateRequest, PublicKey};

/// A comparison of a planned certificate, the request that was created for it, and the certificate that a CA issued.
///
/// CAs do not always issue what is requested: some ignore the names of a request, some cut the validity, some rewrite
/// the subject. The comparison shows which step lost what, before the certificate is installed.
///
/// ```
/// use umcert::audit::{Comparison, Difference};
/// use umcert::{KeyKind, KeyPair, Plan, PlanOptions, TestCa};
/// # let text = include_str!("../../examples/data/example-1.toml");
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
    /// *Not* compared: the subject except its CN, the key usage, the issuer, and trust, which an
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

/// A step from a plan to a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum IssuanceStage {
    /// The request, which differs from the plan.
    Request,
    /// The certificate, which differs from the request, or from the plan if there is no request.
    Certificate,
}

/// One difference between plan, request and certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// The CN differs (D10). Each list may contain no CN or several CNs.
    #[non_exhaustive]
    CommonName {
        /// The step that changed it.
        stage: IssuanceStage,
        /// The CNs before.
        from: Vec<String>,
        /// The CNs after.
        to: Vec<String>,
    },
    /// Requested SAN entries are missing.
    #[non_exhaustive]
    NamesMissing {
        /// The step that dropped them.
        stage: IssuanceStage,
        /// The entries, in the order of the plan or the request.
        names: Vec<String>,
    },
    /// SAN entries that neither the plan nor the request contains.
    #[non_exhaustive]
    NamesAdded {
        /// The step that added them.
        stage: IssuanceStage,
        /// The entries, in the order of the SAN.
        names: Vec<String>,
    },
    /// The remaining SAN entries are in another order (D12).
    #[non_exhaustive]
    NamesReordered {
        /// The step that changed the order.
        stage: IssuanceStage,
    },
    /// The extended key usage no longer allows server authentication (D20).
    #[non_exhaustive]
    ServerAuthDropped {
        /// The step that dropped it.
        stage: IssuanceStage,
    },
    /// The key differs.
    #[non_exhaustive]
    Key {
        /// The step that changed it.
        stage: IssuanceStage,
        /// The key before.
        from: PublicKey,
        /// The key after. Equal to `from` if the new key is of the same kind.
        to: PublicKey,
    },
    /// The CA signed the certificate with a shorter digest than that of the request's signature (D22).
    #[non_exhaustive]
    SignatureWeaker {
        /// The signature algorithm of the request.
        from: String,
        /// The signature algorithm of the certificate.
        to: String,
    },
    /// The certificate is valid for a shorter time than requested.
    #[non_exhaustive]
    ValidityCut {
        /// The requested days.
        asked: u32,
        /// The whole days of the certificate's validity.
        given: i64,
    },
}

impl Difference {
    /// Returns the first step that shows the difference.
    #[must_use]
    pub fn stage(&self) -> IssuanceStage {
        match self {
            Self::CommonName { stage, .. }
            | Self::NamesMissing { stage, .. }
            | Self::NamesAdded { stage, .. }
            | Self::NamesReordered { stage }
            | Self::ServerAuthDropped { stage }
            | Self::Key { stage, .. } => *stage,
            Self::SignatureWeaker { .. } | Self::ValidityCut { .. } => IssuanceStage::Certificate,
        }
    }
}

impl fmt::Display for IssuanceStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Request => "request",
            Self::Certificate => "certificate",
        })
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} ", self.stage())?;
        match self {
            Self::CommonName { from, to, .. } => {
                let (from, to) = (describe_common_names(from), describe_common_names(to));
                write!(f, "has {to} instead of {from}")
            }
            Self::NamesMissing { names, .. } => {
                write!(f, "lacks the names {}", quoted_list(names))
            }
            Self::NamesAdded { names, .. } => {
                write!(f, "also has the names {}", quoted_list(names))
            }
            Self::NamesReordered { .. } => f.write_str("has its names in another order"),
            Self::ServerAuthDropped { .. } => {
                f.write_str("does not list server authentication in its extended key usage")
            }
            Self::Key { from, to, .. } if from == to => {
                write!(f, "is for another key of the kind {to}")
            }
            Self::Key { from, to, .. } => {
                write!(f, "is for a key of the kind {to} instead of {from}")
            }
            Self::SignatureWeaker { from, to } => {
                write!(f, "is signed with {to}, but the request with {from}")
            }
            Self::ValidityCut { asked, given } => {
                write!(f, "is valid for {given} days, but {asked} were requested")
            }
        }
    }
}

fn describe_common_names(names: &[String]) -> String {
    match names {
        [] => "no CN".to_owned(),
        [cn] => format!("the CN {}", quote(cn)),
        names => format!("the CNs {}", quoted_list(names)),
    }
}

/// The compared properties of a plan, a request or a certificate.
struct Properties {
    common_names: Vec<String>,
    names: Vec<String>,
    server_auth: bool,
    key: PublicKey,
    /// `true` if the key is that of the previous step, `None` if only its kind is known.
    is_same_key: Option<bool>,
    signature_algorithm: Option<String>,
}

impl Properties {
    fn of_planned(planned: &PlannedCertificate) -> Self {
        Self {
            common_names: vec![planned.subject().to_string()],
            names: planned.names().map(|name| name.to_string()).collect(),
            server_auth: true,
            key: public_key(planned.key()),
            is_same_key: None,
            signature_algorithm: None,
        }
    }

    fn of_request(request: &CertificateRequest) -> Self {
        Self {
            common_names: lower_case(request.common_names()),
            names: lower_case(request.san_entries()),
            server_auth: request.has_server_auth(),
            key: request.public_key().clone(),
            is_same_key: None,
            signature_algorithm: Some(request.signature_algorithm().to_owned()),
        }
    }

    fn of_certificate(certificate: &Certificate, request: Option<&CertificateRequest>) -> Self {
        Self {
            common_names: lower_case(certificate.common_names()),
            names: lower_case(certificate.san_entries()),
            server_auth: certificate.has_server_auth(),
            key: certificate.public_key().clone(),
            is_same_key: request.map(|request| request.has_key_of(certificate)),
            signature_algorithm: Some(certificate.signature_algorithm().to_owned()),
        }
    }

    /// Returns the differences of `after` from `self`. A name that the plan contains does not count as added.
    fn differences_to(
        &self,
        after: &Self,
        planned: &Self,
        stage: IssuanceStage,
    ) -> Vec<Difference> {
        let mut differences = Vec::new();
        if self.common_names != after.common_names {
            let (from, to) = (self.common_names.clone(), after.common_names.clone());
            differences.push(Difference::CommonName { stage, from, to });
        }
        differences.extend(self.name_differences(after, planned, stage));
        if self.server_auth && !after.server_auth {
            differences.push(Difference::ServerAuthDropped { stage });
        }
        if !after.is_same_key.unwrap_or(self.key == after.key) {
            let (from, to) = (self.key.clone(), after.key.clone());
            differences.push(Difference::Key { stage, from, to });
        }
        differences.extend(self.weaker_signature(after));
        differences
    }

    fn name_differences(
        &self,
        after: &Self,
        planned: &Self,
        stage: IssuanceStage,
    ) -> Vec<Difference> {
        let mut differences = Vec::new();
        let missing = distinct_without(&self.names, &after.names);
        let new = distinct_without(&after.names, &self.names);
        if distinct_without(&self.names, &missing) != distinct_without(&after.names, &new) {
            differences.push(Difference::NamesReordered { stage });
        }
        if !missing.is_empty() {
            let names = missing;
            differences.push(Difference::NamesMissing { stage, names });
        }
        let added = distinct_without(&new, &planned.names);
        if !added.is_empty() {
            let names = added;
            differences.push(Difference::NamesAdded { stage, names });
        }
        differences
    }

    fn weaker_signature(&self, after: &Self) -> Option<Difference> {
        let from = self.signature_algorithm.as_ref()?;
        let to = after.signature_algorithm.as_ref()?;
        (digest_bits(to)? < digest_bits(from)?).then(|| Difference::SignatureWeaker {
            from: from.clone(),
            to: to.clone(),
        })
    }
}

/// Returns `texts` in lower case: DNS names are compared without case, and so are CNs that may be DNS names.
fn lower_case(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| text.to_ascii_lowercase()).collect()
}

/// Returns the distinct `names` that are not in `others`, in order.
fn distinct_without(names: &[String], others: &[String]) -> Vec<String> {
    let mut seen: HashSet<&String> = others.iter().collect();
    let names = names.iter();
    names.filter(|name| seen.insert(name)).cloned().collect()
}

/// Returns the digest length of a signature algorithm, or `None` if its name does not contain it.
fn digest_bits(algorithm: &str) -> Option<u16> {
    let digests = [
        ("md5", 128),
        ("sha1", 160),
        ("sha256", 256),
        ("sha384", 384),
        ("sha512", 512),
    ];
    let algorithm = algorithm.to_ascii_lowercase();
    let digest = digests.iter().find(|(name, _)| algorithm.contains(name));
    digest.map(|(_, bits)| *bits)
}

fn public_key(kind: KeyKind) -> PublicKey {
    match kind {
        KeyKind::Rsa2048 => PublicKey::Rsa(2048),
        KeyKind::Rsa3072 => PublicKey::Rsa(3072),
        KeyKind::Rsa4096 => PublicKey::Rsa(4096),
        KeyKind::P256 => PublicKey::P256,
        KeyKind::P384 => PublicKey::P384,
        KeyKind::Ed25519 => PublicKey::Ed25519,
    }
}
