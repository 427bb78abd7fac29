//! The steps from one plan to another: certificates to issue, reissue, install and retire, and redirects and
//! dial plan members to change, in an order that keeps every call working.

mod certificates;
mod members;
mod migration_step;
mod redirects;
mod reissue;

use serde::Serialize;

pub use self::migration_step::MigrationStep;
pub use self::reissue::Reissue;
use super::Plan;
use crate::name::DnsName;

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

    /// Returns the CN of each certificate that does not change, or the FQDN of the Front End that presents it.
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

impl Plan {
    /// Returns the steps from this plan to `new`.
    ///
    /// Certificates are matched by their CN, and those of Front Ends by their server. *Not* compared: sites, forests, pools, and everything else that
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
}
