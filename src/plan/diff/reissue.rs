//! Certificates that are reissued.

use serde::{Serialize, Serializer};

use crate::name::SanName;
use crate::plan::{KeyKind, PlannedCertificate};

/// A certificate that is reissued, because its SAN or its key changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reissue {
    old: PlannedCertificate,
    new: PlannedCertificate,
    is_reordered: bool,
}

impl Reissue {
    /// Returns the reissue that replaces `old` by `new`, or `None` if they have the same SAN and key. `has_same_list` is
    /// `true` if their lists have the same entries.
    pub(super) fn new(
        old: &PlannedCertificate,
        new: &PlannedCertificate,
        has_same_list: bool,
    ) -> Option<Self> {
        let has_same_san = has_same_san(old, new, has_same_list);
        if has_same_san && old.key() == new.key() {
            return None;
        }
        let mut reissue = Self {
            old: old.clone(),
            new: new.clone(),
            is_reordered: false,
        };
        reissue.is_reordered = !has_same_san
            && old.name_count() == new.name_count()
            && reissue.added().next().is_none()
            && reissue.dropped().next().is_none();
        Some(reissue)
    }

    /// Returns the new certificate.
    #[must_use]
    pub fn certificate(&self) -> &PlannedCertificate {
        &self.new
    }

    /// Returns the SAN entries that the certificate gains, in order.
    pub fn added(&self) -> impl Iterator<Item = SanName> + '_ {
        self.new.names().filter(|name| !self.old.has_entry(name))
    }

    /// Returns the SAN entries that the certificate loses, in order.
    pub fn dropped(&self) -> impl Iterator<Item = SanName> + '_ {
        self.old.names().filter(|name| !self.new.has_entry(name))
    }

    /// Returns `true` if the SAN keeps its entries in another order (D12).
    #[must_use]
    pub fn is_reordered(&self) -> bool {
        self.is_reordered
    }

    /// Returns the old and the new kind of the key if they differ.
    #[must_use]
    pub fn key_change(&self) -> Option<(KeyKind, KeyKind)> {
        let (from, to) = (self.old.key(), self.new.key());
        (from != to).then_some((from, to))
    }

    /// Returns the reasons of the JSON document.
    fn reasons(&self) -> Vec<ReissueReason> {
        let (added, dropped): (Vec<_>, Vec<_>) = (self.added().collect(), self.dropped().collect());
        let reordered = self.is_reordered.then_some(ReissueReason::Reordered);
        let added = (!added.is_empty()).then_some(ReissueReason::Added(added));
        let dropped = (!dropped.is_empty()).then_some(ReissueReason::Dropped(dropped));
        let key = self
            .key_change()
            .map(|(from, to)| ReissueReason::Key { from, to });
        [reordered, added, dropped, key]
            .into_iter()
            .flatten()
            .collect()
    }
}

/// Returns `true` if the certificates contain the same names in the same order. Lists do not contain the subject, which
/// changes if a Front End moves to another pool.
fn has_same_san(old: &PlannedCertificate, new: &PlannedCertificate, has_same_list: bool) -> bool {
    let has_same_parts = has_same_list && old.subject() == new.subject();
    old.includes_subject() == new.includes_subject()
        && old.name_count() == new.name_count()
        && (has_same_parts || old.names().eq(new.names()))
}

/// A reason for a reissue in the JSON document.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum ReissueReason {
    Reordered,
    Added(Vec<SanName>),
    Dropped(Vec<SanName>),
    Key { from: KeyKind, to: KeyKind },
}

impl Serialize for Reissue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename = "Reissue")]
        struct ReissueJson<'a> {
            certificate: &'a PlannedCertificate,
            reasons: Vec<ReissueReason>,
        }

        let json = ReissueJson {
            certificate: &self.new,
            reasons: self.reasons(),
        };
        json.serialize(serializer)
    }
}
