//! Checks whether the key usage of a server certificate allows TLS.

use crate::name::DnsName;
use crate::rule::{Finding, Rule};
use crate::x509::{Certificate, KeyUsage, PublicKey};

/// The remedy for a key that cannot encrypt keys.
const REMEDY_FOR_SIGNING_KEYS: &str =
    "request the certificate with the key usage Digital Signature";

/// Returns `true` if a TLS server may use `key` for a handshake at all: to sign, to decrypt, or to agree on a key, which
/// an RSA key cannot (RFC 5246 §7.4.2).
pub(in crate::audit) fn allows_tls(usage: KeyUsage, key: &PublicKey) -> bool {
    let can_agree = usage.key_agreement && !matches!(key, PublicKey::Rsa(_));
    usage.digital_signature || usage.key_encipherment || can_agree
}

/// Reports a key usage that allows TLS, but not the signatures of ECDHE suites (D134).
pub(in crate::audit) fn check(server: &DnsName, certificate: &Certificate) -> Option<Finding> {
    let usage = certificate.key_usage()?;
    let key = certificate.public_key();
    if usage.digital_signature || !allows_tls(usage, key) {
        return None;
    }
    let is_rsa = matches!(key, PublicKey::Rsa(_));
    let consequence = if is_rsa {
        "only RSA key exchange is left"
    } else {
        "it cannot sign a handshake"
    };
    let detail = format!(
        "the key usage of its certificate lacks digital signature, and its key is {key}: {consequence}"
    );
    let finding = Finding::new(Rule::NoDigitalSignature, server, detail);
    Some(if is_rsa {
        finding
    } else {
        finding.with_remedy(REMEDY_FOR_SIGNING_KEYS)
    })
}
