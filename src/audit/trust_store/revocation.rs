//! Revocation along a path (RFC 5280 §6.3), by the CRLs that the caller gave.

use webpki::{
    BorrowedCertRevocationList, CertRevocationList, Error, RevocationOptions,
    RevocationOptionsBuilder, UnknownStatusPolicy,
};

use crate::date::Date;
use crate::sort::count_before;
use crate::x509::{Certificate, Crl, RevokedCertificate};

/// The CRLs that can be used, and for which issuers.
#[derive(Default)]
pub(in crate::audit) struct Revocation<'a> {
    given: &'a [Crl],
    lists: Vec<List<'a>>,
    parsed: Vec<CertRevocationList<'a>>,
}

/// A CRL and a known certificate whose key verifies it.
struct List<'a> {
    crl: &'a Crl,
    signer: &'a Certificate,
}

/// The CRL by which a certificate is revoked, and what that says of it.
pub(in crate::audit) struct Found<'a> {
    pub(in crate::audit) crl: &'a Crl,
    pub(in crate::audit) entry: &'a RevokedCertificate,
}

impl<'a> Revocation<'a> {
    /// The CRLs among `crls` that one of the `known` certificates signed, the newest first. Indirect ones
    /// and such with unknown critical extensions are left out: they speak for nothing.
    pub(in crate::audit) fn new(crls: &'a [Crl], known: &[&'a Certificate]) -> Self {
        let mut usable = Self {
            given: crls,
            ..Self::default()
        };
        for crl in &newest_first(crls) {
            let signers = signers(crl, known);
            if signers.is_empty() || crl.unusable_reason().is_some() {
                continue;
            }
            match BorrowedCertRevocationList::from_der(crl.der()) {
                // What was on hold and counts again stands in the whole CRL still.
                Ok(_) if is_lifted_from(crl, crls) => {}
                Ok(parsed) => usable.parsed.push(parsed.into()),
                // What it lists is not simply what its issuer revoked.
                Err(Error::UnsupportedIndirectCrl | Error::UnsupportedCriticalExtension) => {
                    continue;
                }
                // Of version 1, say, a delta, or without the extensions that RFC 5280 §5.2 asks for.
                Err(_) => {}
            }
            for signer in &signers {
                usable.lists.push(List { crl, signer });
            }
        }
        usable
    }

    /// What webpki says with these CRLs. Where it says no for another reason than these, what it says
    /// without: it gives up on a CRL of a namesake of the issuer, and on one signed with SHA-1. `verify` is
    /// to ask [`revoked_by`](Self::revoked_by) of each path.
    pub(super) fn with_options(
        &self,
        verify: &dyn Fn(Option<RevocationOptions<'_>>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut crls: Vec<&CertRevocationList<'_>> = Vec::with_capacity(self.parsed.len());
        for crl in &self.parsed {
            crls.push(crl);
        }
        let Ok(options) = RevocationOptionsBuilder::new(&crls) else {
            return verify(None);
        };
        let options = options.with_status_policy(UnknownStatusPolicy::Allow);
        match verify(Some(options.build())) {
            Err(Error::CertRevoked) => Err(Error::CertRevoked),
            Err(_) => verify(None),
            verdict => verdict,
        }
    }

    /// What the newest CRL of `issuer` that lists `certificate` says of it, where that revokes it.
    pub(in crate::audit) fn revoked_by(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Option<Found<'a>> {
        for List { crl, signer } in &self.lists {
            if *signer == issuer
                && let Some(entry) = crl.entry(certificate)
            {
                return match crl.removes_hold(entry) {
                    true => None,
                    false => Some(Found { crl, entry }),
                };
            }
        }
        None
    }

    /// Whether a CRL that `issuer` signed says of `certificate` that it counts, or that it does not.
    pub(in crate::audit) fn speaks_for(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> bool {
        for List { crl, signer } in &self.lists {
            if *signer == issuer
                && (crl.entry(certificate).is_some()
                    || crl.out_of_scope_reason(certificate).is_none())
            {
                return true;
            }
        }
        false
    }

    /// What keeps each CRL of the name of `issuer` from speaking for `certificate`: "that of
    /// 2026-11-20T00:00:00Z does not verify under the key of that CA".
    pub(in crate::audit) fn silent(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Vec<String> {
        let mut silent = Vec::new();
        for crl in self.given {
            if crl.issuer_matches(issuer)
                && let Some(why) = why_silent(crl, certificate, issuer)
            {
                silent.push(format!("that of {} {why}", Date(crl.this_update())));
            }
        }
        silent
    }
}

/// What keeps a CRL of the name of `issuer` from speaking for `certificate`.
fn why_silent(crl: &Crl, certificate: &Certificate, issuer: &Certificate) -> Option<&'static str> {
    match crl {
        it if it.unusable_reason().is_some() => it.unusable_reason(),
        _ if !may_sign(issuer) => Some("is of a CA whose key usage lacks the signing of CRLs"),
        it if !it.is_signed_by(issuer) => Some("does not verify under the key of that CA"),
        it => it.out_of_scope_reason(certificate),
    }
}

/// Those of one time in their order. A CRL costs a signature or more, so that to move the older ones along
/// costs nothing.
fn newest_first(crls: &[Crl]) -> Vec<&Crl> {
    let mut newest: Vec<&Crl> = Vec::new();
    for crl in crls {
        let place = count_before(&newest, |it| it.this_update() >= crl.this_update());
        newest.insert(place, crl);
    }
    newest
}

/// Whether a delta CRL among `crls` of the issuer of `crl` says of a certificate that it counts again.
fn is_lifted_from(crl: &Crl, crls: &[Crl]) -> bool {
    for delta in crls {
        if delta.is_delta() && delta.has_same_issuer(crl) {
            for entry in delta.revoked() {
                if delta.removes_hold(entry) {
                    return true;
                }
            }
        }
    }
    false
}

fn may_sign(certificate: &Certificate) -> bool {
    match certificate.key_usage() {
        Some(usage) => usage.crl_sign,
        None => true,
    }
}

/// The known certificates that may sign CRLs (RFC 5280 §4.2.1.3) and signed this one.
fn signers<'a>(crl: &Crl, known: &[&'a Certificate]) -> Vec<&'a Certificate> {
    let mut signers: Vec<&Certificate> = Vec::new();
    for certificate in known {
        if may_sign(certificate) && !signers.contains(certificate) && crl.is_signed_by(certificate)
        {
            signers.push(certificate);
        }
    }
    signers
}
