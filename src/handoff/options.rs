//! The options of a hand-off.

use super::error::HandoffError;

/// Maximum length of a friendly name in characters: Exchange accepts fewer than 64 (D43).
const MAX_FRIENDLY_NAME: usize = 63;

/// The options of a hand-off.
///
/// ```
/// use umcert::handoff::{DialPlanMethod, HandoffOptions};
///
/// let options = HandoffOptions::default()
///     .label("2026-11")
///     .dial_plan_method(DialPlanMethod::Membership);
/// # let _ = options;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandoffOptions {
    pub(super) label: String,
    pub(super) template: String,
    pub(super) dial_plan_method: DialPlanMethod,
}

impl Default for HandoffOptions {
    fn default() -> Self {
        Self {
            label: String::new(),
            template: "WebServer".to_owned(),
            dial_plan_method: DialPlanMethod::default(),
        }
    }
}

impl HandoffOptions {
    /// Sets the label in the friendly names of the certificates, for example `2026-11`. A renewal needs another label:
    /// Lync requires friendly names that are unique in a store (D65). Defaults to no label.
    #[must_use]
    pub fn label(self, label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            ..self
        }
    }

    /// Sets the template that requests name to an AD CS (D27, D37): its name, not its display name. Defaults to
    /// `WebServer`.
    #[must_use]
    pub fn template(self, template: impl Into<String>) -> Self {
        Self {
            template: template.into(),
            ..self
        }
    }

    /// Sets how failover by dial plan is done on Exchange 2013 and 2016. Defaults to
    /// [`DialPlanMethod::ComponentState`].
    #[must_use]
    pub fn dial_plan_method(self, dial_plan_method: DialPlanMethod) -> Self {
        Self {
            dial_plan_method,
            ..self
        }
    }
}

impl HandoffOptions {
    /// Returns the friendly name of a certificate: "UM 2026-11 UM1". It never equals that of a default certificate, and
    /// differs between renewals by its label (D43, D65).
    ///
    /// # Errors
    ///
    /// Returns [`HandoffError::LabelTooLong`] if the name would have 64 characters or more.
    pub(super) fn friendly_name(&self, role: &str, host: &str) -> Result<String, HandoffError> {
        let name = match self.label.as_str() {
            "" => format!("{role} {host}"),
            label => format!("{role} {label} {host}"),
        };
        let excess = name.chars().count().saturating_sub(MAX_FRIENDLY_NAME);
        if excess == 0 {
            return Ok(name);
        }
        let length = self.label.chars().count();
        Err(HandoffError::LabelTooLong {
            label: self.label.clone(),
            length,
            max: length.saturating_sub(excess),
        })
    }
}

/// How servers of Exchange 2013 and 2016 are disabled in a dial plan (D82 to D84). Exchange 2007 and 2010 have a switch
/// of their own (D81).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum DialPlanMethod {
    /// The state of the component UMCallRouter. Membership stays, as outbound calls need it (D52), so listed servers
    /// that are down cost Lync tries (D86).
    #[default]
    ComponentState,
    /// Membership of the dial plan. Lync stops trying the servers that are down; those that are up but left out cannot
    /// place outbound calls (D52).
    Membership,
}
