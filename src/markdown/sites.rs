//! The picture of a plan: its sites with their servers, and what moves between them in each outage.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::escape::escape;
use super::flowchart::{Flowchart, Line, Node};
use super::page::Page;
use crate::deployment::{Deployment, DialPlan};
use crate::name::DnsName;
use crate::plan::{Outage, OutageCause, Plan, RouteTarget, describe_outages};
use crate::text::plural;

/// Maximum number of moves that a table lists one by one.
const MAX_ROWS: usize = 200;
const NO_SERVER: &str = "no server";
/// Returns the picture of the sites of `plan` as Markdown, with a legend. A picture that GitHub would not draw becomes a
/// table. Returns nothing if no outage moves a name or a dial plan.
pub(crate) fn picture_of_sites(plan: &Plan) -> Option<String> {
    let moves = find_moves(plan);
    if moves.is_empty() {
        return None;
    }
    let picture = flowchart(plan.deployment(), &moves).to_markdown();
    Some(match picture {
        Some(picture) => format!("{picture}\n{}\n", legend(&moves)),
        None => table(&moves),
    })
}

/// Explains the lines that the picture of `moves` has.
fn legend(moves: &Moves) -> String {
    let mut legend = String::from(
        "An arrow leads from a name or a dial plan to the server that takes its calls in an outage.",
    );
    if moves.keys().any(|moved| !moved.is_served) {
        legend.push_str(" Calls along a dotted arrow fail.");
    }
    let has_dial_plans = |moved: &Move| matches!(moved.from, Moving::DialPlan(_));
    if moves.keys().any(has_dial_plans) {
        legend.push_str(
            " A line without an arrow leads to a server that takes the calls of a dial plan today.",
        );
    }
    legend
}

/// What moves: a server's name, or the calls of a dial plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Moving {
    Name(DnsName),
    DialPlan(String),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Move {
    from: Moving,
    /// The server that answers, if any.
    to: Option<DnsName>,
    /// `true` if that server takes the calls.
    is_served: bool,
}

type Moves = BTreeMap<Move, Vec<OutageCause>>;

/// Returns each move with the outages that cause it.
fn find_moves(plan: &Plan) -> Moves {
    let mut moves = Moves::new();
    for outage in plan.outages() {
        for moved in moves_of(&outage) {
            moves.entry(moved).or_default().push(outage.cause.clone());
        }
    }
    moves
}

fn moves_of(outage: &Outage) -> Vec<Move> {
    let names = outage.routes.iter().map(|route| {
        let (to, is_served) = match &route.answer {
            RouteTarget::Server {
                server, covered_by, ..
            } => (Some(server.clone()), covered_by.is_some()),
            RouteTarget::DeadEnd(_) | RouteTarget::Loop => (None, false),
        };
        Move {
            from: Moving::Name(route.name.clone()),
            to,
            is_served,
        }
    });
    let dial_plans = outage.dial_plans.iter().flat_map(|change| {
        let stand_bys = change.enable.iter().map(|server| Some(server.clone()));
        let lost = (!change.is_served()).then_some(None);
        stand_bys.chain(lost).map(|to| Move {
            from: Moving::DialPlan(change.dial_plan.clone()),
            is_served: to.is_some(),
            to,
        })
    });
    names.chain(dial_plans).collect()
}

fn flowchart(deployment: &Deployment, moves: &Moves) -> Flowchart {
    let mut flowchart = Flowchart::default();
    let mut servers: HashMap<&str, Node> = HashMap::new();
    for (site, names) in servers_by_site(deployment) {
        let nodes = flowchart.add_group(site, &names);
        servers.extend(names.into_iter().zip(nodes));
    }
    let loses_a_name = moves.keys().any(|moved| moved.to.is_none());
    let nowhere = loses_a_name.then(|| flowchart.add_round_node(NO_SERVER));
    let dial_plans = add_dial_plans(&mut flowchart, deployment, moves, &servers);
    for (moved, causes) in moves {
        let from = match &moved.from {
            Moving::Name(name) => servers.get(name.as_str()),
            Moving::DialPlan(name) => dial_plans.get(name.as_str()),
        };
        let to = match &moved.to {
            Some(server) => servers.get(server.as_str()),
            None => nowhere.as_ref(),
        };
        let line = if moved.is_served {
            Line::Arrow
        } else {
            Line::Dotted
        };
        if let (Some(from), Some(to)) = (from, to) {
            flowchart.add_line(*from, line, &describe(causes), *to);
        }
    }
    flowchart
}

/// Returns the servers of each site, both in the order of the deployment.
fn servers_by_site(deployment: &Deployment) -> Vec<(&str, Vec<&str>)> {
    let mut sites: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut index_of: HashMap<&str, usize> = HashMap::new();
    for server in deployment.servers() {
        let site = server.site.as_str();
        let index = *index_of.entry(site).or_insert_with(|| {
            sites.push((site, Vec::new()));
            sites.len() - 1
        });
        sites[index].1.push(server.fqdn.as_str());
    }
    sites
}

/// Adds each dial plan that moves, with lines to the servers that take its calls today, and returns its node.
fn add_dial_plans<'a>(
    flowchart: &mut Flowchart,
    deployment: &'a Deployment,
    moves: &Moves,
    servers: &HashMap<&str, Node>,
) -> HashMap<&'a str, Node> {
    let moving = moves.keys().filter_map(|moved| match &moved.from {
        Moving::DialPlan(name) => Some(name.as_str()),
        Moving::Name(_) => None,
    });
    let moving: HashSet<&str> = moving.collect();
    let is_moving = |dial_plan: &&DialPlan| moving.contains(dial_plan.name.as_str());
    let mut nodes = HashMap::new();
    for dial_plan in deployment.dial_plans.iter().filter(is_moving) {
        let node = flowchart.add_round_node(&format!("dial plan {}", dial_plan.name));
        let enabled = dial_plan.members.iter().filter(|member| member.enabled);
        for server in enabled.filter_map(|member| servers.get(member.server.as_str())) {
            flowchart.add_line(node, Line::Plain, "", *server);
        }
        nodes.insert(dial_plan.name.as_str(), node);
    }
    nodes
}

fn table(moves: &Moves) -> String {
    let mut page = Page::default();
    page.add_header(&["what moves", "server that answers", "outage"]);
    for (moved, causes) in moves.iter().take(MAX_ROWS) {
        let from = match &moved.from {
            Moving::Name(name) => escape(name),
            Moving::DialPlan(name) => escape(format_args!("dial plan {name}")),
        };
        let to = match &moved.to {
            Some(server) if moved.is_served => escape(server),
            Some(server) => escape(format_args!("{server}, which does NOT cover it")),
            None => NO_SERVER.to_owned(),
        };
        page.add_row(&[from, to, escape(describe(causes))]);
    }
    let omitted = moves.len().saturating_sub(MAX_ROWS);
    if omitted > 0 {
        page.add_paragraph(format_args!("And {}.", plural(omitted, "more move")));
    }
    page.into_text()
}

fn describe(causes: &[OutageCause]) -> String {
    describe_outages(&causes.iter().collect::<Vec<_>>())
}
