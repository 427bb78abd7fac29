//! The versions of Exchange.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::rule::{ParseIdError, parse_id};

/// The values that the error of another one describes.
const KIND: &str = "version of Exchange with UM";

/// A version of Exchange Server with Unified Messaging. Older versions order first.
///
/// Displays as, and parses from, its text in a deployment:
///
/// ```
/// use umcert::deployment::ExchangeVersion;
///
/// assert_eq!("2010-sp1".parse(), Ok(ExchangeVersion::Exchange2010Sp1));
/// assert_eq!(ExchangeVersion::Exchange2010Sp1.to_string(), "2010-sp1");
/// assert_eq!(ExchangeVersion::Exchange2010Sp1.product_name(), "Exchange 2010 SP1");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ExchangeVersion {
    /// `2007`: Exchange Server 2007, any service pack.
    Exchange2007,
    /// `2010`: Exchange Server 2010 before Service Pack 1.
    Exchange2010,
    /// `2010-sp1`: Exchange Server 2010 with Service Pack 1 or later.
    Exchange2010Sp1,
    /// `2013`: Exchange Server 2013.
    Exchange2013,
    /// `2016`: Exchange Server 2016, the last version with UM.
    Exchange2016,
}

impl ExchangeVersion {
    /// Every version, the oldest first.
    pub const ALL: &'static [Self] = &[
        Self::Exchange2007,
        Self::Exchange2010,
        Self::Exchange2010Sp1,
        Self::Exchange2013,
        Self::Exchange2016,
    ];

    /// Returns the name of the product for messages: "Exchange 2013".
    #[must_use]
    pub fn product_name(self) -> &'static str {
        match self {
            Self::Exchange2007 => "Exchange 2007",
            Self::Exchange2010 => "Exchange 2010",
            Self::Exchange2010Sp1 => "Exchange 2010 SP1",
            Self::Exchange2013 => "Exchange 2013",
            Self::Exchange2016 => "Exchange 2016",
        }
    }

    /// Returns the year of the major version. A service pack does not change it.
    pub(crate) fn major(self) -> u16 {
        match self {
            Self::Exchange2007 => 2007,
            Self::Exchange2010 | Self::Exchange2010Sp1 => 2010,
            Self::Exchange2013 => 2013,
            Self::Exchange2016 => 2016,
        }
    }

    fn id(self) -> &'static str {
        match self {
            Self::Exchange2007 => "2007",
            Self::Exchange2010 => "2010",
            Self::Exchange2010Sp1 => "2010-sp1",
            Self::Exchange2013 => "2013",
            Self::Exchange2016 => "2016",
        }
    }
}

impl fmt::Display for ExchangeVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl FromStr for ExchangeVersion {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        parse_id(KIND, Self::ALL, Self::id, text).map_err(|error| match hint(text) {
            Some(hint) => ParseIdError::with_hint(KIND, text, hint),
            None => error,
        })
    }
}

/// Returns advice about a version of Exchange that is not in the list.
fn hint(text: &str) -> Option<&'static str> {
    let text = text.to_ascii_lowercase();
    let version = text.trim().trim_start_matches("exchange").trim_start();
    let starts_with = |prefix: &str| version.starts_with(prefix);
    if starts_with("2019") {
        Some("Exchange 2019 has no Unified Messaging, and Cloud Voicemail takes its place")
    } else if starts_with("se") || starts_with("subscription") {
        Some("Exchange SE has no Unified Messaging, and Cloud Voicemail takes its place")
    } else if starts_with("2010") {
        Some("use 2010-sp1 for Exchange 2010 with any service pack, and 2010 for one without")
    } else {
        None
    }
}

impl Serialize for ExchangeVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl<'de> Deserialize<'de> for ExchangeVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(VersionVisitor)
    }
}

/// Reads a version from a string. A number, which lacks the quotes, is refused with the string to write instead.
struct VersionVisitor;

impl Visitor<'_> for VersionVisitor {
    type Value = ExchangeVersion;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a version of Exchange in quotes, such as \"2016\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<ExchangeVersion, E> {
        text.parse().map_err(de::Error::custom)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<ExchangeVersion, E> {
        let version: ExchangeVersion = self.visit_str(&number.to_string())?;
        Err(de::Error::custom(format_args!(
            "the version `{version}` is a number, and a string was expected; write `version = \"{version}\"`",
        )))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<ExchangeVersion, E> {
        match u64::try_from(number) {
            Ok(number) => self.visit_u64(number),
            Err(_) => self.visit_str(&number.to_string()),
        }
    }
}
