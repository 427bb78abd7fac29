//! Faults as findings: which certificate, which side, how far past which date.

use std::fmt;

use super::{Fault, Sides};
use crate::audit::listed::Listed;
use crate::audit::trust_store::{Found, PathFault};
use crate::date::{DAY, Date};
use crate::rule::Rule;
use crate::x509::{Certificate, RevocationReason};

/// What a finding says of a fault that these of `all` sides suffer from.
pub(in crate::audit) fn detail(fault: &Fault, sides: &[String], all: usize) -> String {
    let Fault { what, rest, .. } = fault;
    let each = sides.join(" and ");
    let sides = match (fault.sides, sides) {
        (Sides::Each, _) => each,
        (Sides::DoNotHold, [] | [_]) => format!("{each} does not hold"),
        (Sides::DoNotHold, _) => format!("neither {} holds", sides.join(" nor ")),
        (Sides::UnlessAll, _) if sides.len() < all => format!(", on the path that {each} takes"),
        (Sides::UnlessAll | Sides::Never, _) => String::new(),
    };
    format!("{what}{sides}{rest}")
}

/// The issuer of this certificate is not there, and nothing says that it is a root. The issuer, where another
/// server presents it.
pub(super) fn missing_intermediate(
    own: &Certificate,
    certificate: &Certificate,
    issuer: Option<&Certificate>,
) -> Fault {
    let fault = Fault {
        rule: Rule::MissingIntermediate,
        what: format!(
            "{} was issued by {}, which the server does not present and ",
            Whose(own, certificate),
            certificate.issuer(),
        ),
        sides: Sides::DoNotHold,
        rest: match issuer {
            Some(_) => " as a root; another server presents it".to_owned(),
            None => " as a root".to_owned(),
        },
    };
    match issuer {
        Some(issuer) => fault.about(issuer),
        None => fault,
    }
}

/// The path ends in a root of this name that the side does not hold. The root, where it is at hand; and what
/// the side holds under the same name.
pub(super) fn untrusted_root(
    name: &str,
    root: Option<&Certificate>,
    namesake: Option<&Certificate>,
) -> Fault {
    let mut fault = Fault {
        rule: Rule::UntrustedRoot,
        what: format!("its chain ends in the root {name}, which "),
        sides: Sides::DoNotHold,
        rest: String::new(),
    };
    if let Some(namesake) = namesake {
        fault.rest = format!(
            ": the root of that name there has another key, {}",
            Fingerprints(namesake),
        );
    }
    match root {
        Some(root) => fault.about(root),
        None => fault,
    }
}

/// No certificate of its issuer's name, and these are the ones, verifies the signature of this one. The one
/// that does, where somebody else has it.
pub(super) fn bad_signature(
    own: &Certificate,
    certificate: &Certificate,
    issuers: &[&Certificate],
    signer: Option<&Certificate>,
) -> Fault {
    let whose = Whose(own, certificate);
    let mut fault = match issuers {
        [only] if *only == certificate => Fault {
            rule: Rule::BadSignature,
            what: format!(
                "{whose} names itself ({}) as its issuer, and its own key does not verify its signature: it was changed or forged, or its issuer of the same name is not there",
                certificate.subject(),
            ),
            sides: Sides::Never,
            rest: String::new(),
        },
        issuers => {
            let mut each = Vec::new();
            for issuer in issuers {
                each.push(format!("{}", Fingerprints(issuer)));
            }
            Fault {
                rule: Rule::BadSignature,
                what: format!(
                    "the signature of {whose} does not verify under the key of the issuer {} that is at hand for ",
                    certificate.issuer(),
                ),
                sides: Sides::Each,
                rest: format!(": {}", Listed(&each, "; ")),
            }
        }
    };
    if let Some(signer) = signer {
        let signed = format!("; it was signed with {}", Fingerprints(signer));
        fault.rest.push_str(&signed);
    }
    fault.about(certificate)
}

/// A CRL says that a certificate is revoked: "on 2026-11-01T00:00:00Z (key compromise), says the CRL of CN=… of
/// 2026-11-20T00:00:00Z".
pub(super) fn revoked(own: &Certificate, certificate: &Certificate, found: &Found<'_>) -> Fault {
    let reason = match found.entry.reason {
        Some(reason) => format!(" ({})", reason_text(reason)),
        None => String::new(),
    };
    Fault {
        rule: Rule::Revoked,
        what: format!(
            "{} ({}) was revoked on {}{reason}, says the CRL of {} of {}",
            Whose(own, certificate),
            Fingerprints(certificate),
            Date(found.entry.at),
            found.crl.issuer(),
            Date(found.crl.this_update()),
        ),
        sides: Sides::UnlessAll,
        rest: String::new(),
    }
}

/// Something else that webpki found.
pub(super) fn path_invalid(fault: &PathFault) -> Fault {
    Fault {
        rule: Rule::PathInvalid,
        what: String::new(),
        sides: Sides::Each,
        rest: format!(" cannot trust its chain: {fault}"),
    }
}

/// "none of the CRLs given is one of CN=…, which issued its certificate", or what those of it lack.
pub(in crate::audit) fn unknown(
    own: &Certificate,
    certificate: &Certificate,
    silent: &[String],
) -> String {
    let issuer = certificate.issuer();
    let whose = Whose(own, certificate);
    match silent {
        [] => format!("none of the CRLs given is one of {issuer}, which issued {whose}"),
        _ => format!(
            "none of the CRLs given says whether {issuer}, which issued {whose}, revoked it: {}",
            Listed(silent, "; "),
        ),
    }
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

/// "its certificate", or which other certificate of the path it is: first the server's own, and then this one.
pub(in crate::audit) struct Whose<'a>(
    pub(in crate::audit) &'a Certificate,
    pub(in crate::audit) &'a Certificate,
);

impl fmt::Display for Whose<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(own, certificate) = self;
        if certificate == own {
            return f.write_str("its certificate");
        }
        let kind = if certificate.is_ca() {
            "CA certificate"
        } else {
            "certificate"
        };
        write!(f, "the {kind} {}", certificate.subject())
    }
}

/// Both fingerprints, by which one is told from another of the same subject: the one that Windows shows, and
/// the one to rely on.
pub(in crate::audit) struct Fingerprints<'a>(pub(in crate::audit) &'a Certificate);

impl fmt::Display for Fingerprints<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (thumbprint, sha256) = (self.0.thumbprint(), self.0.sha256_fingerprint());
        write!(f, "thumbprint {thumbprint}, SHA-256 {sha256}")
    }
}

/// "53 days", of so many seconds.
pub(in crate::audit) struct Days(pub(in crate::audit) i64);

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 / DAY {
            0 => f.write_str("less than a day"),
            1 => f.write_str("1 day"),
            days => write!(f, "{days} days"),
        }
    }
}
