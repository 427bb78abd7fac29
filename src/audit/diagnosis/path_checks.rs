//! Checks of the certificates of one path.

use time::OffsetDateTime;

use super::constraints;
use crate::audit::cause::{Cause, PartiesWording};
use crate::audit::checks::key_usage::allows_tls;
use crate::audit::display::{CertificateLabel, Days, Fingerprints};
use crate::audit::remedy::remedy_for;
use crate::audit::trust_store::{Revocation, RevocationStatus, RevokedBy};
use crate::rule::Rule;
use crate::text::{Timestamp, quote, quote_if_oid};
use crate::x509::{Certificate, Crl, PublicKey, RevocationReason, SelfSignature, SignatureCheck};

/// Smallest RSA modulus that is not weak, in bits (D23).
const MIN_RSA_BITS: usize = 2048;
/// Weak key algorithms: DSA, and the curves below 224 bits of SEC 2 (secp112r1 to secp192k1) and of ANSI X9.62
/// (prime192v1 to v3).
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
const SHA1_SIGNATURES: [&str; 3] = ["sha1WithRSAEncryption", "ecdsa-with-SHA1", "dsa-with-sha1"];
/// The last two are OIDs of Microsoft's old tools.
const MD5_SIGNATURES: [&str; 3] = ["md5WithRSAEncryption", "1.3.14.3.2.3", "1.3.14.3.2.25"];
const RSASSA_PSS: &str = "rsassaPss";
/// The extensions about certificate policies, with their names and the sections that define them.
const POLICY_EXTENSIONS: [(&str, &str); 4] = [
    ("2.5.29.32", "certificate policies (RFC 5280 §4.2.1.4)"),
    ("2.5.29.33", "policy mappings (RFC 5280 §4.2.1.5)"),
    ("2.5.29.36", "policy constraints (RFC 5280 §4.2.1.11)"),
    ("2.5.29.54", "inhibit anyPolicy (RFC 5280 §4.2.1.14)"),
];

/// The check of one path.
pub(super) struct PathCheck<'p> {
    /// At least one certificate.
    path: &'p [&'p Certificate],
    /// The last certificate, if it is a trusted root. webpki uses only its name, key and name constraints.
    root: Option<&'p Certificate>,
    below_root: &'p [&'p Certificate],
    at: OffsetDateTime,
}

