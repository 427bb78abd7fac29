//! Putting DER together from parts that are there already.

/// An element of this tag around `parts`, in one piece of memory: nothing of a secret is left where a
/// buffer grew.
pub(super) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length = parts.iter().map(|part| part.len()).sum();
    let header = header(tag, length);
    let mut der = Vec::with_capacity(header.len() + length);
    der.extend_from_slice(&header);
    for part in parts {
        der.extend_from_slice(part);
    }
    der
}

/// The tag and the length of an element with so many bytes in it.
fn header(tag: u8, length: usize) -> Vec<u8> {
    let bytes = length.to_be_bytes();
    let digits: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
    match (digits.as_slice(), u8::try_from(digits.len())) {
        ([], _) => vec![tag, 0],
        ([short], _) if *short < 0x80 => vec![tag, *short],
        (_, Ok(count)) => [&[tag, 0x80 | count], digits.as_slice()].concat(),
        (_, Err(_)) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::element;

    #[test]
    fn lengths_are_as_yasna_writes_them() {
        for length in [0, 1, 127, 128, 255, 256, 65_535, 65_536] {
            let content = vec![7; length];
            let (first, second) = content.split_at(length / 2);
            let expected = yasna::construct_der(|writer| writer.write_bytes(&content));
            assert_eq!(element(0x04, &[first, second]), expected, "{length}");
        }
    }
}
