//! Plans and audits as Markdown pages: pictures, tables and findings.

use std::collections::HashSet;

use super::MAX_NAMES;
use super::wording::{
    OMITS_FRONT_ENDS, PLAN_OMITS_FRONT_ENDS, count_findings, describe_changes, describe_reasons,
    more_names, overall_verdict,
};
use crate::audit::{RelyingParty, Report, TrustVerdict};
use crate::markdown::{Bar, Page, Timeline, code, escape, picture_of_sites};
use crate::plan::Plan;
use crate::rule::Finding;
use crate::text::{Timestamp, join, plural};

/// The maximum number of outages that a page lists.
const MAX_OUTAGES: usize = 200;
/// The maximum number of relying parties in the matrix of verdicts. Most cells of a wider one are empty.
const MAX_COLUMNS: usize = 12;

impl Plan {
    /// Returns the plan as a page of GitHub Markdown: the names of each certificate with their reasons, a Mermaid
    /// picture of the sites and what moves between them, a table of the outages, and the findings.
    ///
    /// Text from the deployment is escaped, so that it cannot add markup or links. A picture that GitHub would not draw
    /// becomes a table. Long tables are truncated, and the page states the number of omitted entries. The format is
    /// *not* stable; programs read the JSON.
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
        page.add_paragraph(format_args!("# Plan: {certificates}"));
        page.add_page(&certificates_page(self));
        if self.omits_front_ends() {
            page.add_paragraph(PLAN_OMITS_FRONT_ENDS);
        }
        page.add_page(&outages_page(self));
        page.add_page(&findings_page(self.findings()));
        page.into_text()
    }
}

impl Report {
    /// Returns the report as a page of GitHub Markdown: the verdict, a matrix of servers and relying parties, a Mermaid
    /// timeline of the validities, and a table of the findings with their remedies.
    ///
    /// Untrusted text, such as names in certificates, is escaped, so that it cannot add markup or links. The format is
    /// *not* stable; programs read the JSON.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut page = Page::default();
        let verdict = overall_verdict(self);
        let counts = count_findings(self.findings());
        page.add_paragraph(format_args!("# Audit: {verdict}, {counts}"));
        page.add_paragraph(format_args!("As of {}.", Timestamp(self.at())));
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
            page.add_paragraph(OMITS_FRONT_ENDS);
        }
        page.add_page(&verdicts_page(self.verdicts()));
        page.add_page(&validities_page(self));
        page.add_page(&findings_page(self.findings()));
        page.into_text()
    }
}

/// Returns a section for each certificate, with its names and their reasons.
fn certificates_page(plan: &Plan) -> Page {
    let mut page = Page::default();
    for certificate in plan.certificates() {
        let (server, key) = (escape(certificate.first_server()), certificate.key());
        page.add_paragraph(format_args!("## {server}"));
        page.add_blank_line();
        if let Some(pool) = certificate.pool() {
            page.add_line(format_args!("CN: {}, the pool.", escape(pool)));
        }
        page.add_line(format_args!("Key: {key}."));
        page.add_header(&["name", "reason"]);
        let (names, left_out) = certificate.planned_names_truncated(MAX_NAMES);
        for planned in &names {
            let reasons = describe_reasons(planned);
            page.add_row(&[escape(&planned.name), escape(reasons)]);
        }
        if left_out > 0 {
            page.add_paragraph(format_args!("And {}.", more_names(left_out)));
        }
    }
    page
}

fn outages_page(plan: &Plan) -> Page {
    let mut page = Page::default();
    page.add_paragraph("## Outages");
    if let Some(picture) = picture_of_sites(plan) {
        page.add_block(&picture);
    }
    page.add_header(&["outage", "effect"]);
    for outage in plan.outages().take(MAX_OUTAGES) {
        let changes = describe_changes(&outage);
        let changes = join(changes.iter().map(escape), "<br>");
        page.add_row(&[escape(&outage.cause), changes]);
    }
    let omitted = plan.outages().len().saturating_sub(MAX_OUTAGES);
    if omitted > 0 {
        let omitted = plural(omitted, "more outage");
        page.add_paragraph(format_args!("And {omitted}."));
    }
    page
}

/// Returns the matrix of servers (rows) and relying parties (columns), or nothing if there are no verdicts.
fn verdicts_page(verdicts: &[TrustVerdict]) -> Page {
    let mut page = Page::default();
    if verdicts.is_empty() {
        return page;
    }
    page.add_paragraph("## Trust");
    let parties = relying_parties(verdicts);
    if parties.len() > MAX_COLUMNS {
        page.add_header(&["server", "relying party", "verdict"]);
        for verdict in verdicts {
            page.add_row(&[
                escape(&verdict.server),
                escape(&verdict.relying_party),
                escape(&verdict.verdict),
            ]);
        }
        return page;
    }
    let titles = parties.iter().map(escape);
    let header: Vec<String> = std::iter::once("server".to_owned()).chain(titles).collect();
    page.add_header(&header);
    // The verdicts of a server follow one another.
    for of_server in verdicts.chunk_by(|one, other| one.server == other.server) {
        let cells = parties.iter().map(|party| {
            let verdict = of_server
                .iter()
                .find(|verdict| verdict.relying_party == **party);
            verdict.map_or_else(String::new, |verdict| escape(&verdict.verdict))
        });
        let row: Vec<String> = std::iter::once(escape(&of_server[0].server))
            .chain(cells)
            .collect();
        page.add_row(&row);
    }
    page
}

/// Returns the relying parties of `verdicts`, in their order.
fn relying_parties(verdicts: &[TrustVerdict]) -> Vec<&RelyingParty> {
    let mut seen = HashSet::new();
    let parties = verdicts.iter().map(|verdict| &verdict.relying_party);
    parties.filter(|party| seen.insert(*party)).collect()
}

/// Returns the timeline of the certificates, or nothing if no server presents a readable one.
fn validities_page(report: &Report) -> Page {
    let bars = report.validities().iter().map(|validity| Bar {
        server: validity.server.to_string(),
        not_before: validity.not_before,
        not_after: validity.not_after,
    });
    let safe_until = report
        .failover_safe_until()
        .filter(|until| *until > report.at());
    let safe_until = safe_until.map(|until| ("failover safe until", until));
    let timeline = Timeline {
        bars: bars.collect(),
        marks: std::iter::once(("audit", report.at()))
            .chain(safe_until)
            .collect(),
    };
    let mut page = Page::default();
    if let Some(picture) = timeline.to_markdown() {
        page.add_paragraph("## Validity");
        page.add_block(&picture);
    }
    page
}

fn findings_page(findings: &[Finding]) -> Page {
    let mut page = Page::default();
    let counts = count_findings(findings);
    page.add_paragraph(format_args!("## Findings: {counts}"));
    if findings.is_empty() {
        return page;
    }
    page.add_header(&["severity", "subject", "detail", "remedy", "rule"]);
    for finding in findings {
        let rule = finding.rule();
        let accepted = finding.accepted().map(|reason| {
            let reason = escape(reason);
            format!("<br>Accepted: {reason}")
        });
        page.add_row(&[
            escape(finding.severity()),
            code(finding.subject()),
            escape(finding.detail()) + accepted.as_deref().unwrap_or_default(),
            escape(finding.remedy()),
            format!("`{rule}` ({})", rule.source()),
        ]);
    }
    page
}
