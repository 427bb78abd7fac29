//! Sets of servers that stand in for each other, and how they do.

use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{DeploymentError, UmServer};
use crate::index::Index;
use crate::name::{DnsName, NameError};

/// UM servers that stand in for each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct ServerSet {
    /// What people call the set.
    pub name: String,
    /// How the servers stand in for each other; `None` where they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failover: Option<Failover>,
    /// The servers, at least one.
    pub servers: Vec<UmServer>,
}

impl ServerSet {
    /// A set of these servers; `failover` is a [`Failover`] or `None`.
    pub fn new(
        name: impl Into<String>,
        servers: impl IntoIterator<Item = UmServer>,
        failover: impl Into<Option<Failover>>,
    ) -> Self {
        Self {
            name: name.into(),
            failover: failover.into(),
            servers: servers.into_iter().collect(),
        }
    }
}

/// How the servers of a set stand in for each other.
///
/// In text: `{ method = "dns", redirects = { "um1.contoso.com" = "um3.contoso.com" } }` or
/// `{ method = "dial-plan" }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FailoverText", into = "FailoverText")]
#[non_exhaustive]
pub enum Failover {
    /// When a server is out, the DNS record of its name is pointed at another server (D3). That server
    /// then answers to the name, so its certificate must hold it.
    #[non_exhaustive]
    Dns {
        /// Each server that is out with the server that its name is pointed at; both of this set, and no
        /// name twice. In the order of the text, which is mostly that of the servers: following the
        /// redirects of a large set then takes less time than by a map.
        redirects: Vec<(DnsName, DnsName)>,
    },
    /// When no enabled member of a dial plan is left, the disabled ones are enabled (D4). No name
    /// moves.
    DialPlan,
}

impl Failover {
    /// Failover by DNS with these redirects, each from a server that is out to the one that its name
    /// is pointed at.
    ///
    /// ```
    /// use umcert::deployment::Failover;
    ///
    /// let failover = Failover::dns([
    ///     ("um1.contoso.com", "um3.contoso.com"),
    ///     ("um3.contoso.com", "um1.contoso.com"),
    /// ])?;
    /// # Ok::<(), umcert::deployment::DeploymentError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`DeploymentError::InvalidName`] where a name is no FQDN, and
    /// [`DeploymentError::DuplicateRedirect`] where one is redirected twice.
    pub fn dns<N>(redirects: impl IntoIterator<Item = (N, N)>) -> Result<Self, DeploymentError>
    where
        N: TryInto<DnsName, Error: Into<NameError>>,
    {
        let mut collected = Redirects::default();
        for (from, to) in redirects {
            let from = from.try_into().map_err(Into::into)?;
            collected.insert(from, to.try_into().map_err(Into::into)?)?;
        }
        Ok(Self::Dns {
            redirects: collected.list,
        })
    }
}

/// The failover as text has it: a plain struct, so that errors keep their line and column, which a
/// tagged enum of serde loses.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct FailoverText {
    method: Method,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    redirects: Option<Redirects>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Method {
    Dns,
    DialPlan,
}

impl TryFrom<FailoverText> for Failover {
    type Error = &'static str;

    fn try_from(text: FailoverText) -> Result<Self, &'static str> {
        match (text.method, text.redirects) {
            (Method::Dns, Some(Redirects { list, .. })) => Ok(Self::Dns { redirects: list }),
            (Method::Dns, None) => Err("failover by `dns` needs `redirects`"),
            (Method::DialPlan, None) => Ok(Self::DialPlan),
            (Method::DialPlan, Some(_)) => {
                Err("failover by `dial-plan` moves no name: leave `redirects` out")
            }
        }
    }
}

impl From<Failover> for FailoverText {
    fn from(failover: Failover) -> Self {
        match failover {
            Failover::Dns { redirects } => Self {
                method: Method::Dns,
                redirects: Some(Redirects {
                    list: redirects,
                    places: Index::default(),
                }),
            },
            Failover::DialPlan => Self {
                method: Method::DialPlan,
                redirects: None,
            },
        }
    }
}

/// Redirects that refuse a name twice. A map of serde's would keep the last of two in JSON, and TOML
/// sees two keys where only the case differs.
#[derive(Default)]
struct Redirects {
    list: Vec<(DnsName, DnsName)>,
    /// Where the redirect of each name stands in the list.
    places: Index,
}

impl Redirects {
    fn insert(&mut self, from: DnsName, to: DnsName) -> Result<(), DeploymentError> {
        let list = &self.list;
        let from_at = |place: usize| Some(list.get(place)?.0.as_bytes());
        let known = self.places.insert(from.as_bytes(), list.len(), &from_at);
        if known.is_some() {
            return Err(DeploymentError::DuplicateRedirect { name: from });
        }
        self.list.push((from, to));
        Ok(())
    }
}

impl Serialize for Redirects {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.list.iter().map(|(from, to)| (from, to)))
    }
}

impl<'de> Deserialize<'de> for Redirects {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;

        impl<'de> Visitor<'de> for Pairs {
            type Value = Redirects;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of redirects, server = stand-in")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Redirects, A::Error> {
                let mut redirects = Redirects::default();
                while let Some((from, to)) = map.next_entry()? {
                    redirects.insert(from, to).map_err(de::Error::custom)?;
                }
                Ok(redirects)
            }
        }

        deserializer.deserialize_map(Pairs)
    }
}
