//! What bytes seem to be, to say so where they are not what was looked for.

use rustls_pki_types::pem::SectionKind;

use super::der::element;
use super::pem::{self, Section};
use super::read::ReadError;

/// How many characters of the label of a PEM section are shown.
const MAX_LABEL: usize = 40;

/// What is looked for in a file.
#[derive(Clone, Copy)]
pub(super) enum Wanted {
    Certificate,
    Request,
    Crl,
    PrivateKey,
}

impl Wanted {
    /// The error where there is none, but `found`.
    pub(super) fn missing(self, found: String) -> ReadError {
        match self {
            Self::Certificate => ReadError::NoCertificate { found },
            Self::Request => ReadError::NoRequest { found },
            Self::Crl => ReadError::NoCrl { found },
            Self::PrivateKey => ReadError::NoPrivateKey { found },
        }
    }

    /// The error where there are several.
    fn several(self, count: usize) -> ReadError {
        let what = match self {
            Self::Certificate => "certificates",
            Self::Request => "certificate requests",
            Self::Crl => "certificate revocation lists",
            Self::PrivateKey => "private keys",
        };
        ReadError::Several { count, what }
    }

    /// The one among the sections of `text`.
    pub(super) fn only<'s>(
        self,
        text: &[u8],
        sections: &'s [Section],
    ) -> Result<&'s Section, ReadError> {
        let (mut last, mut count) = (None, 0);
        for section in sections {
            if self.is(section.0) {
                last = Some(section);
                count += 1;
            }
        }
        match last {
            Some(section) if count == 1 => Ok(section),
            Some(_) => Err(self.several(count)),
            None => Err(self.missing(describe(text, sections, self))),
        }
    }

    fn is(self, kind: SectionKind) -> bool {
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

/// A structure that is known when it is seen.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Found {
    Certificate,
    Request,
    Crl,
    PublicKey,
    PrivateKey,
    EncryptedKey,
    Pkcs7,
    Pkcs12,
}

impl Found {
    /// What a section of PEM holds.
    fn of_section((kind, der): &Section) -> Option<Self> {
        match kind {
            SectionKind::Certificate => Some(Self::Certificate),
            SectionKind::Csr => Some(Self::Request),
            SectionKind::Crl => Some(Self::Crl),
            SectionKind::PublicKey => Some(Self::PublicKey),
            SectionKind::RsaPrivateKey | SectionKind::EcPrivateKey => Some(Self::PrivateKey),
            SectionKind::PrivateKey => match Self::of_der(der) {
                Some(Self::EncryptedKey) => Some(Self::EncryptedKey),
                _ => Some(Self::PrivateKey),
            },
            _ => None,
        }
    }

    /// What a structure in DER is, by its first elements; `None` where they could be a certificate's or
    /// nobody's.
    pub(super) fn of_der(bytes: &[u8]) -> Option<Self> {
        const PKCS7: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
        let (_, outer, _) = element(bytes)?;
        let (tag, content, behind) = element(outer)?;
        match (tag, content) {
            (0x06, PKCS7) => Some(Self::Pkcs7),
            (0x02, [3]) => Some(Self::Pkcs12),
            (0x02, _) => Some(Self::PrivateKey),
            (0x30, [0x06, ..]) => match behind.first()? {
                0x03 => Some(Self::PublicKey),
                0x04 => Some(Self::EncryptedKey),
                _ => None,
            },
            (0x30, inner) => Self::of_signed(inner),
            _ => None,
        }
    }

    /// The same for what is signed, the first SEQUENCE inside the outer one.
    fn of_signed(inner: &[u8]) -> Option<Self> {
        let (tag, version, rest) = element(inner)?;
        let (second, _, rest) = element(rest)?;
        match (tag, version) {
            (0xa0, _) => Some(Self::Certificate),
            // A CRL of version 1 starts with the algorithm.
            (0x30, _) => Some(Self::Crl),
            // Version 2, an algorithm, a name, and then a time: a certificate has two times in a SEQUENCE.
            (0x02, [1]) if second == 0x30 => {
                let (_, _, rest) = element(rest)?;
                let (time, _, _) = element(rest)?;
                matches!(time, 0x17 | 0x18).then_some(Self::Crl)
            }
            // CertificationRequestInfo starts with its version 0, a bare INTEGER.
            (0x02, [0]) if second == 0x30 => Some(Self::Request),
            _ => None,
        }
    }

    /// What it is, and what to do with it where something else was wanted.
    fn text(self, wanted: Wanted) -> &'static str {
        match (self, wanted) {
            (Self::Request, Wanted::Certificate) => {
                "a certificate request; send it to the CA, and give its answer here"
            }
            (Self::Pkcs12, Wanted::Certificate) => {
                "a PKCS #12 file (.pfx); export the certificate without its key"
            }
            (Self::Pkcs12, Wanted::PrivateKey) => {
                "a PKCS #12 file (.pfx); export the key from it as PEM"
            }
            (Self::Certificate, Wanted::PrivateKey) => {
                "a certificate; its key is in another file, or in the store that made the request"
            }
            (Self::Pkcs7, Wanted::Request) => {
                "a PKCS #7 or CMC message; make the request once more as PKCS #10 (certreq's `RequestType = PKCS10`)"
            }
            (Self::Certificate, _) => "a certificate",
            (Self::Request, _) => "a certificate request",
            (Self::Crl, _) => "a certificate revocation list",
            (Self::PublicKey, _) => "a public key",
            (Self::PrivateKey, _) => "a private key",
            (Self::EncryptedKey, _) => "an encrypted private key",
            (Self::Pkcs7, _) => "a PKCS #7 file (.p7b)",
            (Self::Pkcs12, _) => "a PKCS #12 file (.pfx)",
        }
    }
}

/// The error where a structure in DER is another than the wanted one.
pub(super) fn other_der(bytes: &[u8], wanted: Wanted) -> ReadError {
    let found = match Found::of_der(bytes) {
        Some(found) => found.text(wanted),
        None => "text or data of another kind",
    };
    wanted.missing(found.to_owned())
}

/// What text seems to be, whose sections are not what was wanted.
pub(super) fn describe(text: &[u8], sections: &[Section], wanted: Wanted) -> String {
    match sections.first().map(Found::of_section) {
        Some(Some(found)) => found.text(wanted).to_owned(),
        Some(None) => "another PEM section".to_owned(),
        None => describe_text(text),
    }
}

fn describe_text(text: &[u8]) -> String {
    let trimmed = text.trim_ascii();
    if trimmed.is_empty() {
        return "nothing at all: it is empty".to_owned();
    }
    if let Some(label) = first_label(trimmed) {
        return format!("a PEM section `{label}`");
    }
    let without_mark = trimmed.strip_prefix(b"\xef\xbb\xbf").unwrap_or(trimmed);
    if without_mark.first() == Some(&b'<') {
        return "an HTML or XML page".to_owned();
    }
    "text or data of another kind".to_owned()
}

/// The label of the first PEM section.
fn first_label(text: &[u8]) -> Option<String> {
    let (_, behind) = pem::split_once(text, b"-----BEGIN ")?;
    let (label, _) = pem::split_once(behind, b"-----")?;
    Some(printable(&String::from_utf8_lossy(label)))
}

/// A label that a stranger wrote, fit for a message: cut, and without what steers a terminal.
pub(super) fn printable(label: &str) -> String {
    let mut printable = String::new();
    for character in label.chars() {
        if printable.len() < MAX_LABEL && (character.is_ascii_graphic() || character == ' ') {
            printable.push(character);
        }
    }
    printable
}
