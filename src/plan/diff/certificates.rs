//! Which certificates change, and whether before or after names move.

use std::collections::{HashMap, HashSet};

use super::{Reissue, Step};
use crate::deployment::Number;
use crate::name::{DnsName, NameSet, SanName};
use crate::plan::PlannedCertificate;

/// What happens to certificates before and after names move.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) before: Vec<Step>,
    pub(super) after: Vec<Step>,
    pub(super) keep: Vec<DnsName>,
    /// How a list of the old plan and one of the new differ: the certificates of a set share a list, and
    /// comparing it for each of them would take the square of the set's size.
    lists: HashMap<[Option<Number>; 2], ListChange>,
}

/// What one list of names has that the other lacks.
struct ListChange {
    added: Vec<SanName>,
    dropped: Vec<SanName>,
    is_equal: bool,
}

impl Changes {
    pub(super) fn compare(&mut self, old: &PlannedCertificate, new: &PlannedCertificate) {
        let (gains, keeps_all) = self.names(old, new);
        if old.key() == new.key() && !gains && keeps_all {
            self.keep_or_install(old, new);
            return;
        }
        let reissue = Reissue {
            old: old.clone(),
            new: new.clone(),
        };
        if !loses_needed_name(old, new) {
            self.before.push(Step::Reissue(reissue));
            return;
        }
        // Until names have moved it must hold both what it is to gain and what it is to lose.
        if gains {
            self.before.push(Step::Extend(reissue.clone()));
        }
        self.after.push(Step::Reissue(reissue));
    }

    /// Whether the new certificate holds a name that the old one lacks, and whether it holds all names of
    /// the old one in their order.
    fn names(&mut self, old: &PlannedCertificate, new: &PlannedCertificate) -> (bool, bool) {
        let (Some(of_old), Some(of_new)) = (old.others(), new.others()) else {
            let gains = new.names().any(|name| !old.holds(&name));
            return (gains, same_order(old, new));
        };
        let lists = self.lists.entry([old.list, new.list]);
        let lists = lists.or_insert_with(|| ListChange::new(of_old, of_new));
        (lists.gains(old, new), lists.keeps_all(old, new))
    }

    fn keep_or_install(&mut self, old: &PlannedCertificate, new: &PlannedCertificate) {
        let subject = new.subject().clone();
        let olds: HashSet<&DnsName> = old.servers().iter().collect();
        let servers = new.servers().iter().filter(|it| !olds.contains(it));
        let servers: Vec<DnsName> = servers.cloned().collect();
        match servers.is_empty() {
            true => self.keep.push(subject),
            false => self.before.push(Step::Install { subject, servers }),
        }
    }
}

impl ListChange {
    fn new(old: &NameSet, new: &NameSet) -> Self {
        let lacking = |from: &NameSet, of: &NameSet| -> Vec<SanName> {
            of.iter()
                .filter(|name| !from.contains(name))
                .cloned()
                .collect()
        };
        Self {
            added: lacking(old, new),
            dropped: lacking(new, old),
            is_equal: old == new,
        }
    }

    /// Whether the new certificate holds a name that the old one lacks.
    fn gains(&self, old: &PlannedCertificate, new: &PlannedCertificate) -> bool {
        let subject = SanName::from(new.subject());
        let gains_subject = new.names_subject && !old.holds(&subject);
        gains_subject || self.added.iter().any(|name| !old.holds(name))
    }

    /// Whether the new certificate, which gains nothing, holds the names of the old one in their order.
    fn keeps_all(&self, old: &PlannedCertificate, new: &PlannedCertificate) -> bool {
        let subject = SanName::from(old.subject());
        let loses_subject = old.names_subject && !new.holds(&subject);
        !loses_subject
            && self.dropped.iter().all(|name| new.holds(name))
            && ((self.is_equal && old.names_subject == new.names_subject) || same_order(old, new))
    }
}

/// Whether two certificates of one subject hold the same names in the same order.
pub(super) fn same_order(old: &PlannedCertificate, new: &PlannedCertificate) -> bool {
    old.names_subject == new.names_subject && old.behind_subject().eq(new.behind_subject())
}

/// Whether the new certificate lacks a name that the old plan may bring to its servers.
fn loses_needed_name(old: &PlannedCertificate, new: &PlannedCertificate) -> bool {
    let brought = old.stand_ins().map(|(name, _)| name);
    let mut needed = brought.chain(old.servers());
    needed.any(|name| new.covering(name).is_none())
}
