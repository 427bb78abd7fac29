//! Detects the kind of a structure or file by its content.

use super::ber;
use super::hex_dump;
use super::pem;
use super::pkcs7;

/// The kind of a structure.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Certificate,
    Request,
    Crl,
    PublicKey,
    PrivateKey,
    EncryptedKey,
    /// A key that old OpenSSL encrypted by PEM headers (RFC 1421), with a key derived by MD5.
    OpenSslEncryptedKey,
    /// A key in the format of OpenSSH.
    OpenSshKey,
    /// SignedData (RFC 5652 §5), the usual content of a `.p7b` file.
    Pkcs7,
    /// A request of certreq in CMC (RFC 5272 §3.2.1), which is a SignedData.
    Cmc,
    /// Another message of CMS (RFC 5652), for example an encrypted one.
    OtherCms,
    Pkcs12,
    /// The parameters of an elliptic curve (RFC 3279 §2.3.5), which OpenSSL writes before a key.
    EcParameters,
}

/// PKCS #7 and CMS, 1.2.840.113549.1.7; the last arc is the type of content.
const PKCS7: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07";
const SIGNED_DATA: &[u8] = b"\x02";
/// id-cct-PKIData, 1.3.6.1.5.5.7.12.2 (RFC 5272 §3.2).
const PKI_DATA: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x0c\x02";

// Tags of DER.

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
/// The version of a certificate (RFC 5280 §4.1), or the attributes of a request.
const CONTEXT_0: u8 = 0xa0;

impl Kind {
    /// Detects the kind of a structure by its first elements, which may be truncated.
    pub(super) fn detect(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"openssh-key-v1\0") {
            return Some(Self::OpenSshKey);
        }
        let (tag, outer, _) = ber::peek(bytes)?;
        if tag != SEQUENCE {
            return None;
        }
        let (tag, content, rest) = ber::peek(outer)?;
        match (tag, content) {
            (OBJECT_IDENTIFIER, oid) => match oid.strip_prefix(PKCS7)? {
                SIGNED_DATA if pkcs7::content_type(bytes) == Some(PKI_DATA) => Some(Self::Cmc),
                SIGNED_DATA => Some(Self::Pkcs7),
                _ => Some(Self::OtherCms),
            },
            (INTEGER, [3]) => Some(Self::Pkcs12),
            (INTEGER, [0 | 1]) => Self::detect_key(rest),
            // An algorithm, followed by the key.
            (SEQUENCE, [OBJECT_IDENTIFIER, ..]) => match *rest.first()? {
                BIT_STRING => Some(Self::PublicKey),
                OCTET_STRING => Some(Self::EncryptedKey),
                _ => None,
            },
            (SEQUENCE, signed) => Self::detect_signed(signed),
            _ => None,
        }
    }

    /// Detects a private key by what follows its version: an algorithm and an OCTET STRING in PKCS #8, numbers in PKCS
    /// #1, an OCTET STRING in SEC 1.
    fn detect_key(after_version: &[u8]) -> Option<Self> {
        let (tag, _, rest) = ber::peek(after_version)?;
        match (tag, rest.first()) {
            (SEQUENCE, Some(&SEQUENCE)) => Some(Self::EcParameters),
            (SEQUENCE | INTEGER | OCTET_STRING, _) => Some(Self::PrivateKey),
            _ => None,
        }
    }

    /// Detects the kind of a signed structure by the content of its first element, the signed part.
    fn detect_signed(content: &[u8]) -> Option<Self> {
        let fields: Vec<(u8, &[u8])> = first_elements(content);
        let starts_with_time =
            |content: &[u8]| matches!(content, [UTC_TIME | GENERALIZED_TIME, ..]);
        match *fields.as_slice() {
            [(CONTEXT_0, _), ..] => Some(Self::Certificate),
            // A certificate of version 1: serial number, algorithm, issuer, validity.
            [
                (INTEGER, _),
                (SEQUENCE, _),
                (SEQUENCE, _),
                (SEQUENCE, validity),
                ..,
            ] if starts_with_time(validity) => Some(Self::Certificate),
            // A CRL of version 2: version, algorithm, issuer, time.
            [
                (INTEGER, [1]),
                (SEQUENCE, _),
                (SEQUENCE, _),
                (UTC_TIME | GENERALIZED_TIME, _),
                ..,
            ] => Some(Self::Crl),
            // A CRL of version 1 has no version.
            [
                (SEQUENCE, _),
                (SEQUENCE, _),
                (UTC_TIME | GENERALIZED_TIME, _),
                ..,
            ] => Some(Self::Crl),
            // CertificationRequestInfo (RFC 2986 §4.1): version, subject, key.
            [(INTEGER, [0]), (SEQUENCE, _), (SEQUENCE, _), ..]
            | [(INTEGER, [0]), (SEQUENCE, _)] => Some(Self::Request),
            _ => None,
        }
    }

    /// Returns the kind that the label of a PEM section promises.
    pub(super) fn of_label(label: &str) -> Option<Self> {
        match label {
            "CERTIFICATE" | "X509 CERTIFICATE" | "X.509 CERTIFICATE" | "TRUSTED CERTIFICATE" => {
                Some(Self::Certificate)
            }
            "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Some(Self::Request),
            "X509 CRL" | "CRL" => Some(Self::Crl),
            "PKCS7" | "PKCS #7 SIGNED DATA" | "CMS" => Some(Self::Pkcs7),
            "PKCS12" => Some(Self::Pkcs12),
            "EC PARAMETERS" => Some(Self::EcParameters),
            "OPENSSH PRIVATE KEY" => Some(Self::OpenSshKey),
            "ENCRYPTED PRIVATE KEY" => Some(Self::EncryptedKey),
            _ if label.ends_with("PRIVATE KEY") => Some(Self::PrivateKey),
            "PUBLIC KEY" | "RSA PUBLIC KEY" => Some(Self::PublicKey),
            _ => None,
        }
    }

    /// Returns `true` for a private key in an encoding that this crate reads or names.
    pub(super) fn is_private_key(self) -> bool {
        matches!(
            self,
            Self::PrivateKey | Self::EncryptedKey | Self::OpenSslEncryptedKey
        )
    }

    /// Returns the name of the kind with an article.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Certificate => "a certificate",
            Self::Request => "a certificate request",
            Self::Crl => "a CRL",
            Self::PublicKey => "a public key",
            Self::PrivateKey => "a private key",
            Self::EncryptedKey | Self::OpenSslEncryptedKey => "an encrypted private key",
            Self::OpenSshKey => "a private key of OpenSSH",
            Self::Pkcs7 => "a PKCS #7 file (.p7b)",
            Self::Cmc => "a certificate request in CMC",
            Self::OtherCms => "a CMS message without certificates",
            Self::Pkcs12 => "a PKCS #12 file (.pfx)",
            Self::EcParameters => "the parameters of an elliptic curve",
        }
    }
}

