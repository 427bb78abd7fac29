//! The attributes of a subject or issuer without its common name.

use std::fmt;

use super::name_error::MAX_LABEL;
use crate::text::{QuotedChar, escape_and_truncate, is_invisible};

/// The officially assigned country codes of ISO 3166-1 alpha-2.
const COUNTRIES: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS \
    BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE \
    EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM \
    HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC \
    LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA \
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW \
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO \
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// The attributes of a distinguished name (RFC 5280 §4.1.2.4) that precede its common name, in order. An
/// attribute type can occur more than once (D29).
///
/// The common name is not one of them: it comes from the plan for a server (D10), and from the caller for a
/// [`TestCa`](crate::TestCa).
///
/// # Examples
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
///     "`UK` is not a valid C attribute: ISO 3166-1 has no such country code; the United Kingdom is GB",
/// );
/// # Ok::<(), umcert::name::AttributeError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DistinguishedName {
    attributes: Vec<(AttributeType, String)>,
}

/// The type of an attribute of a [`DistinguishedName`]. Displays as its short form: `DC`, `C` …
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttributeType {
    /// `DC`: one label of a domain, starting with the top-level domain (D29). Letters, digits and hyphens.
    DomainComponent,
    /// `C`: a country code of two letters (ISO 3166-1 alpha-2).
    Country,
    /// `ST`: a state or province, at most 128 characters.
    State,
    /// `L`: a city, at most 128 characters.
    Locality,
    /// `O`: an organisation, at most 64 characters.
    Organization,
    /// `OU`: an organisational unit, at most 64 characters.
    OrganizationalUnit,
}

impl DistinguishedName {
    /// Creates a name without attributes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends an attribute. Country codes are converted to upper case.
    ///
    /// # Errors
    ///
    /// Returns [`AttributeError`] if the value is empty, is longer than RFC 5280 appendix A.1 allows, starts or ends
    /// with a space, or contains an invisible character. Also returns this error for an unknown country code, and for a
    /// domain component that is not a single label.
    pub fn with(mut self, attribute: AttributeType, value: &str) -> Result<Self, AttributeError> {
        let value = match attribute {
            AttributeType::Country => value.to_ascii_uppercase(),
            _ => value.to_owned(),
        };
        if let Err(kind) = check(attribute, &value) {
            let value = escape_and_truncate(&value);
            return Err(AttributeError {
                attribute,
                value,
                kind,
            });
        }
        self.attributes.push((attribute, value));
        Ok(self)
    }

    /// Returns the attributes in order.
    pub fn attributes(&self) -> impl Iterator<Item = (AttributeType, &str)> {
        let attributes = self.attributes.iter();
        attributes.map(|(attribute, value)| (*attribute, value.as_str()))
    }
}

/// Displays as the attributes in the order of the DER, like the output of OpenSSL. The text cannot be parsed back.
impl fmt::Display for DistinguishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (attribute, value) in &self.attributes {
            write!(f, "{separator}{attribute}={value}")?;
            separator = ", ";
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

fn check(attribute: AttributeType, value: &str) -> Result<(), AttributeErrorKind> {
    match attribute {
        AttributeType::Country => check_country(value),
        AttributeType::DomainComponent => check_label(value),
        AttributeType::State | AttributeType::Locality => check_text(value, 128),
        AttributeType::Organization | AttributeType::OrganizationalUnit => check_text(value, 64),
    }
}

fn check_country(value: &str) -> Result<(), AttributeErrorKind> {
    if COUNTRIES.split(' ').any(|code| code == value) {
        return Ok(());
    }
    let is_uk = value == "UK";
    Err(AttributeErrorKind::UnknownCountry { is_uk })
}

fn check_label(value: &str) -> Result<(), AttributeErrorKind> {
    if value.is_empty() {
        return Err(AttributeErrorKind::Empty);
    }
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || character == '-';
    match value.chars().find(|character| !is_allowed(*character)) {
        Some('.') => Err(AttributeErrorKind::WholeDomain),
        Some(character) => Err(AttributeErrorKind::Character { character }),
        None => check_length(value, MAX_LABEL),
    }
}

fn check_text(value: &str, max: usize) -> Result<(), AttributeErrorKind> {
    if value.is_empty() {
        return Err(AttributeErrorKind::Empty);
    }
    check_length(value, max)?;
    if let Some(character) = value.chars().find(|character| is_invisible(*character)) {
        return Err(AttributeErrorKind::Character { character });
    }
    if value.trim() != value {
        return Err(AttributeErrorKind::SurroundingSpace);
    }
    Ok(())
}

fn check_length(value: &str, max: usize) -> Result<(), AttributeErrorKind> {
    let length = value.chars().count();
    if length > max {
        return Err(AttributeErrorKind::TooLong { length, max });
    }
    Ok(())
}

/// A value is not valid for an attribute of a [`DistinguishedName`].
///
/// The message quotes the value, names the attribute type and gives the reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{value}` is not a valid {attribute} attribute: {kind}")]
pub struct AttributeError {
    attribute: AttributeType,
    value: String,
    kind: AttributeErrorKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum AttributeErrorKind {
    #[error("it is empty")]
    Empty,
    #[error("it has {length} characters, but at most {max} are allowed")]
    TooLong { length: usize, max: usize },
    #[error("{} is not allowed", QuotedChar(*.character))]
    Character { character: char },
    /// Comparisons of names ignore such spaces (RFC 5280 §7.1).
    #[error("it starts or ends with a space")]
    SurroundingSpace,
    #[error("ISO 3166-1 has no such country code{}", country_hint(*.is_uk))]
    UnknownCountry { is_uk: bool },
    #[error("it is a whole domain; add each label as a separate DC, the top-level domain first")]
    WholeDomain,
}

fn country_hint(is_uk: bool) -> &'static str {
    if is_uk {
        "; the United Kingdom is GB"
    } else {
        "; use a code of two letters"
    }
}

impl AttributeError {
    /// Returns the type of the attribute with the value.
    #[must_use]
    pub fn attribute(&self) -> AttributeType {
        self.attribute
    }

    /// Returns the refused value, with invisible characters escaped, cut after 80 characters.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns the first character that the attribute cannot contain, if that is the reason.
    #[must_use]
    pub fn invalid_character(&self) -> Option<char> {
        match self.kind {
            AttributeErrorKind::Character { character } => Some(character),
            _ => None,
        }
    }

    /// Returns the maximum number of characters, if the value is longer.
    #[must_use]
    pub fn max_length(&self) -> Option<usize> {
        match self.kind {
            AttributeErrorKind::TooLong { max, .. } => Some(max),
            _ => None,
        }
    }
}
