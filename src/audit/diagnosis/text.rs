//! Faults as findings: which certificate, which side, how far past which date.

use time::{Duration, OffsetDateTime};

use super::Fault;
use crate::audit::listed::some;
use crate::audit::report::Side;
use crate::audit::trust_store::{Found, Unknown};
use crate::date::date;
use crate::name::joined;
use crate::x509::{BasicConstraints, Certificate, RevocationReason};

/// What a finding says of a fault of the path of `own`, which these of `all` sides suffer from.
pub(in crate::audit) fn detail(
    fault: &Fault,
    own: &Certificate,
    (sides, all): (&[&Side], usize),
    at: OffsetDateTime,
) -> String {
    let mut detail = clause(fault, own, sides, at);
    if sides.len() < all && !names_sides(fault) {
        detail = format!("{detail}, on the path that {} takes", list(sides));
    }
    match about(fault) {
        Some(certificate) => format!("{detail} ({})", fingerprints(certificate)),
        None => detail,
    }
}

/// Whether its clause says itself which sides suffer from the fault.
fn names_sides(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::MissingIntermediate { .. }
            | Fault::UntrustedRoot { .. }
            | Fault::BadSignature { .. }
            | Fault::PathInvalid(_)
    )
}

/// The certificate that a fault is about, to be told from others of its name.
fn about(fault: &Fault) -> Option<&Certificate> {
    match fault {
        Fault::Expired(it)
        | Fault::NotYetValid(it)
        | Fault::Unverifiable(it)
        | Fault::WeakKey(it)
        | Fault::Sha1Signature(it)
        | Fault::PssSignature(it)
        | Fault::BadSignature {
            certificate: it, ..
        }
        | Fault::Broken {
            certificate: it, ..
        } => Some(it),
        Fault::MissingIntermediate { issuer: it, .. } | Fault::UntrustedRoot { root: it, .. } => {
            it.as_ref()
        }
        // It names it within.
        Fault::Revoked { .. } | Fault::PathInvalid(_) => None,
    }
}

fn clause(fault: &Fault, own: &Certificate, sides: &[&Side], at: OffsetDateTime) -> String {
    match fault {
        Fault::Expired(it) => ended(own, it, at),
        Fault::NotYetValid(it) => begins(own, it, at),
        Fault::MissingIntermediate {
            certificate,
            issuer,
        } => format!(
            "{} was issued by {}, which the server does not present and {}{}",
            whose(own, certificate),
            certificate.issuer(),
            nobody(sides, "holds as a root", "does not hold as a root"),
            match issuer {
                Some(_) => "; another server presents it",
                None => "",
            },
        ),
        Fault::UntrustedRoot {
            name, namesakes, ..
        } => untrusted_root(name, namesakes, sides),
        Fault::BadSignature {
            certificate,
            issuers,
            signer,
        } => {
            let detail = bad_signature(own, certificate, issuers, sides);
            match signer {
                Some(signer) => format!("{detail}; it was signed with {}", fingerprints(signer)),
                None => detail,
            }
        }
        Fault::Unverifiable(it) => format!(
            "{} is signed with {}, which no side accepts (RFC 5280 §6.1.3)",
            whose(own, it),
            it.signature_algorithm(),
        ),
        Fault::WeakKey(it) => format!(
            "{} has the key {}, which is too weak",
            whose(own, it),
            it.public_key(),
        ),
        Fault::Sha1Signature(it) | Fault::PssSignature(it) => format!(
            "{} is signed with {}",
            whose(own, it),
            it.signature_algorithm(),
        ),
        Fault::Revoked { certificate, by } => {
            let whose = whose(own, certificate);
            format!("{whose} ({}) was revoked {by}", fingerprints(certificate))
        }
        Fault::Broken { certificate, why } => format!("{} {why}", whose(own, certificate)),
        Fault::PathInvalid(fault) => format!("{} cannot trust its chain: {fault}", list(sides)),
    }
}

fn ended(own: &Certificate, certificate: &Certificate, at: OffsetDateTime) -> String {
    format!(
        "{} ended on {}, {} before the audit",
        whose(own, certificate),
        date(certificate.not_after()),
        days(at - certificate.not_after()),
    )
}

fn begins(own: &Certificate, certificate: &Certificate, at: OffsetDateTime) -> String {
    format!(
        "{} begins on {}, {} after the audit",
        whose(own, certificate),
        date(certificate.not_before()),
        days(certificate.not_before() - at),
    )
}

