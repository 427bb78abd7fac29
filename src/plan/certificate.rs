//! The planned certificate of a server: its names, and the reasons for each.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::outage::{OutageCause, describe_outages};
use super::san_policy::{SanList, der_len};
use crate::deployment::options::{CaProfile, KeyKind, PlanOptions, SanPolicy};
use crate::name::{DnsName, SanName};

/// The contents of one certificate to request.
///
/// The subject is `CN=` the FQDN of the server (D10). The SAN contains that name first (D12), and then the other names
/// that the policy requires. The extended key usage is Server Authentication (D20). If the servers of a set share the
/// certificate, the subject is the first of them (D14). The subject of a Front End is its pool (D30).
///
/// The certificates of a set share one list of names, so a plan of many servers stays small.
#[derive(Clone)]
pub struct PlannedCertificate {
    /// The servers that present the certificate, at least one. The first is the subject of a UM server.
    servers: Vec<DnsName>,
    /// The pool of a Front End, which is the subject.
    pool: Option<DnsName>,
    key: KeyKind,
    policy: SanPolicy,
    /// `true` if the subject has a SAN entry of its own. Otherwise a wildcard covers it.
    includes_subject: bool,
    /// The entries after the subject's. If the subject is among them, it is skipped.
    list: Arc<SanList>,
    /// The position of the subject in the list.
    listed_subject: Option<usize>,
    moved_names: Vec<MovedName>,
}

/// A name that is answered by another server during an outage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MovedName {
    pub(super) name: DnsName,
    pub(super) outage: OutageCause,
}

impl PlannedCertificate {
    /// Creates the certificate of `servers`, which present it and answer to `moved_names` in outages.
    pub(super) fn new(
        servers: Vec<DnsName>,
        list: Arc<SanList>,
        moved_names: Vec<MovedName>,
        options: &PlanOptions,
    ) -> Self {
        let covering = list.covering_position(&servers[0]);
        let listed_subject = covering.filter(|position| !list.entries()[*position].is_wildcard());
        let is_under_wildcard = covering.is_some() && listed_subject.is_none();
        Self {
            servers,
            pool: None,
            key: options.key,
            policy: options.san,
            includes_subject: options.ca != CaProfile::AcmeLike || !is_under_wildcard,
            listed_subject,
            list,
            moved_names,
        }
    }

    /// Creates the certificate of the Front End `server`: the name of its pool, followed by its own (D30). A Standard
    /// Edition server is its own pool.
    pub(super) fn front_end(server: &DnsName, pool: &DnsName, options: &PlanOptions) -> Self {
        let list = SanList::new([SanName::from(server)]);
        Self {
            servers: vec![server.clone()],
            pool: Some(pool.clone()),
            key: options.key,
            policy: options.san,
            includes_subject: true,
            listed_subject: list.position(&SanName::from(pool)),
            list: Arc::new(list),
            moved_names: Vec::new(),
        }
    }

    /// Returns the CN of the subject: the server's own FQDN, that of the first server of a set that shares the
    /// certificate, or for a Front End that of its pool (D30).
    #[must_use]
    pub fn subject(&self) -> &DnsName {
        self.pool.as_ref().unwrap_or(&self.servers[0])
    }

    /// Returns the servers that present the certificate: one, or all servers of a set that shares the certificate.
    #[must_use]
    pub fn servers(&self) -> &[DnsName] {
        &self.servers
    }

    /// Returns the FQDN of the pool if the certificate is that of a Front End, or `None` if it is that of UM servers.
    #[must_use]
    pub fn pool(&self) -> Option<&DnsName> {
        self.pool.as_ref()
    }

    /// Returns the first server that presents the certificate. It identifies the certificate in a plan: all Front Ends of
    /// a pool have the same subject.
    pub(crate) fn first_server(&self) -> &DnsName {
        &self.servers[0]
    }

    /// Returns the kind of the key.
    #[must_use]
    pub fn key(&self) -> KeyKind {
        self.key
    }

