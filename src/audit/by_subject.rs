//! Certificates by their subjects.

use std::collections::HashMap;

use crate::x509::Certificate;

/// Certificates by raw subject (D29), to find issuers in.
#[derive(Debug, Default)]
pub(super) struct BySubject(HashMap<Vec<u8>, Vec<Certificate>>);

impl BySubject {
    /// Adds it behind those of the same subject.
    pub(super) fn add(&mut self, certificate: &Certificate) {
        self.of_its_name(certificate).push(certificate.clone());
    }

    /// The same, once.
    pub(super) fn add_new(&mut self, certificate: &Certificate) {
        let known = self.of_its_name(certificate);
        if !known.contains(certificate) {
            known.push(certificate.clone());
        }
    }

    fn of_its_name(&mut self, certificate: &Certificate) -> &mut Vec<Certificate> {
        let subject = certificate.raw_subject().to_vec();
        self.0.entry(subject).or_default()
    }

    /// Those whose subject is the issuer of `certificate`, in the order in which they were added.
    pub(super) fn issuers_of(&self, certificate: &Certificate) -> &[Certificate] {
        match self.0.get(certificate.raw_issuer()) {
            Some(issuers) => issuers,
            None => &[],
        }
    }

    /// All of them, in no order.
    pub(super) fn certificates(&self) -> Vec<&Certificate> {
        let mut all = Vec::new();
        for of_one_name in self.0.values() {
            all.extend(of_one_name);
        }
        all
    }
}
