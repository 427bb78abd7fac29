//! Revocation along a path (RFC 5280 §6.3), by the CRLs that the caller supplied.

use std::cmp::Reverse;
use std::collections::HashMap;

use time::OffsetDateTime;

use super::issuer_crls::{IssuerCrls, RevocationStatus, SuppliedCrl};
use super::path::Path;
use super::webpki::{CrlError, ParsedCrl};
use crate::text::Timestamp;
use crate::x509::{Certificate, ComparableName, Crl, RevocationReason};

/// The CRLs of one audit.
///
/// Signatures are verified only with the keys of the issuers on a path, so that other certificates with the name of an
/// issuer cost nothing.
pub(in crate::audit) struct Revocation<'a> {
    at: OffsetDateTime,
    /// Every CRL by the name of its issuer, newest first.
    by_issuer: HashMap<&'a ComparableName, Vec<SuppliedCrl<'a>>>,
    /// The CRLs that webpki checks too.
    parsed: Vec<ParsedCrl<'a>>,
}

/// What the CRLs say about a path.
pub(in crate::audit) enum PathRevocation {
    NotRevoked,
    Revoked,
    /// A CRL whose signature cannot be verified lists a certificate of the path.
    NotJudged,
}

impl<'a> Revocation<'a> {
    /// Selects the CRLs that count at the time `at`. Indirect CRLs, those with an unknown critical extension or a
    /// contradictory scope, and those that are not yet valid are ignored.
    pub(in crate::audit) fn new(crls: &'a [Crl], at: OffsetDateTime) -> Self {
        let mut newest_first: Vec<&Crl> = crls.iter().collect();
        newest_first.sort_by_key(|crl| Reverse(crl.this_update()));
        let mut by_issuer: HashMap<&ComparableName, Vec<SuppliedCrl<'a>>> = HashMap::new();
        let mut parsed = Vec::new();
        for crl in newest_first {
            let same_issuer = by_issuer.entry(crl.comparable_issuer()).or_default();
            let is_newest = same_issuer.is_empty();
            let read = ParsedCrl::new(crl);
            let ignored = ignored_reason(crl, &read, at);
            same_issuer.push(SuppliedCrl::new(crl, ignored));
            // webpki does not know that a newer CRL lifts a hold.
            if let Ok(read) = read
                && ignored.is_none()
                && (is_newest || !has_holds(crl))
            {
                parsed.push(read);
            }
        }
        Self {
            at,
            by_issuer,
            parsed,
        }
    }

    /// Returns `true` if the caller supplied any CRL.
    pub(in crate::audit) fn has_crls(&self) -> bool {
        !self.by_issuer.is_empty()
    }

    /// Returns the CRLs that webpki checks too.
    pub(super) fn parsed(&self) -> &[ParsedCrl<'a>] {
        &self.parsed
    }

    /// Returns what the CRLs say about the certificates of `path` below its root.
    pub(super) fn of_path(&self, path: &Path<'_>) -> PathRevocation {
        let mut of_path = PathRevocation::NotRevoked;
        for (certificate, issuer) in path.issued() {
            match self.status(certificate, issuer) {
                RevocationStatus::Revoked(_) => return PathRevocation::Revoked,
                RevocationStatus::NotJudged(..) => of_path = PathRevocation::NotJudged,
                RevocationStatus::NotRevoked | RevocationStatus::Unknown => {}
            }
        }
        of_path
    }

    /// Returns the revocation status of `certificate`, which `issuer` issued.
    pub(in crate::audit) fn status(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> RevocationStatus<'a> {
        self.crls_of(issuer).status(certificate)
    }

    /// Returns, for each supplied CRL with the name of `issuer`, the reason why it does not give the status of
    /// `certificate`: "the CRL of 2026-11-20T00:00:00Z does not verify with the key of that CA".
    pub(in crate::audit) fn unknown_reasons(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Vec<String> {
        let reasons = self.crls_of(issuer).unknown_reasons(certificate);
        let reason = |(crl, reason): (&Crl, String)| {
            format!("the CRL of {} {reason}", Timestamp(crl.this_update()))
        };
        reasons.into_iter().map(reason).collect()
    }

    /// Returns the CRLs with the name of `issuer`.
    fn crls_of<'r>(&'r self, issuer: &'r Certificate) -> IssuerCrls<'r, 'a> {
        let same_name = if self.has_crls() {
            let name = issuer.comparable_subject();
            name.and_then(|name| self.by_issuer.get(&name))
        } else {
            None
        };
        IssuerCrls::new(issuer, same_name.map_or(&[], Vec::as_slice), self.at)
    }
}

/// Returns the reason why a CRL does not count, whoever signed it, as a predicate.
fn ignored_reason(
    crl: &Crl,
    read: &Result<ParsedCrl<'_>, CrlError>,
    at: OffsetDateTime,
) -> Option<&'static str> {
    if let Some(reason) = crl.unusable_reason() {
        Some(reason)
    } else if matches!(read, Err(CrlError::OtherScope)) {
        Some("is an indirect CRL, or has an unknown critical extension")
    } else if !crl.is_valid_yet(at) {
        Some("is not yet valid")
    } else {
        None
    }
}

fn has_holds(crl: &Crl) -> bool {
    let mut entries = crl.revoked().iter();
    entries.any(|entry| entry.reason == Some(RevocationReason::CertificateHold))
}

#[cfg(test)]
mod tests {
    use time::{Duration, OffsetDateTime};

    use super::Revocation;
    use crate::audit::TrustStore;
    use crate::audit::trust_store::EndEntity;
    use crate::issue::{TestCa, TestCaOptions};
    use crate::x509::{Certificate, Crl};

    impl Revocation<'_> {
        fn signatures(&self) -> usize {
            let supplied = self.by_issuer.values().flatten();
            supplied.map(|supplied| supplied.signatures()).sum()
        }
    }

    /// A server may present thousands of CA certificates with the name of the CRL's issuer.
    #[test]
    fn namesakes_of_the_issuer_cost_no_signatures_of_crls() {
        let at = OffsetDateTime::UNIX_EPOCH + Duration::days(20_000);
        let options = TestCaOptions::valid_from(at - Duration::DAY);
        let ca = |name: &str| TestCa::with_options(name, &options).unwrap();
        let own = ca("Contoso Test CA");
        let issued = own.issue_names(["um1.contoso.com"]).unwrap();
        let namesakes: Vec<Certificate> = (0..40)
            .flat_map(|_| ca("Contoso Test CA").intermediates().to_vec())
            .collect();
        assert_eq!(namesakes[0].subject(), own.intermediates()[0].subject());
        let crls: Vec<Crl> = own.crls(at, []).unwrap();
        let mut counts = Vec::new();
        for namesakes in [&[][..], &namesakes] {
            let revocation = Revocation::new(&crls, at);
            let end_entity = issued.chain().certificates().next().unwrap();
            let presented = issued.chain().intermediates().chain(namesakes);
            let path = TrustStore::from(own.roots())
                .find_path(
                    &EndEntity::new(end_entity).unwrap(),
                    &presented.collect::<Vec<_>>(),
                    &revocation,
                    at,
                    &|_| true,
                )
                .map(|path| path.certificates().len());
            assert_eq!(path, Ok(3));
            counts.push(revocation.signatures());
        }
        assert_eq!(counts, [2, 2]);
    }
}
