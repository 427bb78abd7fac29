//! The audit: compares the chains that servers present with the plan, and verifies them for each relying party.
//!
//! `rustls-webpki` decides whether a chain is trusted. The other checks only make the verdict stricter, and explain it.

mod cause;
mod checks;
mod comparison;
mod context;
mod diagnosis;
mod display;
mod exchange_default;
mod known_issuers;
mod remedy;
mod report;
mod server;
mod takeovers;
mod trust_store;
mod verdict;
mod verification;
mod verify_error;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::num::NonZeroUsize;

use time::{Duration, OffsetDateTime};

pub use checks::profile::ProfileViolation;
pub use comparison::{Comparison, Difference, IssuanceStage};
pub use exchange_default::{CertificateKind, ExchangeDefault, PropertyCheck};
pub use report::Report;
pub use trust_store::{TrustStore, TrustedPath, UnusableRoot};
pub use verdict::{RelyingParty, TrustVerdict, Verdict};
pub use verify_error::VerifyError;

use self::checks::root_store;
use self::context::{AuditContext, Expectation, PresentedChain, whole_seconds};
use self::known_issuers::KnownIssuers;
use self::takeovers::Takeovers;
use self::trust_store::{Revocation, SignatureMemory};
use crate::name::DnsName;
use crate::parallel;
use crate::plan::Plan;
use crate::rule::{Finding, Rule};
use crate::x509::{Certificate, CertificateRequest, Chain, Crl};

/// Default remaining validity, in days, below which a certificate is reported.
const WARN_DAYS: u32 = 30;

/// An audit of presented chains, against a [`Plan`] and the roots of each relying party.
///
/// ```
/// use time::OffsetDateTime;
/// use umcert::{Audit, DnsName, KeyKind, Plan, PlanOptions, Rule, TestCa};
/// # let text = include_str!("../../examples/data/example-1.toml");
///
/// let options = PlanOptions::default().key(KeyKind::P256);
/// let plan = Plan::new(&toml::from_str(text)?, &options)?;
/// let ca = TestCa::new("Contoso Test CA")?;
/// let bundle = ca.issue(&plan)?;
/// let now = OffsetDateTime::now_utc();
///
/// let audit = Audit::new(&plan).lync_roots(ca.roots()).presented_chains(bundle.chains());
/// let report = audit.clone().exchange_roots(ca.roots()).run(now);
/// assert!(report.is_trusted(), "{report}");
///
/// // Without the root on the Exchange side no server is trusted.
/// let report = audit.run(now);
/// assert!(report.findings().iter().all(|finding| finding.rule() == Rule::UntrustedRoot));
///
/// // With CRLs, and with the chains that the Front Ends of Lync present to Exchange.
/// let audit = audit.exchange_roots(ca.roots()).crls(ca.crls(now, [])?);
/// let front_end = |name| ca.issue_names(["lyncpool.contoso.com", name]);
/// let report = audit
///     .presented("fe1.contoso.com".parse::<DnsName>()?, front_end("fe1.contoso.com")?.chain().clone())
///     .presented("fe2.contoso.com".parse::<DnsName>()?, front_end("fe2.contoso.com")?.chain().clone())
///     .run(now);
/// assert!(report.is_trusted(), "{report}");
/// assert!(report.failover_safe_until() > Some(now));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Audit<'a> {
    plan: &'a Plan,
    lync_roots: TrustStore,
    exchange_roots: TrustStore,
    inputs: BTreeMap<DnsName, AuditInput>,
    crls: Vec<Crl>,
    warn: Duration,
    threads: NonZeroUsize,
}

/// The input for one name: the roots if it is an Exchange forest, chain and request if it is a server.
#[derive(Debug, Clone, Default)]
struct AuditInput {
    roots: Option<TrustStore>,
    chain: Option<Chain>,
    request: Option<CertificateRequest>,
}

impl<'a> Audit<'a> {
    /// Creates an audit against `plan`, in which no relying party trusts a root and no server presents a chain.
    #[must_use]
    pub fn new(plan: &'a Plan) -> Self {
        Self {
            plan,
            lync_roots: TrustStore::default(),
            exchange_roots: TrustStore::default(),
            inputs: BTreeMap::new(),
            crls: Vec::new(),
            warn: Duration::days(i64::from(WARN_DAYS)),
            threads: NonZeroUsize::MIN,
        }
    }

