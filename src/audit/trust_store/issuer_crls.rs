//! The revocation status of a certificate, by the CRLs of its issuer (RFC 5280 §6.3.3).

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;

use crate::text::quote_if_oid;
use crate::x509::{Certificate, Crl, RevocationReason, RevokedCertificate, SignatureCheck};

/// Maximum number of signatures of CRLs that are verified for the status of one certificate.
const MAX_SIGNATURES: usize = 256;

/// The revocation status of a certificate.
pub(in crate::audit) enum RevocationStatus<'a> {
    /// A CRL covers the certificate, and no CRL revokes it.
    NotRevoked,
    /// A CRL revokes the certificate.
    Revoked(RevokedBy<'a>),
    /// A CRL lists the certificate, and its signature cannot be verified. Contains the entry and the reason, as a
    /// predicate of the CRL.
    NotJudged(RevokedBy<'a>, String),
    /// No CRL gives a status.
    Unknown,
}

/// The CRL entry that revokes a certificate.
pub(in crate::audit) struct RevokedBy<'a> {
    pub(in crate::audit) crl: &'a Crl,
    pub(in crate::audit) entry: &'a RevokedCertificate,
}

/// A CRL that the caller supplied, and the results of verifying its signature.
pub(super) struct SuppliedCrl<'a> {
    pub(super) crl: &'a Crl,
    /// The reason why the CRL does not count, whoever signed it, as a predicate.
    pub(super) ignored: Option<&'static str>,
    /// The results by public key.
    checks: Mutex<HashMap<Vec<u8>, SignatureCheck>>,
}

impl<'a> SuppliedCrl<'a> {
    pub(super) fn new(crl: &'a Crl, ignored: Option<&'static str>) -> Self {
        Self {
            crl,
            ignored,
            checks: Mutex::default(),
        }
    }

    /// Returns the number of signatures that were verified.
    #[cfg(test)]
    pub(super) fn signatures(&self) -> usize {
        self.checks.lock().unwrap().len()
    }

    fn check_signature(&self, issuer: &Certificate) -> SignatureCheck {
        let mut checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        let key = issuer.raw_public_key();
        if let Some(check) = checks.get(key) {
            return *check;
        }
        let check = self.crl.check_signature(issuer);
        checks.insert(key.to_vec(), check);
        check
    }
}

/// Whether the issuer signed a CRL.
enum CrlCheck {
    Valid,
    Invalid,
    Unverifiable,
    /// The limit of signatures was reached before.
    Unchecked,
}

/// The CRLs with the name of one issuer, newest first, for the status of one certificate.
pub(super) struct IssuerCrls<'r, 'a> {
    issuer: &'r Certificate,
    /// Every CRL with that name.
    supplied: &'r [SuppliedCrl<'a>],
    at: OffsetDateTime,
    signatures_left: Cell<usize>,
}

