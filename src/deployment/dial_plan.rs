//! UM dial plans.

use serde::{Deserialize, Serialize};

use crate::name::{DnsName, NameError};
use crate::rule::impl_text_id;

/// A UM dial plan that is used with Lync.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct DialPlan {
    /// The name (D26).
    pub name: String,
    /// The URI type. Lync works with SIP URI (D25).
    pub uri_type: UriType,
    /// The VoIP security (D25).
    pub security: VoipSecurity,
    /// The numbers of Outlook Voice Access in E.164 form (D8).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outlook_voice_access: Vec<String>,
    /// The numbers of the auto attendants in E.164 form (D8).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub auto_attendants: Vec<String>,
    /// The UM servers that are members of the dial plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<DialPlanMember>,
}

impl DialPlan {
    /// Creates a dial plan with the settings that Lync requires, SIP URI and Secured, and without phone numbers.
    pub fn new(name: impl Into<String>, members: impl IntoIterator<Item = DialPlanMember>) -> Self {
        Self {
            name: name.into(),
            uri_type: UriType::SipUri,
            security: VoipSecurity::Secured,
            outlook_voice_access: Vec::new(),
            auto_attendants: Vec::new(),
            members: members.into_iter().collect(),
        }
    }
}

/// A UM server's membership of a dial plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct DialPlanMember {
    /// The FQDN of the server.
    pub server: DnsName,
    /// `true` if the server takes calls outside an outage. Defaults to `true`. A disabled member is a stand-by
    /// (D4).
    #[serde(default = "default_enabled")]
    pub enabled: bool,
}

fn default_enabled() -> bool {
    true
}

impl DialPlanMember {
    /// Creates an enabled member, which takes calls.
    ///
    /// # Errors
    ///
    /// Returns [`NameError`] if `server` is not an FQDN.
    pub fn enabled(
        server: impl TryInto<DnsName, Error: Into<NameError>>,
    ) -> Result<Self, NameError> {
        Ok(Self {
            server: server.try_into().map_err(Into::into)?,
            enabled: true,
        })
    }

    /// Creates a disabled member: a stand-by that takes calls only if no enabled member is available (D4).
    ///
    /// # Errors
    ///
    /// Returns [`NameError`] if `server` is not an FQDN.
    pub fn disabled(
        server: impl TryInto<DnsName, Error: Into<NameError>>,
    ) -> Result<Self, NameError> {
        Ok(Self {
            enabled: false,
            ..Self::enabled(server)?
        })
    }
}

/// The type of URI by which a dial plan addresses its subscribers.
///
/// Displays as, and parses from, its text in a deployment: `sip-uri`, `telephone-extension`, `e164`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum UriType {
    /// `sip-uri`: such as `sip:user@contoso.com`, the type that works with Lync.
    SipUri,
    /// `telephone-extension`: such as `tel:1234`.
    TelephoneExtension,
    /// `e164`: such as `tel:+14255550100`.
    E164,
}

impl UriType {
    /// Every URI type.
    pub const ALL: &'static [Self] = &[Self::SipUri, Self::TelephoneExtension, Self::E164];

    fn id(self) -> &'static str {
        match self {
            Self::SipUri => "sip-uri",
            Self::TelephoneExtension => "telephone-extension",
            Self::E164 => "e164",
        }
    }
}

impl_text_id!(UriType, "URI type");

/// The VoIP security of a dial plan: the traffic that is encrypted.
///
/// Displays as, and parses from, its text in a deployment: `unsecured`, `sip-secured`, `secured`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum VoipSecurity {
    /// `unsecured`: nothing is encrypted, so there is no mutual TLS with Lync.
    Unsecured,
    /// `sip-secured`: SIP runs over mutual TLS. Media is not encrypted.
    SipSecured,
    /// `secured`: SIP runs over mutual TLS and media over SRTP.
    Secured,
}

impl VoipSecurity {
    /// Every VoIP security.
    pub const ALL: &'static [Self] = &[Self::Unsecured, Self::SipSecured, Self::Secured];

    fn id(self) -> &'static str {
        match self {
            Self::Unsecured => "unsecured",
            Self::SipSecured => "sip-secured",
            Self::Secured => "secured",
        }
    }
}

impl_text_id!(VoipSecurity, "VoIP security");
