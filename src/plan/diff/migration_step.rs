//! One step from a plan to another.

use serde::Serialize;

use super::reissue::Reissue;
use crate::name::{DnsName, SanName};
use crate::plan::PlannedCertificate;

/// One step from a plan to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
#[non_exhaustive]
pub enum MigrationStep {
    /// Issue a certificate for a new subject or a new Front End, and install it on its servers.
    Issue(PlannedCertificate),
    /// Issue an interim certificate that contains more names than planned, and install it on its servers. A later step
    /// issues the planned certificate, after names have moved.
    #[non_exhaustive]
    Extend {
        /// The planned certificate.
        certificate: PlannedCertificate,
        /// The additional names: the old plan still moves them to the certificate's servers in an outage.
        kept: Vec<DnsName>,
    },
    /// Reissue a certificate with other names or another key, and install it on its servers.
    Reissue(Reissue),
    /// Install an unchanged certificate on more servers.
    #[non_exhaustive]
    Install {
        /// The CN of the certificate.
        subject: DnsName,
        /// The servers on which to install it.
        servers: Vec<DnsName>,
    },
    /// Redirect the name to another server in an outage.
    #[non_exhaustive]
    Redirect {
        /// The name.
        name: DnsName,
        /// The server that the name is pointed at.
        to: DnsName,
    },
    /// Change several redirects at once. In an outage between two of the changes, a chain of redirects would
    /// lead a name to a server whose certificate does not cover it.
    #[non_exhaustive]
    RedirectTogether {
        /// Each name with the server that it is pointed at, or `None` if its redirect is removed.
        redirects: Vec<(DnsName, Option<DnsName>)>,
    },
    /// Make the server an enabled member of the dial plan.
    #[non_exhaustive]
    Enable {
        /// The dial plan.
        dial_plan: String,
        /// The server.
        server: DnsName,
    },
    /// Make the server a disabled member of the dial plan.
    #[non_exhaustive]
    Disable {
        /// The dial plan.
        dial_plan: String,
        /// The server.
        server: DnsName,
    },
    /// Remove the server from the dial plan.
    #[non_exhaustive]
    RemoveMember {
        /// The dial plan.
        dial_plan: String,
        /// The server.
        server: DnsName,
    },
    /// Remove the redirect of the name.
    #[non_exhaustive]
    RemoveRedirect {
        /// The name.
        name: DnsName,
    },
    /// Retire the certificate of this subject. Revoke it if others may know its key.
    #[non_exhaustive]
    Retire {
        /// The CN of the certificate, or the FQDN of the Front End that presents it.
        subject: DnsName,
    },
}

impl MigrationStep {
    /// Returns the SAN entries of the certificate that this step issues, in order: exact names before
    /// wildcards (D12). Returns `None` if the step does not issue a certificate.
    #[must_use]
    pub fn issued_names(&self) -> Option<Vec<SanName>> {
        match self {
            Self::Issue(certificate) => Some(certificate.names().collect()),
            Self::Reissue(reissue) => Some(reissue.certificate().names().collect()),
            Self::Extend { certificate, kept } => {
                let mut names: Vec<SanName> = certificate.names().collect();
                names.extend(kept.iter().map(SanName::from));
                names.sort_by_key(SanName::is_wildcard);
                Some(names)
            }
            _ => None,
        }
    }
}