impl<'r, 'a> IssuerCrls<'r, 'a> {
    pub(super) fn new(
        issuer: &'r Certificate,
        supplied: &'r [SuppliedCrl<'a>],
        at: OffsetDateTime,
    ) -> Self {
        Self {
            issuer,
            supplied,
            at,
            signatures_left: Cell::new(MAX_SIGNATURES),
        }
    }

    /// Returns the status of `certificate`, which has the name of this issuer.
    pub(super) fn status(&self, certificate: &Certificate) -> RevocationStatus<'a> {
        let mut not_judged = None;
        for supplied in self.counting() {
            let crl = supplied.crl;
            let Some(entry) = revoking_entry(crl, certificate) else {
                continue;
            };
            let check = self.check(supplied);
            if matches!(check, CrlCheck::Invalid) || self.is_lifted(crl, entry, certificate) {
                continue;
            }
            let revoked_by = RevokedBy { crl, entry };
            match self.unverified_reason(crl, &check) {
                None => return RevocationStatus::Revoked(revoked_by),
                Some(reason) => {
                    not_judged.get_or_insert(RevocationStatus::NotJudged(revoked_by, reason));
                }
            }
        }
        if let Some(not_judged) = not_judged {
            return not_judged;
        }
        let covers = |supplied: &SuppliedCrl<'_>| {
            supplied.crl.out_of_scope_reason(certificate).is_none() && self.is_signed(supplied)
        };
        if self.counting().any(covers) {
            RevocationStatus::NotRevoked
        } else {
            RevocationStatus::Unknown
        }
    }

    /// Returns, for each CRL, the reason why it does not give the status of `certificate`, as a predicate: "does not
    /// verify with the key of that CA".
    pub(super) fn unknown_reasons(&self, certificate: &Certificate) -> Vec<(&'a Crl, String)> {
        let reasons = self.supplied.iter().filter_map(|supplied| {
            let reason = self.unknown_reason(supplied, certificate)?;
            Some((supplied.crl, reason))
        });
        reasons.collect()
    }

    fn unknown_reason(
        &self,
        supplied: &SuppliedCrl<'_>,
        certificate: &Certificate,
    ) -> Option<String> {
        if let Some(reason) = supplied.ignored {
            return Some(reason.to_owned());
        }
        if !may_sign_crls(self.issuer) {
            return Some("is of a CA whose key usage does not allow signing CRLs".to_owned());
        }
        let reason = self.unverified_reason(supplied.crl, &self.check(supplied));
        reason.or_else(|| {
            let reason = supplied.crl.out_of_scope_reason(certificate);
            reason.map(str::to_owned)
        })
    }

    /// Returns the CRLs that count if the issuer signed them. A CA whose key usage lacks cRLSign may not sign any (RFC
    /// 5280 §4.2.1.3).
    fn counting(&self) -> impl Iterator<Item = &'r SuppliedCrl<'a>> {
        let supplied = if may_sign_crls(self.issuer) {
            self.supplied
        } else {
            &[]
        };
        supplied
            .iter()
            .filter(|supplied| supplied.ignored.is_none())
    }

    /// Returns `true` if a newer CRL says that `entry`, a hold in `crl`, is over. No other revocation ends (RFC 5280
    /// §5.3.1).
    fn is_lifted(&self, crl: &Crl, entry: &RevokedCertificate, certificate: &Certificate) -> bool {
        entry.reason == Some(RevocationReason::CertificateHold)
            && self.counting().any(|newer| {
                newer.crl.supersedes(crl)
                    && !newer.crl.is_expired(self.at)
                    && self.releases(newer.crl, certificate)
                    && self.is_signed(newer)
            })
    }

    /// Returns `true` if `certificate` is not on hold according to `crl`: a complete CRL that covers and does not list
    /// it, or a delta CRL that removes it from a complete CRL at hand (RFC 5280 §5.2.4).
    fn releases(&self, crl: &Crl, certificate: &Certificate) -> bool {
        let entries = crl.entries(certificate);
        if !crl.is_delta() {
            return entries.is_empty() && crl.out_of_scope_reason(certificate).is_none();
        }
        !entries.is_empty()
            && entries.iter().all(|entry| crl.removes_hold(entry))
            && self
                .counting()
                .any(|complete| crl.is_based_on(complete.crl) && self.is_signed(complete))
    }

    fn is_signed(&self, supplied: &SuppliedCrl<'_>) -> bool {
        matches!(self.check(supplied), CrlCheck::Valid)
    }

    /// Checks the signature of a CRL. Results that are known already count too, so that the limit does not depend on
    /// other certificates.
    fn check(&self, supplied: &SuppliedCrl<'_>) -> CrlCheck {
        let Some(left) = self.signatures_left.get().checked_sub(1) else {
            return CrlCheck::Unchecked;
        };
        self.signatures_left.set(left);
        match supplied.check_signature(self.issuer) {
            SignatureCheck::Valid => CrlCheck::Valid,
            SignatureCheck::Invalid => CrlCheck::Invalid,
            SignatureCheck::Unverifiable => CrlCheck::Unverifiable,
        }
    }

    /// Returns the reason why `crl` does not count as signed by the issuer, as a predicate.
    fn unverified_reason(&self, crl: &Crl, check: &CrlCheck) -> Option<String> {
        match check {
            CrlCheck::Valid => None,
            CrlCheck::Invalid => Some("does not verify with the key of that CA".to_owned()),
            CrlCheck::Unverifiable => Some(format!(
                "has a signature that this crate cannot verify: {} ({})",
                quote_if_oid(crl.signature_algorithm()),
                self.issuer.public_key(),
            )),
            CrlCheck::Unchecked => Some(format!(
                "was not verified: only {MAX_SIGNATURES} signatures of CRLs are checked for each certificate"
            )),
        }
    }
}

/// Returns the entry that revokes `certificate`: one for good rather than a hold, if there are several.
fn revoking_entry<'a>(crl: &'a Crl, certificate: &Certificate) -> Option<&'a RevokedCertificate> {
    let entries = crl.entries(certificate).into_iter();
    entries
        .filter(|entry| !crl.removes_hold(entry))
        .min_by_key(|entry| entry.reason == Some(RevocationReason::CertificateHold))
}

fn may_sign_crls(certificate: &Certificate) -> bool {
    certificate.key_usage().is_none_or(|usage| usage.crl_sign)
}
