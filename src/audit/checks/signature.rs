//! Checks the signature algorithms of a path that a verifier accepts and that some peers do not.

use crate::audit::context::StoreVerdict;
use crate::audit::display::{CertificateLabel, Fingerprints};
use crate::name::DnsName;
use crate::rule::{Finding, Rule};
use crate::x509::Certificate;

const SHA512_SIGNATURES: [&str; 2] = ["sha512WithRSAEncryption", "ecdsa-with-SHA512"];

/// Reports certificates that are signed with SHA-512 (D132): the server's own, trusted or not, and those of the trusted
/// paths but their roots.
pub(in crate::audit) fn check(
    server: &DnsName,
    server_certificate: &Certificate,
    verdicts: &[StoreVerdict<'_>],
) -> Vec<Finding> {
    let paths = verdicts.iter().filter_map(|verdict| verdict.path.as_ref());
    let below_roots = paths.flat_map(|path| {
        let below_root = path.certificates().split_last();
        below_root.map(|(_, below)| below).unwrap_or_default()
    });
    let mut signed: Vec<&Certificate> = Vec::new();
    for certificate in std::iter::once(server_certificate).chain(below_roots.copied()) {
        let algorithm = certificate.signature_algorithm();
        if SHA512_SIGNATURES.contains(&algorithm) && !signed.contains(&certificate) {
            signed.push(certificate);
        }
    }
    let finding = |certificate: &Certificate| {
        let label = CertificateLabel {
            certificate,
            server_certificate,
        };
        let detail = format!(
            "{label} is signed with {} ({})",
            certificate.signature_algorithm(),
            Fingerprints(certificate),
        );
        Finding::new(Rule::Sha512Signature, server, detail)
    };
    signed.into_iter().map(finding).collect()
}
