//! Sets of UM servers that stand in for each other.

use std::collections::HashSet;
use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::DeploymentError;
use super::exchange::UmServer;
use crate::name::{DnsName, NameError};

/// UM servers that stand in for each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct ServerSet {
    /// The name of the set, for people.
    pub name: String,
    /// The way in which the servers stand in for each other. Without it, they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failover: Option<Failover>,
    /// The servers, at least one.
    pub servers: Vec<UmServer>,
}

impl ServerSet {
    /// Creates a set of these servers. `failover` is a [`Failover`] or `None`.
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

/// The way in which the servers of a set stand in for each other.
///
/// In text: `{ method = "dns", redirects = { "um1.contoso.com" = "um3.contoso.com" } }` or
/// `{ method = "dial-plan" }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "FailoverText", into = "FailoverText")]
#[non_exhaustive]
pub enum Failover {
    /// If a server is out, the DNS record of its name is pointed at another server (D3). That server then answers to
    /// the name, so its certificate must cover the name.
    #[non_exhaustive]
    Dns {
        /// Each server with the server that its name is pointed at, in the order of the text. Both are servers
        /// of this set, and no name has two redirects.
        redirects: Vec<(DnsName, DnsName)>,
    },
    /// If no enabled member of a dial plan is available, its disabled members are enabled (D4). No name moves.
    DialPlan,
}

impl Failover {
    /// Creates failover by DNS with these redirects, each from a server to the one that its name is pointed
    /// at.
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
    /// Returns [`DeploymentError::InvalidName`] if a name is not an FQDN, and
    /// [`DeploymentError::DuplicateRedirect`] if a name has two redirects.
    pub fn dns<N>(redirects: impl IntoIterator<Item = (N, N)>) -> Result<Self, DeploymentError>
    where
        N: TryInto<DnsName, Error: Into<NameError>>,
    {
        let mut unique = UniqueRedirects::default();
        for (from, to) in redirects {
            let from = from.try_into().map_err(Into::into)?;
            unique.insert(from, to.try_into().map_err(Into::into)?)?;
        }
        Ok(Self::Dns {
            redirects: unique.redirects,
        })
    }
}

/// A [`Failover`] in text. It is a plain struct, because the errors of a tagged enum have no line and column.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct FailoverText {
    /// The way in which servers stand in for each other.
    method: FailoverMethod,
    /// Each server of the set with the server that its name is pointed at. Required for `dns`, refused for `dial-plan`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<std::collections::BTreeMap<DnsName, DnsName>>")
    )]
    redirects: Option<UniqueRedirects>,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
enum FailoverMethod {
    /// `dns`: the DNS record of a server that is out is pointed at another server (D3).
    Dns,
    /// `dial-plan`: disabled members of a dial plan are enabled (D4).
    DialPlan,
}

impl TryFrom<FailoverText> for Failover {
    type Error = &'static str;

    fn try_from(text: FailoverText) -> Result<Self, &'static str> {
        match (text.method, text.redirects) {
            (FailoverMethod::Dns, Some(unique)) => Ok(Self::Dns {
                redirects: unique.redirects,
            }),
            (FailoverMethod::Dns, None) => Err("failover by `dns` requires `redirects`"),
            (FailoverMethod::DialPlan, None) => Ok(Self::DialPlan),
            (FailoverMethod::DialPlan, Some(_)) => {
                Err("failover by `dial-plan` moves no names; remove `redirects`")
            }
        }
    }
}

impl From<Failover> for FailoverText {
    fn from(failover: Failover) -> Self {
        match failover {
            Failover::Dns { redirects } => Self {
                method: FailoverMethod::Dns,
                redirects: Some(UniqueRedirects {
                    redirects,
                    names: HashSet::new(),
                }),
            },
            Failover::DialPlan => Self {
                method: FailoverMethod::DialPlan,
                redirects: None,
            },
        }
    }
}

/// Redirects of different names. serde's own maps would keep the last of two equal keys in JSON, and TOML
/// accepts two keys that differ in case only.
#[derive(Default)]
struct UniqueRedirects {
    redirects: Vec<(DnsName, DnsName)>,
    names: HashSet<DnsName>,
}

impl UniqueRedirects {
    fn insert(&mut self, from: DnsName, to: DnsName) -> Result<(), DeploymentError> {
        if !self.names.insert(from.clone()) {
            return Err(DeploymentError::DuplicateRedirect { name: from });
        }
        self.redirects.push((from, to));
        Ok(())
    }
}

impl Serialize for UniqueRedirects {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.redirects.iter().map(|(from, to)| (from, to)))
    }
}

impl<'de> Deserialize<'de> for UniqueRedirects {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RedirectsVisitor;

        impl<'de> Visitor<'de> for RedirectsVisitor {
            type Value = UniqueRedirects;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of redirects, server = stand-in")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut unique = UniqueRedirects::default();
                while let Some((from, to)) = map.next_entry()? {
                    unique.insert(from, to).map_err(de::Error::custom)?;
                }
                Ok(unique)
            }
        }

        deserializer.deserialize_map(RedirectsVisitor)
    }
}
