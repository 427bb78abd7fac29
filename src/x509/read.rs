//! From the bytes of a file to what is in it.

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::{self as pki_pem, SectionKind};
use zeroize::Zeroizing;

use super::certificate::Certificate;
use super::chain::Entry;
use super::found::{self, Found, Wanted};
use super::malformed::{MalformedError, MalformedReason};
use super::pem;
use super::pkcs7;

/// The largest file that is read, in bytes: the roots of every public CA take a tenth of it.
const MAX_FILE: usize = 4 * 1024 * 1024;

/// The most certificates that are read of a file. The largest stores of public roots hold some hundreds.
const MAX_CERTIFICATES: usize = 4096;

/// Why what was looked for could not be taken out of some bytes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// There is no certificate in it.
    #[error("found no certificate but {found}")]
    #[non_exhaustive]
    NoCertificate {
        /// What was found instead: "a private key", "an HTML or XML page", "nothing at all" …
        found: String,
    },
    /// There is no certificate request in it.
    #[error("found no certificate request but {found}")]
    #[non_exhaustive]
    NoRequest {
        /// What was found instead.
        found: String,
    },
    /// There is no certificate revocation list in it.
    #[error("found no certificate revocation list but {found}")]
    #[non_exhaustive]
    NoCrl {
        /// What was found instead.
        found: String,
    },
    /// There is no private key in it.
    #[error("found no private key but {found}")]
    #[non_exhaustive]
    NoPrivateKey {
        /// What was found instead.
        found: String,
    },
    /// There are several of what is to be one.
    #[error("found {count} {what}, and one belongs here")]
    #[non_exhaustive]
    Several {
        /// How many there are.
        count: usize,
        /// Of what: "certificate requests", "private keys" …
        what: &'static str,
    },
    /// It is larger than 4 MiB.
    #[error("{size} bytes are too many: at most {MAX_FILE} are read")]
    #[non_exhaustive]
    TooLarge {
        /// The size in bytes.
        size: usize,
    },
    /// It holds more than 4096 certificates.
    #[error("there are more than {MAX_CERTIFICATES} certificates in it")]
    TooMany,
    /// It is a PKCS #7 file (`.p7b`), and broken.
    #[error("the PKCS #7 file is broken: {reason}")]
    #[non_exhaustive]
    Pkcs7 {
        /// Where.
        reason: &'static str,
    },
    /// A PEM section is broken.
    #[error("PEM section {section} is broken: {}", pem_fault(.source))]
    #[non_exhaustive]
    Pem {
        /// Which section, from 1 on.
        section: usize,
        /// What the PEM reader says.
        source: pki_pem::Error,
    },
    /// A certificate is not readable, where only readable ones can be used.
    #[error("certificate {entry} is {source}")]
    #[non_exhaustive]
    Malformed {
        /// Which certificate, from 1 on.
        entry: usize,
        /// Why.
        source: MalformedError,
    },
    /// A certificate request is not readable.
    #[error("not readable as a certificate request: {source}")]
    #[non_exhaustive]
    MalformedRequest {
        /// Why.
        source: MalformedReason,
    },
    /// The signature of a certificate request does not prove that its sender has the key (RFC 2986 §3).
    #[error("the certificate request proves nothing of its key: {fault}")]
    #[non_exhaustive]
    RequestSignature {
        /// What is wrong with it.
        fault: SignatureFault,
    },
    /// A certificate revocation list is not readable.
    #[error("not readable as a certificate revocation list: {source}")]
    #[non_exhaustive]
    MalformedCrl {
        /// Why.
        source: MalformedReason,
    },
}

/// What is wrong with the signature of a certificate request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureFault {
    /// The key in the request does not verify it: the request was changed, or signed by another key.
    #[error("its signature is not of its own key; was it changed or cut?")]
    Invalid,
    /// The algorithm cannot be verified here.
    #[error("a signature of {algorithm} under a key of {key} cannot be verified here")]
    #[non_exhaustive]
    Unsupported {
        /// The algorithm of the signature.
        algorithm: String,
        /// The key: "RSA 2048", "ECDSA P-521" …
        key: String,
    },
    /// The key is too weak to prove anything (D23).
    #[error("its RSA key has {bits} bits, and at least 2048 are needed")]
    #[non_exhaustive]
    WeakKey {
        /// The size of the modulus in bits.
        bits: usize,
    },
}

