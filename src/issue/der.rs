//! Putting DER together. The writers of a library take a closure for each element, and each is compiled for
//! itself: that is more than what stands here.

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const NULL: u8 = 0x05;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const UTF8_STRING: u8 = 0x0c;
pub(super) const PRINTABLE_STRING: u8 = 0x13;
pub(super) const IA5_STRING: u8 = 0x16;
pub(super) const BMP_STRING: u8 = 0x1e;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// An element of this tag around `parts`, in one piece of memory: nothing of a secret is left where a
/// buffer grew.
pub(super) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let mut length = 0_usize;
    for part in parts {
        length += part.len();
    }
    let bytes = length.to_be_bytes();
    let digits = without_zeros(&bytes);
    let mut der = Vec::with_capacity(2 + digits.len() + length);
    der.push(tag);
    // X.690 §8.1.3: up to 127 it is one byte, and else as many as the first byte says.
    if length >= 0x80 {
        der.push(0x80 | u8::try_from(digits.len()).unwrap_or_default());
    }
    match digits {
        [] => der.push(0),
        digits => der.extend_from_slice(digits),
    }
    for part in parts {
        der.extend_from_slice(part);
    }
    der
}

/// An INTEGER.
pub(super) fn integer(number: u32) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    match without_zeros(&bytes) {
        [] => element(INTEGER, &[&[0]]),
        // X.690 §8.3.3: it would be a negative one.
        digits @ [0x80..=0xff, ..] => element(INTEGER, &[&[0], digits]),
        digits => element(INTEGER, &[digits]),
    }
}

/// An OBJECT IDENTIFIER of these arcs.
pub(super) fn object_identifier(arcs: &[u64]) -> Vec<u8> {
    let mut content = Vec::new();
    let mut rest = arcs;
    // X.690 §8.19.4: the first two are one number.
    if let [root, arc, behind @ ..] = arcs {
        push_arc(&mut content, root.saturating_mul(40).saturating_add(*arc));
        rest = behind;
    }
    for arc in rest {
        push_arc(&mut content, *arc);
    }
    element(OBJECT_IDENTIFIER, &[&content])
}

/// Seven bits a byte, and another follows where the eighth is set.
fn push_arc(content: &mut Vec<u8>, arc: u64) {
    let digits = (u64::BITS - arc.leading_zeros()).div_ceil(7).max(1);
    for place in (0..digits).rev() {
        let [.., digit] = (arc >> (7 * place) & 0x7f).to_be_bytes();
        content.push(if place > 0 { 0x80 | digit } else { digit });
    }
}

/// The text of a BMPString.
pub(super) fn bmp_string(text: &str) -> Vec<u8> {
    let mut content = Vec::new();
    for unit in text.encode_utf16() {
        content.extend_from_slice(&unit.to_be_bytes());
    }
    element(BMP_STRING, &[&content])
}

/// What is left of a number behind its leading zeros.
pub(super) fn without_zeros(number: &[u8]) -> &[u8] {
    let mut digits = number;
    while let [0, behind @ ..] = digits {
        digits = behind;
    }
    digits
}

#[cfg(test)]
mod tests {
    use yasna::models::ObjectIdentifier;

    use super::{OCTET_STRING, bmp_string, element, integer, object_identifier};

    #[test]
    fn lengths_are_as_yasna_writes_them() {
        for length in [0, 1, 127, 128, 255, 256, 65_535, 65_536] {
            let content = vec![7; length];
            let (first, second) = content.split_at(length / 2);
            let expected = yasna::construct_der(|writer| writer.write_bytes(&content));
            let written = element(OCTET_STRING, &[first, second]);
            assert_eq!(written, expected, "{length}");
            let grew = written.capacity() > written.len() + 1;
            assert!(!grew, "{length}");
        }
    }

    #[test]
    fn values_are_as_yasna_writes_them() {
        for number in [
            0,
            1,
            127,
            128,
            255,
            256,
            0x7fff,
            0x8000,
            0x7fff_ffff,
            u32::MAX,
        ] {
            let expected = yasna::construct_der(|writer| writer.write_u32(number));
            assert_eq!(integer(number), expected, "{number}");
        }
        let arcs: [&[u64]; 6] = [
            &[0, 39],
            &[1, 3, 101, 112],
            &[2, 5, 29, 17],
            &[2, 0xffff, 0, 127, 128, 16_383, 16_384],
            &[1, 3, 6, 1, 4, 1, 311, 21, 8, 9_999_999, 0xffff_ffff],
            &[0, 9, 2342, 19_200_300, 100, 1, u64::MAX],
        ];
        for arcs in arcs {
            let oid = ObjectIdentifier::from_slice(arcs);
            let expected = yasna::construct_der(|writer| writer.write_oid(&oid));
            assert_eq!(object_identifier(arcs), expected, "{arcs:?}");
        }
        for text in ["", "WebServer", "Größe", "名前"] {
            let expected = yasna::construct_der(|writer| writer.write_bmp_string(text));
            assert_eq!(bmp_string(text), expected, "{text}");
        }
    }
}
