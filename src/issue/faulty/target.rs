//! The certificate that a fault changes.

use rcgen::CertificateParams;

use super::setup_certificate::WindowsHost;
use crate::issue::error::IssueError;
use crate::issue::leaf_names::LeafNames;
use crate::issue::params;
use crate::name::{DnsName, GeneralName};
use crate::plan::{KeyKind, PlannedCertificate};

/// The certificate that a fault changes.
pub(super) struct Target {
    pub(super) cn: String,
    pub(super) names: Vec<GeneralName>,
    pub(super) key: KeyKind,
    /// The host that presents the certificate: the first of several, or the CN without a plan.
    pub(super) host: String,
    /// The last of the servers that share the certificate, or `None` without a plan.
    pub(super) last_server: Option<DnsName>,
}

impl Target {
    pub(super) fn of_plan(planned: &PlannedCertificate) -> Self {
        Self {
            cn: planned.subject().to_string(),
            names: planned.names().map(GeneralName::Dns).collect(),
            key: planned.key(),
            host: planned.first_server().to_string(),
            last_server: planned.servers().last().cloned(),
        }
    }

    pub(super) fn of_names(LeafNames { cn, names }: LeafNames, key: KeyKind) -> Self {
        Self {
            host: cn.clone(),
            cn,
            names,
            key,
            last_server: None,
        }
    }

    /// Returns the parameters of the certificate without a fault, for a key of this kind.
    pub(super) fn params(&self, key: KeyKind) -> Result<CertificateParams, IssueError> {
        params::for_names(self.names.clone(), key, &self.cn)
    }

    /// Returns the host that Exchange's setup would create its certificates for.
    pub(super) fn windows_host(&self) -> WindowsHost {
        WindowsHost::named(&self.host)
    }
}
