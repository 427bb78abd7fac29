//! The result of an audit.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::verdict::TrustVerdict;
use crate::name::DnsName;
use crate::rule::{Finding, Rule};
use crate::x509::Certificate;

/// The result of an [`Audit`](crate::Audit): a verdict for each server and relying party, and the findings.
///
/// Displays as a page of text. Serializes as a [`ReportDocument`](super::ReportDocument), which can be read back.
///
/// ```
/// # let text = include_str!("../../examples/data/example-1.toml");
/// use time::macros::datetime;
/// use umcert::{Audit, KeyKind, Plan, PlanOptions, Rule};
///
/// let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default().key(KeyKind::P256))?;
/// let report = Audit::new(&plan).run(datetime!(2026-11-23 00:00 UTC));
/// assert!(!report.is_trusted());
/// assert!(report.findings().iter().all(|finding| finding.rule() == Rule::NotPresented));
///
/// let json = serde_json::to_value(&report)?;
/// assert_eq!(json["format"], 1);
/// assert_eq!(json["trusted"], false);
/// assert_eq!(json["at"], "2026-11-23T00:00:00Z");
/// assert_eq!(json["verdicts"][0]["relying-party"], "lync");
/// assert_eq!(json["verdicts"][0]["verdict"], "refused");
/// assert_eq!(json["findings"][0]["rule"], "not-presented");
/// assert_eq!(json["findings"][0]["subject"], "um1.contoso.com");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub(super) at: OffsetDateTime,
    pub(super) verdicts: Vec<TrustVerdict>,
    /// Of every server that presents a readable certificate, in the order of the verdicts.
    pub(super) validities: Vec<ServerValidity>,
    /// In the order of a report.
    pub(super) findings: Vec<Finding>,
    pub(super) failover_safe_until: Option<OffsetDateTime>,
    pub(super) omits_front_ends: bool,
}

/// The validity of the certificate that a server presents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct ServerValidity {
    /// The server.
    pub server: DnsName,
    /// The first second of the validity, in UTC.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "String", extend("format" = "date-time"))
    )]
    pub not_before: OffsetDateTime,
    /// The last second of the validity, in UTC.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "String", extend("format" = "date-time"))
    )]
    pub not_after: OffsetDateTime,
}

impl ServerValidity {
    pub(super) fn new(server: &DnsName, certificate: &Certificate) -> Self {
        Self {
            server: server.clone(),
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
        }
    }
}

