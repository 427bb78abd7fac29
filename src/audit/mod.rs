//! The audit: what servers present, held against the plan and against the CAs that each side trusts.
//!
//! `rustls-webpki` decides what is trusted; everything here only makes the verdict stricter, and says
//! what a person can do about it.

mod by_name;
mod by_subject;
mod comparison;
mod default_certificate;
mod diagnosis;
mod duties;
mod identity;
mod lifetime;
mod listed;
mod profile;
mod report;
mod server;
mod stores;
mod trust_store;
mod wrong;

use std::num::NonZeroUsize;

use time::OffsetDateTime;

pub use comparison::{Change, Comparison, Difference, IssuanceStage};
pub use default_certificate::{DefaultCertificate, DefaultKind, NotDefault, PropertyCheck};
pub use profile::ProfileViolation;
pub use report::{RelyingParty, Report, TrustVerdict};
pub use trust_store::{PathFault, TrustStore, TrustedPath, VerifyError};

use self::by_name::ByName;
use self::diagnosis::{Days, KnownIssuers};
use self::duties::Duties;
use self::server::{Audited, Expected, Presented};
use self::stores::Stores;
use self::trust_store::Revocation;
use crate::date::{DAY, Date, between, later};
use crate::index::Texts;
use crate::name::DnsName;
use crate::parallel;
use crate::plan::Plan;
use crate::rule::{Rule, Severity};
use crate::x509::{Certificate, CertificateRequest, Chain, Crl};

/// How long before its end a certificate is warned of, in days, unless told.
const WARN_DAYS: u32 = 30;

/// An audit: what is presented, against a [`Plan`] and the roots of each side.
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
/// // Without the root on Exchange's side every server is in trouble.
/// let report = audit.run(now);
/// assert!(report.findings().iter().all(|finding| finding.rule() == Rule::UntrustedRoot));
///
/// // The other way round, and with CRLs: what the Front Ends of Lync present to Exchange.
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
    given: ByName<Given>,
    crls: Vec<Crl>,
    /// In seconds.
    warn: i64,
    threads: NonZeroUsize,
}

/// What was given for the name of a forest, its roots, or of a server.
#[derive(Debug, Clone, Default)]
struct Given {
    roots: Option<TrustStore>,
    chain: Option<Chain>,
    request: Option<CertificateRequest>,
}

impl<'a> Audit<'a> {
    /// An audit against `plan`, in which no side trusts anything and no server presents anything yet.
    #[must_use]
    pub fn new(plan: &'a Plan) -> Self {
        Self {
            plan,
            lync_roots: TrustStore::default(),
            exchange_roots: TrustStore::default(),
            given: ByName::new(),
            crls: Vec::new(),
            warn: i64::from(WARN_DAYS) * DAY,
            threads: NonZeroUsize::MIN,
        }
    }

    /// The roots that the Lync side holds (D24).
    #[must_use]
    pub fn lync_roots(mut self, roots: impl Into<TrustStore>) -> Self {
        self.lync_roots = roots.into();
        self
    }

    /// The roots that every Exchange forest holds (D24) for which
    /// [`exchange_roots_of`](Self::exchange_roots_of) gives no others.
    #[must_use]
    pub fn exchange_roots(mut self, roots: impl Into<TrustStore>) -> Self {
        self.exchange_roots = roots.into();
        self
    }

    /// The roots that this Exchange forest holds (D24). Those of a forest in which no UM server of the plan
    /// lives are not asked.
    #[must_use]
    pub fn exchange_roots_of(
        mut self,
        forest: impl Into<DnsName>,
        roots: impl Into<TrustStore>,
    ) -> Self {
        let roots = roots.into();
        self.given
            .change(forest.into(), |given| given.roots = Some(roots));
        self
    }

    /// What `server` presents, a UM server of the plan or a Front End of Lync. A second chain for the same
    /// server takes the place of the first.
    ///
    /// Every UM server of the plan is expected to present something. Front Ends are looked at once any of
    /// them is presented, and then all of them are expected too.
    #[must_use]
    pub fn presented(mut self, server: impl Into<DnsName>, chain: Chain) -> Self {
        self.given
            .change(server.into(), |given| given.chain = Some(chain));
        self
    }

