//! What the certificates of a path must be, each held against it.

use time::OffsetDateTime;

use super::text::{self, Days, Whose};
use super::{Fault, Sides};
use crate::audit::trust_store::{Path, Revocation};
use crate::date::{Date, between};
use crate::rule::Rule;
use crate::x509::{Certificate, PublicKey, SelfSignature, SignatureCheck};

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

/// What is asked of a trusted path beyond what webpki asks.
pub(in crate::audit) fn beyond(path: &Path<'_>, at: OffsetDateTime) -> Vec<Fault> {
    let mut held = Held::new(path.end_entity, &path.certificates, true, at);
    held.beyond();
    held.faults
}

/// A path that is held against what is asked of it, and its faults so far.
pub(super) struct Held<'p> {
    path: &'p [&'p Certificate],
    /// The server's certificate.
    pub(super) own: &'p Certificate,
    /// The last of the path, where it is a trusted root: webpki takes the name, the key and the name
    /// constraints of it alone.
    root: Option<&'p Certificate>,
    below_root: &'p [&'p Certificate],
    at: OffsetDateTime,
    pub(super) faults: Vec<Fault>,
}

impl<'p> Held<'p> {
    /// `has_root` says that the last of `path` is a trusted root.
    pub(super) fn new(
        own: &'p Certificate,
        path: &'p [&'p Certificate],
        has_root: bool,
        at: OffsetDateTime,
    ) -> Self {
        let (root, below_root) = match path {
            [below @ .., root] if has_root => (Some(*root), below),
            _ => (None, path),
        };
        Self {
            path,
            own,
            root,
            below_root,
            at,
            faults: Vec::new(),
        }
    }

    /// Adds that `certificate` is against this rule; how, as a clause behind its name.
    pub(super) fn add(&mut self, rule: Rule, certificate: &Certificate, what: &str) {
        let fault = Fault {
            rule,
            what: format!("{} {what}", Whose(self.own, certificate)),
            sides: Sides::UnlessAll,
            rest: String::new(),
        };
        self.faults.push(fault.about(certificate));
    }

    /// What webpki asks of a path, so that all faults are told where it stops at the first.
    pub(super) fn broken(&mut self) {
        for (position, certificate) in self.below_root.iter().enumerate() {
            self.dates(certificate);
            if !certificate.is_v3() {
                let what = "is not of version 3 (RFC 5280 §4.1.2.1)";
                self.add(Rule::PathInvalid, certificate, what);
            }
            for oid in certificate.unknown_critical_extensions() {
                self.not_understood(certificate, oid);
            }
            if position > 0 {
                self.issuer(certificate, position - 1);
            }
        }
        for pair in self.path.windows(2) {
            let [certificate, issuer] = pair else {
                continue;
            };
            if !is_sha1(certificate)
                && certificate.check_signature(issuer) == SignatureCheck::Unverifiable
            {
                self.unverifiable(certificate, issuer);
            }
            if let Some(constraints) = issuer.name_constraints()
                && let Some(why) = constraints.describe_violation(self.own.san_entries())
            {
                let what = format!("{why} (name constraints, RFC 5280 §4.2.1.10)");
                self.add(Rule::PathInvalid, issuer, &what);
            }
        }
    }

    /// What is asked of a path beyond what webpki asks.
    pub(super) fn beyond(&mut self) {
        if let Some(root) = self.root {
            self.root(root);
        }
        for certificate in self.path {
            if is_weak(certificate.public_key()) {
                let what = format!(
                    "has the key {}, which is too weak",
                    certificate.public_key()
                );
                self.add(Rule::WeakKey, certificate, &what);
            }
            if certificate.signature_algorithm() == "rsassaPss" {
                self.signed(Rule::PssSignature, certificate, "");
            }
        }
        for (position, certificate) in self.below_root.iter().enumerate() {
            // A root that is presented and not held is a root still.
            let is_last = position > 0 && position + 1 == self.path.len();
            if is_sha1(certificate)
                && !(is_last && certificate.self_signature() != SelfSignature::Invalid)
            {
                self.signed(Rule::Sha1Signature, certificate, "");
            }
            self.key_usage(certificate, position == 0);
        }
    }

    /// What is asked of a root, of which webpki takes the name and the key alone; Windows and OpenSSL look at
    /// the rest too. Old roots, without basic constraints, are fine where their version or their key usage
    /// says that they are a CA's: without either it is a server's self-signed certificate among the roots.
    fn root(&mut self, root: &Certificate) {
        self.dates(root);
        let is_old = !root.has_basic_constraints() && root.key_usage().is_some();
        if !is_old {
            self.issuer(root, self.below_root.len().saturating_sub(1));
        }
        for oid in root.unknown_critical_extensions() {
            if !is_about_policies(oid) {
                self.not_understood(root, oid);
            }
        }
        self.key_usage(root, false);
    }

    /// The certificates of the path that a CRL revokes.
    pub(super) fn revoked(&mut self, revocation: &Revocation<'_>) {
        for pair in self.path.windows(2) {
            if let [certificate, issuer] = pair
                && let Some(found) = revocation.revoked_by(certificate, issuer)
            {
                let fault = text::revoked(self.own, certificate, &found);
                self.faults.push(fault);
            }
        }
    }

    /// What the dates of a certificate rule out at that time.
    fn dates(&mut self, certificate: &Certificate) {
        let (begin, end) = (certificate.not_before(), certificate.not_after());
        let (rule, verb, limit, side) = if self.at > end {
            (Rule::Expired, "ended", end, "before")
        } else if self.at < begin {
            (Rule::NotYetValid, "begins", begin, "after")
        } else {
            return;
        };
        let apart = Days(between(self.at, limit).abs());
        let limit = Date(limit);
        let what = format!("{verb} on {limit}, {apart} {side} the audit");
        self.add(rule, certificate, &what);
    }

    /// That the signature of `certificate` under the key of `issuer` cannot be verified, where no other fault
    /// says so.
    pub(super) fn unverifiable(&mut self, certificate: &Certificate, issuer: &Certificate) {
        let is_told = is_weak(issuer.public_key())
            || is_sha1(certificate)
            || certificate.signature_algorithm() == "rsassaPss";
        if !is_told {
            let why = ", which no side accepts (RFC 5280 §6.1.3)";
            self.signed(Rule::PathInvalid, certificate, why);
        }
    }

    fn signed(&mut self, rule: Rule, certificate: &Certificate, why: &str) {
        let what = format!("is signed with {}{why}", certificate.signature_algorithm());
        self.add(rule, certificate, &what);
    }

    fn not_understood(&mut self, certificate: &Certificate, oid: &str) {
        let what =
            format!("has the critical extension {oid}, which is not understood (RFC 5280 §4.2)");
        self.add(Rule::PathInvalid, certificate, &what);
    }

    /// What a CA on the path lacks that has `below` other CAs below it, and issued the last of them.
    fn issuer(&mut self, certificate: &Certificate, below: usize) {
        if !certificate.is_ca() && certificate.is_v3() {
            let issued = match self.path.get(below) {
                Some(issued) => issued.subject(),
                None => "another",
            };
            let what = format!("is no CA's, and issued {issued} (RFC 5280 §4.2.1.9)");
            self.add(Rule::PathInvalid, certificate, &what);
        }
        if let Some(admitted) = certificate.path_len()
            && let Ok(most) = usize::try_from(admitted)
            && below > most
        {
            let cas = if below == 1 { "CA" } else { "CAs" };
            let what = format!(
                "has {below} {cas} below it on the path, and its path length admits {admitted} (RFC 5280 §4.2.1.9)"
            );
            self.add(Rule::PathInvalid, certificate, &what);
        }
        if certificate.has_extended_key_usage() && !certificate.has_server_auth() {
            let lists = if certificate.has_any_extended_key_usage() {
                "admits any purpose, and does not name this one, as webpki and OpenSSL ask"
            } else {
                "lists other purposes"
            };
            let what = format!(
                "may not issue for server authentication: its extended key usage {lists} (RFC 5280 §4.2.1.12)"
            );
            self.add(Rule::PathInvalid, certificate, &what);
        }
    }

    /// Whether the key of a certificate may do what it does on a path: sign certificates, or the handshakes
    /// of a server.
    fn key_usage(&mut self, certificate: &Certificate, is_server: bool) {
        let Some(usage) = certificate.key_usage() else {
            return;
        };
        let (may, what) = match is_server {
            true => (
                usage.digital_signature || usage.key_encipherment || usage.key_agreement,
                "has a key usage without digital signature and key encipherment, so its key cannot serve TLS (RFC 5280 §4.2.1.3)",
            ),
            false => (
                usage.key_cert_sign,
                "has a key usage without the signing of certificates (RFC 5280 §4.2.1.3)",
            ),
        };
        if !may {
            self.add(Rule::PathInvalid, certificate, what);
        }
    }
}

fn is_sha1(certificate: &Certificate) -> bool {
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

/// The extensions that only say something of policies: those of a root bind nobody who asks for none.
pub(in crate::audit) fn is_about_policies(oid: &str) -> bool {
    ["2.5.29.32", "2.5.29.33", "2.5.29.36", "2.5.29.54"].contains(&oid)
}
