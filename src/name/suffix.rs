//! Domains under which a wildcard would reach strangers.

use super::dns_name::DnsName;

/// Whether `domain` is a public suffix, under which strangers register names (`co.uk`).
///
/// The list is compiled in with the feature `public-suffix`. Without it the answer is always no: a
/// [`DnsName`] has two labels at least, so a wildcard of a single one cannot be written anyway. A host of
/// a suffix that the list does not know (`contoso.local`) is under a single label, and so no suffix.
pub(super) fn is_public_suffix(domain: &DnsName) -> bool {
    #[cfg(feature = "public-suffix")]
    return psl::suffix_str(domain.as_str()) == Some(domain.as_str());
    #[cfg(not(feature = "public-suffix"))]
    {
        let _ = domain;
        false
    }
}
