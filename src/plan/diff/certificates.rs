//! Which certificates change, and whether before or after names move.

use std::sync::Arc;

use super::reissue::{Lists, Reissue};
use super::{Extension, MigrationStep};
use crate::name::DnsName;
use crate::plan::{Plan, PlannedCertificate};
use crate::sort::sort_by;

/// What happens to certificates before and after names move.
pub(super) struct Changes<'a> {
    old: &'a Plan,
    pub(super) before: Vec<MigrationStep>,
    pub(super) after: Vec<MigrationStep>,
    pub(super) keep: Vec<DnsName>,
    /// For each list of the old plan how it differs from the list of the new plan that it was compared with
    /// last. The certificates of a set share a list and follow each other: comparing it for each of them would
    /// take the square of the set's size.
    lists: Vec<Option<Arc<Lists>>>,
}

impl<'a> Changes<'a> {
    pub(super) fn from(old: &'a Plan) -> Self {
        let mut lists = Vec::new();
        for _ in &old.basis.lists {
            lists.push(None);
        }
        Self {
            old,
            before: Vec::new(),
            after: Vec::new(),
            keep: Vec::new(),
            lists,
        }
    }

    /// What brings about the certificate `new`, where `before` is that of the same subject.
    pub(super) fn compare(
        &mut self,
        before: Option<&PlannedCertificate>,
        new: &PlannedCertificate,
    ) {
        let lacking = lacking(self.old, new);
        let step = self.step(before, new, !lacking.is_empty());
        let Some(step) = step else {
            self.keep.push(new.subject().clone());
            return;
        };
        if lacking.is_empty() {
            self.before.push(step);
            return;
        }
        // Until names have moved its servers must hold both what they are to gain and what they are to lose.
        if !is_held(self.old, new) {
            self.before.push(MigrationStep::Extend(Extension {
                certificate: new.clone(),
                kept: lacking,
            }));
        }
        self.after.push(step);
    }

    /// The one step to the certificate `new`; `None` where all of its servers present it by now, and have
    /// presented nothing else in between.
    fn step(
        &mut self,
        before: Option<&PlannedCertificate>,
        new: &PlannedCertificate,
        is_extended: bool,
    ) -> Option<MigrationStep> {
        let Some(before) = before else {
            return Some(MigrationStep::Issue(new.clone()));
        };
        let reissue = Reissue::new(before, new, self.lists(before, new));
        if !reissue.is_same() {
            return Some(MigrationStep::Reissue(reissue));
        }
        let subject = new.subject().clone();
        let mut servers = Vec::new();
        for server in new.servers() {
            if is_extended || !before.is_of(server) {
                servers.push(server.clone());
            }
        }
        match servers.is_empty() {
            true => None,
            false => Some(MigrationStep::Install { subject, servers }),
        }
    }

    fn lists(&mut self, old: &PlannedCertificate, new: &PlannedCertificate) -> Option<Arc<Lists>> {
        let (old_names, new_names) = (old.others()?, new.others()?);
        let new_list = new.list?;
        let last = self.lists.get_mut(old.list?.get())?;
        match last {
            Some(lists) if lists.of_new == new_list => {}
            _ => *last = Some(Arc::new(Lists::new(old_names, new_names, new_list))),
        }
        last.clone()
    }
}

/// The names that the old plan may bring to the servers of the new certificate and that it lacks, each once.
fn lacking(old: &Plan, new: &PlannedCertificate) -> Vec<DnsName> {
    let names = old.basis.names();
    let mut lacking = Vec::new();
    for server in new.servers() {
        let Some(number) = names.number(server) else {
            continue;
        };
        for (name, _) in old.basis.stand_ins().get(number) {
            if let Some(name) = names.get(name.get())
                && new.covering(name).is_none()
            {
                lacking.push(name);
            }
        }
    }
    sort_by(&mut lacking, Ord::cmp);
    let mut distinct = Vec::new();
    for name in lacking {
        if distinct.last() != Some(name) {
            distinct.push(name.clone());
        }
    }
    distinct
}

/// Whether each server of the new certificate presents one in the old plan that holds all that the new plan may
/// bring to it.
fn is_held(old: &Plan, new: &PlannedCertificate) -> bool {
    let names = new.basis.names();
    for number in new.numbers() {
        let Some(own) = names.get(number) else {
            return false;
        };
        let Some(presented) = old.certificate(own) else {
            return false;
        };
        let mut holds_all = presented.covering(own).is_some();
        for (name, _) in new.basis.stand_ins().get(number) {
            if let Some(name) = names.get(name.get()) {
                holds_all &= presented.covering(name).is_some();
            }
        }
        if !holds_all {
            return false;
        }
    }
    true
}
