//! The generations of Exchange, which differ in cmdlets and services.

use crate::deployment::{ExchangeRole, ExchangeVersion};

use super::server::HandoffServer;

/// A generation of Exchange. Each is managed from its own Exchange Management Shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Generation {
    Exchange2007,
    Exchange2010,
    Exchange2013,
    Exchange2016,
}

impl Generation {
    pub(super) const ALL: [Self; 4] = [
        Self::Exchange2007,
        Self::Exchange2010,
        Self::Exchange2013,
        Self::Exchange2016,
    ];

    pub(super) fn of(version: ExchangeVersion) -> Self {
        match version {
            ExchangeVersion::Exchange2007 => Self::Exchange2007,
            ExchangeVersion::Exchange2010 | ExchangeVersion::Exchange2010Sp1 => Self::Exchange2010,
            ExchangeVersion::Exchange2013 => Self::Exchange2013,
            ExchangeVersion::Exchange2016 => Self::Exchange2016,
        }
    }

    /// Returns the name of the product: "Exchange 2013".
    pub(super) fn product_name(self) -> &'static str {
        match self {
            Self::Exchange2007 => "Exchange 2007",
            Self::Exchange2010 => "Exchange 2010",
            Self::Exchange2013 => "Exchange 2013",
            Self::Exchange2016 => "Exchange 2016",
        }
    }

    /// Returns the end of the file names of this generation: `exchange-2013`.
    pub(super) fn file_suffix(self) -> &'static str {
        match self {
            Self::Exchange2007 => "exchange-2007",
            Self::Exchange2010 => "exchange-2010",
            Self::Exchange2013 => "exchange-2013",
            Self::Exchange2016 => "exchange-2016",
        }
    }

    /// Returns `true` if UM is a service and a Call Router, each with its own settings (D15, D50).
    pub(super) fn has_call_router(self) -> bool {
        matches!(self, Self::Exchange2013 | Self::Exchange2016)
    }

    /// Returns the part of a script that defines how certificates are listed, imported and enabled.
    pub(super) fn certificate_store(self) -> &'static str {
        match self {
            Self::Exchange2007 => include_str!("powershell/certificate-store-2007.ps1"),
            _ => include_str!("powershell/certificate-store.ps1"),
        }
    }

    /// Returns the part of a script that defines `Request-UmCertificate`.
    pub(super) fn request(self) -> &'static str {
        match self {
            Self::Exchange2007 => include_str!("powershell/request-2007.ps1"),
            _ => include_str!("powershell/request.ps1"),
        }
    }

    /// Returns the part of a script that defines `Copy-UmCertificate` (D58).
    pub(super) fn share(self) -> &'static str {
        match self {
            Self::Exchange2007 => include_str!("powershell/share-2007.ps1"),
            _ => include_str!("powershell/share.ps1"),
        }
    }

    /// Returns the part of a script that defines `Test-StartupMode` and `Set-StartupMode` (D50).
    pub(super) fn startup(self) -> &'static str {
        if self.has_call_router() {
            include_str!("powershell/startup-2013.ps1")
        } else {
            include_str!("powershell/startup-2010.ps1")
        }
    }
}

impl HandoffServer<'_> {
    pub(super) fn generation(&self) -> Generation {
        self.shell.generation
    }

    /// Returns the services of Exchange that get the certificate (D48): UM, and since 2013 the Call Router on a Client
    /// Access server.
    pub(super) fn exchange_services(&self) -> Vec<String> {
        self.services("UM", "UMCallRouter")
    }

    /// Returns the Windows services that are restarted (D51).
    pub(super) fn windows_services(&self) -> Vec<String> {
        self.services("MSExchangeUM", "MSExchangeUMCR")
    }

    fn services(&self, um: &str, call_router: &str) -> Vec<String> {
        let has_role = |role| self.server.roles.contains(&role);
        let services = match self.generation() {
            Generation::Exchange2007 | Generation::Exchange2010 => vec![um],
            // Every server of Exchange 2016 has both.
            Generation::Exchange2016 => vec![um, call_router],
            Generation::Exchange2013 => {
                let um = has_role(ExchangeRole::Mailbox).then_some(um);
                let call_router = has_role(ExchangeRole::ClientAccess).then_some(call_router);
                um.into_iter().chain(call_router).collect()
            }
        };
        services.into_iter().map(str::to_owned).collect()
    }
}
