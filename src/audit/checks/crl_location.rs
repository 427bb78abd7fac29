//! Checks where clients can fetch the CRL for a server certificate.

use crate::audit::display::list;
use crate::name::DnsName;
use crate::rule::{Finding, Rule};
use crate::text::quote;
use crate::x509::Certificate;

/// Reports a certificate without a CRL distribution point (D21), or whose distribution points are all in a directory
/// (D146). *Not* checked: whether a location can be reached.
pub(in crate::audit) fn check(server: &DnsName, certificate: &Certificate) -> Option<Finding> {
    if !certificate.has_crl_distribution_point() {
        let detail = "its certificate has no CRL distribution point";
        return Some(Finding::new(Rule::NoCrlDistributionPoint, server, detail));
    }
    let locations = certificate.crl_locations().iter();
    let uris: Vec<&str> = locations
        .filter_map(|location| location.strip_prefix("URI:"))
        .collect();
    if uris.is_empty() || !uris.iter().all(|uri| is_ldap(uri)) {
        return None;
    }
    let uris: Vec<String> = uris.into_iter().map(quote).collect();
    let detail = format!(
        "every CRL distribution point of its certificate is in a directory: {}",
        list(&uris, " and "),
    );
    Some(Finding::new(Rule::CrlLdapOnly, server, detail))
}

/// Returns `true` for the schemes `ldap` and `ldaps`, in any case (RFC 3986 §3.1).
fn is_ldap(uri: &str) -> bool {
    let scheme = uri.split(':').next().unwrap_or_default();
    scheme.eq_ignore_ascii_case("ldap") || scheme.eq_ignore_ascii_case("ldaps")
}