    /// Sets the roots that Lync trusts (D24): the certificates in Trusted Root Certification Authorities of its servers.
    ///
    /// The report also lists the faults of this store: certificates that are not self-signed, duplicates, unusable
    /// entries, and too many roots.
    #[must_use]
    pub fn lync_roots(mut self, roots: impl Into<TrustStore>) -> Self {
        self.lync_roots = roots.into();
        self
    }

    /// Sets the roots that every Exchange forest trusts (D24), unless
    /// [`exchange_roots_of`](Self::exchange_roots_of) sets others for it. The faults of the store are reported for every
    /// forest, as [`lync_roots`](Self::lync_roots) says.
    #[must_use]
    pub fn exchange_roots(mut self, roots: impl Into<TrustStore>) -> Self {
        self.exchange_roots = roots.into();
        self
    }

    /// Sets the roots that one Exchange forest trusts (D24). They have no effect if no UM server of the plan belongs to
    /// that forest.
    #[must_use]
    pub fn exchange_roots_of(
        mut self,
        forest: impl Into<DnsName>,
        roots: impl Into<TrustStore>,
    ) -> Self {
        self.inputs.entry(forest.into()).or_default().roots = Some(roots.into());
        self
    }

    /// Sets the chain that `server` presents, a UM server of the plan or a Front End of Lync. A second chain for the
    /// same server replaces the first.
    ///
    /// Every UM server of the plan is expected to present a chain. So is every Front End if the plan
    /// [covers](crate::PlanOptions::front_ends) them, or if a chain is presented for any of them. Otherwise Front Ends are
    /// not audited.
    #[must_use]
    pub fn presented(mut self, server: impl Into<DnsName>, chain: Chain) -> Self {
        self.inputs.entry(server.into()).or_default().chain = Some(chain);
        self
    }

    /// Sets the chains that several servers present, as [`presented`](Self::presented) does for one.
    #[must_use]
    pub fn presented_chains(self, chains: impl IntoIterator<Item = (DnsName, Chain)>) -> Self {
        let chains = chains.into_iter();
        chains.fold(self, |audit, (server, chain)| {
            audit.presented(server, chain)
        })
    }

    /// Sets the request that was created for a UM server, or for the first server of a set that shares its certificate.
    /// The presented certificate must be for the key of the request. A second request for the same server replaces the
    /// first. If the plan does not cover Front Ends, the request of one is checked only for the provider of its key (D125).
    /// A request for a name that is neither a UM server of the plan nor a Front End is reported.
    ///
    /// [`Comparison`] finds other differences between a plan, a request and a certificate.
    #[must_use]
    pub fn requested(mut self, server: impl Into<DnsName>, request: CertificateRequest) -> Self {
        self.inputs.entry(server.into()).or_default().request = Some(request);
        self
    }

    /// Adds CRLs. Without CRLs, revocation is not checked.
    ///
    /// A path is refused if a CRL that the issuer signed revokes one of its certificates below the root, and not judged
    /// if such a CRL cannot be verified. A CRL counts as for [`TrustStore::verify_with_crls`]. The report lists
    /// certificates for which no CRL gives a status, CRLs past their next update, and CRLs that are not yet valid.
    #[must_use]
    pub fn crls(mut self, crls: impl IntoIterator<Item = Crl>) -> Self {
        self.crls.extend(crls);
        self
    }

    /// Sets the remaining validity, in days, below which a certificate is reported. Defaults to 30.
    #[must_use]
    pub fn warn_days(mut self, days: u32) -> Self {
        self.warn = Duration::days(i64::from(days));
        self
    }