fn pem_fault(error: &pki_pem::Error) -> String {
    match error {
        pki_pem::Error::MissingSectionEnd { end_marker } => {
            let label = found::printable(&String::from_utf8_lossy(end_marker));
            let label = label.trim();
            format!("its end `-----END {label}-----` is missing; is the file cut off?")
        }
        pki_pem::Error::IllegalSectionStart { .. } => "its first line is malformed".to_owned(),
        pki_pem::Error::Base64Decode(_) => "its base64 is damaged".to_owned(),
        other => other.to_string(),
    }
}

/// What a file holds.
pub(super) enum Content {
    /// PEM, or text that may be none.
    Text(Zeroizing<Vec<u8>>),
    /// One structure.
    Der,
}

pub(super) fn content(bytes: &[u8]) -> Result<Content, ReadError> {
    if bytes.len() > MAX_FILE {
        return Err(ReadError::TooLarge { size: bytes.len() });
    }
    Ok(match pem::text(bytes) {
        Some(text) => Content::Text(text),
        None => Content::Der,
    })
}

/// The certificates of a file, at least one.
pub(super) struct Certificates {
    pub(super) entries: Vec<Entry>,
    /// Whether the file keeps an order: PKCS #7 does not.
    pub(super) is_ordered: bool,
}

impl Certificates {
    /// Adds those of the sections of `text`.
    fn add_text(&mut self, text: &[u8]) -> Result<(), ReadError> {
        let sections = pem::sections(text)?;
        for (kind, der) in &sections {
            if *kind == SectionKind::Certificate {
                self.add(der)?;
            }
        }
        if !self.entries.is_empty() {
            return Ok(());
        }
        let wanted = Wanted::Certificate;
        Err(wanted.missing(found::describe(text, &sections, wanted)))
    }

    /// Adds what some DER holds: one certificate, or those of a PKCS #7 file. AD CS labels both
    /// "CERTIFICATE" in PEM.
    fn add(&mut self, der: &[u8]) -> Result<(), ReadError> {
        if Found::of_der(der) != Some(Found::Pkcs7) {
            return self.push(der);
        }
        self.is_ordered = false;
        for certificate in pkcs7::certificates(der)? {
            self.push(certificate)?;
        }
        Ok(())
    }

    fn push(&mut self, der: &[u8]) -> Result<(), ReadError> {
        if self.entries.len() == MAX_CERTIFICATES {
            return Err(ReadError::TooMany);
        }
        let der = CertificateDer::from(der.to_vec());
        self.entries.push(Certificate::from_der(der));
        Ok(())
    }
}

/// The certificates in `bytes`: those of a PEM or PKCS #7 file, or a single one in DER.
pub(super) fn certificates(bytes: &[u8]) -> Result<Certificates, ReadError> {
    let mut certificates = Certificates {
        entries: Vec::new(),
        is_ordered: true,
    };
    match content(bytes)? {
        Content::Text(text) => certificates.add_text(&text)?,
        Content::Der => match Found::of_der(bytes) {
            Some(Found::Certificate | Found::Pkcs7) | None => certificates.add(bytes)?,
            Some(_) => return Err(found::other_der(bytes, Wanted::Certificate)),
        },
    }
    Ok(certificates)
}

/// The one certificate request in `bytes`, in DER.
pub(super) fn request(bytes: &[u8]) -> Result<Vec<u8>, ReadError> {
    let der = single(bytes, Wanted::Request, Found::Request)?;
    // certreq has one label for all of its forms.
    match Found::of_der(&der) {
        Some(Found::Pkcs7) => Err(found::other_der(&der, Wanted::Request)),
        _ => Ok(der),
    }
}

/// The one CRL in `bytes`, in DER.
pub(super) fn crl(bytes: &[u8]) -> Result<Vec<u8>, ReadError> {
    single(bytes, Wanted::Crl, Found::Crl)
}

fn single(bytes: &[u8], wanted: Wanted, form: Found) -> Result<Vec<u8>, ReadError> {
    let Content::Text(text) = content(bytes)? else {
        return match Found::of_der(bytes) {
            Some(found) if found != form => Err(found::other_der(bytes, wanted)),
            _ => Ok(bytes.to_vec()),
        };
    };
    let sections = pem::sections(&text)?;
    let (_, der) = wanted.only(&text, &sections)?;
    Ok(der.to_vec())
}
