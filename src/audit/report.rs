//! What an audit found.

use std::fmt;

use serde::ser::{Error, SerializeStruct};
use serde::{Serialize, Serializer};
use time::OffsetDateTime;

use super::server::Audited;
use crate::date::Date;
use crate::name::DnsName;
use crate::rule::{Finding, Rule, Severity};
use crate::x509::Certificate;

/// What an [`Audit`](crate::Audit) found: the verdict of each pair of a server and a side, and the
/// findings.
///
/// Displays as a page for people. Serialises as JSON with `trusted`, `at` and `findings`.
///
/// ```
/// # let text = include_str!("../../examples/data/example-1.toml");
/// use time::macros::datetime;
/// use umcert::{Audit, KeyKind, Plan, PlanOptions, Rule};
///
/// let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default().key(KeyKind::P256))?;
/// let report = Audit::new(&plan).run(datetime!(2026-11-23 00:00 UTC));
/// assert!(!report.is_trusted());
/// assert!(report.findings().iter().all(|it| it.rule() == Rule::NotPresented));
///
/// let json = serde_json::to_value(&report)?;
/// assert_eq!(json["trusted"], false);
/// assert_eq!(json["at"], "2026-11-23T00:00:00Z");
/// assert_eq!(json["findings"][0]["rule"], "not-presented");
/// assert_eq!(json["findings"][0]["subject"], "um1.contoso.com");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    at: OffsetDateTime,
    verdicts: Vec<TrustVerdict>,
    findings: Vec<Finding>,
    failover_safe_until: Option<OffsetDateTime>,
    omits_front_ends: bool,
}

impl Report {
    pub(super) fn new(at: OffsetDateTime) -> Self {
        Self {
            at,
            verdicts: Vec::new(),
            findings: Vec::new(),
            failover_safe_until: None,
            omits_front_ends: false,
        }
    }

    pub(super) fn omit_front_ends(&mut self) {
        self.omits_front_ends = true;
    }

    pub(super) fn add(&mut self, audited: &mut Audited<'_>) {
        self.verdicts.append(&mut audited.verdicts);
        self.findings.append(&mut audited.findings);
    }

    pub(super) fn find(&mut self, rule: Rule, subject: &str, detail: &str) {
        self.findings.push(Finding::new(rule, subject, detail));
    }

    pub(super) fn finish(&mut self, failover_safe_until: Option<OffsetDateTime>) {
        self.findings.sort();
        self.findings.dedup();
        self.failover_safe_until = failover_safe_until;
    }

    /// Whether no finding is an error.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        for finding in &self.findings {
            if finding.severity() == Severity::Error {
                return false;
            }
        }
        true
    }

    /// The time that the audit speaks of, in UTC and whole seconds, as certificates count.
    #[must_use]
    pub fn at(&self) -> OffsetDateTime {
        self.at
    }

    /// What was found: errors first, then by subject and rule.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The first second, in UTC, at which some outage that the plan considers is no longer covered: a
    /// server that takes over in it has an error found about it, or a certificate of its path has ended.
    /// The time of the audit where that is so already. `None` where no server takes over in any outage.
    ///
    /// Speaks of what was presented and of the dates in it; a certificate may be revoked before.
    #[must_use]
    pub fn failover_safe_until(&self) -> Option<OffsetDateTime> {
        self.failover_safe_until
    }

    /// Whether Front Ends of Lync were not looked at, for nothing was
    /// [presented](crate::Audit::presented) of any: whether Exchange trusts them is not known then.
    #[must_use]
    pub fn omits_front_ends(&self) -> bool {
        self.omits_front_ends
    }

    /// The verdict of each server and side: UM servers first, in the order of the plan, each with Lync
    /// and then its own forest; then the Front Ends, where any is presented, pool by pool, with every forest.
    /// A server that presented nothing readable is trusted by nobody.
    #[must_use]
    pub fn verdicts(&self) -> &[TrustVerdict] {
        &self.verdicts
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !(0..=9999).contains(&self.at.year()) {
            return Err(S::Error::custom("RFC 3339 has no form for the year"));
        }
        let mut json = serializer.serialize_struct("Report", 3)?;
        json.serialize_field("trusted", &self.is_trusted())?;
        json.serialize_field("at", &Date(self.at).to_string())?;
        json.serialize_field("findings", &self.findings)?;
        json.end()
    }
}

/// Whether one side trusts the chain of one server. Speaks of the path to a root alone, not of names.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrustVerdict {
    /// The server.
    pub server: DnsName,
    /// The side.
    pub side: RelyingParty,
    /// The root through which the side trusts the chain; `None` where it does not, and a finding says why.
    pub trusted_through: Option<Certificate>,
    /// Why the side does not trust it: the rules of the findings that say so, by their ids. Empty where
    /// it does.
    pub refused_for: Vec<Rule>,
}

/// Who has to trust a server (D24). Displays as "Lync" or "Exchange (contoso.com)".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RelyingParty {
    /// The Lync servers.
    Lync,
    /// The Exchange servers of this forest.
    Exchange(DnsName),
}

impl fmt::Display for RelyingParty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lync => f.write_str("Lync"),
            Self::Exchange(forest) => write!(f, "Exchange ({forest})"),
        }
    }
}
