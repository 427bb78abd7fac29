//! Revocation along a path (RFC 5280 §6.3), by the CRLs that the caller supplied.

use std::cmp::Reverse;

use super::path::Path;
use super::webpki::{CrlError, ParsedCrl};
use crate::text::Timestamp;
use crate::x509::{Certificate, Crl, RevokedCertificate};

/// The CRLs of one audit, and the issuers for which each counts.
#[derive(Default)]
pub(in crate::audit) struct Revocation<'a> {
    supplied: &'a [Crl],
    /// The usable CRLs, the newest first.
    signed: Vec<SignedCrl<'a>>,
    /// The usable CRLs that webpki reads too.
    parsed: Vec<ParsedCrl<'a>>,
}

/// A CRL and a certificate whose key verifies its signature.
struct SignedCrl<'a> {
    crl: &'a Crl,
    signer: &'a Certificate,
}

/// The CRL entry that revokes a certificate.
pub(in crate::audit) struct RevokedBy<'a> {
    pub(in crate::audit) crl: &'a Crl,
    pub(in crate::audit) entry: &'a RevokedCertificate,
}

impl<'a> Revocation<'a> {
    /// Selects the CRLs that one of the `known` certificates signed. Indirect CRLs, and CRLs with an unknown critical
    /// extension, are ignored.
    pub(in crate::audit) fn new(crls: &'a [Crl], known: &[&'a Certificate]) -> Self {
        let mut newest_first: Vec<&Crl> = crls.iter().collect();
        newest_first.sort_by_key(|crl| Reverse(crl.this_update()));
        let (mut signed, mut parsed) = (Vec::new(), Vec::new());
        for crl in newest_first {
            let signers = signers(crl, known);
            if signers.is_empty() || crl.unusable_reason().is_some() {
                continue;
            }
            match ParsedCrl::new(crl) {
                // webpki does not know that a delta CRL removes an entry of the complete CRL.
                Ok(_) if has_removed_entry(crl, crls) => {}
                Ok(read) => parsed.push(read),
                Err(CrlError::OtherScope) => continue,
                Err(CrlError::Unsupported) => {}
            }
            signed.extend(signers.into_iter().map(|signer| SignedCrl { crl, signer }));
        }
        Self {
            supplied: crls,
            signed,
            parsed,
        }
    }

    /// Returns `true` if the caller supplied any CRL.
    pub(in crate::audit) fn has_crls(&self) -> bool {
        !self.supplied.is_empty()
    }

    /// Returns the usable CRLs that webpki reads.
    pub(super) fn parsed(&self) -> &[ParsedCrl<'a>] {
        &self.parsed
    }

    /// Returns `true` if a certificate of `path` below its root is revoked.
    pub(super) fn rules_out(&self, path: &Path<'_>) -> bool {
        path.issued()
            .any(|(certificate, issuer)| self.revoked_by(certificate, issuer).is_some())
    }

    /// Returns the entry that revokes `certificate`, from the newest CRL of `issuer` that lists it. Returns `None`
    /// if that entry removes the certificate from a complete CRL.
    pub(in crate::audit) fn revoked_by(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Option<RevokedBy<'a>> {
        let mut entries = self.crls_of(issuer).filter_map(|crl| {
            let entry = crl.entry(certificate)?;
            Some(RevokedBy { crl, entry })
        });
        entries
            .next()
            .filter(|found| !found.crl.removes_hold(found.entry))
    }

    /// Returns `true` if a CRL that `issuer` signed gives the status of `certificate`, revoked or not.
    pub(in crate::audit) fn is_status_known(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> bool {
        self.crls_of(issuer).any(|crl| {
            crl.entry(certificate).is_some() || crl.out_of_scope_reason(certificate).is_none()
        })
    }

    /// Returns, for each supplied CRL with the name of `issuer`, the reason why it does not give the status of
    /// `certificate`: "the CRL of 2026-11-20T00:00:00Z does not verify with the key of that CA".
    pub(in crate::audit) fn unknown_reasons(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Vec<String> {
        let same_name = self
            .supplied
            .iter()
            .filter(|crl| crl.issuer_matches(issuer));
        same_name
            .filter_map(|crl| {
                let reason = unknown_reason(crl, certificate, issuer)?;
                Some(format!(
                    "the CRL of {} {reason}",
                    Timestamp(crl.this_update())
                ))
            })
            .collect()
    }

    /// Returns the usable CRLs that `issuer` signed, the newest first.
    fn crls_of(&self, issuer: &Certificate) -> impl Iterator<Item = &'a Crl> {
        let signed = self.signed.iter();
        signed
            .filter(move |signed| signed.signer == issuer)
            .map(|signed| signed.crl)
    }
}

/// Returns the reason why `crl`, which has the name of `issuer`, does not give the status of `certificate`.
fn unknown_reason(
    crl: &Crl,
    certificate: &Certificate,
    issuer: &Certificate,
) -> Option<&'static str> {
    if let Some(reason) = crl.unusable_reason() {
        Some(reason)
    } else if !may_sign_crls(issuer) {
        Some("is of a CA whose key usage does not allow signing CRLs")
    } else if !crl.is_signed_by(issuer) {
        Some("does not verify with the key of that CA")
    } else {
        crl.out_of_scope_reason(certificate)
    }
}

/// Returns `true` if a delta CRL of the same issuer removes an entry of `crl`, or may do so.
fn has_removed_entry(crl: &Crl, crls: &[Crl]) -> bool {
    crls.iter()
        .filter(|delta| delta.is_delta() && delta.has_same_issuer(crl))
        .any(|delta| {
            delta
                .revoked()
                .iter()
                .any(|entry| delta.removes_hold(entry))
        })
}

fn may_sign_crls(certificate: &Certificate) -> bool {
    certificate.key_usage().is_none_or(|usage| usage.crl_sign)
}

/// Returns the known certificates that may sign CRLs (RFC 5280 §4.2.1.3) and signed this one.
fn signers<'a>(crl: &Crl, known: &[&'a Certificate]) -> Vec<&'a Certificate> {
    let mut signers = Vec::new();
    for certificate in known {
        if may_sign_crls(certificate)
            && !signers.contains(certificate)
            && crl.is_signed_by(certificate)
        {
            signers.push(*certificate);
        }
    }
    signers
}
