//! Plans and audits as Markdown: tables of the findings, and a diagram of who answers for whom.

use std::fmt::{self, Display, Write};

use super::audit::{OMITS_FRONT_ENDS, verdict};
use super::findings::{count, plural};
use super::listed::{MAX_LISTED, first};
use super::plan::{consequences, more_names, why};
use crate::audit::Report;
use crate::date::Date;
use crate::plan::{OutageCause, Plan, RouteTarget, describe_outages};
use crate::rule::Finding;
use crate::sort::{count_before, sort_by};
use crate::text::{is_invisible, join};

/// How many arrows a diagram has at most: beyond, nobody can read it.
const MAX_ARROWS: usize = 60;
/// How many servers are told one by one at the end of an arrow.
const MAX_SHOWN: usize = 4;
/// How many outages are told one by one.
const MAX_OUTAGES: usize = 200;

impl Plan {
    /// The plan as a page of Markdown (GitHub's): the names of each certificate with their reasons, a
    /// Mermaid diagram of the outages, a table of them, and the findings.
    ///
    /// Text that comes from the deployment is escaped: it is shown, and makes no markup. Diagram and tables
    /// are cut where there is much that repeats (names that the policy alone asks for, outages), and say
    /// so. *Not* stable: read JSON with programs.
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
        let certificates = plural(self.certificates().len(), "certificate");
        let mut page = Page::default();
        page.say(format_args!("# Plan: {certificates}"));
        self.certificate_tables(&mut page);
        page.say(format_args!("\n## Outages\n"));
        page.say(diagram(self));
        self.outage_table(&mut page);
        page.findings(self.findings());
        page.text
    }

    fn certificate_tables(&self, page: &mut Page) {
        for certificate in self.certificates() {
            let (subject, key) = (certificate.subject(), certificate.key());
            page.say(format_args!("\n## {subject}\n\nA key of the kind {key}.\n"));
            page.row(&["name", "why"]);
            page.row(&["---", "---"]);
            let (names, left_out) = certificate.planned_names_truncated(MAX_LISTED);
            for planned in &names {
                let name = escaped(&planned.name);
                page.row(&[name.as_str(), &escaped(&why(planned))]);
            }
            if left_out > 0 {
                page.say(format_args!("\nAnd {}.", more_names(left_out)));
            }
        }
    }

    fn outage_table(&self, page: &mut Page) {
        page.row(&["when this is out", "then"]);
        page.row(&["---", "---"]);
        let outages = self.outages();
        let left_out = outages.len().saturating_sub(MAX_OUTAGES);
        for outage in outages.take(MAX_OUTAGES) {
            let mut then = Vec::new();
            for text in consequences(&outage) {
                then.push(escaped(&text));
            }
            let then = then.join("<br>");
            page.row(&[escaped(&outage.cause).as_str(), &then]);
        }
        if left_out > 0 {
            page.say(format_args!("\nAnd {}.", plural(left_out, "more outage")));
        }
    }
}

impl Report {
    /// The report as a page of Markdown (GitHub's): the verdict, a Mermaid diagram of who trusts whose
    /// chain, and a table of the findings with what to do.
    ///
    /// Text that strangers wrote (in certificates, say) is escaped: it is shown, and makes no markup.
    /// *Not* stable: read JSON with programs.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut page = Page::default();
        let verdict = match self.is_trusted() {
            true => "trusted",
            false => "NOT TRUSTED",
        };
        page.say(format_args!(
            "# Audit: {verdict}, {}\n",
            count(self.findings())
        ));
        page.say(format_args!("As of {}.", Date(self.at())));
        match self.failover_safe_until() {
            Some(until) if until > self.at() => {
                page.say(format_args!(
                    "Failover is safe until {}, as far as dates go.",
                    Date(until)
                ));
            }
            Some(_) => page.say(format_args!("**Failover is not safe.**")),
            None => {}
        }
        if self.omits_front_ends() {
            page.say(format_args!("\n{OMITS_FRONT_ENDS}"));
        }
        if !self.verdicts().is_empty() {
            page.say(format_args!("\n## Who trusts whom\n"));
            page.say(trust_diagram(self));
            page.row(&["server", "side", "its chain"]);
            page.row(&["---", "---", "---"]);
        }
        for one in self.verdicts() {
            let (server, side) = (escaped(&one.server), escaped(&one.relying_party));
            page.row(&[server.as_str(), &side, &escaped(&verdict_of(one))]);
        }
        page.findings(self.findings());
        page.text
    }
}

fn verdict_of(one: &crate::audit::TrustVerdict) -> String {
    verdict(&one.relying_party.to_string(), one)
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn say(&mut self, line: impl Display) {
        // A string takes whatever is written to it.
        let _ = writeln!(self.text, "{line}");
    }

    /// A row of a table, of cells that are escaped already.
    fn row(&mut self, cells: &[&str]) {
        self.say(format_args!("| {} |", join(cells, " | ")));
    }

    fn findings(&mut self, findings: &[Finding]) {
        self.say(format_args!("\n## Findings: {}\n", count(findings)));
        if findings.is_empty() {
            return;
        }
        self.row(&["severity", "subject", "what", "what to do", "rule"]);
        self.row(&["---", "---", "---", "---", "---"]);
        for finding in findings {
            let rule = finding.rule();
            self.row(&[
                &escaped(&rule.severity()),
                &escaped(&finding.subject()),
                &escaped(&finding.detail()),
                &escaped(&rule.remedy()),
                &format!("`{rule}` ({})", rule.source()),
            ]);
        }
    }
}

