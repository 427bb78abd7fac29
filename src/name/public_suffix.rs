//! Public suffixes: domains under which anybody can register a name.

use super::dns_name::DnsName;

/// Returns `true` if `domain` is a public suffix (`co.uk`) according to the list that the feature
/// `public-suffix` compiles in. Returns `false` without that feature.
///
/// The parent of a host under an unknown top-level domain (`contoso.local`) is not a public suffix: a
/// [`DnsName`] has at least two labels.
pub(super) fn is_public_suffix(domain: &DnsName) -> bool {
    #[cfg(feature = "public-suffix")]
    return psl::suffix_str(domain.as_str()) == Some(domain.as_str());
    #[cfg(not(feature = "public-suffix"))]
    {
        let _ = domain;
        false
    }
}
