//! The servers of a plan, with the facts that the files state about it.

use std::collections::HashMap;

use super::error::HandoffError;
use super::generation::Generation;
use super::options::HandoffOptions;
use crate::deployment::{ExchangeVersion, UmServer};
use crate::name::DnsName;
use crate::plan::{Plan, PlannedCertificate};

/// A UM server of the plan.
pub(super) struct HandoffServer<'a> {
    pub(super) server: &'a UmServer,
    pub(super) version: ExchangeVersion,
    pub(super) certificate: &'a PlannedCertificate,
    /// The size of the planned RSA key: 2048 or 4096.
    pub(super) rsa_bits: u16,
    pub(super) friendly_name: String,
}

/// The UM servers of a plan, in the order of the deployment.
pub(super) struct HandoffServers<'a> {
    servers: Vec<HandoffServer<'a>>,
    index_of: HashMap<&'a DnsName, usize>,
}

impl<'a> HandoffServers<'a> {
    /// # Errors
    ///
    /// Returns [`HandoffError::Key`] if the key is not RSA 2048 or 4096, and [`HandoffError::LabelTooLong`] if a
    /// friendly name would be too long.
    pub(super) fn new(plan: &'a Plan, options: &HandoffOptions) -> Result<Self, HandoffError> {
        let servers = plan.deployment().servers();
        let servers: Result<Vec<HandoffServer<'a>>, HandoffError> = servers
            .map(|server| HandoffServer::new(plan, server, options))
            .collect();
        let servers = servers?;
        let fqdns = servers.iter().map(|server| &server.server.fqdn);
        Ok(Self {
            index_of: fqdns
                .enumerate()
                .map(|(index, fqdn)| (fqdn, index))
                .collect(),
            servers,
        })
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &HandoffServer<'a>> {
        self.servers.iter()
    }

    /// Returns the servers of one generation of Exchange.
    pub(super) fn of(&self, generation: Generation) -> impl Iterator<Item = &HandoffServer<'a>> {
        self.iter()
            .filter(move |server| server.generation() == generation)
    }

    pub(super) fn get(&self, fqdn: &DnsName) -> Option<&HandoffServer<'a>> {
        Some(&self.servers[*self.index_of.get(fqdn)?])
    }
}

impl<'a> HandoffServer<'a> {
    fn new(
        plan: &'a Plan,
        server: &'a UmServer,
        options: &HandoffOptions,
    ) -> Result<Self, HandoffError> {
        let certificate = plan.certificate(&server.fqdn);
        let certificate = certificate.expect("every UM server has a planned certificate");
        let version = plan.version_of(&server.fqdn);
        let key = certificate.key();
        let Some(rsa_bits @ (2048 | 4096)) = key.rsa_bits() else {
            return Err(HandoffError::Key { key });
        };
        Ok(Self {
            server,
            version: version.expect("every UM server belongs to a forest"),
            certificate,
            rsa_bits,
            friendly_name: options.friendly_name("UM", &server.netbios_name())?,
        })
    }

    /// Returns the FQDN.
    pub(super) fn fqdn(&self) -> &'a DnsName {
        &self.server.fqdn
    }

    /// Returns `true` if other servers of the set have the same certificate (D14).
    pub(super) fn is_shared(&self) -> bool {
        self.certificate.servers().len() > 1
    }

    /// Returns `true` if this server creates the request: its own, or that of its set.
    pub(super) fn requests(&self) -> bool {
        self.certificate.subject() == self.fqdn()
    }

    /// Returns `true` if the SAN has a wildcard.
    pub(super) fn has_wildcard(&self) -> bool {
        self.certificate.names().any(|name| name.is_wildcard())
    }
}
