//! The attributes of a subject besides its common name.

use std::fmt;

use super::text::shown;

/// The longest label of a domain (RFC 1035 §2.3.4).
const MAX_LABEL: usize = 63;
/// The officially assigned codes of ISO 3166-1 alpha-2.
const COUNTRIES: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS \
    BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE \
    EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM \
    HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC \
    LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA \
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW \
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO \
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// The attributes of a distinguished name (RFC 5280 §4.1.2.4) that stand before its common name, in
/// order; an attribute may stand more than once (D29).
///
/// The common name itself is not among them: the plan gives it to a server (D10), and its caller to a
/// [`TestCa`](crate::TestCa).
///
/// ```
/// use umcert::name::{AttributeType, DistinguishedName};
///
/// let subject = DistinguishedName::new()
///     .with(AttributeType::Country, "US")?
///     .with(AttributeType::Organization, "Contoso Ltd.")?
///     .with(AttributeType::OrganizationalUnit, "Exchange")?
///     .with(AttributeType::OrganizationalUnit, "Unified Messaging")?;
/// assert_eq!(subject.to_string(), "C=US, O=Contoso Ltd., OU=Exchange, OU=Unified Messaging");
///
/// let error = subject.with(AttributeType::Country, "UK").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`UK` cannot stand in a name as C: ISO 3166-1 has no such country code; the United Kingdom is GB",
/// );
/// # Ok::<(), umcert::name::AttributeError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DistinguishedName {
    attributes: Vec<(AttributeType, String)>,
}

/// What an attribute of a [`DistinguishedName`] is. Displays as its short form: `DC`, `C` …
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttributeType {
    /// `DC`: one label of a domain, the last of the domain first (D29). Letters, digits and hyphens.
    DomainComponent,
    /// `C`: an ISO 3166-1 code of two letters.
    Country,
    /// `ST`: a state or province, 128 characters at most.
    State,
    /// `L`: a city, 128 characters at most.
    Locality,
    /// `O`: an organisation, 64 characters at most.
    Organization,
    /// `OU`: a part of it, 64 characters at most.
    OrganizationalUnit,
}

impl DistinguishedName {
    /// No attributes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With this attribute behind those that are there. A country code is turned to upper case.
    ///
    /// # Errors
    ///
    /// [`AttributeError`] where the value is empty, longer than RFC 5280 appendix A.1 allows, starts or
    /// ends with a space, or holds a control character, and where a country code is unknown or a domain
    /// component is no label.
    pub fn with(mut self, attribute: AttributeType, value: &str) -> Result<Self, AttributeError> {
        let value = match attribute {
            AttributeType::Country => value.to_ascii_uppercase(),
            _ => value.to_owned(),
        };
        match check(attribute, &value) {
            Ok(()) => self.attributes.push((attribute, value)),
            Err(fault) => {
                let value = shown(&value);
                return Err(AttributeError {
                    attribute,
                    value,
                    fault,
                });
            }
        }
        Ok(self)
    }

    /// The attributes in order.
    pub fn attributes(&self) -> impl Iterator<Item = (AttributeType, &str)> {
        let attributes = self.attributes.iter();
        attributes.map(|(attribute, value)| (*attribute, value.as_str()))
    }
}

/// As OpenSSL shows names: in the order of the DER, and not for reading back.
impl fmt::Display for DistinguishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut comma = "";
        for (attribute, value) in &self.attributes {
            write!(f, "{comma}{attribute}={value}")?;
            comma = ", ";
        }
        Ok(())
    }
}

impl fmt::Display for AttributeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::DomainComponent => "DC",
            Self::Country => "C",
            Self::State => "ST",
            Self::Locality => "L",
            Self::Organization => "O",
            Self::OrganizationalUnit => "OU",
        })
    }
}

fn check(attribute: AttributeType, value: &str) -> Result<(), AttributeFault> {
    let length = value.chars().count();
    let max = match attribute {
        AttributeType::Country => return check_country(value),
        AttributeType::DomainComponent => return check_label(value),
        AttributeType::State | AttributeType::Locality => 128,
        AttributeType::Organization | AttributeType::OrganizationalUnit => 64,
    };
    if length == 0 {
        return Err(AttributeFault::Empty);
    }
    if length > max {
        return Err(AttributeFault::TooLong { length, max });
    }
    for character in value.chars() {
        if character.is_control() {
            return Err(AttributeFault::Character { character });
        }
    }
    match value.trim() == value {
        true => Ok(()),
        false => Err(AttributeFault::Space),
    }
}

fn check_country(value: &str) -> Result<(), AttributeFault> {
    for code in COUNTRIES.split(' ') {
        if code == value {
            return Ok(());
        }
    }
    Err(AttributeFault::Country {
        is_uk: value == "UK",
    })
}

fn check_label(value: &str) -> Result<(), AttributeFault> {
    if value.is_empty() {
        return Err(AttributeFault::Empty);
    }
    for character in value.chars() {
        match character {
            '-' | '0'..='9' | 'a'..='z' | 'A'..='Z' => {}
            '.' => return Err(AttributeFault::Domain),
            _ => return Err(AttributeFault::Character { character }),
        }
    }
    match value.len() {
        length if length > MAX_LABEL => Err(AttributeFault::TooLong {
            length,
            max: MAX_LABEL,
        }),
        _ => Ok(()),
    }
}

/// A value that cannot stand in a distinguished name: which, as what, and why not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{value}` cannot stand in a name as {attribute}: {fault}")]
pub struct AttributeError {
    attribute: AttributeType,
    value: String,
    fault: AttributeFault,
}

impl AttributeError {
    /// What it was to be.
    #[must_use]
    pub fn attribute(&self) -> AttributeType {
        self.attribute
    }

    /// The refused value, with control characters escaped and cut after 80 characters.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// What is wrong with it.
    #[must_use]
    pub fn fault(&self) -> &AttributeFault {
        &self.fault
    }
}

/// What makes a value unfit for its attribute.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AttributeFault {
    /// Nothing at all.
    #[error("it is empty")]
    Empty,
    /// Longer than the upper bound of RFC 5280 appendix A.1, or than a label of DNS.
    #[error("it has {length} characters, and {max} are allowed")]
    #[non_exhaustive]
    TooLong {
        /// How many characters it has.
        length: usize,
        /// How many it may have.
        max: usize,
    },
    /// A character that cannot stand there.
    #[error("{character:?} cannot stand there")]
    #[non_exhaustive]
    Character {
        /// The first such character.
        character: char,
    },
    /// A space at the start or the end, which name comparison drops.
    #[error("it starts or ends with a space")]
    Space,
    /// No country code of ISO 3166-1 alpha-2.
    #[error("ISO 3166-1 has no such country code{}", hint(*.is_uk))]
    #[non_exhaustive]
    Country {
        /// Whether it is `UK`, which many take for the United Kingdom's.
        is_uk: bool,
    },
    /// A whole domain where one label of it belongs.
    #[error("it is a whole domain: give each label as a DC of its own, the last first")]
    Domain,
}

fn hint(is_uk: bool) -> &'static str {
    match is_uk {
        true => "; the United Kingdom is GB",
        false => "; give two letters",
    }
}
