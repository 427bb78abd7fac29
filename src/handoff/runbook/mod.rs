//! The runbook: one page with the steps of today, and those before, during and after an outage.

mod checks;
mod context;
mod installation;
mod outages;
mod preparation;
mod requests;
mod servers;

use self::context::{RunbookContext, list};
use super::answers::Answers;
use super::error::HandoffError;
use super::file::HandoffFile;
use super::options::HandoffOptions;
use super::server::{HandoffServer, HandoffServers};
use super::step_files::StepFiles;
use crate::markdown::{Bar, Page, Timeline, code, escape, picture_of_sites};
use crate::name::DnsName;
use crate::plan::Plan;
use crate::rule::Severity;
use crate::text::{Timestamp, plural};

/// Maximum number of findings of the plan that the page lists.
const MAX_FINDINGS: usize = 50;

/// Returns the page `runbook.md`.
pub(super) fn runbook(
    plan: &Plan,
    servers: &HandoffServers<'_>,
    answers: &Answers<'_>,
    options: &HandoffOptions,
    files: &StepFiles,
) -> Result<HandoffFile, HandoffError> {
    let context = RunbookContext {
        plan,
        servers,
        answers,
        options,
        files,
    };
    let mut page = introduction(&context);
    page.add_page(&plan_page(&context));
    page.add_paragraph("## Today");
    page.add_page(&requests::page(&context));
    page.add_page(&installation::page(&context)?);
    page.add_page(&preparation::page(&context));
    page.add_page(&outages::page(&context));
    page.add_page(&servers::page(&context));
    page.add_page(&checks::page(&context));
    Ok(HandoffFile::page("runbook.md", page.into_text()))
}

fn introduction(context: &RunbookContext<'_>) -> Page {
    let mut page = Page::default();
    let servers = plural(context.servers.iter().count(), "UM server");
    page.add_paragraph("# Runbook");
    page.add_paragraph(format_args!(
        "The steps for {servers}, from the requests to the failback. The files are beside this page."
    ));
    page.add_points([
        "Read each script before you run it, and rehearse it with `-WhatIf`: it then changes nothing.",
        "A script stops at its first error. It can run again: steps that are done are skipped.",
        "The files hold no key and no password.",
        "Keep a copy of the folder, and a printed copy of this page, where an outage cannot reach them.",
    ]);
    page
}

/// Returns the section on the plan: its pictures, and the findings to deal with first.
fn plan_page(context: &RunbookContext<'_>) -> Page {
    let mut page = Page::default();
    page.add_paragraph("## The plan");
    match picture_of_sites(context.plan) {
        Some(picture) => page.add_block(&picture),
        None => page.add_paragraph("No outage moves a name or a dial plan."),
    }
    if context.plan.omits_front_ends() {
        page.add_paragraph(
            "The plan does not cover the Front Ends of Lync. Step 7 requests their certificates, with names that the plan \
             does not know. The audit checks them if it is given their chains (`--lync-presented`).",
        );
    }
    page.add_page(&validities_page(context));
    page.add_page(&findings_page(context.plan));
    page
}

/// Returns the timeline of the certificates that the CA returned.
fn validities_page(context: &RunbookContext<'_>) -> Page {
    let mut page = Page::default();
    let bars = context.servers.iter().filter_map(|server| {
        let certificate = context.answers.of(server)?;
        Some(Bar {
            server: server.fqdn().to_string(),
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
        })
    });
    let bars: Vec<Bar> = bars.collect();
    if bars.is_empty() {
        return page;
    }
    page.add_paragraph("### Validity");
    let takeovers = context.takeovers();
    let stand_ins: Vec<&HandoffServer<'_>> = takeovers.iter().map(|(server, _)| *server).collect();
    let missing = stand_ins
        .iter()
        .filter(|server| context.answers.of(server).is_none());
    let missing: Vec<&DnsName> = missing.map(|server| server.fqdn()).collect();
    let ends = stand_ins.iter().filter_map(|server| {
        let certificate = context.answers.of(server)?;
        Some((certificate.not_after(), server.fqdn()))
    });
    let first_end = ends.min();
    let marks = match first_end {
        Some((end, _)) if missing.is_empty() => vec![("failover safe until", end)],
        _ => Vec::new(),
    };
    if let Some(picture) = (Timeline { bars, marks }).to_markdown() {
        page.add_block(&picture);
    }
    match first_end {
        Some((end, server)) if missing.is_empty() => page.add_paragraph(format_args!(
            "Failover is safe until {} at most: then the certificate of {} expires. An audit also considers the \
             certificates of the CA. Renew before that date, with another label.",
            Timestamp(end),
            code(server)
        )),
        _ if !missing.is_empty() => page.add_paragraph(format_args!(
            "The date until which failover is safe is not known: there is no certificate yet for {}.",
            list(missing)
        )),
        _ => {}
    }
    page
}

/// Returns the errors and warnings of the plan. The other sections cover its notes.
fn findings_page(plan: &Plan) -> Page {
    let mut page = Page::default();
    let findings = plan.findings().iter();
    let findings: Vec<_> = findings
        .filter(|finding| finding.severity() != Severity::Note)
        .collect();
    if findings.is_empty() {
        return page;
    }
    page.add_paragraph("### Findings");
    page.add_paragraph(
        "Deal with these before you start. The rules are explained in `docs/rules.md` of umcert.",
    );
    page.add_header(&["severity", "subject", "detail", "remedy", "rule"]);
    for finding in findings.iter().take(MAX_FINDINGS) {
        page.add_row(&[
            escape(finding.severity()),
            code(finding.subject()),
            escape(finding.detail()),
            escape(finding.remedy()),
            code(finding.rule()),
        ]);
    }
    let omitted = findings.len().saturating_sub(MAX_FINDINGS);
    if omitted > 0 {
        page.add_paragraph(format_args!("And {}.", plural(omitted, "more finding")));
    }
    page
}
