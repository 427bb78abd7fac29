//! The servers of a deployment, by number.

use super::names::Names;
use super::number::Number;

/// What a plan has to know of each server, by number: set by set in the order of the deployment. Each
/// property in a list of its own, so that following all servers through an outage passes little memory.
#[derive(Debug)]
pub(crate) struct Servers {
    pub(crate) names: Names,
    /// The number of the site of each among the sites.
    pub(super) sites: Vec<Number>,
    /// The number of the server that each name is redirected to.
    pub(crate) redirects: Vec<Option<Number>>,
    /// The number of the forest of each among those of the deployment.
    pub(crate) forests: Vec<Number>,
    pub(super) traits: Vec<Traits>,
}

/// What the checks ask of a server. It is noted while the server is at hand: in a large deployment, going
/// back to it waits for memory.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Traits {
    /// Whether its name moves when it is out (D3).
    pub(crate) moves: bool,
    /// Whether the members of its dial plans change when it is out (D4).
    pub(crate) changes_members: bool,
    pub(crate) has_mailbox: bool,
    pub(crate) is_stand_alone: bool,
    /// Whether it starts in TCP mode or has an IPv6 address: such servers alone get a closer look.
    pub(crate) is_special: bool,
}

impl Servers {
    /// For so many servers.
    pub(super) fn with_capacity(count: usize) -> Self {
        Self {
            names: Names::with_capacity(count),
            sites: Vec::with_capacity(count),
            redirects: vec![None; count],
            forests: Vec::with_capacity(count),
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

    /// The traits of each.
    pub(crate) fn traits(&self) -> &[Traits] {
        &self.traits
    }

    /// The traits of a server.
    pub(crate) fn traits_of(&self, number: usize) -> Traits {
        self.traits.get(number).copied().unwrap_or_default()
    }
}