fn untrusted_root(name: &str, namesakes: &[Certificate], sides: &[&Side]) -> String {
    let held = nobody(sides, "holds", "does not hold");
    let detail = format!("its chain ends in the root {name}, which {held}");
    match namesakes.first() {
        None => detail,
        Some(namesake) => format!(
            "{detail}: the root of that name there has another key, {}",
            fingerprints(namesake),
        ),
    }
}

/// "on 2026-11-01T00:00:00Z (key compromise), says the CRL of CN=… of 2026-11-20T00:00:00Z".
pub(super) fn revoked(found: &Found<'_, '_>) -> String {
    let reason = match found.entry.reason {
        Some(reason) => format!(" ({})", reason_text(reason)),
        None => String::new(),
    };
    format!(
        "on {}{reason}, says the CRL of {} of {}",
        date(found.entry.at),
        found.crl.issuer(),
        date(found.crl.this_update()),
    )
}

/// "none of the CRLs given is one of CN=…, which issued its certificate", or what those of it lack.
pub(in crate::audit) fn unknown(unknown: &Unknown<'_, '_>, own: &Certificate) -> String {
    let issuer = unknown.certificate.issuer();
    let whose = whose(own, unknown.certificate);
    if unknown.silent.is_empty() {
        return format!("none of the CRLs given is one of {issuer}, which issued {whose}");
    }
    let mut silent = Vec::new();
    for (crl, why) in &unknown.silent {
        silent.push(format!("that of {} {why}", date(crl.this_update())));
    }
    format!(
        "none of the CRLs given says whether {issuer}, which issued {whose}, revoked it: {}",
        some(&silent, "; "),
    )
}

fn reason_text(reason: RevocationReason) -> &'static str {
    match reason {
        RevocationReason::KeyCompromise => "key compromise",
        RevocationReason::CaCompromise => "CA compromise",
        RevocationReason::AffiliationChanged => "affiliation changed",
        RevocationReason::Superseded => "superseded",
        RevocationReason::CessationOfOperation => "cessation of operation",
        RevocationReason::CertificateHold => "certificate hold",
        RevocationReason::PrivilegeWithdrawn => "privilege withdrawn",
        RevocationReason::RemoveFromCrl => "remove from CRL",
    }
}

fn bad_signature(
    own: &Certificate,
    certificate: &Certificate,
    issuers: &[Certificate],
    sides: &[&Side],
) -> String {
    if issuers.iter().all(|issuer| issuer == certificate) {
        return format!(
            "{} names itself ({}) as its issuer, and its own key does not verify its signature: it was changed or forged, or its issuer of the same name is not there",
            whose(own, certificate),
            certificate.subject(),
        );
    }
    let mut each = Vec::new();
    for issuer in issuers {
        each.push(fingerprints(issuer));
    }
    format!(
        "the signature of {} does not verify under the key of the issuer {} that is at hand for {}: {}",
        whose(own, certificate),
        certificate.issuer(),
        list(sides),
        some(&each, "; "),
    )
}

/// "its certificate", or which other certificate of the path.
pub(in crate::audit) fn whose(own: &Certificate, certificate: &Certificate) -> String {
    if certificate == own {
        return "its certificate".to_owned();
    }
    match certificate.basic_constraints() {
        BasicConstraints::Ca => format!("the CA certificate {}", certificate.subject()),
        _ => format!("the certificate {}", certificate.subject()),
    }
}

/// The subject, and the fingerprints by which one is told from another of the same subject.
pub(in crate::audit) fn identified(certificate: &Certificate) -> String {
    format!("{} ({})", certificate.subject(), fingerprints(certificate))
}

/// Both fingerprints: the one that Windows shows, and the one to rely on.
pub(in crate::audit) fn fingerprints(certificate: &Certificate) -> String {
    format!(
        "thumbprint {}, SHA-256 {}",
        certificate.thumbprint(),
        certificate.sha256_fingerprint(),
    )
}

/// "neither Lync nor Exchange (contoso.com) holds", or "Lync does not hold" for one side alone.
fn nobody(sides: &[&Side], several: &str, one: &str) -> String {
    match sides {
        [] | [_] => format!("{} {one}", list(sides)),
        sides => {
            format!("neither {} {several}", joined(sides, " nor "))
        }
    }
}

fn list(sides: &[&Side]) -> String {
    joined(sides, " and ")
}

/// "53 days".
pub(in crate::audit) fn days(duration: Duration) -> String {
    match duration.whole_days() {
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}
