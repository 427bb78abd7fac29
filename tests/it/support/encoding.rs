//! Encodings that tests need in the raw: elements of DER, PKCS #7 and UTF-16.

use umcert::Certificate;

/// Returns `text` as PowerShell's `>` writes it, with a byte order mark.
pub(crate) fn utf16(text: &str, big_endian: bool) -> Vec<u8> {
    let bytes = |unit: u16| {
        if big_endian {
            unit.to_be_bytes()
        } else {
            unit.to_le_bytes()
        }
    };
    std::iter::once(0xfeff)
        .chain(text.encode_utf16())
        .flat_map(bytes)
        .collect()
}

/// Returns one element of DER, with its length in the shortest form.
pub(crate) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let short = match length {
        0..=0x7f => vec![u8::try_from(length).unwrap()],
        0x80..=0xff => vec![0x81, u8::try_from(length).unwrap()],
        _ => [&[0x82], &u16::try_from(length).unwrap().to_be_bytes()[..]].concat(),
    };
    [&[tag], &short[..], content].concat()
}

/// Returns the lengths of the header and of the content of the first DER element.
fn head(der: &[u8]) -> (usize, usize) {
    match der[1] {
        short @ 0..=0x7f => (2, usize::from(short)),
        long => {
            let digits = &der[2..2 + usize::from(long - 0x80)];
            let length = digits
                .iter()
                .fold(0, |sum, it| sum * 256 + usize::from(*it));
            (2 + digits.len(), length)
        }
    }
}

/// Returns the content of an element of DER.
pub(crate) fn content(der: &[u8]) -> &[u8] {
    &der[head(der).0..]
}

/// Returns the elements of some content.
pub(crate) fn elements(mut content: &[u8]) -> Vec<Vec<u8>> {
    let mut elements = Vec::new();
    while !content.is_empty() {
        let (head, length) = head(content);
        let (element, behind) = content.split_at(head + length);
        elements.push(element.to_vec());
        content = behind;
    }
    elements
}

/// Returns a PKCS #7 file of these certificates.
pub(crate) fn pkcs7(certificates: &[&Certificate]) -> Vec<u8> {
    let set: Vec<u8> = certificates
        .iter()
        .flat_map(|it| it.der().to_vec())
        .collect();
    let signed_data = [
        element(0x02, &[1]),
        element(0x31, &[]),
        element(0x30, b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"),
        if set.is_empty() {
            Vec::new()
        } else {
            element(0xa0, &set)
        },
        element(0x31, &[]),
    ];
    let content = element(0xa0, &element(0x30, &signed_data.concat()));
    let oid = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
    element(0x30, &[&oid[..], &content].concat())
}
