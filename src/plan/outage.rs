//! Outages: who is down, where each name then ends, and who then serves each dial plan.

mod combined;
mod walk;
mod walked;

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use self::walk::Walker;
pub(super) use self::walked::{End, Shift, Walked};
use crate::deployment::Directory;
use crate::name::{DnsName, SanName};
use crate::plan::options::OutageScope;
use crate::text::join;

/// How many outages a text lists before it counts the rest.
const MAX_LISTED: usize = 5;

/// An outage that a plan considers: what is down, and what changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Outage {
    /// What is down.
    pub cause: OutageCause,
    /// Where the names that move end. A name that is not listed is answered by its own server, as on any
    /// day, or belongs to a server that is out and whose name does not move.
    ///
    /// In an outage of several sites or servers only what is new stands here and in `dial_plans`: a name
    /// that is not listed ends where it does when fewer of them are out, its own site or server among them;
    /// and the calls of a dial plan that is not listed are taken by those whom an outage of fewer leaves or
    /// enables, as far as they are up.
    pub routes: Vec<NameRoute>,
    /// The dial plans whose members change, or should.
    pub dial_plans: Vec<DialPlanChange>,
}

/// What is down in an outage. Displays as "site Tukwila", "server um1.contoso.com", "sites Tukwila and
/// Dublin" …
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OutageCause {
    /// Every server of this site.
    Site(#[serde(serialize_with = "as_text")] Arc<str>),
    /// This server alone.
    Server(DnsName),
    /// Every server of these sites.
    Sites(#[serde(serialize_with = "as_list")] Arc<[String]>),
    /// These servers.
    Servers(#[serde(serialize_with = "as_list")] Arc<[DnsName]>),
}

impl fmt::Display for OutageCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Site(site) => write!(f, "site {site}"),
            Self::Server(server) => write!(f, "server {server}"),
            Self::Sites(sites) => write!(f, "sites {}", sites.join(" and ")),
            Self::Servers(servers) => {
                let servers: &[DnsName] = servers;
                write!(f, "servers {}", join(servers, " and "))
            }
        }
    }
}

/// serde serialises an `Arc` only with a feature that would be on for all users of serde.
fn as_text<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

fn as_list<T: Serialize, S: Serializer>(names: &[T], serializer: S) -> Result<S::Ok, S::Error> {
    names.serialize(serializer)
}

/// Where a name ends in an outage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct NameRoute {
    /// The name that is dialled; its own server is down.
    pub name: DnsName,
    /// Who answers.
    pub answer: RouteTarget,
}

/// Who answers to a name in an outage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
#[non_exhaustive]
pub enum RouteTarget {
    /// This server answers.
    #[non_exhaustive]
    Server {
        /// The server that the name points at.
        server: DnsName,
        /// The entry of its certificate that covers the name; `None` where no entry does.
        covered_by: Option<SanName>,
    },
    /// Nobody answers: the redirects end at this server, which is down and whose name does not move. It
    /// is the name's own server where that has no redirect at all.
    DeadEnd(DnsName),
    /// Nobody answers: the redirects lead back to a server that is down and was passed before.
    Loop,
}

/// How the members of a dial plan change in an outage under dial plan failover (D4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct DialPlanChange {
    /// The name of the dial plan.
    pub dial_plan: String,
    /// Enabled members that are down: they are to be disabled.
    pub disable: Vec<DnsName>,
    /// Disabled members that are up and take over, since no enabled one is left: they are to be enabled.
    pub enable: Vec<DnsName>,
    /// How many enabled members are left.
    pub remaining: usize,
}

impl DialPlanChange {
    /// Whether anybody takes the calls of the dial plan.
    #[must_use]
    pub fn is_served(&self) -> bool {
        self.remaining > 0 || !self.enable.is_empty()
    }
}

/// Walks every outage of one site and of one server, and the combinations of `scope` that change
/// something. Sites come first; all in the order of the deployment.
pub(super) fn walk(directory: &Directory<'_>, scope: OutageScope) -> Walked {
    let mut walker = Walker::new(directory);
    let mut walked = Walked::new(directory, scope);
    walker.dial_plans(&walked);
    match scope {
        OutageScope::Single => {}
        OutageScope::SitePairs => combined::site_pairs(&mut walker, &mut walked),
        OutageScope::Servers(count) => {
            let count = usize::from(count.min(OutageScope::MAX_SERVERS));
            combined::servers(count, &mut walker, &mut walked);
        }
    }
    walked.exits = walker.exits;
    walked.shifts = walker.shifts;
    walked
}

/// "site Tukwila or server um1.contoso.com is out", with the rest counted where there are many.
pub(crate) fn out(causes: &[&OutageCause]) -> String {
    let mut listed = Vec::new();
    for cause in causes.get(..MAX_LISTED).unwrap_or(causes) {
        listed.push(cause.to_string());
    }
    if causes.len() > MAX_LISTED {
        listed.push(format!("{} others", causes.len() - MAX_LISTED));
    }
    let several = matches!(
        causes.last(),
        Some(OutageCause::Sites(_) | OutageCause::Servers(_))
    );
    let verb = if several || causes.len() > MAX_LISTED {
        "are"
    } else {
        "is"
    };
    format!("{} {verb} out", listed.join(" or "))
}
