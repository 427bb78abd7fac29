//! What each server has to answer to on the day of an outage.

use super::by_name::ByName;
use crate::name::{DnsName, NameSet};
use crate::plan::{Answer, OutageCause, Plan};

/// The names that the outages of a plan bring to each server, and the servers that take over in some.
pub(super) struct Duties {
    brought: ByName<Vec<Duty>>,
    /// Whether in some outage nobody answers to a name, or nobody serves a dial plan.
    pub(super) leaves_a_gap: bool,
}

/// A name that an outage brings to a server, or, for a dial plan, none but the calls.
pub(super) struct Duty {
    pub(super) name: Option<DnsName>,
    /// Whether an entry of what the server presents covers the name.
    pub(super) is_covered: bool,
    pub(super) cause: OutageCause,
}

impl Duties {
    /// Under certificates that hold what `names_of` says.
    pub(super) fn of<'n>(plan: &Plan, names_of: impl Fn(&DnsName) -> Option<&'n NameSet>) -> Self {
        let mut duties = Self {
            brought: ByName::new(),
            leaves_a_gap: false,
        };
        for outage in plan.outages_under(names_of) {
            let cause = &outage.cause;
            for route in outage.routes {
                let Answer::Server { server, covered_by } = route.answer else {
                    duties.leaves_a_gap = true;
                    continue;
                };
                let duty = Duty {
                    name: Some(route.name),
                    is_covered: covered_by.is_some(),
                    cause: cause.clone(),
                };
                duties.add(server, duty);
            }
            for shift in outage.dial_plans {
                duties.leaves_a_gap |= !shift.is_served();
                for server in shift.enable {
                    let duty = Duty {
                        name: None,
                        is_covered: true,
                        cause: cause.clone(),
                    };
                    duties.add(server, duty);
                }
            }
        }
        duties
    }

    fn add(&mut self, server: DnsName, duty: Duty) {
        self.brought.change(server, |duties| duties.push(duty));
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
