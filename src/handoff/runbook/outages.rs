//! The sections on what is done during and after an outage.

use super::super::dial_plan::Direction;
use super::super::dns::{Move, moves};
use super::super::file::HandoffFile;
use super::super::generation::Generation;
use super::super::options::DialPlanMethod;
use super::super::outages::{OutageFiles, has_steps};
use super::context::{RunbookContext, list};
use super::preparation::addresses;
use crate::markdown::{Page, code, escape};
use crate::plan::{DialPlanChange, Outage, RouteTarget};
use crate::text::plural;

pub(super) fn page(context: &RunbookContext<'_>) -> Page {
    let mut page = Page::default();
    page.add_paragraph("## During an outage");
    if context.files.outages.is_empty() {
        page.add_paragraph("There is nothing to run: no outage moves a name or a dial plan.");
        return page;
    }
    page.add_paragraph("Find the outage below, run its files in their order, and test (step 8).");
    page.add_page(&dns_instructions(context));
    page.add_page(&dial_plan_instructions(context));
    for (index, files) in context.files.outages.iter().enumerate() {
        page.add_page(&outage_page(index + 1, files, context));
    }
    page.add_page(&omitted_page(context));
    page.add_page(&failback_page(context));
    page
}

/// Returns what is done beside the scripts of a failover by DNS (D71, D74 to D78).
fn dns_instructions(context: &RunbookContext<'_>) -> Page {
    let mut page = Page::default();
    if !has_files(context, Direction::Failover, "-dns-") {
        return page;
    }
    page.add_paragraph("### Failover by DNS");
    page.add_steps([
        "Run the script with a DNS server that is up: `-DnsServer SERVER`. It changes records in place. A record that is \
         deleted and created again belongs to you, and the server could not register its own name later.",
        "Clear the caches: on each DNS server between, `Clear-DnsServerCache -ComputerName SERVER -Force`; on each Front End, \
         `Clear-DnsClientCache`. Before Windows Server 2012: `dnscmd SERVER /clearcache` and `ipconfig /flushdns`.",
        "Check on a Front End, for A and AAAA: `Resolve-DnsName NAME -Type A -DnsOnly`.",
        "If a failed server still runs, for example because only its connection is down, switch its registration off for the \
         time of the failover: `Set-DnsClient -InterfaceAlias ALIAS -RegisterThisConnectionsAddress $false`. Otherwise it \
         registers its own address again after as little as a day, and undoes the failover.",
        "Keep failed servers off until they have been checked: a server takes its name back as soon as it starts.",
    ]);
    page
}

/// Returns how each method works and what it costs (D52, D81 to D86).
fn dial_plan_instructions(context: &RunbookContext<'_>) -> Page {
    let mut page = Page::default();
    if !has_files(context, Direction::Failover, "-dial-plan-") {
        return page;
    }
    page.add_paragraph("### Failover by dial plan");
    page.add_paragraph("Run each script in the Exchange Management Shell of the version in its name. It enables servers before it disables others.");
    let has_scripts = |generation: Generation| {
        let suffix = format!("-{}", generation.file_suffix());
        let outages = context.files.outages.iter();
        let mut paths = outages
            .flat_map(|files| &files.failover)
            .map(|file| &file.path);
        paths.any(|path| path.contains(&suffix))
    };
    let (with_states, with_switch): (Vec<_>, Vec<_>) = Generation::ALL
        .into_iter()
        .filter(|generation| has_scripts(*generation))
        .partition(|generation| generation.has_call_router());
    let mut points = Vec::new();
    if !with_switch.is_empty() {
        points.push(
            "Exchange 2007 and 2010: servers are switched with `Enable-UMServer` and `Disable-UMServer`. Calls in progress \
             end on their own.",
        );
    }
    if !with_states.is_empty() {
        points.push(match context.options.dial_plan_method {
            DialPlanMethod::ComponentState => {
                "Exchange 2013 and 2016: the state of the component `UMCallRouter` is set to `Active` or `Inactive`. The \
                 servers stay members of the dial plan, because outbound calls need that. The price: Lync still tries members \
                 that are down. It tries two servers for a call by default (`ExumNumberOfServersToTry` in \
                 `ExumRouting.exe.config`), so a share of the calls fails while several are down. Raise that number on the \
                 Front Ends, or write the hand-off with `--membership`."
            }
            DialPlanMethod::Membership => {
                "Exchange 2013 and 2016: servers join and leave the dial plan. Lync stops trying the servers that are down, \
                 once the directory has replicated. The price: outbound calls (play on phone) fail on every server that is up \
                 and not a member."
            }
        });
    }
    if context.has_server(|server| server.is_in_both_states) {
        points.push(
            "A server that is enabled in one dial plan and a stand-by in another joins and leaves dial plans on every \
             version. Its switch or state would take it away from both.",
        );
    }
    points.push(
        "Lync sees a change once the directory has replicated. To be sure, restart the Front End service (step 7) on one \
         Front End after the other.",
    );
    points.push(
        "Lync calls only the members with the highest major version of Exchange. A stand-by of an older version gets no \
         call.",
    );
    page.add_points(points);
    page
}

