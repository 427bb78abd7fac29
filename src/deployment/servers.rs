//! The servers of a deployment, by number.

use super::names::Names;
use super::number::Number;
use super::{ExchangeRole, Failover, ServerSet, StartupMode, UmServer};

/// What a plan has to know of each server, by number: set by set in the order of the deployment. Each
/// property in a list of its own, so that following all servers through an outage passes little memory.
#[derive(Debug)]
pub(crate) struct Servers {
    pub(crate) names: Names,
    /// The number of the site of each among the sites.
    pub(super) sites: Vec<Number>,
    /// The number of the server that each name is redirected to.
    pub(crate) redirects: Vec<Option<Number>>,
    /// The number of the forest of each among those of the deployment; empty where that has only one.
    pub(super) forests: Vec<Number>,
    pub(super) traits: Vec<Traits>,
}

/// What the checks ask of a server, in one byte. It is noted while the server is at hand: in a large
/// deployment, going back to it waits for memory.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Traits(u8);

impl Traits {
    const MOVES: u8 = 1;
    const CHANGES_MEMBERS: u8 = 1 << 1;
    const HAS_MAILBOX: u8 = 1 << 2;
    const IS_STAND_ALONE: u8 = 1 << 3;
    const IS_SPECIAL: u8 = 1 << 4;

    /// Those of a server of `set`.
    pub(super) fn new(server: &UmServer, set: &ServerSet) -> Self {
        let mut traits = Self::default();
        match set.failover {
            Some(Failover::Dns { .. }) => traits.0 |= Self::MOVES,
            Some(Failover::DialPlan) => traits.0 |= Self::CHANGES_MEMBERS,
            None => {}
        }
        if server.roles.contains(&ExchangeRole::Mailbox) {
            traits.0 |= Self::HAS_MAILBOX;
        }
        if server.is_stand_alone() {
            traits.0 |= Self::IS_STAND_ALONE;
        }
        if server.startup_mode == StartupMode::Tcp {
            traits.0 |= Self::IS_SPECIAL;
        }
        for address in &server.addresses {
            if address.is_ipv6() {
                traits.0 |= Self::IS_SPECIAL;
            }
        }
        traits
    }

    fn has(self, one: u8) -> bool {
        self.0 & one != 0
    }

    /// Whether its name moves when it is out (D3).
    pub(crate) fn moves(self) -> bool {
        self.has(Self::MOVES)
    }

    /// Whether the members of its dial plans change when it is out (D4).
    pub(crate) fn changes_members(self) -> bool {
        self.has(Self::CHANGES_MEMBERS)
    }

    pub(crate) fn has_mailbox(self) -> bool {
        self.has(Self::HAS_MAILBOX)
    }

    pub(crate) fn is_stand_alone(self) -> bool {
        self.has(Self::IS_STAND_ALONE)
    }

    /// Whether it starts in TCP mode or has an IPv6 address: such servers alone get a closer look.
    pub(crate) fn is_special(self) -> bool {
        self.has(Self::IS_SPECIAL)
    }
}

impl Servers {
    /// For so many servers, in so many forests.
    pub(super) fn with_capacity(count: usize, forests: usize) -> Self {
        Self {
            names: Names::with_capacity(count),
            sites: Vec::with_capacity(count),
            redirects: vec![None; count],
            forests: Vec::with_capacity(if forests > 1 { count } else { 0 }),
            traits: Vec::with_capacity(count),
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.traits.len()
    }

    /// The site of each.
    pub(crate) fn sites(&self) -> &[Number] {
        &self.sites
    }

    /// The position of a server's site among the sites.
    pub(crate) fn site(&self, number: usize) -> Option<usize> {
        Some(self.sites.get(number)?.get())
    }

    /// The server that a name is redirected to.
    pub(crate) fn redirect(&self, number: usize) -> Option<usize> {
        Some((*self.redirects.get(number)?)?.get())
    }

    /// The number of a server's forest among those of the deployment; of no server, that is any.
    pub(crate) fn forest(&self, number: usize) -> usize {
        self.forests.get(number).copied().unwrap_or_default().get()
    }

    /// The traits of each.
    pub(crate) fn traits(&self) -> &[Traits] {
        &self.traits
    }

    /// The traits of a server.
    pub(crate) fn traits_of(&self, number: usize) -> Traits {
        self.traits.get(number).copied().unwrap_or_default()
    }
}
