//! Reads the certificates, the request or the CRL of a file as DER.

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::SectionKind;
use zeroize::Zeroizing;

use super::error::{MAX_CERTIFICATES, MAX_FILE_SIZE, ReadError};
use super::pem;
use super::pkcs7;
use super::sniff::{DerKind, Expected};

/// Returns the text of a file, normalised for the PEM reader. Returns `None` if the file is one structure in DER.
pub(super) fn text(bytes: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, ReadError> {
    if bytes.len() > MAX_FILE_SIZE {
        return Err(ReadError::TooLarge { size: bytes.len() });
    }
    Ok(pem::text(bytes))
}

/// The certificates of a file, at least one.
#[derive(Default)]
pub(super) struct CertificateFile {
    pub(super) certificates: Vec<CertificateDer<'static>>,
    /// `true` if the file is PKCS #7, which is unordered.
    pub(super) is_unordered: bool,
}

/// Returns the certificates of a PEM or PKCS #7 file, or a single one in DER.
pub(super) fn certificates(bytes: &[u8]) -> Result<CertificateFile, ReadError> {
    let expected = Expected::Certificate;
    let mut file = CertificateFile::default();
    let Some(text) = text(bytes)? else {
        return match DerKind::detect(bytes) {
            Some(DerKind::Certificate | DerKind::Pkcs7) | None => {
                file.add(bytes)?;
                Ok(file)
            }
            Some(_) => Err(expected.other_der(bytes)),
        };
    };
    let sections = pem::sections(&text)?;
    for section in &sections {
        if section.kind == SectionKind::Certificate {
            file.add(&section.der)?;
        }
    }
    if file.certificates.is_empty() {
        return Err(expected.other_text(&text, &sections));
    }
    Ok(file)
}

impl CertificateFile {
    /// Adds one certificate, or those of a PKCS #7 structure. AD CS labels both `CERTIFICATE` in PEM.
    fn add(&mut self, der: &[u8]) -> Result<(), ReadError> {
        let added = if DerKind::detect(der) == Some(DerKind::Pkcs7) {
            self.is_unordered = true;
            pkcs7::certificates(der)?
        } else {
            vec![der]
        };
        if self.certificates.len() + added.len() > MAX_CERTIFICATES {
            return Err(ReadError::TooMany);
        }
        let added = added
            .iter()
            .map(|der| CertificateDer::from(*der).into_owned());
        self.certificates.extend(added);
        Ok(())
    }
}

/// Returns the DER of the only certificate request in `bytes`.
pub(super) fn request(bytes: &[u8]) -> Result<Vec<u8>, ReadError> {
    let der = single(bytes, Expected::Request, DerKind::Request)?;
    // certreq writes one label for PKCS #10 and CMC.
    if DerKind::detect(&der) == Some(DerKind::Pkcs7) {
        return Err(Expected::Request.other_der(&der));
    }
    Ok(der)
}

/// Returns the DER of the only CRL in `bytes`.
pub(super) fn crl(bytes: &[u8]) -> Result<Vec<u8>, ReadError> {
    single(bytes, Expected::Crl, DerKind::Crl)
}

fn single(bytes: &[u8], expected: Expected, expected_kind: DerKind) -> Result<Vec<u8>, ReadError> {
    let Some(text) = text(bytes)? else {
        return match DerKind::detect(bytes) {
            Some(kind) if kind != expected_kind => Err(expected.other_der(bytes)),
            _ => Ok(bytes.to_vec()),
        };
    };
    let sections = pem::sections(&text)?;
    let section = expected.single(&text, &sections)?;
    Ok(section.der.to_vec())
}
