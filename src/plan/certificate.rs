//! The certificate that a plan gives to a server: its names, and why each is there.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::basis::Basis;
use super::entries::{Entries, PolicyEntries, difference};
use super::lists::by_first;
use super::options::{KeyKind, SanPolicy};
use super::outage::{OutageCause, out};
use super::policy_names::{PolicyNames, encoded_length, exact_length};
use crate::deployment::Number;
use crate::name::{DnsName, SanName};

/// What one certificate must hold.
///
/// Its subject is `CN=` the FQDN of its server (D10), its SAN holds that name first (D12) and then the
/// others that the policy asks for, its extended key usage is Server Authentication (D20). Where the
/// servers of a set share it, the subject is the first of them (D14).
///
/// The names of a set are kept once and shared by its certificates, so a plan of many servers stays
/// small.
#[derive(Clone)]
pub struct PlannedCertificate {
    /// The numbers of the servers that present it; the subject is the first of them.
    pub(super) servers: Range<Number>,
    pub(super) key: KeyKind,
    pub(super) policy: SanPolicy,
    /// Whether the subject stands in the SAN by itself, and not under a wildcard alone.
    pub(super) names_subject: bool,
    /// Which of the lists it holds besides; `None` where that is the names that some outage brings here.
    pub(super) list: Option<Number>,
    pub(super) basis: Arc<Basis>,
}

