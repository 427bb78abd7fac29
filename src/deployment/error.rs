//! The error of an invalid deployment.

use super::version::ExchangeVersion;
use crate::name::{DnsName, NameError};
use crate::text::QuotedChar;

/// An invalid deployment: the invalid entry and the reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeploymentError {
    /// A string is not a valid DNS name.
    #[error(transparent)]
    InvalidName(#[from] NameError),
    /// A list has no entries, but needs at least one.
    #[error("{list} is empty; list at least one entry")]
    #[non_exhaustive]
    Empty {
        /// The list.
        list: String,
    },
    /// The deployment has too many servers.
    #[error("the deployment has {count} servers, more than the maximum of {max}")]
    #[non_exhaustive]
    TooManyServers {
        /// The number of servers.
        count: usize,
        /// The maximum number of servers.
        max: usize,
    },
    /// A required text is blank.
    #[error("{entry} is blank")]
    #[non_exhaustive]
    Blank {
        /// The entry with the text.
        entry: String,
    },
    /// A text contains a character that is not visible: a control or format character, a space other than the plain
    /// one, a joiner, a variation selector, a blank letter, or a character for private use. Text copied from a
    /// dialog of Windows often contains marks that change the direction of text.
    #[error(
        "{entry} contains the invisible character {}; remove it, or write a plain space", QuotedChar(*.character)
    )]
    #[non_exhaustive]
    Invisible {
        /// The entry with the text.
        entry: String,
        /// The first invisible character.
        character: char,
    },
    /// A text is too long.
    #[error("{entry} has {length} characters, more than the maximum of {max}")]
    #[non_exhaustive]
    TooLong {
        /// The entry with the text.
        entry: String,
        /// The number of characters.
        length: usize,
        /// The maximum number of characters.
        max: usize,
    },
    /// Two servers, or a server and a pool, have the same FQDN.
    #[error("the FQDN `{name}` is used twice: by {first} and by {second}")]
    #[non_exhaustive]
    DuplicateName {
        /// The FQDN.
        name: DnsName,
        /// The first owner of the FQDN, such as "a server of the server set `um`".
        first: String,
        /// The second owner of the FQDN.
        second: String,
    },
    /// Two entries of a list have the same name.
    #[error("{list} lists `{name}` twice")]
    #[non_exhaustive]
    DuplicateEntry {
        /// The list.
        list: String,
        /// The name.
        name: String,
    },
    /// A forest is listed twice. The servers of a forest may differ in their version.
    #[error(
        "`exchange` lists `{forest}` twice; list it once, and set `version` on the servers of another version"
    )]
    #[non_exhaustive]
    DuplicateForest {
        /// The forest.
        forest: DnsName,
    },
    /// A name has two redirects.
    #[error("`{name}` is redirected twice; redirect each name to one server")]
    #[non_exhaustive]
    DuplicateRedirect {
        /// The name.
        name: DnsName,
    },
    /// A redirect names a server that is not in its set.
    #[error(
        "server set `{set}`: the redirect `{from} → {to}` names `{unknown}`, which is not a server of the set"
    )]
    #[non_exhaustive]
    UnknownRedirect {
        /// The server set.
        set: String,
        /// The name that is redirected.
        from: DnsName,
        /// The server that the name is pointed at.
        to: DnsName,
        /// The one of the two that is not a server of the set.
        unknown: DnsName,
    },
    /// A member of a dial plan is not a UM server of the deployment.
    #[error("dial plan `{dial_plan}`: the member `{server}` is not a server of any server set")]
    #[non_exhaustive]
    UnknownMember {
        /// The dial plan.
        dial_plan: String,
        /// The member.
        server: DnsName,
    },
    /// A server names a forest that the deployment does not list.
    #[error("server `{server}`: the forest `{forest}` is not listed in `exchange`")]
    #[non_exhaustive]
    UnknownForest {
        /// The server.
        server: DnsName,
        /// The forest that the server names.
        forest: DnsName,
    },
    /// A server names no forest, but the deployment lists several.
    #[error(
        "server `{server}`: `exchange` lists several forests; set `forest` to the server's own"
    )]
    #[non_exhaustive]
    MissingForest {
        /// The server.
        server: DnsName,
    },
    /// A server has the role Unified Messaging, which its version of Exchange does not have.
    #[error(
        "server `{server}`: {} has no separate Unified Messaging role; remove `unified-messaging` from `roles`",
        .version.product_name()
    )]
    #[non_exhaustive]
    UnknownRole {
        /// The server.
        server: DnsName,
        /// The version of Exchange of the server.
        version: ExchangeVersion,
    },
    /// A string is not a valid NetBIOS name of a computer.
    #[error(
        "server `{server}`: `{netbios_name}` is not a NetBIOS name: expected 1 to 15 letters, digits, hyphens and underscores"
    )]
    #[non_exhaustive]
    InvalidNetbiosName {
        /// The server.
        server: DnsName,
        /// The NetBIOS name, escaped, cut after 80 characters.
        netbios_name: String,
    },
}
