//! The way from one plan to another, as a page for people.

use std::fmt;

use super::findings::plural;
use crate::name::SanName;
use crate::plan::{PlanDiff, PlannedCertificate, Reissue, ReissueReason, Step};

/// How many names are shown one by one where there may be many.
const MAX_LISTED: usize = 8;

impl fmt::Display for PlanDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps = match self.steps().len() {
            0 => "nothing to do".to_owned(),
            count => format!(
                "{}, each to be done everywhere before the next",
                plural(count, "step")
            ),
        };
        writeln!(f, "Change: {steps}")?;
        for (number, step) in (1..).zip(self.steps()) {
            let number: usize = number;
            writeln!(f, "  {number}. {step}")?;
        }
        writeln!(f, "{} kept", plural(self.keep().len(), "certificate"))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Issue(certificate) => {
                write!(
                    f,
                    "issue and install a certificate for {}",
                    servers(certificate)
                )
            }
            Self::Extend(reissue) => write!(
                f,
                "reissue the certificate of {} with {} added, keeping all that it has for now",
                reissue.certificate().subject(),
                listed(&reissue.added()),
            ),
            Self::Reissue(reissue) => write!(f, "{reissue}"),
            Self::Install { subject, servers } => {
                let servers: Vec<&str> = servers.iter().map(AsRef::as_ref).collect();
                write!(
                    f,
                    "install the certificate of {subject} on {}",
                    servers.join(", ")
                )
            }
            Self::Redirect { name, to } => {
                write!(f, "redirect {name} to {to} in an outage from now on")
            }
            Self::Enable { dial_plan, server } => {
                write!(f, "enable {server} in the dial plan {dial_plan}")
            }
            Self::Disable { dial_plan, server } => {
                write!(f, "disable {server} in the dial plan {dial_plan}")
            }
            Self::RemoveMember { dial_plan, server } => {
                write!(f, "take {server} out of the dial plan {dial_plan}")
            }
            Self::RemoveRedirect { name } => write!(f, "redirect {name} nowhere any more"),
            Self::Retire { subject } => write!(f, "retire the certificate of {subject}"),
        }
    }
}

impl fmt::Display for Reissue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reasons: Vec<String> = self.reasons().iter().map(ToString::to_string).collect();
        let subject = self.certificate().subject();
        write!(
            f,
            "reissue the certificate of {subject}: {}",
            reasons.join("; ")
        )
    }
}

impl fmt::Display for ReissueReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added(names) => write!(f, "it lacks {}", listed(names)),
            Self::Dropped(names) => write!(f, "it need not hold {} any more", listed(names)),
            Self::Reordered => write!(f, "its names stand in another order"),
            Self::Key { from, to } => write!(f, "its key is {from}, and {to} is planned"),
        }
    }
}

fn servers(certificate: &PlannedCertificate) -> String {
    match certificate.servers() {
        [only] => only.to_string(),
        all => format!(
            "{} and {}",
            certificate.subject(),
            plural(all.len() - 1, "other server")
        ),
    }
}

fn listed(names: &[SanName]) -> String {
    let mut shown: Vec<String> = names
        .iter()
        .take(MAX_LISTED)
        .map(ToString::to_string)
        .collect();
    if names.len() > MAX_LISTED {
        shown.push(format!("{} more", names.len() - MAX_LISTED));
    }
    shown.join(", ")
}
