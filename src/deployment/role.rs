//! The roles of Exchange servers.

use serde::{Deserialize, Serialize};

use crate::rule::impl_text_id;

/// A role of an Exchange server.
///
/// Displays as, and parses from, its text in a deployment: `mailbox`, `client-access`, `unified-messaging`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ExchangeRole {
    /// `mailbox`: Mailbox. Runs the UM service since Exchange 2013 (D15).
    Mailbox,
    /// `client-access`: Client Access. Runs the UM Call Router since Exchange 2013 (D15).
    ClientAccess,
    /// `unified-messaging`: Unified Messaging, a separate role in Exchange 2007 and 2010 only.
    UnifiedMessaging,
}

impl ExchangeRole {
    /// Every role.
    pub const ALL: &'static [Self] = &[Self::Mailbox, Self::ClientAccess, Self::UnifiedMessaging];

    fn id(self) -> &'static str {
        match self {
            Self::Mailbox => "mailbox",
            Self::ClientAccess => "client-access",
            Self::UnifiedMessaging => "unified-messaging",
        }
    }
}

impl_text_id!(ExchangeRole, "role of Exchange servers");
