//! Whether what is in a folder will do in place of a bundle.

use std::path::Path;
use std::slice::Iter;

use super::{BundleFile, disk, has_request, manifest};
use crate::date;
use crate::issue::bundle::{Bundle, IssuedCertificate};
use crate::x509::{Certificate, CertificateRequest, Chain};

/// A bundle begins so many seconds before it is made, for machines whose clocks differ. What began later than
/// another by less may be used at once.
const CLOCK_SKEW: i64 = 3600;
/// The share of its validity, as a divisor, that what is kept has left.
const MARGIN: i64 = 3;

/// Whether the folder holds what `bundle` would put there as these `files` but for keys, serial numbers and
/// dates, with every file as its manifest says.
pub(super) fn is_current(bundle: &Bundle, files: &[BundleFile], folder: &Path) -> bool {
    let mut there = Vec::with_capacity(files.len());
    for file in files {
        let Some(content) = disk::read(&folder.join(&file.name)) else {
            return false;
        };
        there.push(BundleFile {
            name: file.name.clone(),
            content,
            is_secret: file.is_secret,
        });
    }
    let Some((manifest, there)) = there.split_last() else {
        return false;
    };
    if manifest.content.as_slice() != manifest::render(bundle, there).as_bytes() {
        return false;
    }
    let mut there = there.iter();
    roots_keep(bundle, there.next())
        && bundle
            .issued()
            .iter()
            .all(|new| issued_keeps(new, &mut there))
}

fn roots_keep(bundle: &Bundle, old: Option<&BundleFile>) -> bool {
    let Some(Ok(old)) = old.map(|file| Chain::from_bytes(&file.content)) else {
        return false;
    };
    let old: Vec<&Certificate> = old.certificates().collect();
    let same = |(old, new): (&&Certificate, &Certificate)| {
        *old == new || (!bundle.has_persistent_ca() && keeps(old, new))
    };
    old.len() == bundle.roots().len() && old.iter().zip(bundle.roots()).all(same)
}

/// Whether the files of a certificate will do, which come next.
fn issued_keeps(new: &IssuedCertificate, there: &mut Iter<'_, BundleFile>) -> bool {
    let Some(Ok(chain)) = there.next().map(|file| Chain::from_bytes(&file.content)) else {
        return false;
    };
    if has_request(new) {
        let Some(Ok(old)) = there
            .next()
            .map(|file| CertificateRequest::from_bytes(&file.content))
        else {
            return false;
        };
        if !old.is_reissue_of(new.request()) {
            return false;
        }
    }
    // That of the key is in the manifest.
    there.next();
    chain_keeps(&chain, new.chain())
}

fn chain_keeps(old: &Chain, new: &Chain) -> bool {
    let mut old = old.certificates();
    for new in new.certificates() {
        match old.next() {
            Some(old) if keeps(old, new) => {}
            _ => return false,
        }
    }
    old.next().is_none()
}

/// Whether `old` will do in place of `new`.
fn keeps(old: &Certificate, new: &Certificate) -> bool {
    let begin = new.not_before();
    let lasts = date::between(begin, new.not_after());
    let lasted = date::between(old.not_before(), old.not_after());
    // One that ends with its CA has fewer days in each run, and always the same end.
    let lasts_as_asked = lasted == lasts || old.not_after() == new.not_after();
    let has_begun = date::between(begin, old.not_before()) <= CLOCK_SKEW;
    let has_margin = date::between(begin, old.not_after()) >= lasts / MARGIN;
    lasts_as_asked && has_begun && has_margin && old.is_reissue_of(new)
}
