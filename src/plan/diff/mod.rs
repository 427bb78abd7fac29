//! From one plan to the next: what to issue, install, move and retire, in an order in which no call
//! fails.

mod certificates;
mod moves;

use std::collections::HashMap;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use self::certificates::{Changes, same_order};
use self::moves::moves;
use super::Plan;
use super::certificate::PlannedCertificate;
use super::options::KeyKind;
use crate::name::{DnsName, SanName};

/// What takes one plan to another, as [`Plan::diff`] finds it: steps in an order in which every name
/// that is dialled stays covered, if each step is done on all its servers before the next begins.
///
/// Certificates that gain names come first; then names move and members are enabled; then what nothing
/// points at any more is disabled, loses its names, or is retired. That holds for each redirect by itself:
/// while several redirects of one chain (1 → 2, 2 → 3) change, an outage that takes more than one of its
/// servers can find the chain half moved, so make such changes together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanDiff {
    steps: Vec<Step>,
    keep: Vec<DnsName>,
}

/// One step from a plan to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
#[non_exhaustive]
pub enum Step {
    /// Issue a certificate that was not planned before, and install it on its servers.
    Issue(PlannedCertificate),
    /// Issue a certificate again with the names that it [gains](Reissue::added) besides all that it has,
    /// and install it on its servers. What it then has too many of is taken away by a later step, once no
    /// name points here for it.
    Extend(Reissue),
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

/// A certificate that is issued again: what it was, and what it becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reissue {
    old: PlannedCertificate,
    new: PlannedCertificate,
}

impl Reissue {
    /// What the certificate becomes.
    #[must_use]
    pub fn certificate(&self) -> &PlannedCertificate {
        &self.new
    }

    /// The names that it gains, in their order.
    #[must_use]
    pub fn added(&self) -> Vec<SanName> {
        self.new
            .names()
            .filter(|name| !self.old.holds(name))
            .collect()
    }

    /// The names that it loses, in their order.
    #[must_use]
    pub fn dropped(&self) -> Vec<SanName> {
        self.old
            .names()
            .filter(|name| !self.new.holds(name))
            .collect()
    }

    /// Why the old one does not do; at least one reason.
    #[must_use]
    pub fn reasons(&self) -> Vec<ReissueReason> {
        let (added, dropped) = (self.added(), self.dropped());
        let mut reasons = Vec::new();
        if added.is_empty() && dropped.is_empty() && !same_order(&self.old, &self.new) {
            reasons.push(ReissueReason::Reordered);
        }
        if !added.is_empty() {
            reasons.push(ReissueReason::Added(added));
        }
        if !dropped.is_empty() {
            reasons.push(ReissueReason::Dropped(dropped));
        }
        if self.old.key() != self.new.key() {
            reasons.push(ReissueReason::Key {
                from: self.old.key(),
                to: self.new.key(),
            });
        }
        reasons
    }
}

impl Serialize for Reissue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut json = serializer.serialize_struct("Reissue", 2)?;
        json.serialize_field("certificate", &self.new)?;
        json.serialize_field("reasons", &self.reasons())?;
        json.end()
    }
}

/// Why a certificate has to be issued again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
#[non_exhaustive]
pub enum ReissueReason {
    /// It lacks these names.
    Added(Vec<SanName>),
    /// It holds these names, which it need not hold any more.
    Dropped(Vec<SanName>),
    /// It holds the same names in another order (D12).
    Reordered,
    /// It is for a key of another kind.
    #[non_exhaustive]
    Key {
        /// The kind that it is for.
        from: KeyKind,
        /// The kind that is planned.
        to: KeyKind,
    },
}

impl PlanDiff {
    /// The steps, in the order in which to take them.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
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
    /// use umcert::{Deployment, Plan, PlanOptions, SanPolicy, Step, UmServer};
    /// # let text = include_str!("../../../examples/data/example-1.toml");
    ///
    /// let old: Deployment = toml::from_str(text)?;
    /// let mut new = old.clone();
    /// new.server_sets[0].servers.push(UmServer::new("um5.contoso.com", "Tukwila")?);
    ///
    /// // Under a wildcard a new server in the same domain needs no reissue elsewhere.
    /// let options = PlanOptions::default().san(SanPolicy::Wildcard);
    /// let diff = Plan::new(&old, &options)?.diff(&Plan::new(&new, &options)?);
    /// assert!(matches!(diff.steps(), [Step::Issue(certificate)] if certificate.subject().as_str() == "um5.contoso.com"));
    /// assert_eq!(diff.keep().len(), 4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn diff(&self, new: &Self) -> PlanDiff {
        let mut changes = Changes::default();
        let olds: HashMap<&DnsName, &PlannedCertificate> = by_subject(self);
        let news: HashMap<&DnsName, &PlannedCertificate> = by_subject(new);
        for certificate in new.certificates() {
            match olds.get(certificate.subject()) {
                None => changes.before.push(Step::Issue(certificate.clone())),
                Some(old) => changes.compare(old, certificate),
            }
        }
        let retired = self.certificates().iter().map(PlannedCertificate::subject);
        let retired = retired.filter(|subject| !news.contains_key(subject));
        let retire = retired.map(|subject| Step::Retire {
            subject: subject.clone(),
        });
        changes.after.extend(retire);

        let (mut moves, removals) = moves(self, new);
        let mut steps = changes.before;
        steps.append(&mut moves);
        steps.extend(removals);
        steps.append(&mut changes.after);
        PlanDiff {
            steps,
            keep: changes.keep,
        }
    }
}

fn by_subject(plan: &Plan) -> HashMap<&DnsName, &PlannedCertificate> {
    plan.certificates()
        .iter()
        .map(|it| (it.subject(), it))
        .collect()
}