    /// Returns the SAN entries in order: the subject, other exact names in the order of the deployment, and wildcards
    /// (D12). Under [`CaProfile::AcmeLike`] names that a wildcard covers are omitted.
    pub fn names(&self) -> impl Iterator<Item = SanName> + '_ {
        self.positions().map(|position| self.entry(position))
    }

    /// Returns the SAN entries in order, each with the reasons for it.
    pub fn planned_names(&self) -> impl Iterator<Item = PlannedName> + '_ {
        let (names, _) = self.planned_names_truncated(usize::MAX);
        names.into_iter()
    }

    /// Returns the entries of [`planned_names`](Self::planned_names), with at most `max` of those that only the policy
    /// requires, and the number of the omitted ones. In a large set nearly all entries are of that kind.
    pub(crate) fn planned_names_truncated(&self, max: usize) -> (Vec<PlannedName>, usize) {
        let mut reasons = self.reasons();
        let by_policy = self
            .positions()
            .filter(|position| !reasons.contains_key(position));
        for position in by_policy.take(max).collect::<Vec<_>>() {
            reasons.insert(position, vec![Reason::Policy(self.policy)]);
        }
        let names = reasons.into_iter().map(|(position, reasons)| PlannedName {
            name: self.entry(position),
            reasons,
        });
        let names: Vec<PlannedName> = names.collect();
        let left_out = self.name_count() - names.len();
        (names, left_out)
    }

    /// Returns the reasons for each entry that has a reason other than the policy, by position.
    fn reasons(&self) -> BTreeMap<usize, Vec<Reason>> {
        let other_pool = self.pool.iter().filter(|pool| *pool != self.first_server());
        let pool = other_pool.map(|pool| (pool, Reason::PoolName(pool.clone())));
        let own = self
            .servers
            .iter()
            .map(|server| (server, Reason::OwnName(server.clone())));
        let moved = self.moved_names.iter().map(|moved| {
            let reason = Reason::StandIn {
                name: moved.name.clone(),
                outage: moved.outage.clone(),
            };
            (&moved.name, reason)
        });
        let mut reasons: BTreeMap<usize, Vec<Reason>> = BTreeMap::new();
        for (name, reason) in pool.chain(own).chain(moved) {
            if let Some(position) = self.covering_position(name) {
                reasons.entry(position).or_default().push(reason);
            }
        }
        reasons
    }

    /// Returns the entry that covers `name`, or `None` if no entry does (D16). Prefers the exact entry.
    #[must_use]
    pub fn covering(&self, name: &DnsName) -> Option<SanName> {
        Some(self.entry(self.covering_position(name)?))
    }

    /// Returns each name that the certificate's servers answer to in addition to their own, with the outage that moves
    /// it: server by server, and name by name in the order of the deployment.
    pub fn stand_ins(&self) -> impl Iterator<Item = (&DnsName, OutageCause)> {
        self.moved_names
            .iter()
            .map(|moved| (&moved.name, moved.outage.clone()))
    }

    /// Returns `true` if `entry` itself is in the SAN. A wildcard does not count as the names that it covers.
    pub(crate) fn has_entry(&self, entry: &SanName) -> bool {
        self.is_subject_entry(entry) || self.list.position(entry).is_some()
    }

    /// Returns `true` if the subject has a SAN entry of its own.
    pub(super) fn includes_subject(&self) -> bool {
        self.includes_subject
    }

    /// Returns the entries that the certificates of a set share. Under [`SanPolicy::Minimal`] these are the names that
    /// outages move to the certificate's server.
    pub(super) fn list(&self) -> &Arc<SanList> {
        &self.list
    }

    /// Returns the number of SAN entries.
    pub(super) fn name_count(&self) -> usize {
        self.list.entries().len() + usize::from(self.adds_subject())
    }

    /// Returns the length of the SAN entries in DER.
    pub(super) fn names_der_len(&self) -> usize {
        let subject_len = der_len(&SanName::from(self.subject()));
        self.list.der_len() + if self.adds_subject() { subject_len } else { 0 }
    }

    /// Returns the length of the SAN extension's value in DER: a SEQUENCE of the entries (RFC 5280 §4.2.1.6).
    pub(super) fn san_extension_der_len(&self) -> usize {
        let content = self.names_der_len();
        let length_octets = match content {
            0..0x80 => 1,
            0x80..0x100 => 2,
            0x100..0x1_0000 => 3,
            _ => 4,
        };
        1 + length_octets + content
    }

    /// Returns `true` if the subject has an entry that is not in the list.
    fn adds_subject(&self) -> bool {
        self.includes_subject && self.listed_subject.is_none()
    }

    /// Returns the position of each entry, in order: 0 for the subject, and from 1 on those of the list.
    fn positions(&self) -> impl Iterator<Item = usize> + use<> {
        let subject = self.includes_subject.then_some(0);
        let listed_subject = self.listed_subject.map(|position| position + 1);
        let listed = 1..=self.list.entries().len();
        let others = listed.filter(move |position| Some(*position) != listed_subject);
        subject.into_iter().chain(others)
    }

    fn entry(&self, position: usize) -> SanName {
        match position.checked_sub(1) {
            None => SanName::from(self.subject()),
            Some(listed) => self.list.entries()[listed].clone(),
        }
    }

    fn covering_position(&self, name: &DnsName) -> Option<usize> {
        if self.includes_subject && name == self.subject() {
            return Some(0);
        }
        Some(self.list.covering_position(name)? + 1)
    }

    fn is_subject_entry(&self, entry: &SanName) -> bool {
        self.includes_subject && entry.as_exact() == Some(self.subject())
    }
}

