//! The entries of a root store: usable roots, unusable entries and duplicates.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::signature_memory::SignatureMemory;
use super::webpki::Roots;
use crate::x509::{Certificate, MalformedError, ReadError, SkippedSection};

/// What a store was created from.
#[derive(Debug, Default)]
pub(super) struct Entries {
    /// Number of entries, with unusable ones and duplicates.
    pub(super) count: usize,
    pub(super) roots: Roots,
    /// The roots that are self-signed, once that was asked.
    self_signed: OnceLock<Roots>,
    pub(super) unusable: Vec<UnusableRoot>,
    /// The certificates that occur more than once, each once.
    pub(super) duplicates: Vec<Certificate>,
    /// The parts of the file that were not read.
    pub(super) skipped: Vec<SkippedSection>,
    /// The signatures that were verified on paths to these roots.
    pub(super) signatures: SignatureMemory,
}

/// An entry of a [`TrustStore`](crate::TrustStore) that cannot be read or cannot be a root.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnusableRoot {
    /// The number of the entry, counted from 1 in the order of
    /// [`Chain::from_bytes`](crate::Chain::from_bytes).
    pub entry: usize,
    /// The certificate, if it can be read.
    pub certificate: Option<Certificate>,
    /// The reason.
    pub reason: MalformedError,
}

impl Entries {
    pub(super) fn new(entries: &[Result<Certificate, MalformedError>]) -> Self {
        let mut kept = Self::default();
        let mut occurrences: HashMap<&[u8], usize> = HashMap::new();
        for entry in entries {
            kept.count += 1;
            match entry {
                Ok(certificate) => {
                    let seen = occurrences.entry(certificate.der()).or_default();
                    *seen += 1;
                    match *seen {
                        1 => kept.add(certificate),
                        2 => kept.duplicates.push(certificate.clone()),
                        _ => {}
                    }
                }
                Err(reason) => kept.add_unusable(None, reason.clone()),
            }
        }
        kept
    }

    /// Returns the roots without those that are known not to be self-signed.
    pub(super) fn self_signed(&self) -> &Roots {
        self.self_signed
            .get_or_init(|| self.roots.filter(Certificate::may_be_self_signed))
    }

    fn add(&mut self, certificate: &Certificate) {
        if let Err(error) = self.roots.add(certificate.clone()) {
            let reason = match certificate.unprocessable_encoding() {
                Some(oddity) => format!("it {oddity}"),
                None => error.to_string(),
            };
            let reason = MalformedError::UnusableRoot(reason);
            self.add_unusable(Some(certificate.clone()), reason);
        }
    }

    fn add_unusable(&mut self, certificate: Option<Certificate>, reason: MalformedError) {
        self.unusable.push(UnusableRoot {
            entry: self.count,
            certificate,
            reason,
        });
    }
}

impl UnusableRoot {
    pub(super) fn to_error(&self) -> ReadError {
        ReadError::Malformed {
            entry: self.entry,
            source: self.reason.clone(),
        }
    }
}
