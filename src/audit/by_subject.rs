//! Certificates by their subjects.

use crate::sort::{count_before, sort_by};
use crate::x509::Certificate;

/// Certificates in the order of their raw subjects (D29), each once, to find issuers in.
#[derive(Debug, Default)]
pub(super) struct BySubject(Vec<Certificate>);

impl BySubject {
    /// Those of one subject keep their order.
    pub(super) fn new(mut certificates: Vec<&Certificate>) -> Self {
        sort_by(&mut certificates, |one, other| {
            one.raw_subject().cmp(other.raw_subject())
        });
        let mut once: Vec<Certificate> = Vec::with_capacity(certificates.len());
        // Where those of the same subject begin.
        let mut start = 0;
        for certificate in certificates {
            match once.get(start) {
                Some(first) if first.raw_subject() == certificate.raw_subject() => {}
                _ => start = once.len(),
            }
            let namesakes = once.get(start..).unwrap_or_default();
            if !namesakes.contains(certificate) {
                once.push(certificate.clone());
            }
        }
        Self(once)
    }

    /// Those whose subject is the issuer of `certificate`, in the order in which they were given.
    pub(super) fn issuers_of(&self, certificate: &Certificate) -> &[Certificate] {
        let name = certificate.raw_issuer();
        let start = count_before(&self.0, |it| it.raw_subject() < name);
        let mut end = start;
        while let Some(issuer) = self.0.get(end)
            && issuer.raw_subject() == name
        {
            end += 1;
        }
        self.0.get(start..end).unwrap_or_default()
    }

    /// All of them.
    pub(super) fn certificates(&self) -> &[Certificate] {
        &self.0
    }
}
