//! Internal names: names for which public CAs issue no certificates.

use super::dns_name::DnsName;

/// Suffixes that no public registry delegates: the special-use domains of RFC 6761, RFC 6762 (with its appendix G),
/// RFC 8375 and RFC 9476, and those that ICANN reserves for private use. `.onion` (RFC 7686) is not in the list, because
/// public CAs issue certificates for it.
const RESERVED: [&str; 14] = [
    "alt",
    "corp",
    "example",
    "home",
    "home.arpa",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "private",
    "test",
];

impl DnsName {
    /// Returns `true` if public CAs issue no certificate for this name, because its suffix is not a public one (D137).
    ///
    /// The feature `public-suffix` knows every public suffix. Without it, only names under a reserved suffix, such as
    /// `.local` or `.home.arpa`, are internal. A single label, which is also internal, is not a [`DnsName`].
    #[must_use]
    pub fn is_internal(&self) -> bool {
        is_under_reserved_suffix(self.as_str()) || !has_public_suffix(self.as_str())
    }
}

fn is_under_reserved_suffix(name: &str) -> bool {
    RESERVED.iter().any(|suffix| {
        let rest = name.strip_suffix(suffix);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

#[cfg(feature = "public-suffix")]
fn has_public_suffix(name: &str) -> bool {
    psl::suffix(name.as_bytes()).is_some_and(|suffix| suffix.is_known())
}

#[cfg(not(feature = "public-suffix"))]
fn has_public_suffix(_: &str) -> bool {
    true
}
