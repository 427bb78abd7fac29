//! The certificate that a plan gives to a server: its names, and why each is there.

use std::fmt;
use std::mem;
use std::ops::Range;
use std::sync::Arc;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::basis::Basis;
use super::entries::{Entries, difference};
use super::options::{KeyKind, SanPolicy};
use super::outage::{OutageCause, out};
use super::policy_names::{PolicyNames, encoded_length, exact_length};
use crate::deployment::Number;
use crate::name::{DnsName, SanName};
use crate::sort::{self, count_before};

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
        self.entries()
    }

    pub(super) fn entries(&self) -> Entries<'_> {
        self.behind_subject().behind(self.named_subject())
    }

    /// The same where its list holds these entries alone.
    pub(super) fn names_if_listed<'a>(&'a self, listed: &'a [SanName]) -> Entries<'a> {
        let listed = Entries::listed(&[], listed).without(self.subject());
        listed.behind(self.named_subject())
    }

    /// The subject, where it has an entry of its own.
    fn named_subject(&self) -> Option<&DnsName> {
        self.names_subject.then(|| self.subject())
    }

    /// The entries behind that of the subject.
    pub(super) fn behind_subject(&self) -> Entries<'_> {
        match self.others() {
            Some(others) => others.iter().without(self.subject()),
            None => {
                let names = self.basis.names().as_slice();
                Entries::brought(self.brought(), names, self.servers.start)
            }
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
        match self.basis.names().number(server) {
            Some(number) => self.numbers().contains(&number),
            None => false,
        }
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
        self.servers == other.servers
            && self.key == other.key
            && self.policy == other.policy
            && self.names_subject == other.names_subject
            && self.list == other.list
    }

    /// The entries of the SAN in order, each with the reasons why it is there.
    pub fn planned_names(&self) -> impl Iterator<Item = PlannedName> + '_ {
        let mut besides_policy = self.besides_policy();
        self.names()
            .map(move |name| match take(&mut besides_policy, &name) {
                Some(known) => known,
                None => self.by_policy(name),
            })
    }

    /// The same, with no more than `max` entries that the policy alone asks for, and how many of those are
    /// left out. In a large set nearly all are such, in each of its certificates.
    pub(crate) fn few_reasoned_names(&self, max: usize) -> (Vec<PlannedName>, usize) {
        let mut besides_policy = self.besides_policy();
        let mut by_policy = 0;
        let mut few = Vec::new();
        for name in self.names() {
            if let Some(known) = take(&mut besides_policy, &name) {
                few.push(known);
                continue;
            }
            if by_policy == max {
                break;
            }
            by_policy += 1;
            few.push(self.by_policy(name));
        }
        while let Some(known) = besides_policy.pop() {
            few.push(known);
        }
        let left_out = self.count().saturating_sub(few.len());
        (few, left_out)
    }

    fn by_policy(&self, name: SanName) -> PlannedName {
        let reasons = vec![Reason::Policy(self.policy)];
        PlannedName { name, reasons }
    }

    /// The entries that have another reason than the policy, and their reasons; in the order of the SAN, from its
    /// end. A wildcard that is there besides the own name has none of its own.
    fn besides_policy(&self) -> Vec<PlannedName> {
        let (mut places, mut needs) = (Vec::new(), Vec::new());
        for number in 0..self.servers().len() + self.brought().len() {
            if let Some(need) = self.need(number)
                && let Some(place) = self.place(&need.name)
            {
                places.push(place);
                needs.push(need);
            }
        }
        let order = sort::order(places.len(), &|a, b| places.get(b).cmp(&places.get(a)));
        let mut names: Vec<PlannedName> = Vec::new();
        for number in &order {
            let Some(PlannedName { name, reasons }) = needs.get_mut(*number) else {
                continue;
            };
            match names.last_mut() {
                Some(last) if last.name == *name => last.reasons.append(reasons),
                _ => names.push(PlannedName {
                    name: name.clone(),
                    reasons: mem::take(reasons),
                }),
            }
        }
        names
    }

    /// The entry for one name that its servers must answer to: first each one's own, and then those that outages
    /// bring here.
    fn need(&self, number: usize) -> Option<PlannedName> {
        let (name, reason) = match self.servers().get(number) {
            Some(own) => (own, Reason::OwnName(own.clone())),
            None => {
                let (name, outage) = self.stand_in(number - self.servers().len())?;
                let to_stand_in = name.clone();
                (
                    name,
                    Reason::StandIn {
                        name: to_stand_in,
                        outage,
                    },
                )
            }
        };
        let (name, reasons) = (self.covering(name)?, vec![reason]);
        Some(PlannedName { name, reasons })
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
            None if self.is_brought(name) => Some(SanName::from(name)),
            None => None,
        }
    }

    /// Whether some outage brings `name` here.
    fn is_brought(&self, name: &DnsName) -> bool {
        let Some(number) = self.basis.names().number(name) else {
            return false;
        };
        let (brought, number) = (self.brought(), Number::new(number));
        let place = count_before(brought, |(name, _)| *name < number);
        brought.get(place).is_some_and(|(name, _)| *name == number)
    }

    /// Whether this very entry stands in the SAN; a wildcard does not stand for what it covers here.
    pub(crate) fn holds(&self, entry: &SanName) -> bool {
        if self.names_subject && entry.as_exact() == Some(self.subject()) {
            return true;
        }
        match self.others() {
            Some(others) => others.contains(entry),
            None => match entry {
                SanName::Exact(name) => self.is_brought(name),
                SanName::Wildcard(_) => false,
            },
        }
    }

    /// Whether its servers must answer to their own names alone: no outage brings another here.
    pub(crate) fn needs_own_names_only(&self) -> bool {
        self.brought().is_empty()
    }

    /// Each name that its servers must answer to besides their own, with the outage that brings it here:
    /// server by server, and name by name in the order of the deployment.
    pub fn stand_ins(&self) -> impl Iterator<Item = (&DnsName, OutageCause)> {
        (0..self.brought().len()).filter_map(|place| self.stand_in(place))
    }

    /// The one at this place.
    fn stand_in(&self, place: usize) -> Option<(&DnsName, OutageCause)> {
        let (name, outage) = self.brought().get(place)?;
        let name = self.basis.names().get(name.get())?;
        Some((name, self.basis.cause(outage.get())))
    }

    /// Whether the same outages bring the same names here.
    fn has_stand_ins_of(&self, other: &Self) -> bool {
        for place in 0..self.brought().len() {
            if self.stand_in(place) != other.stand_in(place) {
                return false;
            }
        }
        self.brought().len() == other.brought().len()
    }
}

/// Takes the entry `name` from the end of these, where it stands there.
fn take(reasoned: &mut Vec<PlannedName>, name: &SanName) -> Option<PlannedName> {
    match reasoned.last() {
        Some(last) if last.name == *name => reasoned.pop(),
        _ => None,
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
            && self.has_stand_ins_of(other)
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
        serializer.collect_seq(self.0.planned_names())
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
