//! From one plan to the next: what to issue, install, move and retire, in an order in which no call
//! fails.

mod certificates;
mod moves;
mod order;
mod reissue;

use serde::Serialize;

use self::certificates::Changes;
use self::moves::add_moves;
pub(crate) use self::reissue::Change;
pub use self::reissue::{Reissue, ReissueReason};
use super::Plan;
use super::certificate::PlannedCertificate;
use crate::name::{DnsName, SanName};

/// What takes one plan to another, as [`Plan::diff`] finds it: steps in an order in which every name
/// that is dialled stays covered, if each step is done on all its servers before the next begins.
///
/// Certificates that gain names come first; then names move and members are enabled; then what nothing
/// points at any more is disabled, loses its names, or is retired. Redirects that lead to each other change in
/// an order in which each name ends as in the old plan or as in the new one, in every outage that both plans
/// consider; where no order does that, [together](MigrationStep::RedirectTogether).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanDiff {
    steps: Vec<MigrationStep>,
    keep: Vec<DnsName>,
}

/// One step from a plan to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
#[non_exhaustive]
pub enum MigrationStep {
    /// Issue a certificate that was not planned before, and install it on its servers.
    Issue(PlannedCertificate),
    /// Issue a certificate with names besides those that are planned for it, and install it on its servers.
    /// What it then has too many of is taken away by a later step, once no name points here for it.
    Extend(Extension),
    /// Issue a certificate again, and install it on its servers.
    Reissue(Reissue),
    /// Install a certificate that stays as it is on servers that did not present it before.
    #[non_exhaustive]
    Install {
        /// The CN of the certificate.
        subject: DnsName,
        /// The servers that are new to it.
        servers: Vec<DnsName>,
    },
    /// Point the name at this server in an outage from now on.
    #[non_exhaustive]
    Redirect {
        /// The name.
        name: DnsName,
        /// The server that it is pointed at.
        to: DnsName,
    },
    /// Change these redirects at one stroke: an outage in between would find a chain of them half moved, and
    /// lead a name where no certificate holds it.
    #[non_exhaustive]
    RedirectTogether {
        /// Each name with the server that it is pointed at; `None` where it is pointed nowhere any more.
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
    /// Make the server a disabled member of the dial plan: a stand-by.
    #[non_exhaustive]
    Disable {
        /// The dial plan.
        dial_plan: String,
        /// The server.
        server: DnsName,
    },
    /// Take the server out of the dial plan.
    #[non_exhaustive]
    RemoveMember {
        /// The dial plan.
        dial_plan: String,
        /// The server.
        server: DnsName,
    },
    /// Point the name nowhere else in an outage any more.
    #[non_exhaustive]
    RemoveRedirect {
        /// The name.
        name: DnsName,
    },
    /// Retire the certificate of this subject, and revoke it if its key may be known to others.
    #[non_exhaustive]
    Retire {
        /// The CN of the certificate.
        subject: DnsName,
    },
}

/// A certificate that for a while holds more than is planned for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Extension {
    certificate: PlannedCertificate,
    kept: Vec<DnsName>,
}

impl Extension {
    /// The certificate as it is planned, and what a later step makes of it.
    #[must_use]
    pub fn certificate(&self) -> &PlannedCertificate {
        &self.certificate
    }

    /// The names that it holds besides for now: the old plan still brings them to its servers.
    #[must_use]
    pub fn kept(&self) -> &[DnsName] {
        &self.kept
    }

    /// What its SAN holds for now, in order (D12).
    #[must_use]
    pub fn names(&self) -> Vec<SanName> {
        let (mut names, mut wildcards) = (Vec::new(), Vec::new());
        for name in self.certificate.names() {
            match name.is_wildcard() {
                true => wildcards.push(name),
                false => names.push(name),
            }
        }
        for kept in &self.kept {
            names.push(SanName::from(kept));
        }
        names.append(&mut wildcards);
        names
    }
}

impl PlanDiff {
    /// The steps, in the order in which to take them.
    #[must_use]
    pub fn steps(&self) -> &[MigrationStep] {
        &self.steps
    }

    /// The CN of each certificate that stays as it is.
    #[must_use]
    pub fn keep(&self) -> &[DnsName] {
        &self.keep
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

impl Plan {
    /// What takes this plan to `new`: which certificates to issue, to reissue and why, to keep and to
    /// retire, and what moves in between.
    ///
    /// Certificates are told apart by their CN. *Not* looked at: sites, forests, pools, and everything
    /// else that no certificate, redirect or membership hangs on.
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
    /// // Under a wildcard a new server in the same domain needs no reissue elsewhere.
    /// let options = PlanOptions::default().san(SanPolicy::Wildcard);
    /// let diff = Plan::new(&old, &options)?.diff(&Plan::new(&new, &options)?);
    /// assert!(matches!(diff.steps(), [MigrationStep::Issue(certificate)] if certificate.subject().as_str() == "um5.contoso.com"));
    /// assert_eq!(diff.keep().len(), 4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn diff(&self, new: &Self) -> PlanDiff {
        let mut changes = Changes::between(self, new);
        for certificate in new.certificates() {
            changes.compare(self.certificate_for(certificate.subject()), certificate);
        }
        for retired in self.certificates() {
            let subject = retired.subject();
            if new.certificate_for(subject).is_none() {
                let subject = subject.clone();
                changes.after.push(MigrationStep::Retire { subject });
            }
        }

        let mut steps = changes.before;
        add_moves(self, new, &mut steps);
        steps.append(&mut changes.after);
        PlanDiff {
            steps,
            keep: changes.keep,
        }
    }

    /// The certificate of this subject.
    fn certificate_for(&self, subject: &DnsName) -> Option<&PlannedCertificate> {
        match self.certificate(subject) {
            Some(certificate) if certificate.subject() == subject => Some(certificate),
            _ => None,
        }
    }
}
