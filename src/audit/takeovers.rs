//! The names and calls that each server takes over in an outage.

use std::collections::HashMap;

use crate::name::DnsName;
use crate::plan::{OutageCause, Plan, RouteTarget};

/// The takeovers of every server in the outages of a plan. They depend on the plan only, not on the
/// certificates that servers present.
pub(super) struct Takeovers {
    by_server: HashMap<DnsName, Vec<Takeover>>,
    /// `true` if some outage leaves a name or a dial plan without a server.
    pub(super) has_gap: bool,
}

/// One name that a server takes over in one outage. `name` is `None` if the server takes over the calls of
/// a dial plan, because no name moves then (D4).
pub(super) struct Takeover {
    pub(super) name: Option<DnsName>,
    pub(super) cause: OutageCause,
}

impl Takeovers {
    pub(super) fn new(plan: &Plan) -> Self {
        let mut by_server: HashMap<DnsName, Vec<Takeover>> = HashMap::new();
        let mut has_gap = false;
        for outage in plan.outages() {
            let cause = outage.cause;
            let mut add = |server, name| {
                let cause = cause.clone();
                let takeovers = by_server.entry(server).or_default();
                takeovers.push(Takeover { name, cause });
            };
            for route in outage.routes {
                match route.answer {
                    RouteTarget::Server { server, .. } => add(server, Some(route.name)),
                    RouteTarget::DeadEnd(_) | RouteTarget::Loop => has_gap = true,
                }
            }
            for change in outage.dial_plans {
                has_gap |= !change.is_served();
                for server in change.enable {
                    add(server, None);
                }
            }
        }
        Self { by_server, has_gap }
    }

    /// Returns the takeovers of `server`, in the order of the outages.
    pub(super) fn of(&self, server: &DnsName) -> &[Takeover] {
        self.by_server.get(server).map_or(&[], Vec::as_slice)
    }
}
