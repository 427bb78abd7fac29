//! Checks the names of a path against the name constraints of its CAs (RFC 5280 §4.2.1.10).

use crate::audit::cause::Cause;
use crate::audit::display::CertificateLabel;
use crate::rule::Rule;
use crate::x509::{Certificate, ConstraintFault};

/// Checks the certificates `below` `issuer`, the server's first, against its name constraints. Returns a violation, or
/// else what this crate cannot judge.
pub(super) fn check(issuer: &Certificate, below: &[&Certificate]) -> Option<Cause> {
    let constraints = issuer.name_constraints()?;
    let check = |(index, certificate): (usize, &&Certificate)| {
        let holder = holder(certificate, below);
        let fault = constraints.check(&certificate.names(), &holder, below.len())?;
        Some(match fault {
            // webpki applies the constraints to it, although RFC 5280 §6.1.3 (b) does not.
            ConstraintFault::Violation(reason) if is_exempt(index, certificate) => {
                let reason = format!("{reason}, and this crate does not exempt a self-issued CA");
                (Rule::PathNotJudged, reason)
            }
            ConstraintFault::Violation(reason) => (Rule::PathInvalid, reason),
            ConstraintFault::NotJudged(reason) => (Rule::PathNotJudged, reason),
        })
    };
    let faults: Vec<(Rule, String)> = below.iter().enumerate().filter_map(check).collect();
    let violation = faults.iter().find(|(rule, _)| *rule == Rule::PathInvalid);
    let (rule, reason) = violation.or_else(|| faults.first())?;
    Some(cause(*rule, issuer, below, reason))
}

/// Checks the e-mail addresses in the subjects of the certificates `below` `issuer` against its name constraints.
/// webpki does not.
pub(super) fn check_emails(issuer: &Certificate, below: &[&Certificate]) -> Option<Cause> {
    let constraints = issuer.name_constraints()?;
    let mut below_with_index = below.iter().enumerate();
    let reason = below_with_index.find_map(|(index, certificate)| {
        let holder = holder(certificate, below);
        let reason = constraints.check_subject_emails(&certificate.names(), &holder);
        reason.filter(|_| !is_exempt(index, certificate))
    })?;
    Some(cause(Rule::PathInvalid, issuer, below, &reason))
}

/// Returns `true` if name constraints do not apply to a certificate: a self-issued CA (RFC 5280 §6.1.3 (b)).
fn is_exempt(index: usize, certificate: &Certificate) -> bool {
    index > 0 && certificate.is_self_issued()
}

fn cause(rule: Rule, issuer: &Certificate, below: &[&Certificate], reason: &str) -> Cause {
    let predicate = format!("{reason} (name constraints, RFC 5280 §4.2.1.10)");
    let mut cause = Cause::of_certificate(rule, issuer, below[0], &predicate);
    if rule == Rule::PathInvalid {
        // The remedy of the rule is for the certificate with the name. The CA may be constrained on purpose.
        cause.remedy = None;
    }
    cause
}

/// Returns the wording for the owner of a name: "the server's certificate", or a CA certificate.
fn holder(certificate: &Certificate, below: &[&Certificate]) -> String {
    if certificate == below[0] {
        return "the server's certificate".to_owned();
    }
    let label = CertificateLabel {
        certificate,
        server_certificate: below[0],
    };
    label.to_string()
}
