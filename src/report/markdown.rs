//! Plans and audits as Markdown pages: tables, findings and a diagram.

use std::collections::BTreeMap;
use std::fmt::{Display, Write};

use super::MAX_NAMES;
use super::diagram::Diagram;
use super::escape::{code, escape};
use super::wording::{
    OMITS_FRONT_ENDS, PLAN_OMITS_FRONT_ENDS, count_findings, describe_changes, describe_reasons,
    describe_verdict, more_names, overall_verdict,
};
use crate::audit::{Report, Verdict};
use crate::plan::{OutageCause, Plan, RouteTarget, describe_outages};
use crate::rule::Finding;
use crate::text::{Timestamp, join, join_truncated, plural};

/// The maximum number of servers at the end of an arrow.
const MAX_ARROW_SERVERS: usize = 4;
/// The maximum number of outages that a page lists.
const MAX_OUTAGES: usize = 200;

impl Plan {
    /// Returns the plan as a page of GitHub Markdown: the names of each certificate with their reasons, a
    /// Mermaid diagram of the outages, a table of them, and the findings.
    ///
    /// Text from the deployment is escaped, so that it cannot add markup or links. Long diagrams and tables are truncated, and
    /// the page states the number of omitted entries. The format is *not* stable; programs read the JSON.
    ///
    /// # Examples
    ///
    /// ```
    /// use umcert::{Plan, PlanOptions};
    /// # let text = include_str!("../../examples/data/example-1.toml");
    ///
    /// let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default())?;
    /// let page = plan.to_markdown();
    /// assert!(page.contains("```mermaid"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut page = Page::default();
        let certificates = plural(self.certificates().len(), "certificate");
        page.add_line(format_args!("# Plan: {certificates}"));
        page.add_certificates(self);
        if self.omits_front_ends() {
            page.add_line(format_args!("\n{PLAN_OMITS_FRONT_ENDS}"));
        }
        page.add_line("\n## Outages\n");
        page.add_line(outage_diagram(self));
        page.add_outages(self);
        page.add_findings(self.findings());
        page.text
    }
}

impl Report {
    /// Returns the report as a page of GitHub Markdown: the verdict, a Mermaid diagram of the verdicts of each
    /// relying party, and a table of the findings with their remedies.
    ///
    /// Untrusted text, such as names in certificates, is escaped, so that it cannot add markup or links. The format is
    /// *not* stable; programs read the JSON.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut page = Page::default();
        let verdict = overall_verdict(self);
        let counts = count_findings(self.findings());
        page.add_line(format_args!("# Audit: {verdict}, {counts}\n"));
        page.add_line(format_args!("As of {}.", Timestamp(self.at())));
        match self.failover_safe_until() {
            Some(until) if until > self.at() => {
                let until = Timestamp(until);
                page.add_line(format_args!(
                    "Failover is safe until {until} (based on expiry dates)."
                ));
            }
            Some(_) => page.add_line("**Failover is not safe.**"),
            None => {}
        }
        if self.omits_front_ends() {
            page.add_line(format_args!("\n{OMITS_FRONT_ENDS}"));
        }
        page.add_verdicts(self);
        page.add_findings(self.findings());
        page.text
    }
}

