//! The steps from one plan to another: certificates to issue, reissue, install and retire, and redirects and
//! dial plan members to change, in an order that keeps every call working.

mod certificates;
mod members;
mod redirects;
mod reissue;

use serde::Serialize;

pub use self::reissue::Reissue;
use super::{Plan, PlannedCertificate};
use crate::name::{DnsName, SanName};

/// The steps from one plan to another, as [`Plan::diff`] finds them.
///
/// The servers' certificates cover every dialled name throughout, if each step is finished on all its servers
/// before the next one starts. Certificates that gain names come first. Redirects and dial plan members change
/// next. Certificates that lose names or are retired come last.
///
/// Redirects that depend on each other change in an order in which each name ends as in one of the two plans,
/// in every outage that both plans consider. If there is no such order, they change
/// [together](MigrationStep::RedirectTogether).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanDiff {
    steps: Vec<MigrationStep>,
    keep: Vec<DnsName>,
}

impl PlanDiff {
    /// Returns the steps, in the order in which to carry them out.
    #[must_use]
    pub fn steps(&self) -> &[MigrationStep] {
        &self.steps
    }

    /// Returns the CN of each certificate that does not change.
    #[must_use]
    pub fn keep(&self) -> &[DnsName] {
        &self.keep
    }

    /// Returns `true` if there are no steps.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

/// One step from a plan to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
#[non_exhaustive]
pub enum MigrationStep {
    /// Issue a certificate for a new subject, and install it on its servers.
    Issue(PlannedCertificate),
    /// Issue an interim certificate that holds more names than planned, and install it on its servers. A later
    /// step issues the planned certificate, after names have moved.
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
        /// The CN of the certificate.
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

impl Plan {
    /// Returns the steps from this plan to `new`.
    ///
    /// Certificates are matched by their CN. *Not* compared: sites, forests, pools, and everything else that
    /// certificates, redirects and dial plan members do not depend on.
    ///
    /// ```
    /// use umcert::deployment::UmServer;
    /// use umcert::plan::MigrationStep;
    /// use umcert::{Deployment, Plan, PlanOptions, SanPolicy};
    /// # let text = include_str!("../../../examples/data/example-1.toml");
    ///
    /// let old: Deployment = toml::from_str(text)?;
    /// let mut new = old.clone();
    /// new.server_sets[0].servers.push(UmServer::new("um5.contoso.com", "Tukwila")?);
    ///
    /// // A wildcard also covers a new server of the same domain, so no other certificate is reissued.
    /// let options = PlanOptions::default().san(SanPolicy::Wildcard);
    /// let diff = Plan::new(&old, &options)?.diff(&Plan::new(&new, &options)?);
    /// assert!(matches!(diff.steps(), [MigrationStep::Issue(certificate)] if certificate.subject().as_str() == "um5.contoso.com"));
    /// assert_eq!(diff.keep().len(), 4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn diff(&self, new: &Self) -> PlanDiff {
        let certificates = certificates::diff(self, new);
        let redirects = redirects::diff(self, new);
        let mut steps = certificates.before;
        steps.extend(redirects.before_members);
        steps.extend(members::diff(self, new));
        steps.extend(redirects.after_members);
        steps.extend(certificates.after);
        PlanDiff {
            steps,
            keep: certificates.keep,
        }
    }

    /// Returns the certificate with this CN.
    fn certificate_with_subject(&self, subject: &DnsName) -> Option<&PlannedCertificate> {
        let certificate = self.certificate(subject);
        certificate.filter(|certificate| certificate.subject() == subject)
    }
}
