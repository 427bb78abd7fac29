//! Reads serialized certificate stores (`.sst`, MS-OSHARED §2.3.9.1), which `Export-Certificate -Type SST` and the
//! Certificates snap-in make of a store of Windows.

use super::der::is_padding;

/// Version 0, followed by "CERT".
const HEADER: &[u8] = b"\0\0\0\0CERT";

/// The identifier of an element that is a certificate. Elements with smaller ones are properties of the next entry.
const CERTIFICATE: u32 = 32;
/// The identifier of an element that is a CRL.
const CRL: u32 = 33;
/// The identifier of an element that is a certificate trust list.
const TRUST_LIST: u32 = 34;

/// Returns `true` if `bytes` start like a serialized store.
pub(super) fn is_serialized_store(bytes: &[u8]) -> bool {
    bytes.starts_with(HEADER)
}

/// Returns the encoded entries of a serialized store: certificates, CRLs and certificate trust lists. Their properties,
/// such as friendly names, are skipped. Returns `None` if the store is truncated or damaged.
pub(super) fn entries(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut rest = bytes.strip_prefix(HEADER)?;
    let mut entries = Vec::new();
    loop {
        let (id, after_id) = number(rest)?;
        let (_encoding, after_encoding) = number(after_id)?;
        let (length, after_length) = number(after_encoding)?;
        let length = usize::try_from(length).ok()?;
        let (value, following) = after_length.split_at_checked(length)?;
        match id {
            0 => {
                let is_end = value.is_empty() && is_padding(following);
                return is_end.then_some(entries);
            }
            CERTIFICATE | CRL | TRUST_LIST => entries.push(value),
            _ => {}
        }
        rest = following;
    }
}

/// Splits the first four bytes off, as a little-endian number.
fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*digits), rest))
}
