//! Certificates that are issued again: what they gain and lose, and why the old one does not do.

use std::sync::Arc;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::deployment::Number;
use crate::name::{DnsName, SanName};
use crate::plan::entries::{Entries, difference};
use crate::plan::policy_names::PolicyNames;
use crate::plan::{KeyKind, PlannedCertificate};

/// What happens to names of a certificate that is issued again.
#[derive(Clone, Copy)]
pub(crate) enum Change {
    Gain,
    Loss,
}

/// A certificate that is issued again: what it was, and what it becomes.
#[derive(Debug, Clone)]
pub struct Reissue {
    old: PlannedCertificate,
    new: PlannedCertificate,
    /// How their lists differ, where both have one.
    lists: Option<Arc<Lists>>,
}

impl PartialEq for Reissue {
    fn eq(&self, other: &Self) -> bool {
        self.old == other.old && self.new == other.new
    }
}

impl Eq for Reissue {}

impl Reissue {
    pub(super) fn new(
        old: &PlannedCertificate,
        new: &PlannedCertificate,
        lists: Option<Arc<Lists>>,
    ) -> Self {
        Self {
            old: old.clone(),
            new: new.clone(),
            lists,
        }
    }

    /// What the certificate becomes.
    #[must_use]
    pub fn certificate(&self) -> &PlannedCertificate {
        &self.new
    }

    /// The names that it gains, in their order.
    #[must_use]
    pub fn added(&self) -> Vec<SanName> {
        self.lacked(Change::Gain, usize::MAX)
    }

    /// The names that it loses, in their order.
    #[must_use]
    pub fn dropped(&self) -> Vec<SanName> {
        self.lacked(Change::Loss, usize::MAX)
    }

    /// Why the old one does not do; at least one reason.
    #[must_use]
    pub fn reasons(&self) -> Vec<ReissueReason> {
        let (added, dropped) = (self.added(), self.dropped());
        let mut reasons = Vec::new();
        if self.is_reordered() {
            reasons.push(ReissueReason::Reordered);
        }
        if !added.is_empty() {
            reasons.push(ReissueReason::Added(added));
        }
        if !dropped.is_empty() {
            reasons.push(ReissueReason::Dropped(dropped));
        }
        if let Some(reason) = self.key_change() {
            reasons.push(reason);
        }
        reasons
    }

    /// Why the old one does not do, where the names alone are not it.
    pub(crate) fn key_change(&self) -> Option<ReissueReason> {
        let (from, to) = (self.old.key(), self.new.key());
        (from != to).then_some(ReissueReason::Key { from, to })
    }

    /// Whether it holds the same names in another order.
    pub(crate) fn is_reordered(&self) -> bool {
        self.has_same_names() && !self.has_order()
    }

    /// Whether the old one does.
    pub(super) fn is_same(&self) -> bool {
        self.has_same_names() && self.has_order() && self.key_change().is_none()
    }

    fn has_same_names(&self) -> bool {
        self.lacked(Change::Gain, 1).is_empty() && self.lacked(Change::Loss, 1).is_empty()
    }

    /// The first names that it gains or loses, at most `max` of them, and how many more there are.
    pub(crate) fn few(&self, change: Change, max: usize) -> (Vec<SanName>, usize) {
        let few = self.lacked(change, max);
        let more = match few.len() == max {
            true => self.count_lacked(change).saturating_sub(max),
            false => 0,
        };
        (few, more)
    }

    /// The first names that it gains or loses, at most `max` of them, which is not 0.
    fn lacked(&self, change: Change, max: usize) -> Vec<SanName> {
        let (of, lacking, listed) = self.sides(change);
        let mut lacked = Vec::new();
        for name in candidates(of, listed) {
            if !lacking.holds(&name) {
                lacked.push(name);
                if lacked.len() == max {
                    break;
                }
            }
        }
        lacked
    }

    /// How many names it gains or loses. Where a list meets none, without going through the list: the other
    /// holds few.
    fn count_lacked(&self, change: Change) -> usize {
        let (of, lacking, listed) = self.sides(change);
        let mut count = 0;
        if listed.is_some() || of.others().is_none() {
            for name in candidates(of, listed) {
                count += usize::from(!lacking.holds(&name));
            }
            return count;
        }
        for name in lacking.entries() {
            count += usize::from(of.holds(&name));
        }
        of.count().saturating_sub(count)
    }

