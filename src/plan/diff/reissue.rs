//! Certificates that are issued again: what they gain and lose, and why the old one does not do.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::name::SanName;
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
}

impl PartialEq for Reissue {
    fn eq(&self, other: &Self) -> bool {
        self.old == other.old && self.new == other.new
    }
}

impl Eq for Reissue {}

impl Reissue {
    pub(super) fn new(old: &PlannedCertificate, new: &PlannedCertificate) -> Self {
        Self {
            old: old.clone(),
            new: new.clone(),
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
        let (of, lacking) = self.sides(change);
        of.names()
            .filter(|name| !lacking.has_entry(name))
            .take(max)
            .collect()
    }

    /// How many names it gains or loses.
    fn count_lacked(&self, change: Change) -> usize {
        let (of, lacking) = self.sides(change);
        of.names().filter(|name| !lacking.has_entry(name)).count()
    }

    /// The one that holds the names, and the one that lacks them.
    fn sides(&self, change: Change) -> (&PlannedCertificate, &PlannedCertificate) {
        match change {
            Change::Gain => (&self.new, &self.old),
            Change::Loss => (&self.old, &self.new),
        }
    }

    /// Whether the names stand in the order of the old one.
    fn has_order(&self) -> bool {
        self.old.names().eq(self.new.names())
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
