//! What was planned, requested and issued, side by side.

use std::fmt;

use super::listed::Listed;
use crate::date::{DAY, between};
use crate::index::Texts;
use crate::plan::{KeyKind, PlannedCertificate};
use crate::x509::{Certificate, CertificateRequest, PublicKey};

/// A plan, the request that was made for it, and the certificate that came back, side by side.
///
/// CAs change what they are asked for: some ignore the names of a request, some cut the validity, some
/// rewrite the subject. This says what was lost on which step, before the certificate is installed.
///
/// ```
/// use umcert::audit::{Change, Comparison};
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
/// let found = Comparison::of(planned).request(&request).certificate(certificate).differences();
/// assert!(matches!(&found[0].change, Change::NamesMissing(names) if names.len() == 3));
/// assert_eq!(
///     found[0].to_string(),
///     "the certificate lacks the names um2.contoso.com, um3.contoso.com, um4.contoso.com",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct Comparison<'a> {
    planned: &'a PlannedCertificate,
    request: Option<&'a CertificateRequest>,
    certificate: Option<&'a Certificate>,
    days: Option<u32>,
}

impl<'a> Comparison<'a> {
    /// A comparison with `planned`, of nothing yet.
    pub fn of(planned: &'a PlannedCertificate) -> Self {
        Self {
            planned,
            request: None,
            certificate: None,
            days: None,
        }
    }

    /// Compares the request that was made for it.
    pub fn request(self, request: &'a CertificateRequest) -> Self {
        Self {
            request: Some(request),
            ..self
        }
    }

    /// Compares the certificate that was issued for it: with the request where there is one, and else with
    /// the plan.
    pub fn certificate(self, certificate: &'a Certificate) -> Self {
        Self {
            certificate: Some(certificate),
            ..self
        }
    }

    /// For how many days the certificate was asked for. A request does not say, and without this the
    /// validity is not compared.
    pub fn days(self, days: u32) -> Self {
        Self {
            days: Some(days),
            ..self
        }
    }

    /// What differs, step by step: first what the request changed of the plan, then what the CA changed
    /// of that. Empty where all is as planned.
    ///
    /// *Not* compared: the subject besides its CN, the key usage, who issued the certificate, and whether
    /// anybody trusts it (that is [`Audit`](crate::Audit)).
    #[must_use]
    pub fn differences(&self) -> Vec<Difference> {
        let planned = Terms::planned(self.planned);
        let mut found = Vec::new();
        let requested;
        let mut before = &planned;
        if let Some(request) = self.request {
            requested = Terms::requested(request);
            planned.changes_to(&requested, &planned, IssuanceStage::Request, &mut found);
            before = &requested;
        }
        if let Some(certificate) = self.certificate {
            let issued = Terms::issued(certificate, self.request);
            let stage = IssuanceStage::Certificate;
            before.changes_to(&issued, &planned, stage, &mut found);
            // Both ends of a validity are in it, so it can be a second short of its last day.
            let given = between(certificate.not_before(), certificate.not_after()) / DAY;
            if let Some(asked) = self.days
                && given + 1 < i64::from(asked)
            {
                let change = Change::ValidityCut { asked, given };
                found.push(Difference { stage, change });
            }
        }
        found
    }
}

/// One thing that differs, and on which step it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// Where it shows first.
    pub stage: IssuanceStage,
    /// What it is.
    pub change: Change,
}

/// A step from a plan to a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum IssuanceStage {
    /// The request: whoever made it departed from the plan.
    Request,
    /// The certificate: the CA departed from the request, or from the plan where no request is given.
    Certificate,
}

/// What a step changed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// Another CN (D10); several, or none, where there are so many.
    #[non_exhaustive]
    CommonName {
        /// What it was.
        from: Vec<String>,
        /// What it is.
        to: Vec<String>,
    },
    /// Entries of the SAN that were asked for are not there, in the order of the asking.
    NamesMissing(Vec<String>),
    /// Entries that neither the plan nor the request has, in the order of the SAN.
    NamesAdded(Vec<String>),
    /// The entries that are left stand in another order (D12).
    NamesReordered,
    /// The extended key usage lost server authentication (D20).
    ServerAuthDropped,
    /// The key is another.
    #[non_exhaustive]
    Key {
        /// What kind it was.
        from: PublicKey,
        /// What kind it is; the same where a key of that kind was put in its place.
        to: PublicKey,
    },
    /// The CA signed with a shorter digest than the request was signed with (D22).
    #[non_exhaustive]
    SignatureWeaker {
        /// The algorithm of the request.
        from: String,
        /// The algorithm of the certificate.
        to: String,
    },
    /// The validity is shorter than what was asked for.
    #[non_exhaustive]
    ValidityCut {
        /// How many days were asked for.
        asked: u32,
        /// How many whole days it is valid.
        given: i64,
    },
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
        write!(f, "the {} {}", self.stage, self.change)
    }
}