    /// Sets the number of threads that verify chains. Defaults to 1. The report does not depend on it.
    #[must_use]
    pub fn threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = threads;
        self
    }

    /// Audits every UM server of the plan as of `at`, in whole seconds, and the Front Ends of Lync if the plan covers them or
    /// a chain is [presented](Self::presented) for any of them.
    ///
    /// Lync and the forest of a UM server must trust its chain. Every forest of the plan must trust the chain of a Front
    /// End (D24). A chain must end in a self-signed root (D129). A chain that is out of order, or that has duplicates or unrelated certificates, is sorted first
    /// ([`Chain::sorted`]).
    ///
    /// The plan's own findings are not repeated: they are about the deployment, and the audit is about the presented
    /// chains. *Not* checked: live servers, DNS.
    #[must_use]
    pub fn run(&self, at: OffsetDateTime) -> Report {
        let at = whole_seconds(at);
        let known_issuers = KnownIssuers::new(self.stores(), self.chains());
        let takeovers = Takeovers::new(self.plan);
        let revocation = Revocation::new(&self.crls, at);
        let context = AuditContext {
            plan: self.plan,
            takeovers: &takeovers,
            known_issuers: &known_issuers,
            presented: &self.presented_certificates(),
            revocation: &revocation,
            signatures: &SignatureMemory::default(),
            at,
            warn: self.warn,
        };
        let servers = self.servers();
        let audits = parallel::map(Some(self.threads), &servers, |presented| {
            server::audit(presented, &context)
        });

        let of_servers = audits.iter().flat_map(|audit| &audit.findings).cloned();
        let mut findings: Vec<Finding> = of_servers.collect();
        let parties = std::iter::once(self.lync()).chain(self.exchange_forests());
        findings.extend(parties.flat_map(|(party, store)| root_store::check(&party, store)));
        findings.extend(self.names_not_in_plan());
        findings.extend(checks::crl::check(&self.crls, at));
        findings.sort();
        findings.dedup();
        Report {
            at,
            failover_safe_until: server::failover_safe_until(at, &takeovers, &audits, &findings),
            findings,
            validities: audits
                .iter()
                .filter_map(|audit| audit.validity.clone())
                .collect(),
            verdicts: audits
                .into_iter()
                .flat_map(|audit| audit.verdicts)
                .collect(),
            omits_front_ends: !self.plan.pools().is_empty() && !self.expects_front_ends(),
        }
    }

    /// Returns the stores of every relying party.
    fn stores(&self) -> Vec<&TrustStore> {
        let of_forests = self
            .inputs
            .values()
            .filter_map(|input| input.roots.as_ref());
        let common = [&self.lync_roots, &self.exchange_roots];
        common.into_iter().chain(of_forests).collect()
    }

    fn chains(&self) -> Vec<&Chain> {
        let inputs = self.inputs.values();
        inputs.filter_map(|input| input.chain.as_ref()).collect()
    }

    /// Returns the certificate that each server presents as its own, if it is readable.
    fn presented_certificates(&self) -> HashMap<&DnsName, &Certificate> {
        let inputs = self.inputs.iter();
        inputs
            .filter_map(|(server, input)| {
                let entry = input.chain.as_ref()?.end_entity()?;
                Some((server, entry.as_ref().ok()?))
            })
            .collect()
    }

    /// Returns the UM servers, and the Front Ends if they are expected to present chains.
    fn servers(&self) -> Vec<PresentedChain<'_>> {
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
        let input = self.inputs.get(server);
        let request_of = |name| self.inputs.get(name)?.request.as_ref();
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

    fn lync(&self) -> (RelyingParty, &TrustStore) {
        (RelyingParty::Lync, &self.lync_roots)
    }

    fn exchange(&self, forest: &DnsName) -> (RelyingParty, &TrustStore) {
        let input = self.inputs.get(forest);
        let roots = input.and_then(|input| input.roots.as_ref());
        let party = RelyingParty::Exchange(forest.clone());
        (party, roots.unwrap_or(&self.exchange_roots))
    }

    fn exchange_forests(&self) -> impl Iterator<Item = (RelyingParty, &TrustStore)> {
        self.plan.forests().map(|forest| self.exchange(forest))
    }

    fn front_ends(&self) -> impl Iterator<Item = &DnsName> {
        self.plan.pools().iter().flat_map(|pool| pool.front_ends())
    }

    /// Returns `true` if every Front End is expected to present a chain: the plan covers them, or a chain is presented for
    /// one of them.
    fn expects_front_ends(&self) -> bool {
        let mut front_ends = self.front_ends();
        !self.plan.omits_front_ends()
            || front_ends.any(|server| {
                let input = self.inputs.get(server);
                input.is_some_and(|input| input.chain.is_some())
            })
    }

    /// Reports chains and requests supplied for names that are not in the plan. A misspelled name would otherwise leave
    /// a server unaudited.
    fn names_not_in_plan(&self) -> Vec<Finding> {
        let front_ends: HashSet<&DnsName> = self.front_ends().collect();
        let mut findings = Vec::new();
        for (name, input) in &self.inputs {
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
