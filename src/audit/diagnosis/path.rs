//! What the certificates of a path must be, each held against it.

use time::OffsetDateTime;

use super::{Fault, text};
use crate::audit::trust_store::Revocation;
use crate::x509::{BasicConstraints, Certificate, PublicKey, SelfSignature, Signature};

/// The smallest RSA modulus that is not weak, in bits (D23).
const MIN_RSA_BITS: usize = 2048;
/// Algorithms of keys that are weak at any size or by their size: DSA, and the curves below 224 bits of
/// SEC 2 (secp112r1 … secp192k1) and of ANSI X9.62 (prime192v1 … v3).
const WEAK_KEYS: [&str; 13] = [
    "1.2.840.10040.4.1",
    "1.3.132.0.6",
    "1.3.132.0.7",
    "1.3.132.0.8",
    "1.3.132.0.9",
    "1.3.132.0.28",
    "1.3.132.0.29",
    "1.3.132.0.30",
    "1.3.132.0.31",
    "1.2.840.10045.3.1.1",
    "1.2.840.10045.3.1.2",
    "1.2.840.10045.3.1.3",
    "1.3.132.0.15",
];

/// What webpki asks of a path, so that all faults are told where it stops at the first. `has_root` says
/// that the last of `path` is a trusted root, of which webpki takes the name, the key and the name
/// constraints alone.
pub(super) fn broken(path: &[&Certificate], has_root: bool, at: OffsetDateTime) -> Vec<Fault> {
    let below_root = below_root(path, has_root);
    let mut faults = Vec::new();
    for certificate in below_root {
        faults.extend(dates(certificate, at));
    }
    for certificate in below_root {
        faults.extend(version(certificate));
        for oid in certificate.unknown_critical_extensions() {
            faults.push(not_understood(certificate, oid));
        }
    }
    let issuers = below_root.get(1..).unwrap_or_default();
    for (below, certificate) in issuers.iter().enumerate() {
        faults.append(&mut issuer(certificate, below, path.get(below).copied()));
    }
    if let [server, issuers @ ..] = path {
        for issuer in issuers {
            faults.extend(name_constraints(issuer, server));
        }
    }
    for pair in path.windows(2) {
        if let [certificate, issuer] = pair
            && !is_sha1(certificate)
            && certificate.signature_under(issuer) == Signature::Unverifiable
        {
            faults.extend(unverifiable(certificate, issuer));
        }
    }
    faults
}

/// What is asked of a path beyond what webpki asks. `has_root` as for [`broken`].
pub(in crate::audit) fn beyond(
    path: &[&Certificate],
    has_root: bool,
    at: OffsetDateTime,
) -> Vec<Fault> {
    let below_root = below_root(path, has_root);
    let mut faults = Vec::new();
    if let (Some(root), true) = (path.last().copied(), has_root) {
        faults.append(&mut root_faults(root, below_root, at));
    }
    for certificate in path {
        if is_weak(certificate.public_key()) {
            faults.push(Fault::WeakKey((*certificate).clone()));
        }
        if certificate.signature_algorithm() == "rsassaPss" {
            faults.push(Fault::PssSignature((*certificate).clone()));
        }
    }
    for (position, certificate) in below_root.iter().enumerate() {
        // A root that is presented and not held is a root still.
        let is_last = position > 0 && position + 1 == path.len();
        if is_sha1(certificate)
            && !(is_last && certificate.self_signature() != SelfSignature::Invalid)
        {
            faults.push(Fault::Sha1Signature((*certificate).clone()));
        }
        faults.extend(key_usage(certificate, position == 0));
    }
    faults
}

/// What is asked of a root, of which webpki takes the name and the key alone; Windows and OpenSSL look at
/// the rest too. Old roots, without basic constraints, are fine where their version or their key usage says
/// that they are a CA's: without either it is a server's self-signed certificate among the roots.
fn root_faults(root: &Certificate, below: &[&Certificate], at: OffsetDateTime) -> Vec<Fault> {
    let mut faults = Vec::new();
    faults.extend(dates(root, at));
    let signs = root.key_usage().map(|usage| usage.key_cert_sign);
    let is_old = root.basic_constraints() == BasicConstraints::Absent && signs.is_some();
    if !is_old {
        let count = below.len().saturating_sub(1);
        faults.append(&mut issuer(root, count, below.last().copied()));
    }
    for oid in root.unknown_critical_extensions() {
        if !is_about_policies(oid) {
            faults.push(not_understood(root, oid));
        }
    }
    faults.extend(key_usage(root, false));
    faults
}

/// The certificates of a path that a CRL revokes.
pub(super) fn revoked(path: &[&Certificate], revocation: &Revocation<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for found in &revocation.revoked(path) {
        faults.push(Fault::Revoked {
            certificate: found.certificate.clone(),
            by: text::revoked(found),
        });
    }
    faults
}

