//! The forms in which people hand files on.

use data_encoding::{BASE64, HEXLOWER};

use super::encoding::utf16;

/// Returns `der` as one PEM section.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let digits = BASE64.encode(der);
    let lines: Vec<&str> = digits
        .as_bytes()
        .chunks(64)
        .map(|line| str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

/// Returns one structure in every form that is read. `label` is the right one for its kind.
pub(crate) fn forms(label: &str, der: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let right = pem(label, der);
    let base64: String = right
        .lines()
        .filter(|line| !line.starts_with('-'))
        .flat_map(|line| [line, "\r\n"])
        .collect();
    let quoted = right.replace('\n', "\n> ");
    let escaped = right.replace('\n', "\\n");
    let hexadecimal = HEXLOWER.encode(der);
    let texts = [
        ("PEM", right.clone()),
        ("certutil -encode", pem("CERTIFICATE", der)),
        ("an unknown label", pem("ENTITY", der)),
        ("CRLF", right.replace('\n', "\r\n")),
        ("no final line break", right.trim_end().to_owned()),
        ("line breaks as blanks", right.replace('\n', " ")),
        ("no line breaks", right.replace('\n', "")),
        ("escaped line breaks", escaped.clone()),
        ("escaped CRLF", right.replace('\n', "\\r\\n")),
        ("twice escaped line breaks", right.replace('\n', "\\\\n")),
        ("PowerShell's line breaks", right.replace('\n', "`r`n")),
        ("JSON", format!("{{ \"file\": \"{escaped}\" }}")),
        (
            "JSON of PHP and .NET",
            format!(
                "{{\"file\":\"{}\"}}",
                escaped.replace('/', "\\/").replace('+', "\\u002B")
            ),
        ),
        ("quoted mail", format!("> Hello,\n>\n> {quoted}")),
        (
            "twice quoted mail",
            format!(">> {}", right.replace('\n', "\n>> ")),
        ),
        ("quoted-printable mail", right.replace('=', "=3D")),
        ("indented", right.replace('\n', "\n\t  ")),
        ("text around", format!("subject=um1\n\n{right}\nthe end\n")),
        ("a byte order mark", format!("\u{feff}{right}")),
        ("base64 without its lines", base64.clone()),
        ("base64 in one line", BASE64.encode(der)),
        ("base64 in quotes", format!("\"{}\"\n", BASE64.encode(der))),
        ("base64 with blanks", base64.replace("\r\n", " ")),
        (
            "certutil -encode of PEM",
            pem("CERTIFICATE", right.as_bytes()),
        ),
        (
            "a secret of Kubernetes",
            BASE64.encode(right.replace('\n', "\r\n").as_bytes()),
        ),
        ("escape sequences", format!("\\x{}", separated(der, "\\x"))),
        ("hexadecimal digits", hexadecimal.clone()),
        ("SQL", format!("0x{}", hexadecimal.to_uppercase())),
        ("colons", separated(der, ":")),
        ("blanks", separated(der, " ")),
        ("C", format!("0x{}", separated(der, ", 0x"))),
        (
            "certutil -encodehex",
            dump(der, |at| format!("{at:04x}  "), 1),
        ),
        ("xxd", dump(der, |at| format!("{at:08x}: "), 2)),
        ("hexdump -C", dump(der, |at| format!("{at:08x}  "), 1)),
        (
            "Format-Hex",
            format!(
                "\n\n           Path: C:\\um1.cer\n\n           00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F\n\n{}",
                dump(der, |at| format!("{at:08X}   "), 1)
            ),
        ),
    ];
    let wide = [
        ("UTF-16", utf16(&right, false)),
        ("big-endian UTF-16", utf16(&right, true)),
        ("UTF-16 without a mark", utf16(&right, false)[2..].to_vec()),
        ("base64 in UTF-16", utf16(&base64, false)),
        ("hexadecimal digits in UTF-16", utf16(&hexadecimal, false)),
    ];
    let binary = [
        ("DER", der.to_vec()),
        ("DER and CRLF", [der, b"\r\n"].concat()),
        ("DER and zeros", [der, &[0; 7]].concat()),
        ("DER and an end of file", [der, b"\x1a"].concat()),
    ];
    texts
        .into_iter()
        .map(|(form, text)| (form, text.into_bytes()))
        .chain(wide)
        .chain(binary)
        .collect()
}

fn separated(der: &[u8], separator: &str) -> String {
    let bytes: Vec<String> = der.iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.join(separator)
}

/// Returns a dump with 16 bytes a line: the offset, groups of `group` bytes, and the characters.
fn dump(der: &[u8], offset: impl Fn(usize) -> String, group: usize) -> String {
    let mut text = String::new();
    for (number, line) in der.chunks(16).enumerate() {
        let groups: Vec<String> = line
            .chunks(group)
            .map(|bytes| HEXLOWER.encode(bytes))
            .collect();
        let characters: String = line
            .iter()
            .map(|byte| {
                if byte.is_ascii_graphic() {
                    char::from(*byte)
                } else {
                    '.'
                }
            })
            .collect();
        text += &format!(
            "{}{}  {characters}\n",
            offset(number * 16),
            groups.join(" ")
        );
    }
    text
}

/// Returns a serialized certificate store (MS-OSHARED) of these encoded certificates, each with a property.
pub(crate) fn serialized_store(certificates: &[&[u8]]) -> Vec<u8> {
    let element = |id: u32, value: &[u8]| {
        let length = u32::try_from(value.len()).unwrap();
        let head = [id, 1, length].map(u32::to_le_bytes).concat();
        [&head[..], value].concat()
    };
    let entries = certificates
        .iter()
        .flat_map(|der| [element(11, b"U\0M\0\0\0"), element(32, der)].concat());
    let entries: Vec<u8> = entries.collect();
    [&b"\0\0\0\0CERT"[..], &entries, &[0; 12]].concat()
}