/// The text of a page, written line by line.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn add_line(&mut self, line: impl Display) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(self.text, "{line}");
    }

    /// Adds a row of a table. The cells are already escaped.
    fn add_row<const N: usize>(&mut self, cells: [&str; N]) {
        self.add_line(format_args!("| {} |", join(cells, " | ")));
    }

    fn add_header<const N: usize>(&mut self, cells: [&str; N]) {
        self.add_row(cells);
        self.add_row(["---"; N]);
    }

    fn add_certificates(&mut self, plan: &Plan) {
        for certificate in plan.certificates() {
            let (server, key) = (escape(certificate.first_server()), certificate.key());
            self.add_line(format_args!("\n## {server}\n"));
            if let Some(pool) = certificate.pool() {
                self.add_line(format_args!("CN: {}, the pool.", escape(pool)));
            }
            self.add_line(format_args!("Key: {key}.\n"));
            self.add_header(["name", "reason"]);
            let (names, left_out) = certificate.planned_names_truncated(MAX_NAMES);
            for planned in &names {
                let reasons = describe_reasons(planned);
                self.add_row([&escape(&planned.name), &escape(reasons)]);
            }
            if left_out > 0 {
                self.add_line(format_args!("\nAnd {}.", more_names(left_out)));
            }
        }
    }

    fn add_outages(&mut self, plan: &Plan) {
        self.add_header(["outage", "effect"]);
        for outage in plan.outages().take(MAX_OUTAGES) {
            let changes = describe_changes(&outage);
            let changes = join(changes.iter().map(escape), "<br>");
            self.add_row([&escape(&outage.cause), &changes]);
        }
        let omitted = plan.outages().len().saturating_sub(MAX_OUTAGES);
        if omitted > 0 {
            let omitted = plural(omitted, "more outage");
            self.add_line(format_args!("\nAnd {omitted}."));
        }
    }

    fn add_verdicts(&mut self, report: &Report) {
        if report.verdicts().is_empty() {
            return;
        }
        self.add_line("\n## Trust\n");
        self.add_line(verdict_diagram(report));
        self.add_header(["server", "relying party", "chain"]);
        for verdict in report.verdicts() {
            let description = describe_verdict(&verdict.relying_party.to_string(), verdict);
            self.add_row([
                &escape(&verdict.server),
                &escape(&verdict.relying_party),
                &escape(description),
            ]);
        }
    }

    fn add_findings(&mut self, findings: &[Finding]) {
        let counts = count_findings(findings);
        self.add_line(format_args!("\n## Findings: {counts}\n"));
        if findings.is_empty() {
            return;
        }
        self.add_header(["severity", "subject", "detail", "remedy", "rule"]);
        for finding in findings {
            let rule = finding.rule();
            self.add_row([
                &escape(finding.severity()),
                &code(finding.subject()),
                &escape(finding.detail()),
                &escape(finding.remedy()),
                &format!("`{rule}` ({})", rule.source()),
            ]);
        }
    }
}

/// Returns the diagram of the servers that answer to moved names and take over dial plans.
fn outage_diagram(plan: &Plan) -> Diagram {
    let mut diagram = Diagram::default();
    for ((from, to, is_served), causes) in &moves(plan) {
        let causes: Vec<&OutageCause> = causes.iter().collect();
        diagram.add_arrow(from, !is_served, &describe_outages(&causes), to);
    }
    diagram
}

/// Returns each move with the outages that cause it: the name or dial plan, its stand-in, and `true` if the stand-in
/// takes the calls.
fn moves(plan: &Plan) -> BTreeMap<(String, String, bool), Vec<OutageCause>> {
    let mut moves: BTreeMap<_, Vec<OutageCause>> = BTreeMap::new();
    for outage in plan.outages() {
        let routes = outage.routes.iter().map(|route| {
            let (to, is_served) = match &route.answer {
                RouteTarget::Server {
                    server, covered_by, ..
                } => (server.to_string(), covered_by.is_some()),
                RouteTarget::DeadEnd(_) | RouteTarget::Loop => ("no server".to_owned(), false),
            };
            (route.name.to_string(), to, is_served)
        });
        let dial_plans = outage.dial_plans.iter().filter_map(|change| {
            let from = format!("dial plan {}", change.dial_plan);
            if !change.is_served() {
                return Some((from, "no server".to_owned(), false));
            }
            let to = join_truncated(&change.enable, MAX_ARROW_SERVERS, ", ");
            (!change.enable.is_empty()).then_some((from, to, true))
        });
        for moved in routes.chain(dial_plans) {
            moves.entry(moved).or_default().push(outage.cause.clone());
        }
    }
    moves
}

/// Returns the diagram of the verdicts of each relying party.
fn verdict_diagram(report: &Report) -> Diagram {
    let mut diagram = Diagram::default();
    for verdict in report.verdicts() {
        let text = match verdict.verdict {
            Verdict::Trusted { .. } => "trusts",
            Verdict::Refused { .. } => "refuses",
            Verdict::NotJudged { .. } => "cannot be judged for",
        };
        let (party, server) = (
            verdict.relying_party.to_string(),
            verdict.server.to_string(),
        );
        diagram.add_arrow(&party, !verdict.verdict.is_trusted(), text, &server);
    }
    diagram
}
