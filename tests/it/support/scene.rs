//! Issued deployments to audit, and assertions on what an audit finds.

use rcgen::CertificateParams;
use time::{Duration, OffsetDateTime};
use umcert::issue::TestCaOptions;
use umcert::{
    Audit, Bundle, Certificate, Chain, DnsName, Finding, Plan, Report, SanPolicy, TestCa,
};

use super::deployments::{EXAMPLE_1, TODAY, plan, um};
use super::forge::Forge;

pub(crate) fn ca() -> TestCa {
    TestCa::with_options(
        "Contoso Test CA",
        &TestCaOptions::valid_from(TODAY - Duration::DAY),
    )
    .unwrap()
}

/// Returns a bundle of a new CA with this name and start.
pub(crate) fn bundle_of(name: &str, not_before: OffsetDateTime, plan: &Plan) -> Bundle {
    let options = TestCaOptions::valid_from(not_before);
    TestCa::with_options(name, &options)
        .unwrap()
        .issue(plan)
        .unwrap()
}

/// A plan and its issued bundle: the start of an audit test.
pub(crate) struct Scene {
    pub(crate) plan: Plan,
    pub(crate) ca: TestCa,
    pub(crate) bundle: Bundle,
}

impl Scene {
    pub(crate) fn new(text: &str, san: SanPolicy) -> Self {
        let plan = plan(text, san);
        let ca = ca();
        let bundle = ca.issue(&plan).unwrap();
        Self { plan, ca, bundle }
    }

    /// Returns an audit without findings.
    pub(crate) fn audit(&self) -> Audit<'_> {
        Audit::new(&self.plan)
            .lync_roots(self.ca.roots())
            .exchange_roots(self.ca.roots())
            .presented_chains(self.bundle.chains())
    }

    pub(crate) fn chain(&self, server: &DnsName) -> Chain {
        self.bundle.certificate(server).unwrap().chain().clone()
    }
}

/// Returns `error expired um1.contoso.com` for each finding.
pub(crate) fn ids(findings: &[Finding]) -> Vec<String> {
    let id = |finding: &Finding| {
        format!(
            "{} {} {}",
            finding.severity(),
            finding.rule(),
            finding.subject()
        )
    };
    findings.iter().map(id).collect()
}

#[track_caller]
pub(crate) fn assert_finds(report: &Report, expected: &[&str]) {
    assert_eq!(ids(report.findings()), expected, "{report}");
}

/// A deployment whose servers present certificates of a CA made with raw rcgen.
pub(crate) struct Forged {
    pub(crate) scene: Scene,
    pub(crate) root: Forge,
    pub(crate) intermediate: Forge,
}

impl Forged {
    pub(crate) fn new() -> Self {
        let root = Forge::root("Root");
        let intermediate = root.intermediate("Intermediate", |_| {});
        Self {
            scene: Scene::new(EXAMPLE_1, SanPolicy::EveryServer),
            root,
            intermediate,
        }
    }

    pub(crate) fn roots(&self) -> [Certificate; 1] {
        [self.root.certificate.clone()]
    }

    pub(crate) fn chain(&self, end_entity: Certificate) -> Chain {
        [end_entity, self.intermediate.certificate.clone()]
            .into_iter()
            .collect()
    }

    /// Returns an audit without findings.
    pub(crate) fn audit(&self) -> Audit<'_> {
        let mut audit = Audit::new(&self.scene.plan)
            .lync_roots(&self.roots()[..])
            .exchange_roots(&self.roots()[..]);
        for number in 1..=4 {
            let end_entity = self.intermediate.server(number, |_| {});
            audit = audit.presented(um(number), self.chain(end_entity));
        }
        audit
    }

    /// Returns the report if UM server 1 presents this certificate with the intermediate.
    pub(crate) fn with_um1(&self, change: impl FnOnce(&mut CertificateParams)) -> Report {
        let end_entity = self.intermediate.server(1, change);
        self.audit()
            .presented(um(1), self.chain(end_entity))
            .run(TODAY)
    }
}