/// `text` as Markdown shows it: no markup, no link, no HTML, no end of a cell. What steers a terminal or
/// the direction of the text is left out.
fn escaped(text: &dyn Display) -> String {
    let mut shown = String::new();
    for character in text.to_string().chars() {
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '|' | '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '#' | '!' | '$' | '@' | '{' | '}' => {
                let _ = write!(shown, "&#{};", u32::from(character));
            }
            // On some hosts `://` and `www.` make a link by themselves.
            '/' if shown.ends_with(":/") => {
                shown.truncate(shown.len() - ":/".len());
                shown.push_str("&#58;//");
            }
            '.' if shown.ends_with("www") => shown.push_str("&#46;"),
            it if is_invisible(it) => shown.push(' '),
            it => shown.push(it),
        }
    }
    shown
}

/// A label of a Mermaid diagram, in quotes: Mermaid knows entities by `#` alone.
fn label(text: &str) -> String {
    let mut label = String::from("\"");
    for character in text.chars() {
        match character {
            it if it.is_alphanumeric() || " .-=(),".contains(it) => label.push(it),
            it if is_invisible(it) => label.push(' '),
            it => {
                let _ = write!(label, "#{};", u32::from(it));
            }
        }
    }
    label.push('"');
    label
}

/// A diagram of arrows between nodes, which are numbered: no text of strangers becomes an identifier.
#[derive(Default)]
struct Diagram {
    /// In the order of their texts, each with its number. The arrows are few, and so are these.
    nodes: Vec<(String, usize)>,
    arrows: Vec<String>,
    left_out: usize,
}

impl Diagram {
    fn node(&mut self, text: &str) -> usize {
        let place = count_before(&self.nodes, |(known, _)| known.as_str() < text);
        match self.nodes.get(place) {
            Some((known, number)) if known == text => *number,
            _ => {
                let next = self.nodes.len();
                self.nodes.insert(place, (text.to_owned(), next));
                next
            }
        }
    }

    fn arrow(&mut self, from: &str, line: &str, text: &str, to: &str) {
        if self.arrows.len() == MAX_ARROWS {
            self.left_out += 1;
            return;
        }
        let (from, to) = (self.node(from), self.node(to));
        self.arrows
            .push(format!("    n{from} {line}|{}| n{to}", label(text)));
    }
}

/// The fenced block; nothing where there is no arrow.
impl Display for Diagram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.arrows.is_empty() {
            return Ok(());
        }
        writeln!(f, "```mermaid\nflowchart LR")?;
        for (text, number) in &self.nodes {
            writeln!(f, "    n{number}[{}]", label(text))?;
        }
        for arrow in &self.arrows {
            writeln!(f, "{arrow}")?;
        }
        writeln!(f, "```")?;
        match self.left_out {
            0 => Ok(()),
            more => writeln!(
                f,
                "\nThe diagram leaves out {}.",
                plural(more, "more arrow")
            ),
        }
    }
}

/// Who answers to a moved name, and who takes over a dial plan; what is in trouble is dotted.
fn diagram(plan: &Plan) -> Diagram {
    let mut moves = moves(plan);
    // The outages of a move stay in their order.
    sort_by(&mut moves, |(one, _), (other, _)| one.cmp(other));
    let mut diagram = Diagram::default();
    let mut rest = moves.as_slice();
    while let [(same, _), ..] = rest {
        let mut causes = Vec::new();
        while let [(next, cause), behind @ ..] = rest
            && next == same
        {
            causes.push(cause);
            rest = behind;
        }
        let (from, to, good) = same;
        let line = if *good { "-->" } else { "-.->" };
        diagram.arrow(from, line, &describe_outages(&causes), to);
    }
    diagram
}

/// What moves, whereto, and whether it is served there; with the outage that moves it.
fn moves(plan: &Plan) -> Vec<((String, String, bool), OutageCause)> {
    let mut moves = Vec::new();
    for outage in plan.outages() {
        for route in &outage.routes {
            let (to, good) = match &route.answer {
                RouteTarget::Server {
                    server, covered_by, ..
                } => (server.to_string(), covered_by.is_some()),
                RouteTarget::DeadEnd(_) | RouteTarget::Loop => ("nobody".to_owned(), false),
            };
            let key = (route.name.to_string(), to, good);
            moves.push((key, outage.cause.clone()));
        }
        for shift in &outage.dial_plans {
            let to = match (shift.is_served(), shift.enable.as_slice()) {
                (false, _) => "nobody".to_owned(),
                (true, []) => continue,
                (true, enabled) => first(enabled, MAX_SHOWN),
            };
            let from = format!("dial plan {}", shift.dial_plan);
            let key = (from, to, shift.is_served());
            moves.push((key, outage.cause.clone()));
        }
    }
    moves
}

/// Who trusts whose chain; a chain that is refused is dotted.
fn trust_diagram(report: &Report) -> Diagram {
    let mut diagram = Diagram::default();
    for verdict in report.verdicts() {
        let (line, text) = match verdict.trusted_through {
            Some(_) => ("-->", "trusts"),
            None => ("-.->", "refuses"),
        };
        let (side, server) = (
            verdict.relying_party.to_string(),
            verdict.server.to_string(),
        );
        diagram.arrow(&side, line, text, &server);
    }
    diagram
}