/// Returns tag and content of the first four elements of `content`. The last one may be truncated.
fn first_elements(content: &[u8]) -> Vec<(u8, &[u8])> {
    let mut elements = Vec::new();
    let mut rest = content;
    while elements.len() < 4
        && let Some((tag, content, following)) = ber::peek(rest)
    {
        elements.push((tag, content));
        rest = following;
    }
    elements
}

/// Describes a text or file in which no structure was found, with advice how to convert it.
pub(super) fn describe_unknown(bytes: &[u8]) -> &'static str {
    let trimmed = bytes.trim_ascii();
    match trimmed {
        [] => return "an empty file",
        [b'<', ..] => return "an HTML or XML page",
        [b'P', b'K', 3, 4, ..] => return "a ZIP archive; extract the file from it",
        [0xfe, 0xed, 0xfe, 0xed, ..] => {
            return "a Java key store (.jks); export the certificates with `keytool -exportcert -rfc`";
        }
        // The replacement character, instead of the length of a SEQUENCE.
        [0x30, 0xef, 0xbf, 0xbd, ..] => {
            return "a binary file that was saved as text, which damages it; copy it again as binary";
        }
        _ => {}
    }
    if hex_dump::is_dump(trimmed) {
        return "a hexadecimal dump; convert it with `certutil -decodehex` or `xxd -r`";
    }
    if pem::find(trimmed, b"-----BEGIN%20").is_some() {
        return "PEM with percent-encoded characters; decode them";
    }
    if pem::find(trimmed, b"-----END ").is_some() {
        return "PEM without its line `-----BEGIN …-----`; put that line before it";
    }
    if pem::find(trimmed, b"BEGIN CERTIFICATE").is_some() {
        return "PEM without the five dashes around `BEGIN CERTIFICATE`; copy the file again";
    }
    if trimmed.starts_with(b"{") || trimmed.starts_with(b"[") {
        return "JSON or a configuration file";
    }
    "unknown text or data"
}
