//! An outage: the servers that are down, those that then answer to each name, and the changes to dial plans.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::name::{DnsName, SanName};
use crate::text::join;

/// The number of outages that a text lists before it counts the rest.
const MAX_LISTED: usize = 5;

/// An outage that a plan considers, and its consequences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Outage {
    /// The sites or servers that are down.
    pub cause: OutageCause,
    /// The names that move, each with the server that answers. The name of a server that is down is not listed if the
    /// server does not fail over by DNS.
    ///
    /// An outage of several sites or servers lists only the changes that no smaller outage causes, here and in
    /// `dial_plans`. Everything else is as in the smaller outages, among servers that are up.
    pub routes: Vec<NameRoute>,
    /// The dial plans whose members change.
    pub dial_plans: Vec<DialPlanChange>,
}

impl Outage {
    /// Returns the outage with the covering entries that `covering` finds for a server and a name.
    pub(super) fn covered(
        mut self,
        covering: impl Fn(&DnsName, &DnsName) -> Option<SanName>,
    ) -> Self {
        for route in &mut self.routes {
            if let RouteTarget::Server { server, covered_by } = &mut route.answer {
                *covered_by = covering(server, &route.name);
            }
        }
        self
    }
}

/// The sites or servers that are down in an outage. Displays as "site Tukwila", "server um1.contoso.com" or
/// "sites Tukwila and Dublin".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OutageCause {
    /// Every server of this site.
    Site(#[serde(serialize_with = "serialize_str")] Arc<str>),
    /// Only this server.
    Server(DnsName),
    /// Every server of these sites.
    Sites(#[serde(serialize_with = "serialize_slice")] Arc<[String]>),
    /// These servers.
    Servers(#[serde(serialize_with = "serialize_slice")] Arc<[DnsName]>),
}

impl fmt::Display for OutageCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Site(site) => write!(f, "site {site}"),
            Self::Server(server) => write!(f, "server {server}"),
            Self::Sites(sites) => write!(f, "sites {}", sites.join(" and ")),
            Self::Servers(servers) => write!(f, "servers {}", join(servers.iter(), " and ")),
        }
    }
}

/// Serializes a text. serde serializes an `Arc` only with its feature `rc`, which would be on for all crates in a
/// build.
fn serialize_str<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

fn serialize_slice<T: Serialize, S: Serializer>(
    items: &[T],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    items.serialize(serializer)
}

/// A name that moves in an outage, and the server that answers to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct NameRoute {
    /// The name that Lync dials. The server of this name is down.
    pub name: DnsName,
    /// The server that answers, if any.
    pub answer: RouteTarget,
}

/// The end of a name's redirects in an outage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
#[non_exhaustive]
pub enum RouteTarget {
    /// This server answers.
    #[non_exhaustive]
    Server {
        /// The server that the name points at.
        server: DnsName,
        /// The entry of its certificate that covers the name; `None` if no entry does.
        covered_by: Option<SanName>,
    },
    /// No server answers: the redirects end at this server, which is down and has no redirect. This is the name's own
    /// server if the name has no redirect.
    DeadEnd(DnsName),
    /// No server answers: the redirects lead back to a server that is down.
    Loop,
}

/// The changes to the members of a dial plan in an outage, under dial plan failover (D4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct DialPlanChange {
    /// The name of the dial plan.
    pub dial_plan: String,
    /// The enabled members that are down, to be disabled.
    pub disable: Vec<DnsName>,
    /// The disabled members that are up, to be enabled because no enabled member remains.
    pub enable: Vec<DnsName>,
    /// The number of enabled members that remain.
    pub remaining: usize,
}

impl DialPlanChange {
    /// Returns `true` if a member takes the calls of the dial plan.
    #[must_use]
    pub fn is_served(&self) -> bool {
        self.remaining > 0 || !self.enable.is_empty()
    }
}

/// Describes alternative outages: "site Tukwila or server um1.contoso.com is out". Counts those after the first
/// five.
pub(crate) fn describe_outages(causes: &[&OutageCause]) -> String {
    let mut listed: Vec<String> = causes
        .iter()
        .take(MAX_LISTED)
        .map(|cause| cause.to_string())
        .collect();
    let is_cut = causes.len() > MAX_LISTED;
    if is_cut {
        listed.push(format!("{} others", causes.len() - MAX_LISTED));
    }
    let is_plural = matches!(
        causes.last(),
        Some(OutageCause::Sites(_) | OutageCause::Servers(_))
    );
    let verb = if is_cut || is_plural { "are" } else { "is" };
    format!("{} {verb} out", listed.join(" or "))
}