impl PlannedCertificate {
    /// The CN of the subject: the server's own FQDN, or that of the first server of a set that shares the
    /// certificate.
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "a certificate is planned for servers of its own basis, at least one"
    )]
    pub fn subject(&self) -> &DnsName {
        &self.basis.names().as_slice()[self.servers.start.get()]
    }

    /// The servers that present it: the subject alone, or all of a set that shares it.
    #[must_use]
    pub fn servers(&self) -> &[DnsName] {
        let servers = self.basis.names().as_slice().get(self.numbers());
        servers.unwrap_or_default()
    }

    /// The key that the certificate is for.
    #[must_use]
    pub fn key(&self) -> KeyKind {
        self.key
    }

    /// The entries of the SAN in order: the subject, then other exact names in the order of the deployment,
    /// then wildcards (D12). Under [`CaProfile::AcmeLike`](crate::CaProfile::AcmeLike) names that a wildcard
    /// covers are left out.
    pub fn names(&self) -> impl Iterator<Item = SanName> + '_ {
        self.behind_subject().with_subject()
    }

    /// The same where its list holds these entries alone.
    pub(super) fn names_if_listed<'a>(&'a self, listed: &'a [SanName]) -> Entries<'a> {
        Entries::new(self, PolicyEntries::new(&[], listed), &[]).with_subject()
    }

    /// The entries behind that of the subject.
    pub(super) fn behind_subject(&self) -> Entries<'_> {
        match self.others() {
            Some(others) => Entries::new(self, others.iter(), &[]),
            None => Entries::new(self, PolicyEntries::default(), self.brought()),
        }
    }

    /// What the policy asks for besides, where it asks that of every server of the set.
    pub(super) fn others(&self) -> Option<PolicyNames<'_>> {
        let list = self.basis.lists.get(self.list?.get())?;
        Some(list.among(self.basis.names()))
    }

    /// The numbers of the names that some outage brings here, each with its outage; sorted.
    fn brought(&self) -> &[(Number, Number)] {
        self.basis.stand_ins().joined(&self.numbers())
    }

    pub(super) fn numbers(&self) -> Range<usize> {
        self.servers.start.get()..self.servers.end.get()
    }

    /// Whether this server presents it.
    pub(super) fn is_of(&self, server: &DnsName) -> bool {
        let number = self.basis.names().number(server);
        number.is_some_and(|number| self.numbers().contains(&number))
    }

    /// How many names it holds behind its subject, and how many bytes their entries take in DER; where that
    /// is a list, all of it. Certificates of one list need it once.
    pub(super) fn size_besides_subject(&self) -> (usize, usize) {
        match self.others() {
            Some(others) => (others.len(), others.encoded_length()),
            None => {
                let (mut count, mut length) = (0, 0);
                for name in self.behind_subject() {
                    count += 1;
                    length += encoded_length(&name);
                }
                (count, length)
            }
        }
    }

    /// How many names it holds and how many bytes their entries take in DER, with what it holds behind its
    /// subject.
    pub(super) fn size(&self, (count, length): (usize, usize)) -> (usize, usize) {
        match self.adds_subject() {
            true => (count + 1, length + exact_length(self.subject())),
            false => (count, length),
        }
    }

    /// How many names it holds.
    pub(super) fn count(&self) -> usize {
        let besides = match self.others() {
            Some(others) => others.len(),
            None => self.size_besides_subject().0,
        };
        besides + usize::from(self.adds_subject())
    }

    /// Whether the subject is an entry that its list does not hold.
    fn adds_subject(&self) -> bool {
        let is_listed = match (self.others(), self.policy) {
            (None, _) => false,
            (Some(others), SanPolicy::Wildcard) => others.contains(&SanName::from(self.subject())),
            // Every server's name: not worth an index of them.
            (Some(_), _) => true,
        };
        self.names_subject && !is_listed
    }

    /// Whether what stands behind the subject is the same in the same order.
    pub(super) fn has_order_of(&self, other: &Self) -> bool {
        difference(self.behind_subject(), other.behind_subject()).is_none()
    }

    /// Whether both hold the same list besides their subjects.
    pub(super) fn shares_list_with(&self, other: &Self) -> bool {
        self.list.is_some() && self.list == other.list && Arc::ptr_eq(&self.basis, &other.basis)
    }

    /// Whether both are planned alike, each in the numbers of its own plan.
    pub(super) fn is_planned_as(&self, other: &Self) -> bool {
        let terms = |it: &Self| {
            (
                it.servers.clone(),
                it.key,
                it.policy,
                it.names_subject,
                it.list,
            )
        };
        terms(self) == terms(other)
    }

    /// The entries of the SAN in order, each with the reasons why it is there.
    pub fn reasoned_names(&self) -> impl Iterator<Item = PlannedName> + '_ {
        let mut reasoned = self.besides_policy().into_iter().peekable();
        self.names().map(move |name| {
            let known = reasoned.next_if(|planned| planned.name == name);
            known.unwrap_or_else(|| self.by_policy(name))
        })
    }

    /// The same, with no more than `max` entries that the policy alone asks for, and how many of those are
    /// left out. In a large set nearly all are such, in each of its certificates.
    pub(crate) fn few_reasoned_names(&self, max: usize) -> (Vec<PlannedName>, usize) {
        let mut reasoned = self.besides_policy().into_iter().peekable();
        let mut by_policy = 0;
        let mut few = Vec::new();
        for name in self.names() {
            if let Some(known) = reasoned.next_if(|planned| planned.name == name) {
                few.push(known);
                continue;
            }
            if by_policy == max {
                break;
            }
            by_policy += 1;
            few.push(self.by_policy(name));
        }
        for known in reasoned {
            few.push(known);
        }
        let left_out = self.count().saturating_sub(few.len());
        (few, left_out)
    }

    fn by_policy(&self, name: SanName) -> PlannedName {
        let reasons = vec![Reason::Policy(self.policy)];
        PlannedName { name, reasons }
    }

    /// The entries that have another reason than the policy, and their reasons; in the order of the SAN. A
    /// wildcard that is there besides the own name has none of its own.
    fn besides_policy(&self) -> Vec<PlannedName> {
        let (mut places, mut needs) = (Vec::new(), Vec::new());
        let mut need = |name: &DnsName, reason: Reason| {
            let Some(entry) = self.covering(name) else {
                return;
            };
            if let Some(place) = self.place(&entry) {
                places.push((Number::new(place), Number::new(needs.len())));
                needs.push((entry, reason));
            }
        };
        for server in self.servers() {
            need(server, Reason::OwnName(server.clone()));
        }
        for (name, outage) in self.stand_ins() {
            let to_stand_in = Reason::StandIn {
                name: name.clone(),
                outage,
            };
            need(name, to_stand_in);
        }
        let mut names = Vec::new();
        by_first(&mut places, &mut |_, of_entry| {
            let (mut name, mut reasons) = (None, Vec::new());
            for number in &of_entry {
                if let Some((entry, reason)) = needs.get(*number) {
                    name = Some(entry.clone());
                    reasons.push(reason.clone());
                }
            }
            if let Some(name) = name {
                names.push(PlannedName { name, reasons });
            }
        });
        names
    }

    /// A number for an entry that is the higher the later it stands in the SAN.
    fn place(&self, entry: &SanName) -> Option<usize> {
        if self.names_subject && entry.as_exact() == Some(self.subject()) {
            return Some(0);
        }
        let behind_subject = match self.others() {
            Some(others) => others.position(entry)?,
            None => self.basis.names().number(entry.as_exact()?)?,
        };
        Some(1 + behind_subject)
    }

    /// The entry that covers `name`, or `None` where no entry does (D16).
    #[must_use]
    pub fn covering(&self, name: &DnsName) -> Option<SanName> {
        if self.names_subject && name == self.subject() {
            return Some(SanName::from(name));
        }
        match self.others() {
            Some(others) => others.covering(name),
            None => self.is_brought(name).then(|| SanName::from(name)),
        }
    }

    /// Whether some outage brings `name` here.
    fn is_brought(&self, name: &DnsName) -> bool {
        let Some(number) = self.basis.names().number(name) else {
            return false;
        };
        let (brought, number) = (self.brought(), Number::new(number));
        brought.binary_search_by_key(&number, |it| it.0).is_ok()
    }

    /// Whether this very entry stands in the SAN; a wildcard does not stand for what it covers here.
    pub(crate) fn holds(&self, entry: &SanName) -> bool {
        if self.names_subject && entry.as_exact() == Some(self.subject()) {
            return true;
        }
        match self.others() {
            Some(others) => others.contains(entry),
            None => entry.as_exact().is_some_and(|name| self.is_brought(name)),
        }
    }

    /// Whether its servers must answer to their own names alone: no outage brings another here.
    pub(crate) fn needs_own_names_only(&self) -> bool {
        self.brought().is_empty()
    }

    /// Each name that its servers must answer to besides their own, with the outage that brings it here:
    /// server by server, and name by name in the order of the deployment.
    pub fn stand_ins(&self) -> impl Iterator<Item = (&DnsName, OutageCause)> {
        let brought = self.brought().iter();
        brought.filter_map(|(name, outage)| {
            Some((
                self.basis.names().get(name.get())?,
                self.basis.cause(outage.get()),
            ))
        })
    }
}

