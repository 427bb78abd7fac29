//! What each server has to answer to on the day of an outage.

use std::collections::HashMap;

use crate::name::DnsName;
use crate::plan::{Answer, OutageCause, Plan};

/// The names that the outages of a plan bring to each server, and the servers that take over in some.
pub(super) struct Duties {
    brought: HashMap<DnsName, Vec<Duty>>,
    /// Whether in some outage nobody answers to a name, or nobody serves a dial plan.
    pub(super) leaves_a_gap: bool,
}

/// A name that an outage brings to a server, or, for a dial plan, none but the calls.
pub(super) struct Duty {
    pub(super) name: Option<DnsName>,
    pub(super) cause: OutageCause,
}

impl Duties {
    pub(super) fn of(plan: &Plan) -> Self {
        let mut duties = Self {
            brought: HashMap::new(),
            leaves_a_gap: false,
        };
        for outage in plan.bare_outages() {
            let cause = &outage.cause;
            for route in outage.routes {
                match route.answer {
                    Answer::Server { server, .. } => duties.add(server, Some(route.name), cause),
                    _ => duties.leaves_a_gap = true,
                }
            }
            for shift in outage.dial_plans {
                duties.leaves_a_gap |= !shift.is_served();
                for server in shift.enable {
                    duties.add(server, None, cause);
                }
            }
        }
        duties
    }

    fn add(&mut self, server: DnsName, name: Option<DnsName>, cause: &OutageCause) {
        let duties = self.brought.entry(server).or_default();
        duties.push(Duty {
            name,
            cause: cause.clone(),
        });
    }

    /// What `server` has to answer to besides its own calls.
    pub(super) fn of_server(&self, server: &DnsName) -> &[Duty] {
        self.brought.get(server).map_or(&[], Vec::as_slice)
    }

    /// The servers that take over in some outage.
    pub(super) fn stand_ins(&self) -> impl Iterator<Item = &DnsName> {
        self.brought.keys()
    }
}
