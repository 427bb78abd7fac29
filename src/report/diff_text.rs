//! The text of a plan diff.

use std::fmt;

use super::MAX_NAMES;
use crate::name::{DnsName, SanName};
use crate::plan::{MigrationStep, PlanDiff, PlannedCertificate, Reissue};
use crate::text::{join, join_truncated, plural};

impl fmt::Display for PlanDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps = match self.steps().len() {
            0 => "nothing to do".to_owned(),
            count => format!(
                "{}, each completed everywhere before the next",
                plural(count, "step")
            ),
        };
        writeln!(f, "Change: {steps}")?;
        for (number, step) in (1..).zip(self.steps()) {
            writeln!(f, "  {number}. {step}")?;
        }
        writeln!(f, "{} kept", plural(self.keep().len(), "certificate"))
    }
}

impl fmt::Display for MigrationStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Issue(certificate) => {
                write!(
                    f,
                    "issue and install a certificate for {}",
                    describe_servers(certificate)
                )
            }
            Self::Extend { certificate, kept } => write!(
                f,
                "issue and install a certificate for {} that temporarily also contains {}",
                describe_servers(certificate),
                list_names(kept),
            ),
            Self::Reissue(reissue) => write!(f, "{reissue}"),
            Self::Install { subject, servers } => {
                let servers = list_names(servers);
                write!(f, "install the certificate of {subject} on {servers}")
            }
            Self::Redirect { name, to } => {
                write!(f, "from now on, redirect {name} to {to} in an outage")
            }
            Self::RedirectTogether { redirects } => {
                write!(f, "at the same time, {}", describe_redirects(redirects))
            }
            Self::Enable { dial_plan, server } => {
                write!(f, "enable {server} in the dial plan {dial_plan}")
            }
            Self::Disable { dial_plan, server } => {
                write!(f, "disable {server} in the dial plan {dial_plan}")
            }
            Self::RemoveMember { dial_plan, server } => {
                write!(f, "remove {server} from the dial plan {dial_plan}")
            }
            Self::RemoveRedirect { name } => write!(f, "remove the redirect of {name}"),
            Self::Retire { subject } => write!(f, "retire the certificate of {subject}"),
        }
    }
}

impl fmt::Display for Reissue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut reasons = Vec::new();
        if self.is_reordered() {
            reasons.push("its names are in another order".to_owned());
        }
        let added: Vec<SanName> = self.added().collect();
        if !added.is_empty() {
            reasons.push(format!("it lacks {}", list_names(&added)));
        }
        let dropped: Vec<SanName> = self.dropped().collect();
        if !dropped.is_empty() {
            reasons.push(format!("it no longer needs {}", list_names(&dropped)));
        }
        if let Some((from, to)) = self.key_change() {
            reasons.push(format!("its key is {from}; {to} is planned"));
        }
        let server = self.certificate().first_server();
        let reasons = reasons.join("; ");
        write!(f, "reissue the certificate of {server}: {reasons}")
    }
}

fn describe_servers(certificate: &PlannedCertificate) -> String {
    match certificate.servers() {
        [only] => only.to_string(),
        all => format!(
            "{} and {}",
            certificate.first_server(),
            plural(all.len() - 1, "other server")
        ),
    }
}

fn describe_redirects(redirects: &[(DnsName, Option<DnsName>)]) -> String {
    let describe = |(name, to): &(DnsName, Option<DnsName>)| match to {
        Some(to) => format!("redirect {name} to {to} in an outage"),
        None => format!("remove the redirect of {name}"),
    };
    join(redirects.iter().map(describe), ", ")
}

fn list_names(names: &[impl fmt::Display]) -> String {
    join_truncated(names, MAX_NAMES, ", ")
}
