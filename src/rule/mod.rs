//! Rules and findings: the faults that a plan or an audit can report, with severity, source, symptom and remedy.
//!
//! A [`Rule`] is a kind of finding with a stable id. A [`Finding`] is a rule that applies to one subject.

mod define;
mod finding;
mod parse_id_error;
mod severity;
mod table;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use finding::Finding;
pub use parse_id_error::ParseIdError;
pub(crate) use parse_id_error::{impl_text_id, parse_id};
pub use severity::Severity;
pub use table::Rule;

impl Rule {
    /// Returns the id, in kebab-case.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.description().id
    }

    /// Returns the page and heading that describe the rule, relative to the root of the repository.
    ///
    /// ```
    /// assert_eq!(umcert::Rule::Expired.anchor(), "docs/rules.md#expired");
    /// ```
    #[must_use]
    pub fn anchor(self) -> &'static str {
        self.description().anchor
    }

    /// Returns the severity of a finding of this rule.
    #[must_use]
    pub fn severity(self) -> Severity {
        self.description().severity
    }

    /// Returns the source of the rule: a fact of the domain (D…) or a section of a standard.
    #[must_use]
    pub fn source(self) -> &'static str {
        self.description().source
    }

    /// Returns the condition under which the rule is reported, as one phrase.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        self.description().meaning
    }

    /// Returns the symptoms in operation, as one sentence: the calls that fail and the events that are logged.
    #[must_use]
    pub fn symptom(self) -> &'static str {
        self.description().symptom
    }

    /// Returns the remedy, as one sentence.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        self.description().remedy
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl FromStr for Rule {
    type Err = ParseIdError;

    fn from_str(id: &str) -> Result<Self, ParseIdError> {
        let found = Self::ALL.iter().copied().find(|rule| rule.id() == id);
        found.ok_or_else(|| {
            ParseIdError::with_hint("rule id", id, "`docs/rules.md` lists every rule")
        })
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        id.parse().map_err(de::Error::custom)
    }
}
