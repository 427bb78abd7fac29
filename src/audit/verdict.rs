//! The verdict of a relying party on the chain of a server.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::name::DnsName;
use crate::rule::{Rule, Severity, impl_text_id};
use crate::text::{join, quote};
use crate::x509::Certificate;

/// The verdict of one relying party on the chain of one server. It concerns only the path to a root, not names.
///
/// Serializes as a [`VerdictDocument`](super::VerdictDocument).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrustVerdict {
    /// The server.
    pub server: DnsName,
    /// The relying party.
    pub relying_party: RelyingParty,
    /// The verdict.
    pub verdict: Verdict,
}

/// The verdict on a chain: trusted, refused, or not judged.
///
/// A chain is trusted only if `rustls-webpki` builds a path to a root of the relying party, and no check of this crate
/// refuses that path. A chain is not judged if its path depends on something that this crate cannot process (RFC 5280
/// §6.1), and nothing else is wrong with it. Windows may then trust it or refuse it.
///
/// Displays as one phrase, for example "refused: expired".
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The relying party trusts the chain.
    Trusted {
        /// The root through which it trusts the chain.
        root: Certificate,
    },
    /// The relying party refuses the chain.
    Refused {
        /// The rules of the findings that give the reasons, by id. At least one is not [`Rule::PathNotJudged`].
        because: Vec<Rule>,
    },
    /// The chain is neither trusted nor refused.
    NotJudged {
        /// The rules of the findings that give the reasons: [`Rule::PathNotJudged`].
        because: Vec<Rule>,
    },
}

impl Verdict {
    /// Returns the verdict on a path to `root`, for the rules that the path or the lack of one breaks.
    pub(super) fn new(root: Option<&Certificate>, rules: impl IntoIterator<Item = Rule>) -> Self {
        let errors = rules
            .into_iter()
            .filter(|rule| rule.severity() == Severity::Error);
        let mut because: Vec<Rule> = errors.collect();
        because.sort_by_key(|rule| rule.id());
        because.dedup();
        match (root, because.as_slice()) {
            (Some(root), []) => Self::Trusted { root: root.clone() },
            (_, [Rule::PathNotJudged]) => Self::NotJudged { because },
            _ => Self::Refused { because },
        }
    }

    /// Returns the root through which the relying party trusts the chain, or `None` if it does not trust it.
    #[must_use]
    pub fn root(&self) -> Option<&Certificate> {
        match self {
            Self::Trusted { root } => Some(root),
            Self::Refused { .. } | Self::NotJudged { .. } => None,
        }
    }

    /// Returns the rules of the findings for which the chain is not trusted, by id. Empty if it is trusted.
    #[must_use]
    pub fn because(&self) -> &[Rule] {
        match self {
            Self::Trusted { .. } => &[],
            Self::Refused { because } | Self::NotJudged { because } => because,
        }
    }

    /// Returns `true` if the relying party trusts the chain.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        matches!(self, Self::Trusted { .. })
    }

    /// Returns the kind of the verdict.
    #[must_use]
    pub fn kind(&self) -> VerdictKind {
        match self {
            Self::Trusted { .. } => VerdictKind::Trusted,
            Self::Refused { .. } => VerdictKind::Refused,
            Self::NotJudged { .. } => VerdictKind::NotJudged,
        }
    }

    /// Returns the id of the verdict in JSON: `trusted`, `refused` or `not-judged`.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.kind().id()
    }
}

/// The kind of a [`Verdict`], without its root and its reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[expect(
    clippy::exhaustive_enums,
    reason = "a chain is trusted, refused or not judged; there is no fourth verdict"
)]
pub enum VerdictKind {
    /// `trusted`: the relying party trusts the chain.
    Trusted,
    /// `refused`: the relying party refuses the chain.
    Refused,
    /// `not-judged`: the chain is neither trusted nor refused.
    NotJudged,
}

impl VerdictKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::Trusted, Self::Refused, Self::NotJudged];

    fn id(self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::Refused => "refused",
            Self::NotJudged => "not-judged",
        }
    }
}

impl_text_id!(VerdictKind, "verdict");

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trusted { root } => write!(f, "trusted through {}", quote(root.subject())),
            Self::Refused { because } => write!(f, "refused: {}", join(because, ", ")),
            Self::NotJudged { because } => write!(f, "not judged: {}", join(because, ", ")),
        }
    }
}

/// A side of the connection that must trust a server (D24). Displays as "Lync" or "Exchange (contoso.com)", and serializes
/// as `lync` or the FQDN of the forest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RelyingParty {
    /// The Lync servers.
    Lync,
    /// The Exchange servers of this forest.
    Exchange(DnsName),
}

impl RelyingParty {
    /// Returns the id of the relying party in JSON: `lync`, or the FQDN of the forest.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Lync => "lync",
            Self::Exchange(forest) => forest.as_str(),
        }
    }
}

impl Serialize for RelyingParty {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl<'de> Deserialize<'de> for RelyingParty {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        // The FQDN of a forest has at least two labels.
        if id == Self::Lync.id() {
            return Ok(Self::Lync);
        }
        id.parse().map(Self::Exchange).map_err(de::Error::custom)
    }
}

impl fmt::Display for RelyingParty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lync => f.write_str("Lync"),
            Self::Exchange(forest) => write!(f, "Exchange ({forest})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict;
    use crate::rule::Rule;

    #[test]
    fn verdict_is_not_judged_only_if_nothing_else_is_wrong() {
        let cases: [(&[Rule], &str); 4] = [
            (&[Rule::PathNotJudged], "not judged: path-not-judged"),
            (
                &[Rule::PathNotJudged, Rule::KeyNotRsa, Rule::PathNotJudged],
                "not judged: path-not-judged",
            ),
            (
                &[Rule::PathNotJudged, Rule::Expired],
                "refused: expired, path-not-judged",
            ),
            (&[Rule::Expired, Rule::KeyNotRsa], "refused: expired"),
        ];
        for (rules, expected) in cases {
            let verdict = Verdict::new(None, rules.iter().copied());
            assert_eq!(verdict.to_string(), expected, "{rules:?}");
            assert_eq!(verdict.root(), None);
            assert!(!verdict.is_trusted());
        }
    }
}
