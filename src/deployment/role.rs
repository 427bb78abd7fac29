//! The roles of Exchange servers.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A role of an Exchange server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ExchangeRole {
    /// Mailbox: runs the UM service from Exchange 2013 on (D15).
    Mailbox,
    /// Client Access: runs the UM Call Router from Exchange 2013 on (D15).
    ClientAccess,
    /// Unified Messaging, a role of its own in Exchange 2007 and 2010.
    UnifiedMessaging,
}

impl ExchangeRole {
    const ALL: [Self; 3] = [Self::Mailbox, Self::ClientAccess, Self::UnifiedMessaging];

    fn bit(self) -> u8 {
        match self {
            Self::Mailbox => 1,
            Self::ClientAccess => 1 << 1,
            Self::UnifiedMessaging => 1 << 2,
        }
    }
}

/// The roles of an Exchange server, each once. In text they are a list, in any order.
///
/// ```
/// use umcert::deployment::{ExchangeRole, Roles};
///
/// let mut roles = Roles::from([ExchangeRole::Mailbox, ExchangeRole::ClientAccess]);
/// assert!(roles.contains(ExchangeRole::Mailbox));
/// roles.remove(ExchangeRole::Mailbox);
/// assert!(roles.iter().eq([ExchangeRole::ClientAccess]));
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Roles(u8);

impl Roles {
    /// Whether this one is among them.
    #[must_use]
    pub fn contains(self, role: ExchangeRole) -> bool {
        self.0 & role.bit() != 0
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Adds this one.
    pub fn insert(&mut self, role: ExchangeRole) {
        self.0 |= role.bit();
    }

    /// Takes this one out.
    pub fn remove(&mut self, role: ExchangeRole) {
        self.0 &= !role.bit();
    }

    /// Those that are there, in the order of [`ExchangeRole`].
    pub fn iter(self) -> impl Iterator<Item = ExchangeRole> {
        let all = ExchangeRole::ALL.iter().copied();
        all.filter(move |it| self.contains(*it))
    }
}

impl<const N: usize> From<[ExchangeRole; N]> for Roles {
    fn from(roles: [ExchangeRole; N]) -> Self {
        let mut all = Self::default();
        for role in &roles {
            all.insert(*role);
        }
        all
    }
}

impl FromIterator<ExchangeRole> for Roles {
    fn from_iter<I: IntoIterator<Item = ExchangeRole>>(roles: I) -> Self {
        let mut all = Self::default();
        for role in roles {
            all.insert(role);
        }
        all
    }
}

impl fmt::Debug for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut set = f.debug_set();
        for role in &ExchangeRole::ALL {
            if self.contains(*role) {
                set.entry(role);
            }
        }
        set.finish()
    }
}

impl Serialize for Roles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Roles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{ExchangeRole, Roles};

    #[test]
    fn roles_are_a_list_without_order_in_text_and_stand_there_once() {
        let rows = [
            ("[]", "[]", "{}"),
            (
                r#"["client-access","mailbox","client-access"]"#,
                r#"["mailbox","client-access"]"#,
                "{Mailbox, ClientAccess}",
            ),
            (
                r#"["unified-messaging"]"#,
                r#"["unified-messaging"]"#,
                "{UnifiedMessaging}",
            ),
        ];
        for (given, written, shown) in rows {
            let roles: Roles = serde_json::from_str(given).unwrap();
            assert_eq!(serde_json::to_string(&roles).unwrap(), written, "{given}");
            assert_eq!(format!("{roles:?}"), shown, "{given}");
            assert_eq!(roles.is_empty(), given == "[]", "{given}");
            assert_eq!(roles.iter().collect::<Roles>(), roles, "{given}");
        }
        assert!(serde_json::from_str::<Roles>(r#"["hub-transport"]"#).is_err());
    }

    #[test]
    fn each_role_comes_and_goes_alone() {
        for role in ExchangeRole::ALL {
            let mut roles = Roles::from(ExchangeRole::ALL);
            roles.remove(role);
            for other in ExchangeRole::ALL {
                assert_eq!(roles.contains(other), other != role, "{role:?}, {other:?}");
            }
            roles.insert(role);
            roles.insert(role);
            assert_eq!(roles, Roles::from(ExchangeRole::ALL), "{role:?}");
        }
    }
}
