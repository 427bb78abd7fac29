//! Certificates by their subjects.

use crate::index::Index;
use crate::x509::Certificate;

/// Certificates by raw subject (D29), to find issuers in.
#[derive(Debug, Default)]
pub(super) struct BySubject {
    index: Index,
    /// Those of one subject together.
    groups: Vec<Vec<Certificate>>,
}

impl BySubject {
    /// Adds it behind those of the same subject.
    pub(super) fn add(&mut self, certificate: &Certificate) {
        if let Some(group) = self.of_its_name(certificate) {
            group.push(certificate.clone());
        }
    }

    /// The same, once.
    pub(super) fn add_new(&mut self, certificate: &Certificate) {
        if let Some(group) = self.of_its_name(certificate)
            && !group.contains(certificate)
        {
            group.push(certificate.clone());
        }
    }

    /// The group that it belongs to, new or not. There always is one.
    fn of_its_name(&mut self, certificate: &Certificate) -> Option<&mut Vec<Certificate>> {
        let (groups, next) = (&self.groups, self.groups.len());
        let subject = certificate.raw_subject();
        let known = self.index.insert(subject, next, &|it| key(groups, it));
        if known.is_none() {
            self.groups.push(Vec::new());
        }
        self.groups.get_mut(known.unwrap_or(next))
    }

    /// Those whose subject is the issuer of `certificate`, in the order in which they were added.
    pub(super) fn issuers_of(&self, certificate: &Certificate) -> &[Certificate] {
        let issuer = certificate.raw_issuer();
        let place = self.index.find(issuer, &|it| key(&self.groups, it));
        match place.and_then(|it| self.groups.get(it)) {
            Some(issuers) => issuers,
            None => &[],
        }
    }

    /// All of them: subjects in the order in which they first came.
    pub(super) fn certificates(&self) -> Vec<&Certificate> {
        let mut all = Vec::new();
        for of_one_name in &self.groups {
            all.extend(of_one_name);
        }
        all
    }
}

/// The subject of a group.
fn key(groups: &[Vec<Certificate>], place: usize) -> Option<&[u8]> {
    Some(groups.get(place)?.first()?.raw_subject())
}