fn outage_page(number: usize, files: &OutageFiles, context: &RunbookContext<'_>) -> Page {
    let mut page = Page::default();
    let outage = &files.outage;
    page.add_paragraph(format_args!(
        "### Outage {number}: {}",
        escape(&outage.cause)
    ));
    let moves = moves(outage, context.servers);
    if !moves.is_empty() {
        page.add_header(&[
            "name",
            "own addresses",
            "is answered by",
            "at the addresses",
        ]);
    }
    for Move { owner, stand_in } in moves {
        page.add_row(&[
            code(owner.fqdn()),
            addresses(owner),
            code(stand_in.fqdn()),
            addresses(stand_in),
        ]);
    }
    if !outage.dial_plans.is_empty() {
        page.add_header(&["dial plan", "disable", "enable"]);
    }
    for change in &outage.dial_plans {
        page.add_row(&[
            code(&change.dial_plan),
            list(&change.disable),
            enabled(change),
        ]);
    }
    let unanswered = unanswered(outage);
    if !unanswered.is_empty() {
        page.add_paragraph(format_args!(
            "**No server answers to {unanswered}.** Calls to it fail until its server is back."
        ));
    }
    page.add_steps(files.failover.iter().map(run));
    page
}

fn run(file: &HandoffFile) -> String {
    format!("Run {}.", code(&file.path))
}

fn enabled(change: &DialPlanChange) -> String {
    if change.remaining > 0 {
        return format!("{} left", plural(change.remaining, "enabled member"));
    }
    if change.enable.is_empty() {
        return "**no server is left**".to_owned();
    }
    list(&change.enable)
}

fn unanswered(outage: &Outage) -> String {
    let routes = outage.routes.iter();
    let unanswered = routes.filter(|route| !matches!(route.answer, RouteTarget::Server { .. }));
    list(unanswered.map(|route| &route.name))
}

/// Counts the outages without a section.
fn omitted_page(context: &RunbookContext<'_>) -> Page {
    let mut page = Page::default();
    let described = context.files.outages.len();
    let with_steps = context.plan.outages().filter(has_steps).count();
    let omitted = with_steps.saturating_sub(described);
    let without_steps = context.plan.outages().len() - with_steps;
    if omitted > 0 {
        page.add_paragraph(format_args!(
            "**{} without files:** the hand-off has files for the first {described}. `Plan::outages` lists all.",
            plural(omitted, "more outage")
        ));
    }
    if without_steps > 0 {
        page.add_paragraph(format_args!(
            "In {} of one site, one server or several, there is nothing to run.",
            plural(without_steps, "other outage")
        ));
    }
    page
}

fn failback_page(context: &RunbookContext<'_>) -> Page {
    let mut page = Page::default();
    page.add_paragraph("## After an outage");
    page.add_paragraph("Fail back deliberately, one outage at a time, when few calls are made.");
    let mut steps = vec![
        "Check each server that is back, by its address: its services run, and it presents its certificate (see \
         [Servers](#servers))."
            .to_owned(),
        "Run the files of the outage, in their order.".to_owned(),
    ];
    if has_files(context, Direction::Failback, "-dns-") {
        steps.push(
            "On each server that is back, switch registration on again (`Set-DnsClient -InterfaceAlias ALIAS \
             -RegisterThisConnectionsAddress $true`), then run `ipconfig /registerdns`."
                .to_owned(),
        );
        steps.push("Clear the caches, and check A and AAAA as for the failover.".to_owned());
        steps.push(
            "Run `dns-prepare.ps1` again: the failback gave the records their own lifetimes, and the next outage needs short \
             ones."
                .to_owned(),
        );
    }
    if has_files(context, Direction::Failback, "-dial-plan-") {
        steps.push("Restart the Front End service (step 7), to be sure.".to_owned());
    }
    steps.push("Test (step 8).".to_owned());
    page.add_steps(steps);
    page.add_header(&["outage", "files"]);
    for files in &context.files.outages {
        page.add_row(&[
            escape(&files.outage.cause),
            list(files.failback.iter().map(|file| &file.path)),
        ]);
    }
    page
}

fn has_files(context: &RunbookContext<'_>, direction: Direction, kind: &str) -> bool {
    let outages = context.files.outages.iter();
    let mut files = outages.flat_map(|files| match direction {
        Direction::Failover => &files.failover,
        Direction::Failback => &files.failback,
    });
    files.any(|file| file.path.contains(kind))
}
