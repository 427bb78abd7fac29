//! Checks whether the files in a folder can be kept instead of writing a bundle.

use std::path::Path;

use time::Duration;

use super::bundle_files::{Contents, MANIFEST, ROOT, names_of, read};
use super::manifest::Manifest;
use super::owner::Owner;
use crate::issue::bundle::{Bundle, IssuedCertificate};
use crate::issue::key::KeyPair;
use crate::x509::{Certificate, CertificateRequest, Chain, SelfSignature};

/// The time by which a kept certificate may start later than the new one. A bundle is valid from this time before it is
/// issued, because clocks differ.
const CLOCK_SKEW: Duration = Duration::HOUR;
/// A kept certificate has at least 1/`MARGIN` of its validity left.
const MARGIN: i32 = 3;

/// Returns `true` if `folder` contains the files that `bundle` would write, apart from keys, serial numbers and dates,
/// and if these are consistent: the manifest lists its files, each key belongs to its chain, each chain leads to the
/// root, and only `owner` can read the keys.
pub(super) fn is_current(bundle: &Bundle, files: &Contents, folder: &Path, owner: &Owner) -> bool {
    let read = |name: &str| read(&folder.join(name));
    let old: Option<Contents> = files
        .keys()
        .map(|name| Some((name.clone(), read(name)?)))
        .collect();
    let (Some(old), Some(listed)) = (old, read(MANIFEST)) else {
        return false;
    };
    let is_listed = Manifest::new(bundle, &old)
        .is_some_and(|manifest| manifest.to_json().as_bytes() == listed.as_slice());
    let Ok(roots) = Chain::from_bytes(&old[ROOT]) else {
        return false;
    };
    is_listed
        && are_roots_current(bundle, &roots)
        && bundle.certificates().iter().all(|new| {
            let [_, _, key] = names_of(new);
            owner.is_private(&folder.join(key))
                && is_certificate_current(new, &old, &roots, bundle.roots())
        })
}

fn are_roots_current(bundle: &Bundle, old: &Chain) -> bool {
    let is_current = |(old, new): (&Certificate, &Certificate)| {
        old == new
            || !bundle.has_persistent_ca()
                && is_reusable(old, new)
                && old.self_signature() == SelfSignature::Valid
    };
    old.entries().len() == bundle.roots().len()
        && old.certificates().count() == bundle.roots().len()
        && old.certificates().zip(bundle.roots()).all(is_current)
}

/// Returns `true` if the files of one certificate can be kept. Key, request and chain must belong together.
fn is_certificate_current(
    new: &IssuedCertificate,
    old: &Contents,
    roots: &Chain,
    new_roots: &[Certificate],
) -> bool {
    let [chain, request, key] = names_of(new);
    let (Ok(key), Ok(chain)) = (
        KeyPair::from_bytes(&old[&key]),
        Chain::from_bytes(&old[&chain]),
    ) else {
        return false;
    };
    let Some(end_entity) = chain.certificates().next() else {
        return false;
    };
    let is_request_current = |request: &CertificateRequest| {
        request.has_key_of(end_entity) && request.is_reissue_of(new.request())
    };
    let is_request_current = old.get(&request).is_none_or(|request| {
        CertificateRequest::from_bytes(request).is_ok_and(|request| is_request_current(&request))
    });
    key.is_key_of(end_entity)
        && is_request_current
        && is_chain_current(&chain, new.chain(), roots, new_roots)
}

/// Returns `true` if each certificate of `old` is like that of `new` and signed by the one after it, the last
/// one by a root.
fn is_chain_current(old: &Chain, new: &Chain, roots: &Chain, new_roots: &[Certificate]) -> bool {
    let old_path: Vec<&Certificate> = old.certificates().collect();
    let new_path: Vec<&Certificate> = new.certificates().collect();
    if old.entries().len() != new_path.len() || old_path.len() != new_path.len() {
        return false;
    }
    let has_issuer = |index: usize| {
        let certificate = old_path[index];
        // A CA that was created elsewhere may use an algorithm that this crate does not support. So the signatures that
        // are also in the new bundle are not verified again.
        let is_unchanged = certificate == new_path[index];
        match old_path.get(index + 1) {
            Some(issuer) => {
                is_unchanged && *issuer == new_path[index + 1] || certificate.is_signed_by(issuer)
            }
            None => roots.certificates().any(|root| {
                is_unchanged && new_roots.contains(root) || certificate.is_signed_by(root)
            }),
        }
    };
    (0..old_path.len())
        .all(|index| is_reusable(old_path[index], new_path[index]) && has_issuer(index))
}

/// Returns `true` if `old` serves as well as `new`: equal except for key, serial number and dates, already valid, and
/// with enough of its validity left when `new` becomes valid.
fn is_reusable(old: &Certificate, new: &Certificate) -> bool {
    let begin = new.not_before();
    let validity = new.not_after() - begin;
    // A certificate that expires with its CA has fewer days in each run, and always the same end.
    let is_as_long =
        old.not_after() - old.not_before() == validity || old.not_after() == new.not_after();
    let has_begun = old.not_before() - begin <= CLOCK_SKEW;
    let has_margin = old.not_after() - begin >= validity / MARGIN;
    is_as_long && has_begun && has_margin && old.is_reissue_of(new)
}