impl Report {
    /// Returns `true` if no finding is an error, except those that are [accepted](crate::Audit::accept).
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        self.errors().next().is_none()
    }

    /// Returns `true` if there are errors that are not accepted, and all of them are [`Rule::PathNotJudged`]: nothing else
    /// is known to be wrong, and this crate cannot judge every path.
    #[must_use]
    pub fn is_not_judged(&self) -> bool {
        let mut errors = self.errors().peekable();
        errors.peek().is_some() && errors.all(|error| error.rule() == Rule::PathNotJudged)
    }

    fn errors(&self) -> impl Iterator<Item = &Finding> {
        let findings = self.findings.iter();
        findings.filter(|finding| finding.is_open_error())
    }

    /// Returns the time of the audit, in UTC and whole seconds.
    #[must_use]
    pub fn at(&self) -> OffsetDateTime {
        self.at
    }

    /// Returns the findings: errors first, then by subject and rule.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Returns the first second, in UTC, at which an outage of the plan is no longer covered: an error is found for a
    /// server that takes over in it, its path cannot be judged, or a certificate of its path has expired. Returns the time of the audit
    /// if an outage is already not covered then. Returns `None` if no server takes over in any outage.
    ///
    /// Only the presented certificates and their dates are considered. A certificate may be revoked earlier.
    #[must_use]
    pub fn failover_safe_until(&self) -> Option<OffsetDateTime> {
        self.failover_safe_until
    }

    /// Returns `true` if the deployment has Front Ends of Lync, the plan does not cover them, and no chain was
    /// [presented](crate::Audit::presented) for any of them. The report then does not say whether Exchange trusts them.
    #[must_use]
    pub fn omits_front_ends(&self) -> bool {
        self.omits_front_ends
    }

    /// Returns the verdict for each server and relying party.
    ///
    /// UM servers come first, in the order of the plan, each with Lync and then its own forest. Front Ends follow, if
    /// they are audited, pool by pool, with every forest. Every relying party refuses a server that presents no readable
    /// chain.
    #[must_use]
    pub fn verdicts(&self) -> &[TrustVerdict] {
        &self.verdicts
    }

    /// Returns the validity of each readable server certificate, in the order of the verdicts.
    #[must_use]
    pub fn validities(&self) -> &[ServerValidity] {
        &self.validities
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::Report;
    use crate::audit::{RelyingParty, TrustVerdict, Verdict};
    use crate::name::DnsName;
    use crate::rule::{Finding, Rule};

    /// Returns a report of one server, which breaks these rules.
    fn report_of(rules: &[Rule]) -> Report {
        let server: DnsName = "um1.contoso.com".parse().unwrap();
        let at = datetime!(2026-11-23 00:00 UTC);
        let verdict = |relying_party| TrustVerdict {
            server: server.clone(),
            relying_party,
            verdict: Verdict::new(None, rules.iter().copied()),
        };
        let forest = "contoso.com".parse().unwrap();
        Report {
            at,
            verdicts: vec![
                verdict(RelyingParty::Lync),
                verdict(RelyingParty::Exchange(forest)),
            ],
            validities: Vec::new(),
            findings: rules
                .iter()
                .map(|rule| Finding::new(*rule, &server, "detail"))
                .collect(),
            failover_safe_until: Some(at),
            omits_front_ends: true,
        }
    }

    #[test]
    fn report_is_not_judged_if_no_other_error_is_found() {
        let cases: [(&[Rule], bool); 5] = [
            (&[Rule::PathNotJudged], true),
            (&[Rule::PathNotJudged, Rule::KeyNotRsa], true),
            (&[Rule::PathNotJudged, Rule::NameMissing], false),
            (&[Rule::Expired], false),
            (&[Rule::KeyNotRsa], false),
        ];
        for (rules, is_not_judged) in cases {
            let report = report_of(rules);
            assert_eq!(report.is_not_judged(), is_not_judged, "{rules:?}");
            assert!(!report.is_trusted() || !is_not_judged, "{rules:?}");
        }
        let empty = report_of(&[]);
        assert!(empty.is_trusted() && !empty.is_not_judged());
    }

    #[test]
    fn unjudged_report_says_so_on_every_page() {
        let report = report_of(&[Rule::PathNotJudged]);
        let page = report.to_string();
        let first_lines: Vec<&str> = page.lines().take(3).collect();
        assert_eq!(
            first_lines,
            [
                "Audit as of 2026-11-23T00:00:00Z: NOT JUDGED, 1 error",
                "",
                "  um1.contoso.com  chain not judged by Lync and Exchange (contoso.com): path-not-judged",
            ]
        );
        let markdown = report.to_markdown();
        assert!(markdown.starts_with("# Audit: NOT JUDGED, 1 error\n"));
        let row = "| um1.contoso.com | not judged: path-not-judged | not judged: path-not-judged |";
        assert!(markdown.contains(row), "{markdown}");
    }

    #[test]
    fn unjudged_report_serializes_its_verdicts() {
        let json = serde_json::to_value(report_of(&[Rule::PathNotJudged])).unwrap();
        assert_eq!(json["trusted"], false);
        assert_eq!(json["front-ends-omitted"], true);
        assert_eq!(json["failover-safe-until"], "2026-11-23T00:00:00Z");
        let verdict = |party: &str| {
            serde_json::json!({
                "server": "um1.contoso.com",
                "relying-party": party,
                "verdict": "not-judged",
                "because": ["path-not-judged"],
            })
        };
        let expected = [verdict("lync"), verdict("contoso.com")];
        assert_eq!(json["verdicts"].as_array().unwrap(), &expected);
    }
}
