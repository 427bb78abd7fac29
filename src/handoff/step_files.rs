//! The files of a hand-off, by the step that uses them.

use super::answers::Answers;
use super::dial_plan;
use super::dns;
use super::error::HandoffError;
use super::file::HandoffFile;
use super::front_ends;
use super::inf;
use super::install;
use super::options::HandoffOptions;
use super::outages::{self, OutageFiles};
use super::requests;
use super::server::HandoffServers;
use super::zone::Zones;
use crate::name::SanName;
use crate::plan::Plan;

/// The INF files, scripts and certificates of a hand-off.
pub(super) struct StepFiles {
    /// INF files and scripts that create requests.
    pub(super) requests: Vec<HandoffFile>,
    /// Scripts that install certificates, and the certificates.
    pub(super) installation: Vec<HandoffFile>,
    pub(super) front_ends: Vec<HandoffFile>,
    /// Scripts to run before any outage.
    pub(super) preparation: Vec<HandoffFile>,
    pub(super) outages: Vec<OutageFiles>,
}

impl StepFiles {
    pub(super) fn new(
        plan: &Plan,
        servers: &HandoffServers<'_>,
        answers: &Answers<'_>,
        options: &HandoffOptions,
    ) -> Result<Self, HandoffError> {
        let front_ends = plan.pools().iter().flat_map(|pool| pool.front_ends());
        Ok(Self {
            requests: request_files(servers, options)?,
            installation: install::install_files(servers, answers)?,
            front_ends: front_ends::front_end_scripts(front_ends, options)?,
            preparation: preparation_files(plan, servers, options)?,
            outages: outages::outage_files(plan, servers, options)?,
        })
    }

    /// Returns every file, in the order of the steps.
    pub(super) fn into_files(self) -> Vec<HandoffFile> {
        let of_outages = self
            .outages
            .into_iter()
            .flat_map(|outage| outage.failover.into_iter().chain(outage.failback));
        let steps = [
            self.requests,
            self.installation,
            self.front_ends,
            self.preparation,
        ];
        steps.into_iter().flatten().chain(of_outages).collect()
    }
}

fn request_files(
    servers: &HandoffServers<'_>,
    options: &HandoffOptions,
) -> Result<Vec<HandoffFile>, HandoffError> {
    let mut files = Vec::new();
    for server in servers.iter().filter(|server| server.requests()) {
        let names: Vec<SanName> = server.certificate.names().collect();
        files.push(inf::inf_file(server, &names, options)?);
    }
    files.extend(requests::request_scripts(servers)?);
    Ok(files)
}

fn preparation_files(
    plan: &Plan,
    servers: &HandoffServers<'_>,
    options: &HandoffOptions,
) -> Result<Vec<HandoffFile>, HandoffError> {
    let mut files = Vec::new();
    let moving = outages::moving_servers(plan, servers);
    if !moving.is_empty() {
        files.push(dns::prepare_script(
            &moving,
            &Zones::new(plan.deployment()),
        )?);
    }
    let (dial_plans, method) = (&plan.deployment().dial_plans, options.dial_plan_method);
    files.extend(dial_plan::stand_by_scripts(dial_plans, servers, method)?);
    Ok(files)
}