    /// The one that holds the names, the one that lacks them, and what the list of the one has that the other's
    /// has not, where both have a list.
    fn sides(
        &self,
        change: Change,
    ) -> (&PlannedCertificate, &PlannedCertificate, Option<&[SanName]>) {
        let (old, new) = (&self.old, &self.new);
        match (change, &self.lists) {
            (Change::Gain, Some(lists)) => (new, old, Some(&lists.added)),
            (Change::Gain, None) => (new, old, None),
            (Change::Loss, Some(lists)) => (old, new, Some(&lists.dropped)),
            (Change::Loss, None) => (old, new, None),
        }
    }

    /// Whether the names stand in the order of the old one.
    fn has_order(&self) -> bool {
        let (old, new) = (&self.old, &self.new);
        old.names_subject == new.names_subject
            && match &self.lists {
                Some(lists) => lists.have_order_without(new.subject()),
                None => old.has_order_of(new),
            }
    }
}

/// The names of the one that another may lack; `listed` are the entries of its list that the other's list
/// lacks, where both have one.
fn candidates<'a>(of: &'a PlannedCertificate, listed: Option<&'a [SanName]>) -> Entries<'a> {
    match listed {
        Some(listed) => of.names_if_listed(listed),
        None => of.entries(),
    }
}

impl Serialize for Reissue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut json = serializer.serialize_struct("Reissue", 2)?;
        json.serialize_field("certificate", &self.new)?;
        json.serialize_field("reasons", &self.reasons())?;
        json.end()
    }
}

/// How the lists of two certificates of one subject differ.
#[derive(Debug)]
pub(super) struct Lists {
    /// Which list of the new plan the second is.
    pub(super) of_new: Number,
    added: Vec<SanName>,
    dropped: Vec<SanName>,
    are_equal: bool,
    /// The names without which they hold the same in the same order.
    strays: Vec<DnsName>,
}

impl Lists {
    pub(super) fn new(old: PolicyNames<'_>, new: PolicyNames<'_>, of_new: Number) -> Self {
        let mut lists = Self {
            of_new,
            added: Vec::new(),
            dropped: Vec::new(),
            are_equal: old == new,
            strays: Vec::new(),
        };
        if !lists.are_equal {
            lists.added = listed_only(new, old);
            lists.dropped = listed_only(old, new);
            lists.strays = strays(old, new);
        }
        lists
    }

    /// Whether both hold the same in the same order besides the subject, which stands before them.
    fn have_order_without(&self, subject: &DnsName) -> bool {
        self.are_equal || self.strays.contains(subject)
    }
}

/// The entries of the one list that the other lacks.
fn listed_only(of: PolicyNames<'_>, lacking: PolicyNames<'_>) -> Vec<SanName> {
    let mut only = Vec::new();
    for name in of.iter() {
        if !lacking.contains(&name) {
            only.push(name);
        }
    }
    only
}

/// Where two lists differ first, a name stands that makes the difference, if one does alone.
fn strays(old: PolicyNames<'_>, new: PolicyNames<'_>) -> Vec<DnsName> {
    let mut strays = Vec::new();
    let Some(candidates) = difference(old.iter(), new.iter()) else {
        return strays;
    };
    for candidate in &candidates {
        if let Some(SanName::Exact(name)) = candidate
            && difference(old.iter().without(name), new.iter().without(name)).is_none()
        {
            strays.push(name.clone());
        }
    }
    strays
}

/// Why a certificate has to be issued again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
#[non_exhaustive]
pub enum ReissueReason {
    /// It lacks these names.
    Added(Vec<SanName>),
    /// It holds these names, which it need not hold any more.
    Dropped(Vec<SanName>),
    /// It holds the same names in another order (D12).
    Reordered,
    /// It is for a key of another kind.
    #[non_exhaustive]
    Key {
        /// The kind that it is for.
        from: KeyKind,
        /// The kind that is planned.
        to: KeyKind,
    },
}