/// Completes "the certificate …".
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommonName { from, to } => {
                write!(f, "has {}, and not {}", CommonNames(to), CommonNames(from))
            }
            Self::NamesMissing(names) => write!(f, "lacks the names {}", Listed(names, ", ")),
            Self::NamesAdded(names) => write!(f, "also holds {}", Listed(names, ", ")),
            Self::NamesReordered => f.write_str("holds its names in another order"),
            Self::ServerAuthDropped => {
                f.write_str("lacks server authentication in its extended key usage")
            }
            Self::Key { from, to } if from == to => {
                write!(f, "is for another key, {to} too")
            }
            Self::Key { from, to } => write!(f, "is for a key of the kind {to}, and not {from}"),
            Self::SignatureWeaker { from, to } => {
                write!(f, "is signed with {to}, and the request with {from}")
            }
            Self::ValidityCut { asked, given } => {
                write!(f, "is valid for {given} days, and {asked} were asked for")
            }
        }
    }
}

/// "the CN um1.contoso.com", or that there is none, or which several.
struct CommonNames<'a>(&'a [String]);

impl fmt::Display for CommonNames<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [] => f.write_str("no CN"),
            [cn] => write!(f, "the CN {cn}"),
            several => write!(f, "the CNs {}", Listed(several, ", ")),
        }
    }
}

/// What a plan, a request or a certificate says.
struct Terms {
    common_names: Vec<String>,
    names: Vec<String>,
    server_auth: bool,
    key: PublicKey,
    /// Whether the key is the one before, where that is known by more than its kind.
    is_same_key: Option<bool>,
    signature: Option<String>,
}

impl Terms {
    fn planned(planned: &PlannedCertificate) -> Self {
        let mut names = Vec::new();
        for name in planned.names() {
            names.push(name.to_string());
        }
        Self {
            common_names: vec![planned.subject().to_string()],
            names,
            server_auth: true,
            key: public_key(planned.key()),
            is_same_key: None,
            signature: None,
        }
    }

    fn requested(request: &CertificateRequest) -> Self {
        Self {
            common_names: lower_case(request.common_names()),
            names: lower_case(request.san_entries()),
            server_auth: request.has_server_auth(),
            key: request.public_key().clone(),
            is_same_key: None,
            signature: Some(request.signature_algorithm().to_owned()),
        }
    }

    fn issued(certificate: &Certificate, request: Option<&CertificateRequest>) -> Self {
        Self {
            common_names: lower_case(certificate.common_names()),
            names: lower_case(certificate.san_entries()),
            server_auth: certificate.has_server_auth(),
            key: certificate.public_key().clone(),
            is_same_key: request.map(|request| request.has_key_of(certificate)),
            signature: Some(certificate.signature_algorithm().to_owned()),
        }
    }

    /// Adds what is different in `after`. What the plan asked for is no addition.
    fn changes_to(
        &self,
        after: &Self,
        planned: &Self,
        stage: IssuanceStage,
        found: &mut Vec<Difference>,
    ) {
        let mut add = |change| found.push(Difference { stage, change });
        if self.common_names != after.common_names {
            add(Change::CommonName {
                from: self.common_names.clone(),
                to: after.common_names.clone(),
            });
        }
        let missing = without(&self.names, &after.names);
        let new = without(&after.names, &self.names);
        if without(&self.names, &missing) != without(&after.names, &new) {
            add(Change::NamesReordered);
        }
        if !missing.is_empty() {
            add(Change::NamesMissing(missing));
        }
        let added = without(&new, &planned.names);
        if !added.is_empty() {
            add(Change::NamesAdded(added));
        }
        if self.server_auth && !after.server_auth {
            add(Change::ServerAuthDropped);
        }
        if !after.is_same_key.unwrap_or(self.key == after.key) {
            add(Change::Key {
                from: self.key.clone(),
                to: after.key.clone(),
            });
        }
        if let (Some(from), Some(to)) = (&self.signature, &after.signature)
            && let (Some(bits), Some(left)) = (digest_bits(from), digest_bits(to))
            && left < bits
        {
            add(Change::SignatureWeaker {
                from: from.clone(),
                to: to.clone(),
            });
        }
    }
}

/// DNS names compare without case, and so do the texts of a CN that is one.
fn lower_case(texts: &[String]) -> Vec<String> {
    let mut lower = texts.to_vec();
    for text in &mut lower {
        text.make_ascii_lowercase();
    }
    lower
}

/// The names that are not among `others`, in their order, each once.
fn without(names: &[String], others: &[String]) -> Vec<String> {
    let mut seen = Texts::default();
    for name in others {
        seen.insert(name);
    }
    let mut left = Vec::new();
    for name in names {
        if seen.insert(name) {
            left.push(name.clone());
        }
    }
    left
}

/// The length of the digest that an algorithm signs; `None` where its name does not say.
fn digest_bits(algorithm: &str) -> Option<u16> {
    let algorithm = algorithm.to_ascii_lowercase();
    match algorithm.as_str() {
        it if it.contains("md5") => Some(128),
        it if it.contains("sha1") => Some(160),
        it if it.contains("sha256") => Some(256),
        it if it.contains("sha384") => Some(384),
        it if it.contains("sha512") => Some(512),
        _ => None,
    }
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
