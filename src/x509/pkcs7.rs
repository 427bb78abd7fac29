//! Writes certificates as PKCS #7 files, and extracts the certificates and CRLs from PKCS #7 files (SignedData, RFC 2315 §9.1, RFC 5652 §5.1), which the web
//! pages of AD CS offer (D27), in DER or BER.

use yasna::models::ObjectIdentifier;
use yasna::{DERWriterSet, Tag};

use super::ber;
use super::certificate::Certificate;
use super::error::ReadError;

/// The contents of a PKCS #7 file, each as its raw encoding.
#[derive(Default)]
pub(super) struct Pkcs7<'a> {
    /// The certificates. The file is unordered.
    pub(super) certificates: Vec<&'a [u8]>,
    /// The CRLs.
    pub(super) crls: Vec<&'a [u8]>,
    /// Number of the other entries: attribute certificates and unknown choices.
    pub(super) other: usize,
}

/// Returns the contents of a PKCS #7 file. Signatures are not checked: a file that contains only certificates has none.
pub(super) fn parse(bytes: &[u8]) -> Result<Pkcs7<'_>, ReadError> {
    if let Some((_, _, [_, ..])) = ber::element(bytes) {
        return Err(ReadError::Pkcs7 {
            reason: "trailing data",
        });
    }
    let contents = fields_after_content(bytes).and_then(contents);
    contents.ok_or(ReadError::Pkcs7 {
        reason: "truncated, or not as RFC 5652 §5.1 defines it",
    })
}

/// Returns the type of the content that a SignedData carries, as the content octets of an object identifier.
pub(super) fn content_type(bytes: &[u8]) -> Option<&[u8]> {
    let (_, content_info, _) = ber::peek(bytes)?;
    let (_content_type, _, rest) = ber::peek(content_info)?;
    let (_, content, _) = ber::peek(rest)?;
    let (_, signed_data, _) = ber::peek(content)?;
    let (_version, _, rest) = ber::peek(signed_data)?;
    let (_digest_algorithms, _, rest) = ber::peek(rest)?;
    let (_, encapsulated_content, _) = ber::peek(rest)?;
    let (_, content_type, _) = ber::peek(encapsulated_content)?;
    Some(content_type)
}

/// Returns a PKCS #7 file in DER with only these certificates, as AD CS returns a chain (D27). It has no content and no
/// signature.
pub(crate) fn write_pkcs7<'a>(certificates: impl IntoIterator<Item = &'a Certificate>) -> Vec<u8> {
    const DATA: &[u64] = &[1, 2, 840, 113_549, 1, 7, 1];
    const SIGNED_DATA: &[u64] = &[1, 2, 840, 113_549, 1, 7, 2];
    let version = 1;
    let write_certificates = |writer: &mut DERWriterSet<'_>| {
        for certificate in certificates {
            writer.next().write_der(certificate.der());
        }
    };
    yasna::construct_der(|writer| {
        writer.write_sequence(|writer| {
            writer
                .next()
                .write_oid(&ObjectIdentifier::from_slice(SIGNED_DATA));
            writer.next().write_tagged(Tag::context(0), |writer| {
                writer.write_sequence(|writer| {
                    writer.next().write_u8(version);
                    writer.next().write_set_of(|_digest_algorithms| {});
                    let content = writer.next();
                    content.write_sequence(|writer| {
                        writer.next().write_oid(&ObjectIdentifier::from_slice(DATA))
                    });
                    let set = writer.next();
                    set.write_tagged_implicit(Tag::context(0), |writer| {
                        writer.write_set_of(write_certificates);
                    });
                    writer.next().write_set_of(|_signers| {});
                });
            });
        });
    })
}

/// Returns the fields of the SignedData from the certificates on.
fn fields_after_content(bytes: &[u8]) -> Option<&[u8]> {
    let (_, content_info, _) = ber::element(bytes)?;
    let (_content_type, _, rest) = ber::element(content_info)?;
    let (_, content, _) = ber::element(rest)?;
    let (_, signed_data, _) = ber::element(content)?;
    let (_version, _, rest) = ber::element(signed_data)?;
    let (_digest_algorithms, _, rest) = ber::element(rest)?;
    let (_encapsulated_content, _, rest) = ber::element(rest)?;
    Some(rest)
}

/// Returns the members of the two optional sets among `fields`: certificates and CRLs.
fn contents(mut fields: &[u8]) -> Option<Pkcs7<'_>> {
    const CERTIFICATES: u8 = 0xa0;
    const CRLS: u8 = 0xa1;
    let mut contents = Pkcs7::default();
    while !fields.is_empty() {
        let (tag, content, rest) = ber::element(fields)?;
        let (members, other) = match tag {
            CERTIFICATES | CRLS => members(content)?,
            _ => (Vec::new(), 0),
        };
        match tag {
            CRLS => contents.crls = members,
            CERTIFICATES => contents.certificates = members,
            _ => {}
        }
        contents.other += other;
        fields = rest;
    }
    Some(contents)
}

/// Returns the members of a set that are a SEQUENCE, as certificates and CRLs are, and the number of the others.
fn members(mut set: &[u8]) -> Option<(Vec<&[u8]>, usize)> {
    const SEQUENCE: u8 = 0x30;
    let mut members = Vec::new();
    let mut other = 0;
    while !set.is_empty() {
        let (member, rest) = ber::split(set)?;
        if member.first() == Some(&SEQUENCE) {
            members.push(member);
        } else {
            other += 1;
        }
        set = rest;
    }
    Some((members, other))
}
