//! The result of an audit.

use std::fmt;

use serde::ser::{Error, SerializeStruct};
use serde::{Serialize, Serializer};
use time::OffsetDateTime;

use crate::name::DnsName;
use crate::rule::{Finding, Rule, Severity};
use crate::text::rfc3339;
use crate::x509::Certificate;

/// The result of an [`Audit`](crate::Audit): a verdict for each server and relying party, and the findings.
///
/// Displays as a page of text. Serializes as JSON with `trusted`, `at` and `findings`.
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
/// assert_eq!(json["trusted"], false);
/// assert_eq!(json["at"], "2026-11-23T00:00:00Z");
/// assert_eq!(json["findings"][0]["rule"], "not-presented");
/// assert_eq!(json["findings"][0]["subject"], "um1.contoso.com");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub(super) at: OffsetDateTime,
    pub(super) verdicts: Vec<TrustVerdict>,
    /// In the order of a report.
    pub(super) findings: Vec<Finding>,
    pub(super) failover_safe_until: Option<OffsetDateTime>,
    pub(super) omits_front_ends: bool,
}

impl Report {
    /// Returns `true` if no finding is an error.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        let mut findings = self.findings.iter();
        findings.all(|finding| finding.severity() != Severity::Error)
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
    /// server that takes over in it, or a certificate of that server's path has expired. Returns the time of the audit
    /// if an outage is already not covered then. Returns `None` if no server takes over in any outage.
    ///
    /// Only the presented certificates and their dates are considered. A certificate may be revoked earlier.
    #[must_use]
    pub fn failover_safe_until(&self) -> Option<OffsetDateTime> {
        self.failover_safe_until
    }

    /// Returns `true` if the plan has Front Ends of Lync but no chain was [presented](crate::Audit::presented) for any
    /// of them. The report then does not say whether Exchange trusts them.
    #[must_use]
    pub fn omits_front_ends(&self) -> bool {
        self.omits_front_ends
    }

    /// Returns the verdict for each server and relying party.
    ///
    /// UM servers come first, in the order of the plan, each with Lync and then its own forest. Front Ends follow, if
    /// any is presented, pool by pool, with every forest. No relying party trusts a server that presents no readable
    /// chain.
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
        json.serialize_field("at", &rfc3339(self.at))?;
        json.serialize_field("findings", &self.findings)?;
        json.end()
    }
}

/// The verdict of one relying party on the chain of one server. It concerns only the path to a root, not names.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrustVerdict {
    /// The server.
    pub server: DnsName,
    /// The relying party.
    pub relying_party: RelyingParty,
    /// The root through which the relying party trusts the chain. `None` if it refuses the chain; a finding then gives
    /// the reason.
    pub trusted_through: Option<Certificate>,
    /// The rules of the findings for which the relying party refuses the chain, by id. Empty if it trusts the chain.
    pub refused_for: Vec<Rule>,
}

/// A side of the connection that must trust a server (D24). Displays as "Lync" or "Exchange (contoso.com)".
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
