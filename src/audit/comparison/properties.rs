//! The properties that are compared, and their differences.

use std::collections::{BTreeSet, HashSet};

use super::difference::{Difference, IssuanceStage};
use crate::plan::{KeyKind, PlannedCertificate};
use crate::x509::{Certificate, CertificateRequest, PublicKey};

/// The compared properties of a plan, a request or a certificate.
pub(super) struct Properties {
    common_names: Vec<String>,
    /// The other attributes of the subject, or `None` if they are not known.
    attributes: Option<Vec<(String, String)>>,
    names: Vec<String>,
    server_auth: bool,
    key: PublicKey,
    /// `true` if the key is that of the previous step, `None` if only its kind is known.
    is_same_key: Option<bool>,
    signature_algorithm: Option<String>,
}

impl Properties {
    pub(super) fn of_planned(planned: &PlannedCertificate) -> Self {
        Self {
            common_names: vec![planned.subject().to_string()],
            attributes: None,
            names: planned.names().map(|name| name.to_string()).collect(),
            server_auth: true,
            key: public_key(planned.key()),
            is_same_key: None,
            signature_algorithm: None,
        }
    }

    pub(super) fn of_request(request: &CertificateRequest) -> Self {
        Self {
            common_names: lower_case(request.common_names()),
            attributes: Some(without_common_names(request.subject_attributes())),
            names: lower_case(request.san_entries()),
            server_auth: request.has_server_auth(),
            key: request.public_key().clone(),
            is_same_key: None,
            signature_algorithm: Some(request.signature_algorithm().to_owned()),
        }
    }

    pub(super) fn of_certificate(
        certificate: &Certificate,
        request: Option<&CertificateRequest>,
    ) -> Self {
        Self {
            common_names: lower_case(certificate.common_names()),
            attributes: Some(without_common_names(certificate.subject_attributes())),
            names: lower_case(certificate.san_entries()),
            server_auth: certificate.has_server_auth(),
            key: certificate.public_key().clone(),
            is_same_key: request.map(|request| request.has_key_of(certificate)),
            signature_algorithm: Some(certificate.signature_algorithm().to_owned()),
        }
    }

    /// Returns the differences of `after` from `self`. A name that the plan contains does not count as added.
    pub(super) fn differences_to(
        &self,
        after: &Self,
        planned: &Self,
        stage: IssuanceStage,
    ) -> Vec<Difference> {
        let mut differences = Vec::new();
        if self.common_names != after.common_names {
            let (from, to) = (self.common_names.clone(), after.common_names.clone());
            differences.push(Difference::CommonName { stage, from, to });
        }
        differences.extend(self.attribute_differences(after));
        differences.extend(self.name_differences(after, planned, stage));
        if self.server_auth && !after.server_auth {
            differences.push(Difference::ServerAuthDropped { stage });
        }
        if !after.is_same_key.unwrap_or(self.key == after.key) {
            let (from, to) = (self.key.clone(), after.key.clone());
            differences.push(Difference::Key { stage, from, to });
        }
        differences.extend(self.weaker_signature(after));
        differences
    }

    fn attribute_differences(&self, after: &Self) -> Vec<Difference> {
        let (Some(before), Some(after)) = (&self.attributes, &after.attributes) else {
            return Vec::new();
        };
        let kinds = before.iter().chain(after).map(|(kind, _)| kind);
        let kinds: BTreeSet<&String> = kinds.collect();
        let differences = kinds.into_iter().filter_map(|kind| {
            let (from, to) = (values_of(before, kind), values_of(after, kind));
            (from != to).then(|| Difference::SubjectAttribute {
                attribute: kind.clone(),
                from,
                to,
            })
        });
        differences.collect()
    }

    fn name_differences(
        &self,
        after: &Self,
        planned: &Self,
        stage: IssuanceStage,
    ) -> Vec<Difference> {
        let mut differences = Vec::new();
        let missing = distinct_without(&self.names, &after.names);
        let new = distinct_without(&after.names, &self.names);
        if distinct_without(&self.names, &missing) != distinct_without(&after.names, &new) {
            differences.push(Difference::NamesReordered { stage });
        }
        if !missing.is_empty() {
            let names = missing;
            differences.push(Difference::NamesMissing { stage, names });
        }
        let added = distinct_without(&new, &planned.names);
        if !added.is_empty() {
            let names = added;
            differences.push(Difference::NamesAdded { stage, names });
        }
        differences
    }

    fn weaker_signature(&self, after: &Self) -> Option<Difference> {
        let from = self.signature_algorithm.as_ref()?;
        let to = after.signature_algorithm.as_ref()?;
        (digest_bits(to)? < digest_bits(from)?).then(|| Difference::SignatureWeaker {
            from: from.clone(),
            to: to.clone(),
        })
    }
}

/// Returns the attributes of a subject except its CNs, which are compared on their own.
fn without_common_names(attributes: &[(String, String)]) -> Vec<(String, String)> {
    let attributes = attributes.iter();
    attributes
        .filter(|(kind, _)| kind != "CN")
        .cloned()
        .collect()
}

/// Returns the values of the attributes of one type, in order.
fn values_of(attributes: &[(String, String)], kind: &str) -> Vec<String> {
    let of_kind = attributes.iter().filter(|(other, _)| other == kind);
    of_kind.map(|(_, value)| value.clone()).collect()
}

/// Returns `texts` in lower case: DNS names are compared without case, and so are CNs that may be DNS names.
fn lower_case(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| text.to_ascii_lowercase()).collect()
}

/// Returns the distinct `names` that are not in `others`, in order.
fn distinct_without(names: &[String], others: &[String]) -> Vec<String> {
    let mut seen: HashSet<&String> = others.iter().collect();
    let names = names.iter();
    names.filter(|name| seen.insert(name)).cloned().collect()
}

/// Returns the digest length of a signature algorithm, or `None` if its name does not contain it.
fn digest_bits(algorithm: &str) -> Option<u16> {
    let digests = [
        ("md5", 128),
        ("sha1", 160),
        ("sha256", 256),
        ("sha384", 384),
        ("sha512", 512),
    ];
    let algorithm = algorithm.to_ascii_lowercase();
    let digest = digests.iter().find(|(name, _)| algorithm.contains(name));
    digest.map(|(_, bits)| *bits)
}

fn public_key(kind: KeyKind) -> PublicKey {
    match kind {
        KeyKind::Rsa2048 => PublicKey::Rsa(2048),
        KeyKind::Rsa3072 => PublicKey::Rsa(3072),
        KeyKind::Rsa4096 => PublicKey::Rsa(4096),
        KeyKind::P256 => PublicKey::P256,
        KeyKind::P384 => PublicKey::P384,
        KeyKind::Ed25519 => PublicKey::Ed25519,
    }
}
