//! The names of the extensions of RFC 5280 §4.2.

use crate::text::escape_and_truncate;

/// Name and section of the extensions in RFC 5280, and in RFC 6962 for certificate transparency.
const KNOWN: [(&str, &str, &str); 19] = [
    ("2.5.29.9", "subject directory attributes", "§4.2.1.8"),
    ("2.5.29.14", "subject key identifier", "§4.2.1.2"),
    ("2.5.29.15", "key usage", "§4.2.1.3"),
    ("2.5.29.17", "subject alternative name", "§4.2.1.6"),
    ("2.5.29.18", "issuer alternative name", "§4.2.1.7"),
    ("2.5.29.19", "basic constraints", "§4.2.1.9"),
    ("2.5.29.30", "name constraints", "§4.2.1.10"),
    ("2.5.29.31", "CRL distribution points", "§4.2.1.13"),
    ("2.5.29.32", "certificate policies", "§4.2.1.4"),
    ("2.5.29.33", "policy mappings", "§4.2.1.5"),
    ("2.5.29.35", "authority key identifier", "§4.2.1.1"),
    ("2.5.29.36", "policy constraints", "§4.2.1.11"),
    ("2.5.29.37", "extended key usage", "§4.2.1.12"),
    ("2.5.29.46", "freshest CRL", "§4.2.1.15"),
    ("2.5.29.54", "inhibition of any policy", "§4.2.1.14"),
    (
        "1.3.6.1.5.5.7.1.1",
        "authority information access",
        "§4.2.2.1",
    ),
    (
        "1.3.6.1.5.5.7.1.11",
        "subject information access",
        "§4.2.2.2",
    ),
    ("1.3.6.1.4.1.311.20.2", "certificate template name", "§4.2"),
    (
        "1.3.6.1.4.1.11129.2.4.2",
        "signed certificate timestamps",
        "§4.2",
    ),
];

/// Returns an extension for people to read: "key usage (2.5.29.15)", or only the OID if the extension is not known.
pub(crate) fn extension_label(oid: &str) -> String {
    let known = KNOWN.iter().find(|(known, ..)| *known == oid);
    match known {
        Some((_, name, _)) => format!("{name} ({oid})"),
        None => format!("`{}`", escape_and_truncate(oid)),
    }
}

/// Returns the section of RFC 5280 that defines an extension.
pub(crate) fn extension_section(oid: &str) -> &'static str {
    let known = KNOWN.iter().find(|(known, ..)| *known == oid);
    known.map_or("§4.2", |(_, _, section)| section)
}
