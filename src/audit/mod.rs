//! The audit: what servers present, held against the plan and against the CAs that each side trusts.
//!
//! `rustls-webpki` decides what is trusted; everything here only makes the verdict stricter, and says
//! what a person can do about it.

mod default_certificate;
mod diagnosis;
mod identity;
mod report;
mod server;
mod trust_store;

use std::collections::{BTreeMap, HashMap};

use time::{Duration, OffsetDateTime, UtcOffset};

pub use default_certificate::{DefaultCertificate, DefaultKind, Mark};
pub use report::{Report, Side, Verdict};
pub use trust_store::{PathFault, TrustStore, TrustedPath, VerifyError};

use self::diagnosis::KnownIssuers;
use crate::name::DnsName;
use crate::plan::Plan;
use crate::rule::{Finding, Rule};
use crate::x509::Chain;

/// How long before its end a certificate is warned of, in days, unless told.
const WARN_DAYS: u32 = 30;

/// An audit: what is presented, against a [`Plan`] and the roots of each side.
///
/// ```
/// use time::OffsetDateTime;
/// use umcert::{Audit, KeyKind, Plan, PlanOptions, Rule, TestCa};
/// # let text = include_str!("../../examples/data/example-1.toml");
///
/// let options = PlanOptions::default().key(KeyKind::P256);
/// let plan = Plan::new(&toml::from_str(text)?, &options)?;
/// let ca = TestCa::new("Contoso Test CA")?;
/// let bundle = ca.issue(&plan)?;
/// let now = OffsetDateTime::now_utc();
///
/// let audit = Audit::new(&plan).lync_roots(ca.roots()).presented_all(bundle.chains());
/// let report = audit.clone().exchange_roots(ca.roots()).run(now);
/// assert!(report.is_trusted(), "{report}");
///
/// // Without the root on Exchange's side every server is in trouble.
/// let report = audit.run(now);
/// assert!(report.findings().iter().all(|finding| finding.rule() == Rule::UntrustedRoot));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Audit<'a> {
    plan: &'a Plan,
    lync_roots: TrustStore,
    exchange_roots: TrustStore,
    forest_roots: HashMap<DnsName, TrustStore>,
    presented: BTreeMap<DnsName, Chain>,
    warn: Duration,
}

impl<'a> Audit<'a> {
    /// An audit against `plan`, in which no side trusts anything and no server presents anything yet.
    #[must_use]
    pub fn new(plan: &'a Plan) -> Self {
        Self {
            plan,
            lync_roots: TrustStore::default(),
            exchange_roots: TrustStore::default(),
            forest_roots: HashMap::new(),
            presented: BTreeMap::new(),
            warn: Duration::days(WARN_DAYS.into()),
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

    /// The roots that this Exchange forest holds (D24).
    #[must_use]
    pub fn exchange_roots_of(
        mut self,
        forest: impl Into<DnsName>,
        roots: impl Into<TrustStore>,
    ) -> Self {
        self.forest_roots.insert(forest.into(), roots.into());
        self
    }

    /// What `server` presents. A second chain for the same server takes the place of the first.
    #[must_use]
    pub fn presented(mut self, server: impl Into<DnsName>, chain: Chain) -> Self {
        self.presented.insert(server.into(), chain);
        self
    }

    /// What several servers present, as [`presented`](Self::presented).
    #[must_use]
    pub fn presented_all(mut self, chains: impl IntoIterator<Item = (DnsName, Chain)>) -> Self {
        self.presented.extend(chains);
        self
    }

    /// From how many days before its end on a certificate is warned of; 30 unless told.
    #[must_use]
    pub fn warn_days(mut self, days: u32) -> Self {
        self.warn = Duration::days(days.into());
        self
    }

    /// Audits every server of the plan as of `at`, in whole seconds.
    ///
    /// The plan's own findings are not repeated: they are about the deployment, this is about what is
    /// presented. *Not* looked at: revocation, live servers, DNS.
    #[must_use]
    pub fn run(&self, at: OffsetDateTime) -> Report {
        let at = whole_second(at);
        let roots = std::iter::once(&self.lync_roots)
            .chain([&self.exchange_roots])
            .chain(self.forest_roots.values())
            .flat_map(TrustStore::roots);
        let known = KnownIssuers::new(roots, self.presented.values());
        let mut report = Report::new(at);
        for planned in self.plan.certificates() {
            for server in planned.servers() {
                let presented = server::Presented {
                    planned,
                    server,
                    chain: self.presented.get(server),
                    sides: &self.sides(server),
                };
                server::audit(&presented, &known, self.scope(at), &mut report);
            }
        }
        report.add_all(self.strangers());
        report.finish();
        report
    }

    fn scope(&self, at: OffsetDateTime) -> server::Scope<'_> {
        server::Scope {
            plan: self.plan,
            at,
            warn: self.warn,
        }
    }

    /// The sides that must trust `server`, each with its roots: Lync, and the server's own forest (D24).
    fn sides(&self, server: &DnsName) -> Vec<(Side, &TrustStore)> {
        let mut sides = vec![(Side::Lync, &self.lync_roots)];
        if let Some(forest) = self.plan.forest_of(server) {
            let roots = self
                .forest_roots
                .get(forest)
                .unwrap_or(&self.exchange_roots);
            sides.push((Side::Exchange(forest.clone()), roots));
        }
        sides
    }

    fn strangers(&self) -> impl Iterator<Item = Finding> {
        let names = self.presented.keys();
        let strangers = names.filter(|name| self.plan.certificate(name).is_none());
        strangers.map(|name| {
            let detail = "a chain was presented for it, and it is no UM server of the plan";
            Finding::new(Rule::NotInPlan, name, detail)
        })
    }
}

/// `at` in UTC, without the part of a second that no certificate has: else the last second of a validity
/// would be its last and past it at once.
fn whole_second(at: OffsetDateTime) -> OffsetDateTime {
    let utc = at.checked_to_offset(UtcOffset::UTC).unwrap_or(at);
    utc.replace_nanosecond(0).unwrap_or(utc)
}