    /// What several servers present, as [`presented`](Self::presented).
    #[must_use]
    pub fn presented_chains(mut self, chains: impl IntoIterator<Item = (DnsName, Chain)>) -> Self {
        for (server, chain) in chains {
            self = self.presented(server, chain);
        }
        self
    }

    /// The request that was made for a UM server, or for the first of a set that shares its certificate:
    /// what is presented must be for its key. A second request for the same server takes the place of the
    /// first, and one for a name that is no UM server of the plan is noted.
    ///
    /// What else differs between a plan, a request and a certificate tells [`Comparison`].
    #[must_use]
    pub fn requested(mut self, server: impl Into<DnsName>, request: CertificateRequest) -> Self {
        self.given
            .change(server.into(), |given| given.request = Some(request));
        self
    }

    /// CRLs that count besides those given before. Each certificate of a path below its root must then not
    /// be revoked by one that its issuer signed; that none speaks for a certificate, and that one is past
    /// its next update, is told. Delta CRLs count beside the whole ones, and indirect CRLs for nothing.
    /// Without any, revocation is not looked at.
    #[must_use]
    pub fn crls(mut self, crls: impl IntoIterator<Item = Crl>) -> Self {
        self.crls.extend(crls);
        self
    }

    /// From how many days before its end on a certificate is warned of; 30 unless told.
    #[must_use]
    pub fn warn_days(mut self, days: u32) -> Self {
        self.warn = i64::from(days) * DAY;
        self
    }

