//! Detects the kind of a file. The content decides; labels are only a hint.

use rustls_pki_types::pem::SectionKind;

use super::der::peek_element;
use super::error::ReadError;
use super::pem::{self, Section};

/// The object that a caller expects in a file.
#[derive(Clone, Copy)]
pub(super) enum Expected {
    Certificate,
    Request,
    Crl,
    PrivateKey,
}

impl Expected {
    /// Returns the error of a file that contains `found` instead.
    pub(super) fn missing(self, found: String) -> ReadError {
        match self {
            Self::Certificate => ReadError::NoCertificate { found },
            Self::Request => ReadError::NoRequest { found },
            Self::Crl => ReadError::NoCrl { found },
            Self::PrivateKey => ReadError::NoPrivateKey { found },
        }
    }

    /// Returns the error of a structure in DER that is of another kind.
    pub(super) fn other_der(self, der: &[u8]) -> ReadError {
        let found = match DerKind::detect(der) {
            Some(kind) => kind.describe(self),
            None => "unknown text or data",
        };
        self.missing(found.to_owned())
    }

    /// Returns the error of a text whose `sections` are all of another kind.
    pub(super) fn other_text(self, text: &[u8], sections: &[Section]) -> ReadError {
        self.missing(match sections.first().map(DerKind::of_section) {
            Some(Some(kind)) => kind.describe(self).to_owned(),
            Some(None) => "another PEM section".to_owned(),
            None => describe_text(text),
        })
    }

    /// Returns the only section of this kind among the `sections` of `text`.
    pub(super) fn single<'s>(
        self,
        text: &[u8],
        sections: &'s [Section],
    ) -> Result<&'s Section, ReadError> {
        let matching: Vec<&Section> = sections
            .iter()
            .filter(|section| self.is_label(section.kind))
            .collect();
        match *matching {
            [section] => Ok(section),
            [] => Err(self.other_text(text, sections)),
            _ => Err(ReadError::Several {
                count: matching.len(),
                what: self.singular(),
            }),
        }
    }

    fn singular(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Request => "certificate request",
            Self::Crl => "CRL",
            Self::PrivateKey => "private key",
        }
    }

    fn is_label(self, kind: SectionKind) -> bool {
        match self {
            Self::Certificate => kind == SectionKind::Certificate,
            Self::Request => kind == SectionKind::Csr,
            Self::Crl => kind == SectionKind::Crl,
            Self::PrivateKey => matches!(
                kind,
                SectionKind::PrivateKey | SectionKind::RsaPrivateKey | SectionKind::EcPrivateKey
            ),
        }
    }
}

/// The kind of a structure in DER.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum DerKind {
    Certificate,
    Request,
    Crl,
    PublicKey,
    PrivateKey,
    EncryptedKey,
    Pkcs7,
    Pkcs12,
}

impl DerKind {
    /// Returns the kind that the label of a PEM section names. One label serves plain and encrypted keys.
    fn of_section(section: &Section) -> Option<Self> {
        match section.kind {
            SectionKind::Certificate => Some(Self::Certificate),
            SectionKind::Csr => Some(Self::Request),
            SectionKind::Crl => Some(Self::Crl),
            SectionKind::PublicKey => Some(Self::PublicKey),
            SectionKind::RsaPrivateKey | SectionKind::EcPrivateKey => Some(Self::PrivateKey),
            SectionKind::PrivateKey => match Self::detect(&section.der) {
                Some(Self::EncryptedKey) => Some(Self::EncryptedKey),
                _ => Some(Self::PrivateKey),
            },
            _ => None,
        }
    }

    /// Detects the kind of a structure by its first elements. Returns `None` for a certificate of version 1 and for
    /// everything unknown.
    pub(super) fn detect(der: &[u8]) -> Option<Self> {
        const PKCS7_SIGNED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
        let (_, outer, _) = peek_element(der)?;
        let (tag, content, rest) = peek_element(outer)?;
        match (tag, content) {
            (0x06, PKCS7_SIGNED_DATA) => Some(Self::Pkcs7),
            // PFX has version 3, and keys have 0 or 1.
            (0x02, [3]) => Some(Self::Pkcs12),
            (0x02, _) => Some(Self::PrivateKey),
            // An algorithm, followed by a BIT STRING or an OCTET STRING.
            (0x30, [0x06, ..]) => match rest.first()? {
                0x03 => Some(Self::PublicKey),
                0x04 => Some(Self::EncryptedKey),
                _ => None,
            },
            (0x30, signed) => Self::detect_signed(signed),
            _ => None,
        }
    }

    /// Detects the kind of a signed structure by the content of its first element, the signed part.
    fn detect_signed(content: &[u8]) -> Option<Self> {
        let (first_tag, version, rest) = peek_element(content)?;
        let (second_tag, _, rest) = peek_element(rest)?;
        match (first_tag, version) {
            (0xa0, _) => Some(Self::Certificate),
            // A CRL of version 1 starts with the algorithm.
            (0x30, _) => Some(Self::Crl),
            // Version 2, algorithm, name, time. A certificate has a SEQUENCE of two times at this position.
            (0x02, [1]) if second_tag == 0x30 => {
                let (_issuer, _, rest) = peek_element(rest)?;
                let (time_tag, _, _) = peek_element(rest)?;
                matches!(time_tag, 0x17 | 0x18).then_some(Self::Crl)
            }
            // CertificationRequestInfo starts with its version 0 as a bare INTEGER.
            (0x02, [0]) if second_tag == 0x30 => Some(Self::Request),
            _ => None,
        }
    }

    /// Describes this kind to a caller who expected another one, with advice how to get the expected kind.
    fn describe(self, expected: Expected) -> &'static str {
        match (self, expected) {
            (Self::Request, Expected::Certificate) => {
                "a certificate request; send it to the CA and pass the CA's answer instead"
            }
            (Self::Pkcs12, Expected::Certificate) => {
                "a PKCS #12 file (.pfx); export the certificate without its key"
            }
            (Self::Pkcs12, Expected::PrivateKey) => {
                "a PKCS #12 file (.pfx); export the key from it as PEM"
            }
            (Self::Certificate, Expected::PrivateKey) => {
                "a certificate; its key is in another file, or in the store that created the request"
            }
            (Self::Pkcs7, Expected::Request) => {
                "a PKCS #7 or CMC message; create the request again as PKCS #10 (certreq's `RequestType = PKCS10`)"
            }
            (Self::Certificate, _) => "a certificate",
            (Self::Request, _) => "a certificate request",
            (Self::Crl, _) => "a CRL",
            (Self::PublicKey, _) => "a public key",
            (Self::PrivateKey, _) => "a private key",
            (Self::EncryptedKey, _) => "an encrypted private key",
            (Self::Pkcs7, _) => "a PKCS #7 file (.p7b)",
            (Self::Pkcs12, _) => "a PKCS #12 file (.pfx)",
        }
    }
}

/// Describes a text without a PEM section that the reader knows.
fn describe_text(text: &[u8]) -> String {
    let trimmed = text.trim_ascii();
    if trimmed.is_empty() {
        return "an empty file".to_owned();
    }
    if let Some(label) = pem::first_label(trimmed) {
        return if label.is_empty() {
            "a PEM section with an invalid label".to_owned()
        } else {
            format!("a PEM section `{label}`")
        };
    }
    let without_mark = trimmed.strip_prefix(b"\xef\xbb\xbf").unwrap_or(trimmed);
    if without_mark.first() == Some(&b'<') {
        return "an HTML or XML page".to_owned();
    }
    "unknown text or data".to_owned()
}