/// Two certificates are equal if their contents and reasons are equal, also in different plans.
impl PartialEq for PlannedCertificate {
    fn eq(&self, other: &Self) -> bool {
        self.servers == other.servers
            && self.pool == other.pool
            && self.key == other.key
            && self.policy == other.policy
            && self.moved_names == other.moved_names
            && self.names().eq(other.names())
    }
}

impl Eq for PlannedCertificate {}

impl fmt::Debug for PlannedCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlannedCertificate")
            .field("subject", self.subject())
            .field("servers", &self.servers)
            .field("pool", &self.pool)
            .field("key", &self.key)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

/// The JSON of a certificate.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct CertificateJson<'a> {
    subject: &'a DnsName,
    servers: &'a [DnsName],
    #[serde(skip_serializing_if = "Option::is_none")]
    pool: Option<&'a DnsName>,
    key: KeyKind,
    extended_key_usage: [&'static str; 1],
    names: Vec<PlannedName>,
}

impl Serialize for PlannedCertificate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json = CertificateJson {
            subject: self.subject(),
            servers: &self.servers,
            pool: self.pool(),
            key: self.key,
            extended_key_usage: ["server-auth"],
            names: self.planned_names().collect(),
        };
        json.serialize(serializer)
    }
}

/// A SAN entry of a planned certificate, with the reasons for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlannedName {
    /// The SAN entry.
    pub name: SanName,
    /// The reasons for the entry, at least one.
    pub reasons: Vec<Reason>,
}

/// A reason for a planned SAN entry.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The entry is or covers the FQDN of this server, which presents the certificate (D10).
    OwnName(DnsName),
    /// The entry is the FQDN of this pool, to which the Front End belongs that presents the certificate (D30).
    PoolName(DnsName),
    /// The entry covers a name that points at this server during an outage (D3).
    #[non_exhaustive]
    StandIn {
        /// The name.
        name: DnsName,
        /// The outage.
        outage: OutageCause,
    },
    /// Only the policy requires the entry: no outage moves a name of it to this server (D14).
    Policy(SanPolicy),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OwnName(server) => write!(f, "the own name of {server}"),
            Self::PoolName(pool) => write!(f, "the name of the pool {pool}"),
            Self::StandIn { name, outage } => {
                write!(f, "{name} points here when {}", describe_outages(&[outage]))
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
