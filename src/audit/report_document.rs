//! The JSON of a report, which can be read back.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::OffsetDateTime;

use super::report::{Report, ServerValidity};
use super::verdict::{RelyingParty, TrustVerdict, VerdictKind};
use crate::name::DnsName;
use crate::rule::{Finding, Rule};

/// The version of the JSON of a report. It changes if a field is ever removed.
const FORMAT: u32 = 1;

/// The JSON of a [`Report`] as data, for programs that keep or compare reports.
///
/// It says what its author wrote: it holds no certificates and proves nothing, so no [`Report`] or
/// [`TrustedPath`](super::TrustedPath) can be made of it. *Not* checked: that its verdicts and findings fit together.
///
/// Fields are only added. Reading ignores unknown fields, and refuses another [`format`](Self::format) and an unknown
/// rule, which a later version of this crate wrote.
///
/// ```
/// # let text = include_str!("../../examples/data/example-1.toml");
/// use umcert::audit::{ReportDocument, VerdictKind};
/// use umcert::{Audit, KeyKind, Plan, PlanOptions};
///
/// let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default().key(KeyKind::P256))?;
/// let report = Audit::new(&plan).run(time::OffsetDateTime::now_utc());
/// let json = serde_json::to_string(&report)?;
///
/// let document: ReportDocument = serde_json::from_str(&json)?;
/// assert!(!document.trusted);
/// assert_eq!(document.verdicts[0].verdict, VerdictKind::Refused);
/// assert_eq!(document.findings, report.findings());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct ReportDocument {
    /// The version of the format: 1.
    #[serde(deserialize_with = "read_format")]
    #[cfg_attr(feature = "schema", schemars(extend("const" = FORMAT)))]
    pub format: u32,
    /// `true` if no finding is an error, except accepted ones.
    pub trusted: bool,
    /// The time of the audit.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "String", extend("format" = "date-time"))
    )]
    pub at: OffsetDateTime,
    /// The first time at which an outage of the plan is not covered, or `None` if no server takes over in any outage.
    #[serde(default, with = "time::serde::rfc3339::option")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<String>", extend("format" = "date-time"))
    )]
    pub failover_safe_until: Option<OffsetDateTime>,
    /// `true` if the plan has Front Ends of Lync that were not audited.
    #[serde(default)]
    pub front_ends_omitted: bool,
    /// The verdict for each server and relying party.
    pub verdicts: Vec<VerdictDocument>,
    /// The validity of each readable server certificate.
    #[serde(default)]
    pub validities: Vec<ServerValidity>,
    /// The findings: errors first, then by subject and rule.
    pub findings: Vec<Finding>,
}

/// The JSON of a [`TrustVerdict`] as data. It proves nothing, like a [`ReportDocument`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct VerdictDocument {
    /// The server.
    pub server: DnsName,
    /// The relying party: `lync`, or the FQDN of a forest.
    pub relying_party: RelyingParty,
    /// The verdict.
    pub verdict: VerdictKind,
    /// The rules of the findings for which the chain is not trusted, by id.
    #[serde(default)]
    pub because: Vec<Rule>,
}

impl From<&Report> for ReportDocument {
    fn from(report: &Report) -> Self {
        Self {
            format: FORMAT,
            trusted: report.is_trusted(),
            at: report.at(),
            failover_safe_until: report.failover_safe_until(),
            front_ends_omitted: report.omits_front_ends(),
            verdicts: report
                .verdicts()
                .iter()
                .map(VerdictDocument::from)
                .collect(),
            validities: report.validities().to_vec(),
            findings: report.findings().to_vec(),
        }
    }
}

impl From<&TrustVerdict> for VerdictDocument {
    fn from(verdict: &TrustVerdict) -> Self {
        Self {
            server: verdict.server.clone(),
            relying_party: verdict.relying_party.clone(),
            verdict: verdict.verdict.kind(),
            because: verdict.verdict.because().to_vec(),
        }
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ReportDocument::from(self).serialize(serializer)
    }
}

impl Serialize for TrustVerdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        VerdictDocument::from(self).serialize(serializer)
    }
}

fn read_format<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        FORMAT => Ok(FORMAT),
        other => Err(de::Error::custom(format_args!(
            "`{other}` is not a format of reports that this version of umcert reads: expected {FORMAT}"
        ))),
    }
}
