//! UM dial plans.

use serde::{Deserialize, Serialize};

use crate::name::{DnsName, NameError};

/// A UM dial plan that is used with Lync.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct DialPlan {
    /// Its name (D26).
    pub name: String,
    /// Its URI type; Lync works with SIP URI (D25).
    pub uri_type: UriType,
    /// Its VoIP security (D25).
    pub security: VoipSecurity,
    /// The numbers of Outlook Voice Access in E.164 form (D8).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outlook_voice_access: Vec<String>,
    /// The numbers of its auto attendants in E.164 form (D8).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub auto_attendants: Vec<String>,
    /// The UM servers that are members of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<DialPlanMember>,
}

impl DialPlan {
    /// A dial plan as Lync wants it: of type SIP URI, Secured, without phone numbers yet.
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
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct DialPlanMember {
    /// The FQDN of the server.
    pub server: DnsName,
    /// Whether it takes calls on a normal day; true if left out. A disabled member is a stand-by (D4).
    #[serde(default = "enabled")]
    pub enabled: bool,
}

impl DialPlanMember {
    /// A member that takes calls.
    ///
    /// # Errors
    ///
    /// [`NameError`] where `server` is no FQDN.
    pub fn enabled(
        server: impl TryInto<DnsName, Error: Into<NameError>>,
    ) -> Result<Self, NameError> {
        Ok(Self {
            server: server.try_into().map_err(Into::into)?,
            enabled: true,
        })
    }

    /// A stand-by: a member that takes calls only once no enabled one is left (D4).
    ///
    /// # Errors
    ///
    /// [`NameError`] where `server` is no FQDN.
    pub fn disabled(
        server: impl TryInto<DnsName, Error: Into<NameError>>,
    ) -> Result<Self, NameError> {
        Ok(Self {
            enabled: false,
            ..Self::enabled(server)?
        })
    }
}

fn enabled() -> bool {
    true
}

/// How a dial plan writes its subscribers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum UriType {
    /// `sip:user@contoso.com`, the type that works with Lync.
    SipUri,
    /// `tel:1234`.
    TelephoneExtension,
    /// `tel:+14255550100`.
    E164,
}

/// What a dial plan encrypts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum VoipSecurity {
    /// Nothing: no mutual TLS with Lync.
    Unsecured,
    /// SIP over mutual TLS; the media in the clear.
    SipSecured,
    /// SIP over mutual TLS, and the media over SRTP.
    Secured,
}
