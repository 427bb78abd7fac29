//! The verdict of a relying party on the chain of a server.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::name::DnsName;
use crate::rule::{Rule, Severity};
use crate::text::{join, quote};
use crate::x509::Certificate;

/// The verdict of one relying party on the chain of one server. It concerns only the path to a root, not names.
///
/// Serializes as `server`, `relying-party`, `verdict` and `because`.
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

impl Serialize for TrustVerdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut json = serializer.serialize_struct("TrustVerdict", 4)?;
        json.serialize_field("server", &self.server)?;
        json.serialize_field("relying-party", self.relying_party.id())?;
        json.serialize_field("verdict", self.verdict.id())?;
        json.serialize_field("because", self.verdict.because())?;
        json.end()
    }
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

    /// Returns the id of the verdict in JSON: `trusted`, `refused` or `not-judged`.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::Trusted { .. } => "trusted",
            Self::Refused { .. } => "refused",
            Self::NotJudged { .. } => "not-judged",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trusted { root } => write!(f, "trusted through {}", quote(root.subject())),
            Self::Refused { because } => write!(f, "refused: {}", join(because, ", ")),
            Self::NotJudged { because } => write!(f, "not judged: {}", join(because, ", ")),
        }
    }
}

/// A side of the connection that must trust a server (D24). Displays as "Lync" or "Exchange (contoso.com)".
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
