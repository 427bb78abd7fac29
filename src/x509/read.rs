//! Reads the certificates, the request, the CRLs or the key of a file, and names what else the file contains.

use rustls_pki_types::CertificateDer;

use super::error::{MAX_CERTIFICATES, ReadError};
use super::expected::Expected;
use super::pkcs7;
use super::section::{self, Contents, Section, SkippedSection};
use super::sniff::Kind;
use crate::text::plural;

/// The certificates of a file, at least one.
pub(super) struct CertificateFile {
    pub(super) certificates: Vec<CertificateDer<'static>>,
    /// `true` if the file is PKCS #7 or a serialized store, which are unordered.
    pub(super) is_unordered: bool,
    pub(super) skipped: Vec<SkippedSection>,
}

/// The CRLs of a file in DER, at least one.
pub(super) struct CrlFile {
    pub(super) ders: Vec<Vec<u8>>,
    pub(super) skipped: Vec<SkippedSection>,
}

/// A structure in DER, and the parts of its file that were not read.
pub(super) struct SingleFile {
    pub(super) der: Vec<u8>,
    pub(super) skipped: Vec<SkippedSection>,
}

/// Returns the certificates of a file.
pub(super) fn certificates(bytes: &[u8]) -> Result<CertificateFile, ReadError> {
    let expected = Expected::Certificate;
    let contents = section::split(bytes, expected)?;
    let mut file = CertificateFile {
        certificates: Vec::new(),
        is_unordered: contents.is_unordered,
        skipped: contents.skipped,
    };
    for (index, section) in contents.sections.iter().enumerate() {
        file.add(index + 1, section)?;
    }
    if !file.certificates.is_empty() {
        return Ok(file);
    }
    match contents.sections.as_slice() {
        [section] if section.kind == Some(Kind::Pkcs7) => {
            Err(expected.missing("a PKCS #7 file without certificates"))
        }
        sections => Err(expected.other(sections)),
    }
}

impl CertificateFile {
    /// Adds one certificate, or those of a PKCS #7 structure. AD CS labels both `CERTIFICATE` in PEM.
    fn add(&mut self, number: usize, section: &Section) -> Result<(), ReadError> {
        let contents = match section.kind {
            Some(Kind::Certificate) => pkcs7::Pkcs7 {
                certificates: vec![&section.der],
                ..pkcs7::Pkcs7::default()
            },
            Some(Kind::Pkcs7) => {
                self.is_unordered = true;
                pkcs7::parse(&section.der)?
            }
            _ => {
                let predicate = format!("is {}", section.name());
                self.skipped.push(SkippedSection::new(number, predicate));
                return Ok(());
            }
        };
        let others = [
            ("CRL", contents.crls.len()),
            ("entry of another kind", contents.other),
        ];
        self.skipped.extend(other_members(number, others));
        if self.certificates.len() + contents.certificates.len() > MAX_CERTIFICATES {
            return Err(ReadError::TooMany);
        }
        let certificates = contents.certificates.iter();
        self.certificates
            .extend(certificates.map(|der| CertificateDer::from(*der).into_owned()));
        Ok(())
    }
}

/// Returns the only certificate request in `bytes`.
pub(super) fn request(bytes: &[u8]) -> Result<SingleFile, ReadError> {
    let contents = section::split(bytes, Expected::Request)?;
    single(contents, Expected::Request, Kind::Request)
}

/// Returns the CRLs of a file.
pub(super) fn crls(bytes: &[u8]) -> Result<CrlFile, ReadError> {
    let expected = Expected::Crl;
    let contents = section::split(bytes, expected)?;
    let mut file = CrlFile {
        ders: Vec::new(),
        skipped: contents.skipped,
    };
    for (index, section) in contents.sections.iter().enumerate() {
        file.add(index + 1, section)?;
    }
    if file.ders.is_empty() {
        return Err(expected.other(&contents.sections));
    }
    Ok(file)
}

impl CrlFile {
    /// Adds one CRL, or those of a PKCS #7 structure.
    fn add(&mut self, number: usize, section: &Section) -> Result<(), ReadError> {
        match section.kind {
            Some(Kind::Crl) => self.ders.push(section.der.to_vec()),
            Some(Kind::Pkcs7) => {
                let contents = pkcs7::parse(&section.der)?;
                let ders = contents.crls.iter().map(|der| der.to_vec());
                self.ders.extend(ders);
                let others = [
                    ("certificate", contents.certificates.len()),
                    ("entry of another kind", contents.other),
                ];
                self.skipped.extend(other_members(number, others));
            }
            _ => {
                let predicate = format!("is {}", section.name());
                self.skipped.push(SkippedSection::new(number, predicate));
            }
        }
        Ok(())
    }
}

/// Returns what a PKCS #7 structure contains beside the expected objects, from nouns and counts.
fn other_members(
    number: usize,
    others: [(&str, usize); 2],
) -> impl Iterator<Item = SkippedSection> {
    let others = others.into_iter().filter(|(_, count)| *count > 0);
    others.map(move |(noun, count)| {
        let predicate = format!("also contains {}", plural(count, noun));
        SkippedSection::new(number, predicate)
    })
}

fn single(contents: Contents, expected: Expected, kind: Kind) -> Result<SingleFile, ReadError> {
    let mut skipped = contents.skipped;
    let mut ders = Vec::new();
    for (index, section) in contents.sections.iter().enumerate() {
        if section.kind == Some(kind) {
            ders.push(section.der.to_vec());
        } else {
            let predicate = format!("is {}", section.name());
            skipped.push(SkippedSection::new(index + 1, predicate));
        }
    }
    let count = ders.len();
    match <[Vec<u8>; 1]>::try_from(ders) {
        Ok([der]) => Ok(SingleFile { der, skipped }),
        Err(_) if count == 0 => Err(expected.other(&contents.sections)),
        Err(_) => Err(expected.several(count)),
    }
}

/// Returns the section with the only private key in `bytes`. Other sections are skipped: keys are usually kept with
/// their certificates.
pub(super) fn private_key(bytes: &[u8]) -> Result<Section, ReadError> {
    let expected = Expected::PrivateKey;
    let contents = section::split(bytes, expected)?;
    let (mut keys, others): (Vec<Section>, Vec<Section>) = contents
        .sections
        .into_iter()
        .partition(|section| section.kind.is_some_and(Kind::is_private_key));
    match (keys.pop(), keys.len()) {
        (Some(key), 0) => Ok(key),
        (Some(_), more) => Err(expected.several(more + 1)),
        (None, _) => Err(expected.other(&others)),
    }
}