fn below_root<'p, 'a>(path: &'p [&'a Certificate], has_root: bool) -> &'p [&'a Certificate] {
    match path.split_last() {
        Some((_, below)) if has_root => below,
        _ => path,
    }
}

/// What the dates of a certificate rule out at the time `at`.
fn dates(certificate: &Certificate, at: OffsetDateTime) -> Option<Fault> {
    match certificate {
        ended if at > ended.not_after() => Some(Fault::Expired(ended.clone())),
        early if at < early.not_before() => Some(Fault::NotYetValid(early.clone())),
        _ => None,
    }
}

/// Why the signature of `certificate` under the key of `issuer` cannot be verified. `None` where another
/// fault says so.
pub(super) fn unverifiable(certificate: &Certificate, issuer: &Certificate) -> Option<Fault> {
    let is_told = is_weak(issuer.public_key())
        || is_sha1(certificate)
        || certificate.signature_algorithm() == "rsassaPss";
    (!is_told).then(|| Fault::Unverifiable(certificate.clone()))
}

pub(super) fn is_sha1(certificate: &Certificate) -> bool {
    let algorithm = certificate.signature_algorithm();
    ["sha1WithRSAEncryption", "ecdsa-with-SHA1", "dsa-with-sha1"].contains(&algorithm)
}

fn is_weak(key: &PublicKey) -> bool {
    match key {
        PublicKey::Rsa(bits) => *bits < MIN_RSA_BITS,
        PublicKey::Other(oid) => WEAK_KEYS.contains(&oid.as_str()),
        _ => false,
    }
}

fn fault(certificate: &Certificate, why: impl Into<String>) -> Fault {
    Fault::Broken {
        certificate: certificate.clone(),
        why: why.into(),
    }
}

/// The extensions that only say something of policies: those of a root bind nobody who asks for none.
pub(in crate::audit) fn is_about_policies(oid: &str) -> bool {
    ["2.5.29.32", "2.5.29.33", "2.5.29.36", "2.5.29.54"].contains(&oid)
}

fn version(certificate: &Certificate) -> Option<Fault> {
    let why = "is not of version 3 (RFC 5280 §4.1.2.1)";
    (!certificate.is_v3()).then(|| fault(certificate, why))
}

fn not_understood(certificate: &Certificate, oid: &str) -> Fault {
    let why = format!("has the critical extension {oid}, which is not understood (RFC 5280 §4.2)");
    fault(certificate, why)
}

/// What a CA on the path lacks that has `below` other CAs below it, and issued `issued`.
fn issuer(certificate: &Certificate, below: usize, issued: Option<&Certificate>) -> Vec<Fault> {
    let mut faults = Vec::new();
    if certificate.basic_constraints() != BasicConstraints::Ca && certificate.is_v3() {
        let issued = issued.map_or("another", Certificate::subject);
        let why = format!("is no CA's, and issued {issued} (RFC 5280 §4.2.1.9)");
        faults.push(fault(certificate, why));
    }
    if let Some(admitted) = certificate.path_length()
        && usize::try_from(admitted).is_ok_and(|admitted| below > admitted)
    {
        let cas = if below == 1 { "CA" } else { "CAs" };
        let why = format!(
            "has {below} {cas} below it on the path, and its path length admits {admitted} (RFC 5280 §4.2.1.9)"
        );
        faults.push(fault(certificate, why));
    }
    if let Some(usage) = certificate.extended_key_usage()
        && !usage.server_auth
    {
        let lists = match usage.any {
            true => "admits any purpose, and does not name this one, as webpki and OpenSSL ask",
            false => "lists other purposes",
        };
        let why = format!(
            "may not issue for server authentication: its extended key usage {lists} (RFC 5280 §4.2.1.12)"
        );
        faults.push(fault(certificate, why));
    }
    faults
}

fn name_constraints(issuer: &Certificate, server: &Certificate) -> Option<Fault> {
    let constraints = issuer.name_constraints()?;
    let why = constraints.broken_by(server.san_entries())?;
    let why = format!("{why} (name constraints, RFC 5280 §4.2.1.10)");
    Some(fault(issuer, why))
}

/// Whether the key of a certificate may do what it does on a path: sign certificates, or the handshakes
/// of a server.
fn key_usage(certificate: &Certificate, is_server: bool) -> Option<Fault> {
    let usage = certificate.key_usage()?;
    let why = match is_server {
        true if usage.digital_signature || usage.key_encipherment || usage.key_agreement => {
            return None;
        }
        true => {
            "has a key usage without digital signature and key encipherment, so its key cannot serve TLS (RFC 5280 §4.2.1.3)"
        }
        false if usage.key_cert_sign => return None,
        false => "has a key usage without the signing of certificates (RFC 5280 §4.2.1.3)",
    };
    Some(fault(certificate, why))
}
