//! Public suffixes: domains under which the public can register names.

use super::dns_name::DnsName;

/// Returns `true` if `domain` is a public suffix (`co.uk`) according to the list in the feature `public-suffix`.
/// Returns `false` without that feature.
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