    /// On how many threads the chains are looked at; one unless told. The report is the same on any number.
    ///
    /// For all cores give what [`std::thread::available_parallelism`] says.
    #[must_use]
    pub fn threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = threads;
        self
    }

    /// Audits every UM server of the plan as of `at`, in whole seconds, and the Front Ends of Lync where
    /// any is [presented](Self::presented).
    ///
    /// The chain of a UM server must be trusted by Lync and by its own forest, that of a Front End by
    /// every forest of the plan (D24). A chain that came unordered, doubled or with strangers in it is
    /// sorted out first ([`Chain::sorted`]).
    ///
    /// The plan's own findings are not repeated: they are about the deployment, this is about what is
    /// presented. *Not* looked at: live servers, DNS.
    #[must_use]
    pub fn run(&self, at: OffsetDateTime) -> Report {
        // Without the part of a second that no certificate has: else the last second of a validity would be
        // its last and past it at once.
        let at = later(at, 0).unwrap_or(at);
        let names = self.given.names();
        let roots = self.forest_roots(&names);
        let stores = Stores::new(&self.lync_roots, &self.exchange_roots, roots);
        let chains = self.chains(&names);
        let known = KnownIssuers::new(stores.each(), &chains);
        let scope = server::Scope {
            plan: self.plan,
            duties: &Duties::of(self.plan),
            known: &known,
            revocation: &self.revocation(&known),
            has_crls: !self.crls.is_empty(),
            at,
            warn: self.warn,
        };
        let servers = self.servers();
        let mut audited = parallel::map(Some(self.threads), &servers, |presented| {
            server::audit(presented, &stores.sides(presented, self.plan), &scope)
        });
        let mut report = Report::new(at);
        for audited in &mut audited {
            report.add(audited);
        }
        self.strangers(&names, &mut report);
        self.expired_crls(&mut report);
        if !self.plan.pools().is_empty() && self.omits_front_ends() {
            report.omit_front_ends();
        }
        let safe_until = safe_until(scope.duties, &audited, &report);
        report.finish(safe_until);
        report
    }

    fn revocation<'r>(&'r self, known: &'r KnownIssuers<'_>) -> Revocation<'r> {
        match self.crls.as_slice() {
            [] => Revocation::default(),
            crls => {
                let mut signers: Vec<&Certificate> = Vec::new();
                signers.extend(known.certificates());
                Revocation::new(crls, &signers)
            }
        }
    }

    /// The roots of the forests among `names` that have some of their own.
    fn forest_roots<'s>(&'s self, names: &[&'s DnsName]) -> Vec<(&'s DnsName, &'s TrustStore)> {
        let mut roots = Vec::new();
        for forest in names {
            if let Some(store) = self.roots_of(forest) {
                roots.push((*forest, store));
            }
        }
        roots
    }

    /// The chains of the servers among `names`.
    fn chains<'s>(&'s self, names: &[&'s DnsName]) -> Vec<&'s Chain> {
        let mut chains = Vec::new();
        for server in names {
            if let Some(chain) = self.chain_of(server) {
                chains.push(chain);
            }
        }
        chains
    }

    /// The UM servers, and the Front Ends of Lync once any of them is presented.
    fn servers(&self) -> Vec<Presented<'_>> {
        let mut servers = Vec::new();
        for planned in self.plan.certificates() {
            let expected = Expected::Planned(planned);
            for server in planned.servers() {
                servers.push(self.of(server, expected));
            }
        }
        if !self.omits_front_ends() {
            for pool in self.plan.pools() {
                let expected = Expected::FrontEnd(&pool.fqdn);
                for server in pool.front_ends() {
                    servers.push(self.of(server, expected));
                }
            }
        }
        servers
    }

    /// Whether there are Front Ends, and nothing is presented of any.
    fn omits_front_ends(&self) -> bool {
        for pool in self.plan.pools() {
            for server in pool.front_ends() {
                if self.chain_of(server).is_some() {
                    return false;
                }
            }
        }
        true
    }

    fn roots_of(&self, forest: &DnsName) -> Option<&TrustStore> {
        self.given.get(forest)?.roots.as_ref()
    }

    fn chain_of(&self, server: &DnsName) -> Option<&Chain> {
        self.given.get(server)?.chain.as_ref()
    }

    fn request_of(&self, server: &DnsName) -> Option<&CertificateRequest> {
        self.given.get(server)?.request.as_ref()
    }

    fn of<'p>(&'p self, server: &'p DnsName, expected: Expected<'p>) -> Presented<'p> {
        let (mut chain, mut request) = (None, None);
        if let Some(given) = self.given.get(server) {
            chain = given.chain.as_ref();
            request = given.request.as_ref();
        }
        // A set that shares its certificate may have one that was made for the first of it.
        if let Expected::Planned(planned) = expected
            && request.is_none()
            && planned.subject() != server
        {
            request = self.request_of(planned.subject());
        }
        Presented {
            server,
            expected,
            chain,
            request,
        }
    }

    fn expired_crls(&self, report: &mut Report) {
        let at = report.at();
        for crl in &self.crls {
            if let Some(next) = crl.next_update()
                && at > next
            {
                let detail = format!(
                    "its CRL of {} was to be followed by another on {}, {} before the audit",
                    Date(crl.this_update()),
                    Date(next),
                    Days(between(next, at)),
                );
                report.find(Rule::CrlExpired, crl.issuer(), &detail);
            }
        }
    }

    /// What was given for those of `names` that are in nobody's mind: a name misspelt is a server not
    /// looked at.
    fn strangers(&self, names: &[&DnsName], report: &mut Report) {
        let mut front_ends = Texts::default();
        for pool in self.plan.pools() {
            for front_end in pool.front_ends() {
                front_ends.insert(front_end.as_str());
            }
        }
        for &name in names {
            if self.plan.certificate(name).is_some() {
                continue;
            }
            if self.chain_of(name).is_some() && !front_ends.contains(name.as_str()) {
                let detail = "a chain was presented for it, and it is no UM server of the plan and no Front End of Lync";
                report.find(Rule::NotInPlan, name.as_str(), detail);
            }
            if self.request_of(name).is_some() {
                let detail = "a request was given for it, and it is no UM server of the plan";
                report.find(Rule::NotInPlan, name.as_str(), detail);
            }
        }
    }
}

/// The first second at which some outage is not covered: see [`Report::failover_safe_until`].
fn safe_until(duties: &Duties, audited: &[Audited<'_>], report: &Report) -> Option<OffsetDateTime> {
    let mut in_trouble = Texts::default();
    for finding in report.findings() {
        if finding.severity() == Severity::Error {
            in_trouble.insert(finding.subject());
        }
    }
    let mut first = match duties.leaves_a_gap {
        true => Some(report.at()),
        false => None,
    };
    for Audited { server, until, .. } in audited {
        if !duties.takes_over(server) {
            continue;
        }
        let end = match until {
            Some(end) if !in_trouble.contains(server.as_str()) => later(*end, 1).unwrap_or(*end),
            _ => report.at(),
        };
        first = match first {
            Some(earlier) if earlier < end => first,
            _ => Some(end),
        };
    }
    first
}
