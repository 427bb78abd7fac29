//! What makes a deployment one that cannot be meant.

use super::ExchangeVersion;
use crate::name::{DnsName, NameError};
use crate::text::escape_and_truncate;

/// What makes a deployment one that cannot be meant: which entry, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeploymentError {
    /// A text where a name belongs is none.
    #[error(transparent)]
    InvalidName(#[from] NameError),
    /// A list that needs an entry has none.
    #[error("{list} is empty; list at least one")]
    #[non_exhaustive]
    Empty {
        /// Which list.
        list: String,
    },
    /// More servers than can be numbered.
    #[error("the deployment has {count} servers, and {max} are the most that can be planned for")]
    #[non_exhaustive]
    TooManyServers {
        /// How many it has.
        count: usize,
        /// How many it may have.
        max: usize,
    },
    /// A text that people need is blank.
    #[error("{entry} is blank")]
    #[non_exhaustive]
    Blank {
        /// Which entry.
        entry: String,
    },
    /// A text that people read holds what they cannot see: a control character, the end of a line, or a mark
    /// that turns the direction of text, as comes along when it is copied from a dialog of Windows.
    #[error("{entry} holds {character:?}, which nobody can see; leave it out")]
    #[non_exhaustive]
    Invisible {
        /// Which entry.
        entry: String,
        /// The first such character.
        character: char,
    },
    /// A text that people read is longer than any name.
    #[error("{entry} has {length} characters, and {max} are allowed")]
    #[non_exhaustive]
    TooLong {
        /// Which entry.
        entry: String,
        /// How many characters it has.
        length: usize,
        /// How many it may have.
        max: usize,
    },
    /// One FQDN stands for two servers, or for a server and a pool.
    #[error("`{name}` stands twice: as {first} and as {second}")]
    #[non_exhaustive]
    DuplicateName {
        /// The FQDN.
        name: DnsName,
        /// Where it stands first.
        first: String,
        /// Where it stands again.
        second: String,
    },
    /// Two entries of a list have the same name.
    #[error("{list} holds `{name}` twice")]
    #[non_exhaustive]
    DuplicateEntry {
        /// Which list.
        list: String,
        /// The name.
        name: String,
    },
    /// A name is redirected to two servers.
    #[error("`{name}` is redirected twice; a name can point at one server only")]
    #[non_exhaustive]
    DuplicateRedirect {
        /// The name.
        name: DnsName,
    },
    /// A redirect names something that is no server of its set.
    #[error(
        "server set `{set}`: the redirect {from} → {to} names `{unknown}`, which is no server of the set"
    )]
    #[non_exhaustive]
    UnknownRedirect {
        /// The server set.
        set: String,
        /// The name that moves.
        from: DnsName,
        /// The server that it is pointed at.
        to: DnsName,
        /// Which of the two is no server of the set.
        unknown: DnsName,
    },
    /// A member of a dial plan is no UM server of the deployment.
    #[error("dial plan `{dial_plan}`: the member `{server}` is no server of any server set")]
    #[non_exhaustive]
    UnknownMember {
        /// The dial plan.
        dial_plan: String,
        /// The member.
        server: DnsName,
    },
    /// A server names a forest that Exchange does not live in.
    #[error("server `{server}`: the forest `{forest}` is not listed under `exchange`")]
    #[non_exhaustive]
    UnknownForest {
        /// The server.
        server: DnsName,
        /// The forest that it names.
        forest: DnsName,
    },
    /// A server names no forest, and there are several.
    #[error(
        "server `{server}`: `exchange` lists several forests; say with `forest` which one it lives in"
    )]
    #[non_exhaustive]
    MissingForest {
        /// The server.
        server: DnsName,
    },
    /// A server has a role that its Exchange version does not know.
    #[error(
        "server `{server}`: Unified Messaging is no role of its own in {}; leave it out",
        .version.product_name()
    )]
    #[non_exhaustive]
    UnknownRole {
        /// The server.
        server: DnsName,
        /// The version of its forest.
        version: ExchangeVersion,
    },
    /// A NetBIOS name that Windows would not take.
    #[error(
        "server `{server}`: `{}` is no NetBIOS name; it has 1 to 15 letters, digits and hyphens",
        escape_and_truncate(.netbios_name)
    )]
    #[non_exhaustive]
    InvalidNetbiosName {
        /// The server.
        server: DnsName,
        /// The NetBIOS name.
        netbios_name: String,
    },
}
