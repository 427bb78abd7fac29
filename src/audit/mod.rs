//! The audit: compares the chains that servers present with the plan, and verifies them for each relying party.
//!
//! `rustls-webpki` decides whether a chain is trusted. The other checks only make the verdict stricter, and explain it.

mod acceptance;
mod cause;
mod checks;
mod comparison;
mod context;
mod diagnosis;
mod display;
mod exchange_default;
mod inputs;
mod known_issuers;
mod remedy;
mod report;
mod report_document;
mod server;
mod takeovers;
mod trust_store;
mod verdict;
mod verification;
mod verify_error;

use std::fmt::Display;
use std::num::NonZeroUsize;

use time::{Duration, OffsetDateTime};

pub use checks::profile::ProfileViolation;
pub use comparison::{Comparison, Difference, IssuanceStage};
pub use exchange_default::{CertificateKind, ExchangeDefault, PropertyCheck};
pub use report::{Report, ServerValidity};
pub use report_document::{ReportDocument, VerdictDocument};
pub use trust_store::{TrustStore, TrustedPath, UnusableRoot};
pub use verdict::{RelyingParty, TrustVerdict, Verdict, VerdictKind};
pub use verify_error::VerifyError;

use self::acceptance::Acceptance;
use self::checks::root_store;
use self::context::{AuditContext, whole_seconds};
use self::inputs::AuditInputs;
use self::known_issuers::KnownIssuers;
use self::takeovers::Takeovers;
use self::trust_store::Revocation;
use crate::name::DnsName;
use crate::parallel;
use crate::plan::Plan;
use crate::rule::{Finding, Rule};
use crate::x509::{Certificate, CertificateRequest, Chain, Crl};

/// Default remaining validity, in days, below which a certificate is reported.
const WARN_DAYS: u32 = 30;

/// An audit of presented chains, against a [`Plan`] and the roots of each relying party.
///
/// A [`Comparison`] shows what a CA changed of a request, before the certificate is installed.
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
#[doc(alias("lint", "monitor"))]
#[derive(Debug, Clone)]
pub struct Audit<'a> {
    inputs: AuditInputs<'a>,
    intermediates: Vec<Certificate>,
    crls: Vec<Crl>,
    acceptances: Vec<Acceptance>,
    warn: Duration,
    threads: NonZeroUsize,
}

impl<'a> Audit<'a> {
    /// Creates an audit against `plan`, in which no relying party trusts a root and no server presents a chain.
    #[must_use]
    pub fn new(plan: &'a Plan) -> Self {
        Self {
            inputs: AuditInputs::new(plan),
            intermediates: Vec::new(),
            crls: Vec::new(),
            acceptances: Vec::new(),
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
        self.inputs.lync_roots = roots.into();
        self
    }

    /// Sets the roots that every Exchange forest trusts (D24), unless
    /// [`exchange_roots_of`](Self::exchange_roots_of) sets others for it. The faults of the store are reported for every
    /// forest, as [`lync_roots`](Self::lync_roots) says.
    #[must_use]
    pub fn exchange_roots(mut self, roots: impl Into<TrustStore>) -> Self {
        self.inputs.exchange_roots = roots.into();
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
        self.inputs.of_name(forest).roots = Some(roots.into());
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
        self.inputs.of_name(server).chain = Some(chain);
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
        self.inputs.of_name(server).request = Some(request);
        self
    }

    /// Adds certificates of CAs that no server needs to present, for example the rest of the chain that AD CS returned with
    /// an issued certificate. They are available to the path of every server, after what the server presents.
    ///
    /// A path that needs one of them is trusted, and the finding
    /// [`intermediate-not-presented`](Rule::IntermediateNotPresented) says so: the server must hold the certificate before
    /// it can present it.
    #[must_use]
    pub fn intermediates(mut self, certificates: impl IntoIterator<Item = Certificate>) -> Self {
        self.intermediates.extend(certificates);
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

    /// Accepts every finding of `rule` for `subject`, for a reason that the report shows. An accepted error does not count
    /// for [`Report::is_trusted`]. A second reason for the same rule and subject replaces the first.
    ///
    /// Acceptance changes no verdict, and nothing else in the report. What is behind a verdict that is not trusted
    /// ([`Verdict::because`]) cannot be accepted. The finding
    /// [`acceptance-without-effect`](Rule::AcceptanceWithoutEffect) lists acceptances that have no reason or match no
    /// finding, and those that a verdict prevents.
    ///
    /// ```
    /// use umcert::{Audit, DnsName, KeyKind, Plan, PlanOptions, Rule, TestCa};
    /// # let text = include_str!("../../examples/data/example-1.toml");
    ///
    /// let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default().key(KeyKind::P256))?;
    /// let ca = TestCa::new("Contoso Test CA")?;
    /// let audit = Audit::new(&plan)
    ///     .lync_roots(ca.roots())
    ///     .exchange_roots(ca.roots())
    ///     .presented_chains(ca.issue(&plan)?.chains());
    ///
    /// // UM server 1 has a certificate without the names of the others.
    /// let um1: DnsName = "um1.contoso.com".parse()?;
    /// let chain = ca.issue_names(["um1.contoso.com"])?.chain().clone();
    /// let audit = audit.presented(um1.clone(), chain);
    /// let now = time::OffsetDateTime::now_utc();
    /// assert!(!audit.run(now).is_trusted());
    ///
    /// let audit = audit.accept(Rule::NameMissing, um1, "retired in March, no failover until then");
    /// assert!(audit.run(now).is_trusted());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn accept(mut self, rule: Rule, subject: impl Display, reason: impl Into<String>) -> Self {
        let acceptance = Acceptance::new(rule, subject.to_string(), reason.into());
        self.acceptances.retain(|other| !acceptance.replaces(other));
        self.acceptances.push(acceptance);
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
        let (inputs, plan) = (&self.inputs, self.inputs.plan);
        let at = whole_seconds(at);
        let known_issuers =
            KnownIssuers::new(inputs.stores(), inputs.chains(), &self.intermediates);
        let takeovers = Takeovers::new(plan);
        let revocation = Revocation::new(&self.crls, at);
        let context = AuditContext {
            plan,
            takeovers: &takeovers,
            known_issuers: &known_issuers,
            intermediates: &self.intermediates,
            presented: &inputs.presented_certificates(),
            revocation: &revocation,
            at,
            warn: self.warn,
        };
        let servers = inputs.servers();
        let audits = parallel::map(Some(self.threads), &servers, |presented| {
            server::audit(presented, &context)
        });

        let of_servers = audits.iter().flat_map(|audit| &audit.findings).cloned();
        let mut findings: Vec<Finding> = of_servers.collect();
        let parties = std::iter::once(inputs.lync()).chain(inputs.exchange_forests());
        findings.extend(parties.flat_map(|(party, store)| root_store::check(&party, store)));
        findings.extend(inputs.names_not_in_plan());
        findings.extend(checks::crl::check(&self.crls, at));
        let failover_safe_until = server::failover_safe_until(at, &takeovers, &audits, &findings);
        let validities = audits.iter().filter_map(|audit| audit.validity.clone());
        let validities = validities.collect();
        let verdicts = audits.into_iter().flat_map(|audit| audit.verdicts);
        let verdicts: Vec<TrustVerdict> = verdicts.collect();
        let mut findings = acceptance::apply(&self.acceptances, findings, &verdicts);
        findings.sort();
        findings.dedup();
        Report {
            at,
            verdicts,
            findings,
            validities,
            failover_safe_until,
            omits_front_ends: inputs.omits_front_ends(),
        }
    }
}
