//! Remedies that fit the certificate at fault: a CA's differs from a server's.

use crate::rule::Rule;
use crate::x509::Certificate;

/// The role of a certificate on a path.
enum Role {
    Server,
    Intermediate,
    Root,
}

impl Role {
    fn of(certificate: &Certificate, server_certificate: &Certificate) -> Self {
        if certificate == server_certificate {
            Self::Server
        } else if certificate.is_self_issued() {
            Self::Root
        } else {
            Self::Intermediate
        }
    }
}

/// Returns the remedy for a `certificate` that breaks `rule`. Returns `None` if the remedy of the rule fits.
pub(super) fn remedy_for(
    rule: Rule,
    certificate: &Certificate,
    server_certificate: &Certificate,
) -> Option<&'static str> {
    match Role::of(certificate, server_certificate) {
        Role::Server => None,
        Role::Intermediate => remedy_for_intermediate(rule),
        Role::Root => remedy_for_root(rule),
    }
}

fn remedy_for_intermediate(rule: Rule) -> Option<&'static str> {
    let remedy = match rule {
        Rule::Expired => {
            "renew the CA's certificate for the same key, and publish it to the intermediate stores of the servers; no server certificate is assigned anew"
        }
        Rule::ExpiresSoon => {
            "renew the CA's certificate for the same key before that date, and publish it to the intermediate stores of the servers; no server certificate is assigned anew"
        }
        Rule::NotYetValid => {
            "check the clocks of the CA and of its clients, or wait; no server certificate is assigned anew"
        }
        Rule::Sha1Signature | Rule::Md5Signature | Rule::Sha512Signature => {
            "have the CA above issue this CA's certificate again with SHA-256 for the same key, and publish it to the intermediate stores of the servers"
        }
        Rule::PssSignature => {
            "switch the CA above to PKCS #1 v1.5 (AlternateSignatureAlgorithm=0 in its CAPolicy.inf), have it issue this CA's certificate again, and publish it to the intermediate stores of the servers"
        }
        Rule::WeakKey => {
            "renew the CA's certificate with a new RSA key of at least 2048 bits, and have every certificate below it issued again"
        }
        Rule::PathInvalid => {
            "have the CA above issue this CA's certificate again without the fault, and publish it to the intermediate stores of the servers"
        }
        Rule::Revoked => {
            "determine why the CA's certificate was revoked, and have new server certificates issued by another CA"
        }
        _ => return None,
    };
    Some(remedy)
}

fn remedy_for_root(rule: Rule) -> Option<&'static str> {
    let remedy = match rule {
        Rule::Expired => {
            "renew the root's certificate for the same key, and install it in the trusted root store of every side; no server certificate is assigned anew"
        }
        Rule::ExpiresSoon => {
            "renew the root's certificate for the same key before that date, and install it in the trusted root store of every side; no server certificate is assigned anew"
        }
        Rule::NotYetValid => {
            "check the clocks of the CA and of its clients, or wait; no server certificate is assigned anew"
        }
        Rule::Md5Signature => {
            "replace the root with one that is signed with SHA-256, install it in the trusted root store of every side, and have every certificate below it issued again"
        }
        Rule::WeakKey => {
            "replace the root with one that has an RSA key of at least 2048 bits, install it in the trusted root store of every side, and have every certificate below it issued again"
        }
        Rule::PathInvalid => {
            "issue the root's certificate again without the fault, and install it in the trusted root store of every side"
        }
        _ => return None,
    };
    Some(remedy)
}
