//! Certificates that are the wrong one altogether: one finding says it all.

use super::default_certificate::{self, DefaultCertificate, NotDefault, PropertyCheck};
use super::diagnosis::Fingerprints;
use super::server::Audited;
use crate::rule::Rule;
use crate::x509::Certificate;

/// Adds the one finding of a certificate that is none that a CA issued for a server, and says its rule.
pub(super) fn altogether(certificate: &Certificate, audited: &mut Audited<'_>) -> Option<Rule> {
    let subject = certificate.subject();
    let fingerprints = Fingerprints(certificate);
    let (rule, detail) = match default_certificate::detect(certificate) {
        Ok(default) => (Rule::DefaultSelfSigned, evidence(&default, &fingerprints)),
        Err(NotDefault::Ca) => (
            Rule::CaAsServer,
            format!("it presents the certificate of the CA {subject} as its own ({fingerprints})"),
        ),
        // Among the roots webpki might trust it, and it is hardly a CA's work.
        Err(NotDefault::Unverifiable { algorithm }) => (
            Rule::PathInvalid,
            format!(
                "its certificate {subject} names itself as its issuer, and its signature cannot be verified: it is {algorithm} of a {} key (RFC 5280 §6.1.3; {fingerprints})",
                certificate.public_key(),
            ),
        ),
        Err(NotDefault::SelfSigned) => (
            Rule::SelfSigned,
            format!(
                "its certificate {subject} is signed by its own key, and by no CA ({fingerprints})"
            ),
        ),
        // What another key signed is a server's certificate like any other, until its path is looked at.
        Err(_) => return None,
    };
    audited.add(rule, &detail);
    Some(rule)
}

/// "… CN=UM1, signed by its own key; key, key usage … as setup makes them; unlike setup's: validity 90 days".
fn evidence(default: &DefaultCertificate, fingerprints: &Fingerprints<'_>) -> String {
    let (mut fit, mut differ) = (String::new(), String::new());
    for PropertyCheck {
        property,
        found,
        fits,
    } in default.marks()
    {
        if *fits {
            fit.push_str(if fit.is_empty() { "" } else { ", " });
            fit.push_str(property);
        } else {
            differ.push_str(match differ.is_empty() {
                true => "; renewed or made by hand, for unlike setup's: ",
                false => ", ",
            });
            differ.push_str(property);
            differ.push(' ');
            differ.push_str(found);
        }
    }
    format!(
        "it presents the certificate \"{}\" that Exchange's setup makes, {} signed by its own key (as setup makes it: {fit}{differ}; {fingerprints})",
        default.kind(),
        default.subject(),
    )
}
