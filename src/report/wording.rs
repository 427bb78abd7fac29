//! Phrases that the text and Markdown pages share.

use std::collections::BTreeMap;

use super::MAX_NAMES;
use crate::audit::{Report, TrustVerdict, Verdict};
use crate::name::DnsName;
use crate::plan::{
    DialPlanChange, NameRoute, Outage, OutageCause, PlannedName, Reason, RouteTarget,
    describe_outages,
};
use crate::rule::{Finding, Severity};
use crate::text::{join, join_truncated, plural, quote};

pub(super) const OMITS_FRONT_ENDS: &str =
    "The Lync Front Ends were not audited: no chain was presented for any of them.";

pub(super) const PLAN_OMITS_FRONT_ENDS: &str =
    "The Lync Front Ends are not covered: this plan has no certificates for them.";

/// Returns the verdict on all chains together, as a page is headed.
pub(super) fn overall_verdict(report: &Report) -> &'static str {
    if report.is_trusted() {
        "trusted"
    } else if report.is_not_judged() {
        "NOT JUDGED"
    } else {
        "NOT TRUSTED"
    }
}

/// Returns the number of findings of each severity: "2 errors, 1 warning, 1 accepted", or "no findings".
pub(super) fn count_findings(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "no findings".to_owned();
    }
    let severities = [Severity::Error, Severity::Warning, Severity::Note];
    let counts = severities.into_iter().filter_map(|severity| {
        let of_severity = findings
            .iter()
            .filter(|finding| finding.severity() == severity && finding.accepted().is_none());
        match of_severity.count() {
            0 => None,
            count => Some(plural(count, &severity.to_string())),
        }
    });
    let accepted = findings
        .iter()
        .filter(|finding| finding.accepted().is_some());
    let accepted = match accepted.count() {
        0 => None,
        count => Some(format!("{count} accepted")),
    };
    join(counts.chain(accepted), ", ")
}

/// Describes the omitted names: "12 more names required by the SAN policy".
pub(super) fn more_names(count: usize) -> String {
    format!("{} required by the SAN policy", plural(count, "more name"))
}

/// Describes the reasons for a name in a certificate: "the server's own name; points here when site Dublin is out".
pub(super) fn describe_reasons(planned: &PlannedName) -> String {
    let mut phrases = Vec::new();
    let mut own_names = Vec::new();
    let mut outages_by_name: BTreeMap<&DnsName, Vec<&OutageCause>> = BTreeMap::new();
    for reason in &planned.reasons {
        match reason {
            Reason::OwnName(server) => own_names.push(server),
            Reason::PoolName(_) => phrases.push("the name of its pool".to_owned()),
            Reason::StandIn { name, outage, .. } => {
                outages_by_name.entry(name).or_default().push(outage);
            }
            other => phrases.push(other.to_string()),
        }
    }
    match own_names.as_slice() {
        [] => {}
        [server] if planned.name.as_exact() == Some(server) => {
            phrases.push("the server's own name".to_owned());
        }
        servers => {
            let servers = join_truncated(servers, MAX_NAMES, ", ");
            phrases.push(format!("the own name of {servers}"));
        }
    }
    for (name, outages) in outages_by_name {
        let subject = match planned.name.as_exact() {
            Some(_) => String::new(),
            None => format!("{name} "),
        };
        phrases.push(format!(
            "{subject}points here when {}",
            describe_outages(&outages)
        ));
    }
    phrases.join("; ")
}

/// Describes each change that an outage causes. If there is none, the only text says so.
pub(super) fn describe_changes(outage: &Outage) -> Vec<String> {
    let routes = outage.routes.iter().map(describe_route);
    let dial_plans = outage.dial_plans.iter().map(describe_dial_plan);
    let changes: Vec<String> = routes.chain(dial_plans).collect();
    if changes.is_empty() {
        return vec!["no name or dial plan moves".to_owned()];
    }
    changes
}

fn describe_route(route: &NameRoute) -> String {
    let name = &route.name;
    let RouteTarget::Server {
        server, covered_by, ..
    } = &route.answer
    else {
        return format!("{name} is NOT answered");
    };
    let coverage = match covered_by {
        Some(entry) if entry.as_exact() == Some(name) => "contains it".to_owned(),
        Some(entry) => format!("covers it with {entry}"),
        None => "does NOT cover it".to_owned(),
    };
    format!("{name} is answered by {server}, whose certificate {coverage}")
}

fn describe_dial_plan(change: &DialPlanChange) -> String {
    let DialPlanChange {
        dial_plan,
        disable,
        enable,
        remaining,
    } = change;
    let disabled = join_truncated(disable, MAX_NAMES, ", ");
    let then = if *remaining > 0 {
        format!("{} left", plural(*remaining, "enabled member"))
    } else if enable.is_empty() {
        "NO server is left to enable".to_owned()
    } else {
        format!("enable {}", join_truncated(enable, MAX_NAMES, ", "))
    };
    format!("dial plan {dial_plan}: disable {disabled}; {then}")
}

/// Describes a verdict: "chain trusted by Lync through `CN=Contoso Root`". `parties` are the relying parties of the
/// verdict.
pub(super) fn describe_verdict(parties: &str, verdict: &TrustVerdict) -> String {
    match &verdict.verdict {
        Verdict::Trusted { root } => {
            format!(
                "chain trusted by {parties} through {}",
                quote(root.subject())
            )
        }
        Verdict::Refused { because } => {
            format!("chain not trusted by {parties}: {}", join(because, ", "))
        }
        Verdict::NotJudged { because } => {
            format!("chain not judged by {parties}: {}", join(because, ", "))
        }
    }
}
