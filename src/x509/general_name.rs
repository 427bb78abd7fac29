//! Renders the general names of certificates and CRLs (RFC 5280 §4.2.1.6) as text.

use std::net::IpAddr;

use x509_parser::extensions::GeneralName;

use super::name::escape_non_ascii;
use crate::text::escape_invisible;

/// Returns each of `names` as text.
pub(super) fn texts(names: &[GeneralName<'_>]) -> Vec<String> {
    names.iter().map(text).collect()
}

/// Returns `name` as text: a DNS name unchanged, others with their kind in front (`IP:192.0.2.1`).
pub(super) fn text(name: &GeneralName<'_>) -> String {
    match name {
        GeneralName::DNSName(name) => escape_non_ascii(name),
        GeneralName::IPAddress(bytes) => match ip_address(bytes) {
            Some(address) => format!("IP:{address}"),
            None => "IP:(malformed)".to_owned(),
        },
        GeneralName::RFC822Name(name) => format!("email:{}", escape_non_ascii(name)),
        GeneralName::URI(uri) => format!("URI:{}", escape_non_ascii(uri)),
        GeneralName::DirectoryName(name) => {
            format!("directory:{}", escape_invisible(&name.to_string()))
        }
        GeneralName::Invalid(..) => "(malformed)".to_owned(),
        _ => "(other name)".to_owned(),
    }
}

/// Returns the IP address of 4 or 16 bytes.
pub(super) fn ip_address(bytes: &[u8]) -> Option<IpAddr> {
    match bytes.len() {
        4 => Some(IpAddr::from(<[u8; 4]>::try_from(bytes).ok()?)),
        16 => Some(IpAddr::from(<[u8; 16]>::try_from(bytes).ok()?)),
        _ => None,
    }
}