/// Two are equal where they ask for the same certificate for the same reasons, in whatever plan.
impl PartialEq for PlannedCertificate {
    fn eq(&self, other: &Self) -> bool {
        self.subject() == other.subject()
            && self.servers() == other.servers()
            && self.key == other.key
            && self.policy == other.policy
            && self.names_subject == other.names_subject
            && (self.shares_list_with(other) || self.has_order_of(other))
            && difference(self.stand_ins(), other.stand_ins()).is_none()
    }
}

impl Eq for PlannedCertificate {}

impl fmt::Debug for PlannedCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlannedCertificate")
            .field("subject", self.subject())
            .field("servers", &self.servers())
            .field("key", &self.key)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

impl Serialize for PlannedCertificate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut json = serializer.serialize_struct("PlannedCertificate", 5)?;
        json.serialize_field("subject", self.subject())?;
        json.serialize_field("servers", self.servers())?;
        json.serialize_field("key", &self.key)?;
        json.serialize_field("extended-key-usage", &["server-auth"])?;
        json.serialize_field("names", &ReasonedNames(self))?;
        json.end()
    }
}

/// The names of a certificate, written one by one.
struct ReasonedNames<'a>(&'a PlannedCertificate);

impl Serialize for ReasonedNames<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.reasoned_names())
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
