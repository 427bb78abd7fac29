//! The servers of a plan, with the facts that the files state about it.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::error::HandoffError;
use super::generation::Generation;
use super::options::HandoffOptions;
use super::shell::Shell;
use crate::deployment::{DialPlan, ExchangeVersion, UmServer};
use crate::name::DnsName;
use crate::plan::{Plan, PlannedCertificate};

/// A UM server of the plan.
pub(super) struct HandoffServer<'a> {
    pub(super) server: &'a UmServer,
    pub(super) version: ExchangeVersion,
    pub(super) shell: Shell<'a>,
    pub(super) certificate: &'a PlannedCertificate,
    pub(super) friendly_name: String,
    /// `true` if the server is enabled in one dial plan and disabled in another.
    pub(super) is_in_both_states: bool,
}

/// The UM servers of a plan, in the order of the deployment.
pub(super) struct HandoffServers<'a> {
    servers: Vec<HandoffServer<'a>>,
    index_of: HashMap<&'a DnsName, usize>,
}

impl<'a> HandoffServers<'a> {
    /// # Errors
    ///
    /// Returns [`HandoffError::LabelTooLong`] if a friendly name would be too long.
    pub(super) fn new(plan: &'a Plan, options: &HandoffOptions) -> Result<Self, HandoffError> {
        let in_both_states = servers_in_both_states(&plan.deployment().dial_plans);
        let servers = plan.deployment().servers();
        let servers: Result<Vec<HandoffServer<'a>>, HandoffError> = servers
            .map(|server| {
                let is_in_both_states = in_both_states.contains(&server.fqdn);
                HandoffServer::new(plan, server, is_in_both_states, options)
            })
            .collect();
        let servers = with_needed_forests(servers?);
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

    /// Returns the shells that manage the servers, by generation and forest.
    pub(super) fn shells(&self) -> BTreeSet<Shell<'a>> {
        self.iter().map(|server| server.shell).collect()
    }

    /// Returns the servers that a shell manages.
    pub(super) fn of(&self, shell: Shell<'_>) -> impl Iterator<Item = &HandoffServer<'a>> {
        self.iter().filter(move |server| server.shell == shell)
    }

    pub(super) fn get(&self, fqdn: &DnsName) -> Option<&HandoffServer<'a>> {
        Some(&self.servers[*self.index_of.get(fqdn)?])
    }
}

impl<'a> HandoffServer<'a> {
    fn new(
        plan: &'a Plan,
        server: &'a UmServer,
        is_in_both_states: bool,
        options: &HandoffOptions,
    ) -> Result<Self, HandoffError> {
        let certificate = plan.certificate(&server.fqdn);
        let certificate = certificate.expect("every UM server has a planned certificate");
        let version = plan.version_of(&server.fqdn);
        let version = version.expect("every UM server belongs to a forest");
        Ok(Self {
            server,
            version,
            shell: Shell {
                generation: Generation::of(version),
                forest: plan.forest_of(&server.fqdn),
            },
            certificate,
            is_in_both_states,
            friendly_name: options.friendly_name("UM", &server.netbios_name())?,
        })
    }

    /// Returns the FQDN.
    pub(super) fn fqdn(&self) -> &'a DnsName {
        &self.server.fqdn
    }

    /// Returns the size of the planned RSA key in bits.
    ///
    /// # Errors
    ///
    /// Returns [`HandoffError::Key`] if the key is not RSA 2048 or 4096.
    pub(super) fn rsa_bits(&self) -> Result<u16, HandoffError> {
        let key = self.certificate.key();
        match key.rsa_bits() {
            Some(bits @ (2048 | 4096)) => Ok(bits),
            _ => Err(HandoffError::Key { key }),
        }
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

/// Removes the forest of each shell whose generation is in one forest only.
fn with_needed_forests(mut servers: Vec<HandoffServer<'_>>) -> Vec<HandoffServer<'_>> {
    let shells: BTreeSet<Shell<'_>> = servers.iter().map(|server| server.shell).collect();
    for server in &mut servers {
        let generation = server.shell.generation;
        let forests = shells.iter().filter(|shell| shell.generation == generation);
        if forests.count() == 1 {
            server.shell.forest = None;
        }
    }
    servers
}

/// Returns the servers that are enabled in one dial plan and disabled in another.
fn servers_in_both_states(dial_plans: &[DialPlan]) -> HashSet<&DnsName> {
    let members = |enabled| {
        let members = dial_plans.iter().flat_map(|dial_plan| &dial_plan.members);
        let members = members.filter(move |member| member.enabled == enabled);
        members.map(|member| &member.server)
    };
    let enabled: HashSet<&DnsName> = members(true).collect();
    members(false)
        .filter(|server| enabled.contains(server))
        .collect()
}
