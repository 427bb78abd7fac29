//! What each server has to answer to on the day of an outage.

use super::by_name::ByName;
use crate::name::DnsName;
use crate::plan::{OutageCause, Plan, RouteTarget};

/// The names that the outages of a plan bring to each server, and the servers that take over in some.
pub(super) struct Duties {
    brought: ByName<Vec<Duty>>,
    /// Whether in some outage nobody answers to a name, or nobody serves a dial plan.
    pub(super) leaves_a_gap: bool,
}

/// A name that an outage brings to a server, or, for a dial plan, none but the calls.
pub(super) struct Duty {
    pub(super) name: Option<DnsName>,
    pub(super) cause: OutageCause,
}

impl Duties {
    /// Whom the names move to is the same whatever the servers present.
    pub(super) fn of(plan: &Plan) -> Self {
        let mut duties = Self {
            brought: ByName::new(),
            leaves_a_gap: false,
        };
        for outage in plan.outages() {
            for route in &outage.routes {
                match &route.answer {
                    RouteTarget::Server { server, .. } => {
                        duties.add(server, Some(&route.name), &outage.cause);
                    }
                    _ => duties.leaves_a_gap = true,
                }
            }
            for shift in &outage.dial_plans {
                duties.leaves_a_gap |= !shift.is_served();
                for server in &shift.enable {
                    duties.add(server, None, &outage.cause);
                }
            }
        }
        duties
    }

    fn add(&mut self, server: &DnsName, name: Option<&DnsName>, cause: &OutageCause) {
        let duty = Duty {
            name: name.cloned(),
            cause: cause.clone(),
        };
        self.brought
            .change(server.clone(), |duties| duties.push(duty));
    }

    /// What `server` has to answer to besides its own calls.
    pub(super) fn of_server(&self, server: &DnsName) -> &[Duty] {
        match self.brought.get(server) {
            Some(duties) => duties,
            None => &[],
        }
    }

    /// Whether `server` takes over in some outage.
    pub(super) fn takes_over(&self, server: &DnsName) -> bool {
        self.brought.get(server).is_some()
    }
}
