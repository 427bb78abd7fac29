//! The certificate that a plan gives to a server: its names, and why each is there.

use std::collections::HashMap;
use std::sync::Arc;
use std::{fmt, slice};

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::options::{KeyKind, SanPolicy};
use super::outage::{OutageCause, out};
use crate::name::{DnsName, NameSet, SanName};

/// What one certificate must hold.
///
/// Its subject is `CN=` the FQDN of its server (D10), its SAN holds that name first (D12) and then the
/// others that the policy asks for, its extended key usage is Server Authentication (D20). Where the
/// servers of a set share it, the subject is the first of them (D14).
///
/// The names of a set are kept once and shared by its certificates, so a plan of many servers stays
/// small.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedCertificate {
    pub(super) subject: DnsName,
    /// The whole set where that shares it; else the subject alone presents it.
    pub(super) set: Option<Arc<[DnsName]>>,
    pub(super) key: KeyKind,
    pub(super) policy: SanPolicy,
    /// Whether the subject stands in the SAN by itself, and not under a wildcard alone.
    pub(super) names_subject: bool,
    /// What the policy asks for besides.
    pub(super) others: Arc<NameSet>,
    /// The names that some outage brings here, in the order of the outages.
    pub(super) stand_ins: Vec<StandIn>,
}

/// A name that an outage brings to a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StandIn {
    pub(super) name: DnsName,
    pub(super) cause: OutageCause,
}

impl PlannedCertificate {
    /// The CN of the subject: the server's own FQDN, or that of the first server of a set that shares the
    /// certificate.
    #[must_use]
    pub fn subject(&self) -> &DnsName {
        &self.subject
    }

    /// The servers that present it: the subject alone, or all of a set that shares it.
    #[must_use]
    pub fn servers(&self) -> &[DnsName] {
        self.set
            .as_deref()
            .unwrap_or_else(|| slice::from_ref(&self.subject))
    }

    /// The key that the certificate is for.
    #[must_use]
    pub fn key(&self) -> KeyKind {
        self.key
    }

    /// The entries of the SAN in order: the subject, then other exact names, then wildcards. Under
    /// [`CaProfile::AcmeLike`](crate::CaProfile::AcmeLike) names that a wildcard covers are left out.
    pub fn names(&self) -> impl Iterator<Item = SanName> + '_ {
        let subject = SanName::from(&self.subject);
        let others = self.others.iter().filter({
            let subject = subject.clone();
            move |name| **name != subject
        });
        self.names_subject
            .then_some(subject)
            .into_iter()
            .chain(others.cloned())
    }

    /// The entries of the SAN in order, each with the reasons why it is there.
    pub fn reasoned_names(&self) -> impl Iterator<Item = PlannedName> + '_ {
        let mut brought: HashMap<SanName, Vec<Reason>> = HashMap::new();
        for stand_in in &self.stand_ins {
            if let Some(entry) = self.covering(&stand_in.name) {
                brought.entry(entry).or_default().push(Reason::StandIn {
                    name: stand_in.name.clone(),
                    outage: stand_in.cause.clone(),
                });
            }
        }
        let mut own: HashMap<SanName, Vec<Reason>> = HashMap::new();
        for server in self.servers() {
            if let Some(entry) = self.covering(server) {
                own.entry(entry)
                    .or_default()
                    .push(Reason::OwnName(server.clone()));
            }
        }
        self.names().map(move |name| {
            // A wildcard that is there besides the own name needs another reason.
            let mut reasons = own.remove(&name).unwrap_or_default();
            reasons.extend(brought.remove(&name).unwrap_or_default());
            if reasons.is_empty() {
                reasons.push(Reason::Policy(self.policy));
            }
            PlannedName { name, reasons }
        })
    }

    /// The entry that covers `name`, or `None` where no entry does (D16).
    #[must_use]
    pub fn covering(&self, name: &DnsName) -> Option<SanName> {
        if self.names_subject && *name == self.subject {
            return Some(SanName::from(name));
        }
        self.others.covering(name)
    }

    /// Whether this very entry stands in the SAN; a wildcard does not stand for what it covers here.
    pub(crate) fn holds(&self, entry: &SanName) -> bool {
        let is_subject = entry.as_exact() == Some(&self.subject);
        (self.names_subject && is_subject) || self.others.contains(entry)
    }

    /// Whether its servers must answer to their own names alone: no outage brings another here.
    #[must_use]
    pub fn needs_own_names_only(&self) -> bool {
        self.stand_ins.is_empty()
    }

    /// Each name that its servers must answer to besides their own, with the outage that brings it here.
    pub fn stand_ins(&self) -> impl Iterator<Item = (&DnsName, &OutageCause)> {
        self.stand_ins.iter().map(|it| (&it.name, &it.cause))
    }
}

impl Serialize for PlannedCertificate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names: Vec<PlannedName> = self.reasoned_names().collect();
        let mut json = serializer.serialize_struct("PlannedCertificate", 5)?;
        json.serialize_field("subject", &self.subject)?;
        json.serialize_field("servers", self.servers())?;
        json.serialize_field("key", &self.key)?;
        json.serialize_field("extended-key-usage", &["server-auth"])?;
        json.serialize_field("names", &names)?;
        json.end()
    }
}

/// An entry of a planned SAN, and why it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlannedName {
    /// The entry.
    pub name: SanName,
    /// Why it is there; at least one reason.
    pub reasons: Vec<Reason>,
}

/// Why a name is planned.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// It is, or covers, the FQDN of this server that presents the certificate (D10).
    OwnName(DnsName),
    /// In this outage the name points at this server (D3).
    #[non_exhaustive]
    StandIn {
        /// The name that moves.
        name: DnsName,
        /// When it does.
        outage: OutageCause,
    },
    /// No outage brings it here; the policy asks for it (D14).
    Policy(SanPolicy),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OwnName(server) => write!(f, "the own name of {server}"),
            Self::StandIn { name, outage } => {
                write!(f, "{name} points here when {}", out(&[outage]))
            }
            Self::Policy(policy) => write!(f, "asked for by the policy {policy}"),
        }
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
