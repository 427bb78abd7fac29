//! The certificate that a plan gives to a server: its names, and why each is there.

use std::fmt;
use std::sync::Arc;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::options::{KeyKind, SanPolicy};
use super::outage::OutageCause;
use crate::name::{DnsName, NameSet, SanName};

/// What one server's certificate must hold.
///
/// Its subject is `CN=` the server's own FQDN (D10), its SAN holds that name first (D12) and then the
/// others that the policy asks for, its extended key usage is Server Authentication (D20).
///
/// The names of a set are kept once and shared by its certificates, so a plan of many servers stays
/// small.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedCertificate {
    pub(super) server: DnsName,
    pub(super) key: KeyKind,
    pub(super) policy: SanPolicy,
    /// What the policy asks of every server of the set.
    pub(super) shared: Arc<NameSet>,
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
    /// The server's own FQDN: the CN of the subject, and the first name of the SAN.
    #[must_use]
    pub fn server(&self) -> &DnsName {
        &self.server
    }

    /// The key that the certificate is for.
    #[must_use]
    pub fn key(&self) -> KeyKind {
        self.key
    }

    /// The entries of the SAN in order: the server's own FQDN, then exact names, then wildcards.
    pub fn names(&self) -> impl Iterator<Item = SanName> + '_ {
        let own = SanName::Exact(self.server.clone());
        let others = self.shared.iter().filter({
            let own = own.clone();
            move |name| **name != own
        });
        std::iter::once(own).chain(others.cloned())
    }

    /// The entries of the SAN in order, each with the reasons why it is there.
    pub fn reasoned_names(&self) -> impl Iterator<Item = PlannedName> + '_ {
        self.names().map(|name| self.reasoned(name))
    }

    /// The entry that covers `name`, or `None` where no entry does (D16).
    #[must_use]
    pub fn covering(&self, name: &DnsName) -> Option<SanName> {
        if *name == self.server {
            return Some(SanName::Exact(name.clone()));
        }
        self.shared.covering(name)
    }

    /// Whether the server must answer to its own name alone: no outage brings another here.
    #[must_use]
    pub fn needs_own_name_only(&self) -> bool {
        self.stand_ins.is_empty()
    }

    /// Each name that the server must answer to besides its own, with the outage that brings it here.
    pub fn stand_ins(&self) -> impl Iterator<Item = (&DnsName, &OutageCause)> {
        self.stand_ins.iter().map(|it| (&it.name, &it.cause))
    }

    fn reasoned(&self, name: SanName) -> PlannedName {
        let mut reasons = Vec::new();
        if name == SanName::Exact(self.server.clone()) {
            reasons.push(Reason::OwnName);
        }
        let brought = self.stand_ins.iter().filter(|it| name.covers(&it.name));
        reasons.extend(brought.map(|it| Reason::StandIn {
            name: it.name.clone(),
            outage: it.cause.clone(),
        }));
        if reasons.is_empty() {
            reasons.push(Reason::Policy(self.policy));
        }
        PlannedName { name, reasons }
    }
}

impl Serialize for PlannedCertificate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names: Vec<PlannedName> = self.reasoned_names().collect();
        let mut json = serializer.serialize_struct("PlannedCertificate", 4)?;
        json.serialize_field("server", &self.server)?;
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
    /// It is the server's own FQDN (D10).
    OwnName,
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
            Self::OwnName => write!(f, "the server's own name"),
            Self::StandIn { name, outage } => {
                write!(f, "{name} points here when {outage} is out")
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
