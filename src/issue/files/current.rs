//! Whether what is in a folder will do in place of a bundle.

use std::collections::HashMap;
use std::path::Path;

use time::Duration;
use zeroize::Zeroizing;

use super::disk;
use super::manifest::{self, MANIFEST};
use super::{Names, ROOT};
use crate::issue::bundle::{Bundle, Issued};
use crate::x509::{Certificate, CertificateRequest, Chain};

/// A bundle begins so long before it is made, for machines whose clocks differ. What began later than
/// another by less may be used at once.
const CLOCK_SKEW: Duration = Duration::hours(1);
/// The share of its validity, as a divisor, that what is kept has left.
const MARGIN: i32 = 3;

/// What a folder holds, by name.
type Contents = HashMap<String, Zeroizing<Vec<u8>>>;

/// Whether the folder holds what `bundle` would put there but for keys, serial numbers and dates, with
/// every file as its manifest says.
pub(super) fn is_current(bundle: &Bundle, folder: &Path) -> bool {
    let Some(contents) = contents(bundle, folder) else {
        return false;
    };
    let content = |name: &str| contents.get(name).map(|bytes| bytes.as_slice());
    if content(MANIFEST) != Some(manifest::render(bundle, content).as_bytes()) {
        return false;
    }
    let roots = content(ROOT).and_then(|bytes| Chain::from_bytes(bytes).ok());
    let roots_keep = roots.is_some_and(|roots| {
        all_keep(roots.certificates(), bundle.roots().iter(), |old, new| {
            old == new || (!bundle.has_lasting_ca() && keeps(old, new))
        })
    });
    roots_keep && bundle.issued().iter().all(|new| issued_keeps(new, content))
}

/// The files of a bundle in a folder; `None` where one is missing.
fn contents(bundle: &Bundle, folder: &Path) -> Option<Contents> {
    let mut contents = Contents::new();
    let mut take = |name: String| {
        let bytes = disk::read(&folder.join(&name))?;
        contents.insert(name, bytes);
        Some(())
    };
    for issued in bundle.issued() {
        let names = Names::of(issued);
        take(names.chain)?;
        if let Some(request) = names.request {
            take(request)?;
        }
        take(names.key)?;
    }
    take(ROOT.to_owned())?;
    take(MANIFEST.to_owned())?;
    Some(contents)
}

fn issued_keeps<'a>(new: &Issued, content: impl Fn(&str) -> Option<&'a [u8]>) -> bool {
    let names = Names::of(new);
    let chain = content(&names.chain).and_then(|bytes| Chain::from_bytes(bytes).ok());
    let chain_keeps =
        chain.is_some_and(|old| all_keep(old.certificates(), new.chain().certificates(), keeps));
    chain_keeps
        && names.request.is_none_or(|name| {
            let request = content(&name);
            let request = request.and_then(|bytes| CertificateRequest::from_bytes(bytes).ok());
            request.is_some_and(|old| old.likeness() == new.request().likeness())
        })
}

fn all_keep<'a>(
    mut old: impl Iterator<Item = &'a Certificate>,
    mut new: impl Iterator<Item = &'a Certificate>,
    keeps: impl Fn(&Certificate, &Certificate) -> bool,
) -> bool {
    loop {
        match (old.next(), new.next()) {
            (None, None) => return true,
            (Some(old), Some(new)) if keeps(old, new) => {}
            _ => return false,
        }
    }
}

/// Whether `old` will do in place of `new`.
fn keeps(old: &Certificate, new: &Certificate) -> bool {
    let days = |certificate: &Certificate| certificate.not_after() - certificate.not_before();
    // One that ends with its CA has fewer days in each run, and always the same end.
    let lasts_as_asked = days(old) == days(new) || old.not_after() == new.not_after();
    let has_begun = old.not_before() - new.not_before() <= CLOCK_SKEW;
    let has_margin = old.not_after() - new.not_before() >= days(new) / MARGIN;
    lasts_as_asked && has_begun && has_margin && old.likeness() == new.likeness()
}
