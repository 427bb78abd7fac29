//! What the names of an audit present, and who must trust it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::context::{Expectation, PresentedChain};
use super::trust_store::TrustStore;
use super::verdict::RelyingParty;
use crate::name::DnsName;
use crate::plan::Plan;
use crate::rule::{Finding, Rule};
use crate::x509::{Certificate, CertificateRequest, Chain};

/// The plan, the roots of every relying party, and what servers present.
#[derive(Debug, Clone)]
pub(super) struct AuditInputs<'a> {
    pub(super) plan: &'a Plan,
    pub(super) lync_roots: TrustStore,
    pub(super) exchange_roots: TrustStore,
    by_name: BTreeMap<DnsName, NameInput>,
}

/// The input for one name: the roots if it is an Exchange forest, chain and request if it is a server.
#[derive(Debug, Clone, Default)]
pub(super) struct NameInput {
    pub(super) roots: Option<TrustStore>,
    pub(super) chain: Option<Chain>,
    pub(super) request: Option<CertificateRequest>,
}

impl<'a> AuditInputs<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        Self {
            plan,
            lync_roots: TrustStore::default(),
            exchange_roots: TrustStore::default(),
            by_name: BTreeMap::new(),
        }
    }

    /// Returns the input for `name`, to be set.
    pub(super) fn of_name(&mut self, name: impl Into<DnsName>) -> &mut NameInput {
        self.by_name.entry(name.into()).or_default()
    }

    /// Returns the stores of every relying party.
    pub(super) fn stores(&self) -> Vec<&TrustStore> {
        let of_forests = self
            .by_name
            .values()
            .filter_map(|input| input.roots.as_ref());
        let common = [&self.lync_roots, &self.exchange_roots];
        common.into_iter().chain(of_forests).collect()
    }

    pub(super) fn chains(&self) -> Vec<&Chain> {
        let inputs = self.by_name.values();
        inputs.filter_map(|input| input.chain.as_ref()).collect()
    }

    /// Returns the certificate that each server presents as its own, if it is readable.
    pub(super) fn presented_certificates(&self) -> HashMap<&DnsName, &Certificate> {
        let inputs = self.by_name.iter();
        inputs
            .filter_map(|(server, input)| {
                let entry = input.chain.as_ref()?.end_entity()?;
                Some((server, entry.as_ref().ok()?))
            })
            .collect()
    }

    /// Returns the UM servers, and the Front Ends if they are expected to present chains.
    pub(super) fn servers(&self) -> Vec<PresentedChain<'_>> {
        let mut servers = Vec::new();
        let of_um = self.plan.certificates().iter();
        for planned in of_um.filter(|planned| planned.pool().is_none()) {
            for server in planned.servers() {
                servers.push(self.server(server, Expectation::Planned(planned)));
            }
        }
        if self.expects_front_ends() {
            for pool in self.plan.pools() {
                for server in pool.front_ends() {
                    let expectation = Expectation::FrontEnd {
                        pool: &pool.fqdn,
                        planned: self.plan.certificate(server),
                    };
                    servers.push(self.server(server, expectation));
                }
            }
        }
        servers
    }

    fn server<'s>(
        &'s self,
        server: &'s DnsName,
        expectation: Expectation<'s>,
    ) -> PresentedChain<'s> {
        let input = self.by_name.get(server);
        let request_of = |name| self.by_name.get(name)?.request.as_ref();
        let request = match expectation {
            // The request for a shared certificate was created for the first server of the set.
            Expectation::Planned(planned) => {
                request_of(server).or_else(|| request_of(planned.subject()))
            }
            Expectation::FrontEnd { .. } => request_of(server),
        };
        PresentedChain {
            server,
            expectation,
            chain: input.and_then(|input| input.chain.as_ref()),
            request,
            relying_parties: self.relying_parties_of(server, expectation),
        }
    }

    /// Returns the relying parties of a server: Lync and its own forest for a UM server, every forest for a Front End.
    fn relying_parties_of(
        &self,
        server: &DnsName,
        expectation: Expectation<'_>,
    ) -> Vec<(RelyingParty, &TrustStore)> {
        match expectation {
            Expectation::Planned(_) => {
                let forest = self.plan.forest_of(server);
                let forest = forest.map(|forest| self.exchange(forest));
                std::iter::once(self.lync()).chain(forest).collect()
            }
            Expectation::FrontEnd { .. } => self.exchange_forests().collect(),
        }
    }

    pub(super) fn lync(&self) -> (RelyingParty, &TrustStore) {
        (RelyingParty::Lync, &self.lync_roots)
    }

    fn exchange(&self, forest: &DnsName) -> (RelyingParty, &TrustStore) {
        let input = self.by_name.get(forest);
        let roots = input.and_then(|input| input.roots.as_ref());
        let party = RelyingParty::Exchange(forest.clone());
        (party, roots.unwrap_or(&self.exchange_roots))
    }

    pub(super) fn exchange_forests(&self) -> impl Iterator<Item = (RelyingParty, &TrustStore)> {
        self.plan.forests().map(|forest| self.exchange(forest))
    }

    fn front_ends(&self) -> impl Iterator<Item = &DnsName> {
        self.plan.pools().iter().flat_map(|pool| pool.front_ends())
    }

    /// Returns `true` if the plan has Front Ends and none is expected to present a chain.
    pub(super) fn omits_front_ends(&self) -> bool {
        !self.plan.pools().is_empty() && !self.expects_front_ends()
    }

    /// Returns `true` if every Front End is expected to present a chain: the plan covers them, or a chain is presented for
    /// one of them.
    fn expects_front_ends(&self) -> bool {
        let mut front_ends = self.front_ends();
        !self.plan.omits_front_ends()
            || front_ends.any(|server| {
                let input = self.by_name.get(server);
                input.is_some_and(|input| input.chain.is_some())
            })
    }

    /// Reports chains and requests supplied for names that are not in the plan. A misspelled name would otherwise leave
    /// a server unaudited.
    pub(super) fn names_not_in_plan(&self) -> Vec<Finding> {
        let front_ends: HashSet<&DnsName> = self.front_ends().collect();
        let mut findings = Vec::new();
        for (name, input) in &self.by_name {
            if self.plan.certificate(name).is_some() {
                continue;
            }
            if input.chain.is_some() && !front_ends.contains(name) {
                let detail = "a chain is supplied for this name, which is neither a UM server of the plan nor a Front End of Lync";
                findings.push(Finding::new(Rule::NotInPlan, name, detail));
            }
            if input.request.is_some() && !front_ends.contains(name) {
                let detail = "a request is supplied for this name, which is neither a UM server of the plan nor a Front End of Lync";
                findings.push(Finding::new(Rule::NotInPlan, name, detail));
            }
        }
        findings
    }
}