impl<'p> PathCheck<'p> {
    /// Creates the check of `path`. `reaches_root` is `true` if its last certificate is a trusted root.
    pub(super) fn new(path: &'p [&'p Certificate], reaches_root: bool, at: OffsetDateTime) -> Self {
        let (root, below_root) = match path {
            [below @ .., root] if reaches_root => (Some(*root), below),
            _ => (None, path),
        };
        Self {
            path,
            root,
            below_root,
            at,
        }
    }

    /// Returns every violation of webpki's requirements on a path, and everything for which webpki refuses a path
    /// because it cannot process it. webpki itself stops at the first.
    pub(super) fn path_errors(&self) -> Vec<Cause> {
        let mut causes = Vec::new();
        for (index, certificate) in self.below_root.iter().enumerate() {
            causes.extend(self.validity(certificate));
            causes.extend(self.version(certificate));
            for oid in certificate.unknown_critical_extensions() {
                causes.push(self.critical_extension(certificate, oid));
            }
            if index > 0 {
                causes.extend(self.issuer(certificate, index - 1));
                causes.extend(self.counted_path_length(certificate, index - 1));
            }
        }
        for (index, pair) in self.path.windows(2).enumerate() {
            let (certificate, issuer) = (pair[0], pair[1]);
            if !is_sha1_signed(certificate)
                && certificate.check_signature(issuer) == SignatureCheck::Unverifiable
            {
                causes.extend(self.unverifiable(certificate, issuer));
            }
            causes.extend(constraints::check(issuer, &self.path[..=index]));
        }
        causes
    }

    /// Returns every violation of this crate's additional requirements.
    pub(super) fn stricter_than_webpki(&self) -> Vec<Cause> {
        let mut causes = Vec::new();
        if let Some(root) = self.root {
            causes.extend(self.root(root));
        }
        for certificate in self.path {
            causes.extend(self.weak_key(certificate));
            if certificate.signature_algorithm() == RSASSA_PSS {
                causes.push(self.signature(Rule::PssSignature, certificate, ""));
            }
            // A root counts too, although nothing verifies its own signature (D133).
            if is_md5_signed(certificate) {
                causes.push(self.signature(Rule::Md5Signature, certificate, ""));
            }
        }
        for index in 1..self.path.len() {
            causes.extend(constraints::check_emails(
                self.path[index],
                &self.path[..index],
            ));
        }
        for (index, certificate) in self.below_root.iter().enumerate() {
            // A presented root that the store does not contain is still a root, whose signature is not checked.
            let is_last = index > 0 && index + 1 == self.path.len();
            if is_sha1_signed(certificate)
                && !(is_last && certificate.self_signature() != SelfSignature::Invalid)
            {
                causes.push(self.signature(Rule::Sha1Signature, certificate, ""));
            }
            causes.extend(self.key_usage(certificate, index == 0));
        }
        causes
    }

    /// Returns the certificates of the path that a CRL revokes, or may revoke.
    pub(super) fn revoked(&self, revocation: &Revocation<'_>) -> Vec<Cause> {
        let pairs = self.path.windows(2);
        pairs
            .filter_map(|pair| match revocation.status(pair[0], pair[1]) {
                RevocationStatus::Revoked(by) => Some(self.revoked_certificate(pair[0], &by)),
                RevocationStatus::NotJudged(by, reason) => {
                    Some(self.possibly_revoked_certificate(pair[0], by.crl, &reason))
                }
                RevocationStatus::NotRevoked | RevocationStatus::Unknown => None,
            })
            .collect()
    }

    /// Returns the cause that the signature of `certificate` under the key of `issuer` cannot be verified, unless
    /// another cause explains it.
    pub(super) fn unverifiable(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Option<Cause> {
        let is_explained = is_weak(issuer.public_key())
            || is_sha1_signed(certificate)
            || is_md5_signed(certificate)
            || certificate.signature_algorithm() == RSASSA_PSS;
        let why = format!(
            " by a key ({}) with which this crate cannot verify it (RFC 5280 §6.1.3)",
            issuer.public_key()
        );
        (!is_explained).then(|| self.signature(Rule::PathNotJudged, certificate, &why))
    }

    /// Checks the requirements of Windows and OpenSSL on a root, which webpki ignores.
    ///
    /// Old roots have no basic constraints. They pass if their version or their key usage shows a CA certificate:
    /// without either, the root may be a self-signed server certificate.
    fn root(&self, root: &Certificate) -> Vec<Cause> {
        let mut causes = Vec::new();
        causes.extend(self.validity(root));
        let is_old = !root.has_basic_constraints() && root.key_usage().is_some();
        if !is_old {
            causes.extend(self.issuer(root, self.below_root.len().saturating_sub(1)));
        }
        for oid in root.unknown_critical_extensions() {
            // Policies of a root bind only relying parties that ask for policies.
            if !is_policy_extension(oid) {
                causes.push(self.critical_extension(root, oid));
            }
        }
        causes.extend(self.key_usage(root, false));
        causes
    }

    fn validity(&self, certificate: &Certificate) -> Option<Cause> {
        let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
        let (rule, verb, limit, relation) = if self.at > not_after {
            (Rule::Expired, "expired on", not_after, "before")
        } else if self.at < not_before {
            (
                Rule::NotYetValid,
                "is not valid before",
                not_before,
                "after",
            )
        } else {
            return None;
        };
        let distance = Days((limit - self.at).abs());
        let limit = Timestamp(limit);
        let predicate = format!("{verb} {limit}, {distance} {relation} the audit");
        Some(self.violation(rule, certificate, &predicate))
    }

    fn version(&self, certificate: &Certificate) -> Option<Cause> {
        let predicate = "is not of X.509 version 3 (RFC 5280 §4.1.2.1)";
        (!certificate.is_v3()).then(|| self.violation(Rule::PathInvalid, certificate, predicate))
    }

    fn critical_extension(&self, certificate: &Certificate, oid: &str) -> Cause {
        match POLICY_EXTENSIONS.iter().find(|(known, _)| *known == oid) {
            Some((_, name)) => {
                let predicate = format!("has critical {name}, which this crate does not process");
                self.violation(Rule::PathNotJudged, certificate, &predicate)
            }
            None => {
                let predicate = format!(
                    "has the unknown critical extension {} (RFC 5280 §4.2)",
                    quote(oid)
                );
                self.violation(Rule::PathInvalid, certificate, &predicate)
            }
        }
    }

    /// Checks whether `certificate` may issue for servers. `certificate` has `cas_below` other CAs below it on the
    /// path, and it issued the certificate at that index.
    fn issuer(&self, certificate: &Certificate, cas_below: usize) -> Vec<Cause> {
        let mut predicates = Vec::new();
        if !certificate.is_ca() && certificate.is_v3() {
            let issued = quote(self.path[cas_below].subject());
            predicates.push(format!(
                "is not a CA certificate, but issued {issued} (RFC 5280 §4.2.1.9)"
            ));
        }
        let counted_cas = self.counted_cas(cas_below);
        if let Some(path_length) = certificate.path_len()
            && exceeds(counted_cas, path_length)
        {
            let cas = if counted_cas == 1 { "CA" } else { "CAs" };
            predicates.push(format!(
                "has {counted_cas} {cas} below it on the path, but its path length allows {path_length} (RFC 5280 §4.2.1.9)"
            ));
        }
        if certificate.has_extended_key_usage() && !certificate.has_server_auth() {
            let purposes = if certificate.has_any_extended_key_usage() {
                "allows any purpose but does not list server authentication, which webpki and OpenSSL require"
            } else {
                "lists only other purposes"
            };
            predicates.push(format!(
                "may not issue for server authentication: its extended key usage {purposes} (RFC 5280 §4.2.1.12)"
            ));
        }
        let predicates = predicates.iter();
        predicates
            .map(|predicate| self.violation(Rule::PathInvalid, certificate, predicate))
            .collect()
    }

    /// Returns the number of CAs below a CA that count for its path length: a self-issued CA does not
    /// (RFC 5280 §6.1.4 (l)). `cas_below` other CAs are below it on the path.
    fn counted_cas(&self, cas_below: usize) -> usize {
        let cas = self.path[1..=cas_below].iter();
        cas.filter(|ca| !ca.is_self_issued()).count()
    }

    /// Checks for a path length that only self-issued CAs exceed. webpki counts them.
    fn counted_path_length(&self, certificate: &Certificate, cas_below: usize) -> Option<Cause> {
        let path_length = certificate.path_len()?;
        let is_judged = exceeds(self.counted_cas(cas_below), path_length);
        let predicate = format!(
            "has a self-issued CA below it on the path, which this crate counts for its path length of {path_length}, although RFC 5280 §6.1.4 (l) does not"
        );
        (exceeds(cas_below, path_length) && !is_judged)
            .then(|| self.violation(Rule::PathNotJudged, certificate, &predicate))
    }

    fn weak_key(&self, certificate: &Certificate) -> Option<Cause> {
        let key = certificate.public_key();
        let predicate = format!("has a weak key ({key})");
        is_weak(key).then(|| self.violation(Rule::WeakKey, certificate, &predicate))
    }

    /// Checks whether the key usage allows the role of the certificate on the path: serving TLS, or signing
    /// certificates.
    fn key_usage(&self, certificate: &Certificate, is_server: bool) -> Option<Cause> {
        let usage = certificate.key_usage()?;
        let (is_allowed, predicate) = if is_server {
            (
                allows_tls(usage, certificate.public_key()),
                "has a key usage that does not allow TLS: neither digital signature nor key encipherment (RFC 5280 §4.2.1.3)",
            )
        } else {
            (
                usage.key_cert_sign,
                "has a key usage that does not allow signing certificates (RFC 5280 §4.2.1.3)",
            )
        };
        (!is_allowed).then(|| self.violation(Rule::PathInvalid, certificate, predicate))
    }

    fn signature(&self, rule: Rule, certificate: &Certificate, why: &str) -> Cause {
        let predicate = format!(
            "is signed with {}{why}",
            quote_if_oid(certificate.signature_algorithm())
        );
        self.violation(rule, certificate, &predicate)
    }

    /// Returns the cause, for example "was revoked on 2026-11-01T00:00:00Z (key compromise), according to the CRL of
    /// `CN=…` issued on 2026-11-20T00:00:00Z".
    fn revoked_certificate(&self, certificate: &Certificate, revoked_by: &RevokedBy<'_>) -> Cause {
        let RevokedBy { crl, entry } = revoked_by;
        let label = CertificateLabel {
            certificate,
            server_certificate: self.path[0],
        };
        let reason = entry
            .reason
            .map(|reason| format!(" ({})", reason_text(reason)));
        Cause {
            rule: Rule::Revoked,
            text: format!(
                "{label} ({}) was revoked on {}{}, according to the CRL of {} issued on {}",
                Fingerprints(certificate),
                Timestamp(entry.at),
                reason.unwrap_or_default(),
                quote(crl.issuer()),
                Timestamp(crl.this_update()),
            ),
            parties: PartiesWording::PathUnlessAll,
            rest: String::new(),
            remedy: remedy_for(Rule::Revoked, certificate, self.path[0]),
        }
    }

    /// Returns the cause, for example "is listed in the CRL of CN=… issued on 2026-11-20T00:00:00Z, which has a signature
    /// that this crate cannot verify: …".
    fn possibly_revoked_certificate(
        &self,
        certificate: &Certificate,
        crl: &Crl,
        reason: &str,
    ) -> Cause {
        let predicate = format!(
            "is listed in the CRL of {} issued on {}, which {reason}",
            quote(crl.issuer()),
            Timestamp(crl.this_update()),
        );
        self.violation(Rule::PathNotJudged, certificate, &predicate)
    }

    fn violation(&self, rule: Rule, certificate: &Certificate, predicate: &str) -> Cause {
        Cause::of_certificate(rule, certificate, self.path[0], predicate)
    }
}

fn is_sha1_signed(certificate: &Certificate) -> bool {
    SHA1_SIGNATURES.contains(&certificate.signature_algorithm())
}

/// Returns `true` if a certificate is signed with MD5 (D133).
pub(in crate::audit) fn is_md5_signed(certificate: &Certificate) -> bool {
    MD5_SIGNATURES.contains(&certificate.signature_algorithm())
}

/// Returns `true` if `cas` is more than a path length allows.
fn exceeds(cas: usize, path_length: u32) -> bool {
    usize::try_from(path_length).is_ok_and(|max| cas > max)
}

/// Returns `true` if a key is weak (D23).
pub(in crate::audit) fn is_weak(key: &PublicKey) -> bool {
    match key {
        PublicKey::Rsa(bits) => *bits < MIN_RSA_BITS,
        PublicKey::Other(oid) => WEAK_KEYS.contains(&oid.as_str()),
        _ => false,
    }
}

/// Returns `true` if the extension is about certificate policies only.
pub(in crate::audit) fn is_policy_extension(oid: &str) -> bool {
    POLICY_EXTENSIONS.iter().any(|(known, _)| *known == oid)
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
