//! Which certificates change, and whether before or after names move.

use std::collections::HashMap;
use std::sync::Arc;

use super::reissue::{Lists, Reissue};
use super::{Extension, Step};
use crate::deployment::Number;
use crate::name::DnsName;
use crate::plan::{Plan, PlannedCertificate};

/// What happens to certificates before and after names move.
pub(super) struct Changes<'a> {
    old: &'a Plan,
    pub(super) before: Vec<Step>,
    pub(super) after: Vec<Step>,
    pub(super) keep: Vec<DnsName>,
    /// How a list of the old plan and one of the new differ: the certificates of a set share a list, and
    /// comparing it for each of them would take the square of the set's size.
    lists: HashMap<(Number, Number), Arc<Lists>>,
}

impl<'a> Changes<'a> {
    pub(super) fn from(old: &'a Plan) -> Self {
        Self {
            old,
            before: Vec::new(),
            after: Vec::new(),
            keep: Vec::new(),
            lists: HashMap::new(),
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
            self.before.push(Step::Extend(Extension {
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
    ) -> Option<Step> {
        let Some(before) = before else {
            return Some(Step::Issue(new.clone()));
        };
        let reissue = Reissue::new(before, new, self.lists(before, new));
        if !reissue.is_same() {
            return Some(Step::Reissue(reissue));
        }
        let subject = new.subject().clone();
        let servers = new.servers().iter();
        let servers = servers.filter(|it| is_extended || !before.is_of(it));
        let servers: Vec<DnsName> = servers.cloned().collect();
        (!servers.is_empty()).then_some(Step::Install { subject, servers })
    }

    fn lists(&mut self, old: &PlannedCertificate, new: &PlannedCertificate) -> Option<Arc<Lists>> {
        let (of_old, of_new) = (old.others()?, new.others()?);
        let lists = self.lists.entry((old.list?, new.list?));
        Some(Arc::clone(
            lists.or_insert_with(|| Arc::new(Lists::new(of_old, of_new))),
        ))
    }
}

/// The names that the old plan may bring to the servers of the new certificate and that it lacks, each once.
fn lacking(old: &Plan, new: &PlannedCertificate) -> Vec<DnsName> {
    let numbers = new.servers().iter();
    let numbers = numbers.filter_map(|server| old.basis.names().number(server));
    let brought = numbers.flat_map(|number| old.basis.stand_ins().get(number));
    let mut lacking: Vec<&DnsName> = brought
        .filter_map(|(name, _)| old.basis.names().get(name.get()))
        .filter(|name| new.covering(name).is_none())
        .collect();
    lacking.sort_unstable();
    lacking.dedup();
    lacking.into_iter().cloned().collect()
}

/// Whether each server of the new certificate presents one in the old plan that holds all that the new plan may
/// bring to it.
fn is_held(old: &Plan, new: &PlannedCertificate) -> bool {
    new.numbers().all(|number| {
        let names = new.basis.names();
        let own = names.get(number);
        let Some(presented) = own.and_then(|own| old.certificate(own)) else {
            return false;
        };
        let brought = new.basis.stand_ins().get(number).iter();
        let brought = brought.filter_map(|(name, _)| names.get(name.get()));
        let mut needed = own.into_iter().chain(brought);
        needed.all(|name| presented.covering(name).is_some())
    })
}
