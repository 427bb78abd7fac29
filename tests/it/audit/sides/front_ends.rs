//! The audit of a plan that covers Front Ends: every one of them is expected to present a chain.

use super::{FORESTS, another_ca};
use crate::support::deployments::{FAST, TODAY, deployment, name};
use crate::support::scene::{assert_finds, ca, ids};
use umcert::faulty::Fault;
use umcert::{
    Audit, Bundle, DnsName, KeyPair, Plan, PlanOptions, PlannedCertificate, TestCa, TrustStore,
};

const FE1: &str = "fe1.lync.contoso.com";
const STD: &str = "std.lync.contoso.com";

fn planned(front_ends: bool) -> Plan {
    let options = PlanOptions::default().key(FAST).front_ends(front_ends);
    Plan::new(&deployment(FORESTS), &options).unwrap()
}

/// A plan that covers Front Ends, and its bundle.
struct Covered {
    plan: Plan,
    ca: TestCa,
    bundle: Bundle,
}

impl Covered {
    fn new() -> Self {
        let (plan, ca) = (planned(true), ca());
        let bundle = ca.issue(&plan).unwrap();
        Self { plan, ca, bundle }
    }

    /// Returns an audit without findings.
    fn audit(&self) -> Audit<'_> {
        Audit::new(&self.plan)
            .lync_roots(self.ca.roots())
            .exchange_roots(self.ca.roots())
            .presented_chains(self.bundle.chains())
    }

    fn planned(&self, server: &str) -> &PlannedCertificate {
        self.plan.certificate(&name(server)).unwrap()
    }
}

#[test]
fn covered_front_end_without_chain_is_an_error() {
    let covered = Covered::new();
    let report = covered.audit().run(TODAY);
    assert_finds(&report, &[]);
    assert!(!report.omits_front_ends());
    // Two UM servers have Lync and their own forest, and three Front Ends both forests.
    assert_eq!(report.verdicts().len(), 10);

    let um_servers: Vec<_> = covered.bundle.chains().take(2).collect();
    let audit = |plan: &Plan| {
        Audit::new(plan)
            .lync_roots(covered.ca.roots())
            .exchange_roots(covered.ca.roots())
            .presented_chains(um_servers.clone())
            .run(TODAY)
    };
    let unaudited = audit(&planned(false));
    assert_finds(&unaudited, &[]);
    assert!(unaudited.omits_front_ends());
    let report = audit(&covered.plan);
    let missing = ["fe1", "fe2", "std"];
    let missing = missing.map(|host| format!("error not-presented {host}.lync.contoso.com"));
    assert_eq!(ids(report.findings()), missing, "{report}");
    assert!(!report.omits_front_ends());
    assert!(!report.to_string().contains("Front Ends"), "{report}");
}

/// Every forest must trust a Front End, and Lync need not.
#[test]
fn covered_front_ends_are_verified_by_every_forest() {
    let covered = Covered::new();
    let lync = another_ca("Lync CA");
    let from_lync = |server: &str| {
        let key = KeyPair::generate(FAST).unwrap();
        let issued = lync.issue_planned(covered.planned(server), key).unwrap();
        (name(server), issued.chain().clone())
    };
    let report = covered.audit().presented_chains([from_lync(FE1)]);
    let untrusted = report.clone().run(TODAY);
    assert_finds(&untrusted, &["error untrusted-root fe1.lync.contoso.com"]);
    let both: TrustStore = [&covered.ca, &lync]
        .iter()
        .flat_map(|ca| ca.roots().iter().cloned())
        .collect();
    assert_finds(&report.exchange_roots(&both).run(TODAY), &[]);
}

#[test]
fn swapped_front_ends_lack_their_own_names() {
    let covered = Covered::new();
    let chain = |server: &str| {
        let issued = covered.bundle.certificate(&name(server)).unwrap();
        issued.chain().clone()
    };
    let fe2 = "fe2.lync.contoso.com";
    let audit = covered.audit();
    let report = audit
        .presented(name(FE1), chain(fe2))
        .presented(name(fe2), chain(FE1))
        .run(TODAY);
    assert_finds(
        &report,
        &[
            "error name-missing fe1.lync.contoso.com",
            "error name-missing fe2.lync.contoso.com",
        ],
    );
}

/// A key that the plan asks for is not reported a second time.
#[cfg(feature = "aws-lc-rs")]
#[test]
fn planned_key_of_a_front_end_is_not_reported() {
    let roots = ca();
    let options = PlanOptions::default().key(umcert::KeyKind::Rsa3072);
    let covering = Plan::new(&deployment(FORESTS), &options.clone().front_ends(true)).unwrap();
    let bundle = roots.issue(&covering).unwrap();
    let without = Plan::new(&deployment(FORESTS), &options).unwrap();
    let unplanned = ["fe1", "fe2", "std"];
    let unplanned =
        unplanned.map(|host| format!("warning key-size-unlisted {host}.lync.contoso.com"));
    for (plan, expected) in [(&covering, &[][..]), (&without, &unplanned)] {
        let report = Audit::new(plan)
            .lync_roots(roots.roots())
            .exchange_roots(roots.roots())
            .presented_chains(bundle.chains())
            .run(TODAY);
        assert_eq!(ids(report.findings()), expected, "{report}");
    }
}

/// Without a plan for Front Ends only the provider of a requested key is checked.
#[test]
fn request_of_a_covered_front_end_must_have_its_key() {
    let covered = Covered::new();
    let without = planned(false);
    let own = |server: &str| {
        let issued = covered.bundle.certificate(&name(server)).unwrap();
        issued.request().clone()
    };
    let other = covered
        .planned(FE1)
        .request(&KeyPair::generate(FAST).unwrap())
        .unwrap();
    for (plan, request, expected) in [
        (&covered.plan, own(FE1), &[][..]),
        (
            &covered.plan,
            other.clone(),
            &["error key-mismatch fe1.lync.contoso.com"],
        ),
        (&without, other, &[]),
    ] {
        let report = Audit::new(plan)
            .lync_roots(covered.ca.roots())
            .exchange_roots(covered.ca.roots())
            .presented_chains(covered.bundle.chains())
            .requested(name(FE1), request)
            .run(TODAY);
        assert_finds(&report, expected);
    }
}

/// Returns `true` if the fault has no rule for a Front End with an ECDSA key: other names, and how they are ordered, are
/// not checked (D30), and CNG is needed for such a key (D125).
fn is_silent(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::NameExtra | Fault::SanOrder | Fault::KeyInCngProvider
    )
}

#[test]
fn every_fault_of_a_front_end_causes_only_its_rule() {
    let covered = Covered::new();
    let faults = Fault::ALL.iter().copied();
    // These need a plan of RSA keys, or for a public CA.
    let faults = faults.filter(|it| !matches!(it, Fault::KeyNotRsa | Fault::PublicValidity));
    for fault in faults {
        for server in [FE1, STD] {
            let planned = covered.planned(server);
            let faulty = covered.ca.issue_faulty(planned, fault, TODAY).unwrap();
            let server: DnsName = name(server);
            let mut audit = covered
                .audit()
                .crls(faulty.crls().iter().cloned())
                .presented(&server, faulty.chain().clone());
            if let Some(request) = faulty.request() {
                audit = audit.requested(&server, request.clone());
            }
            let report = audit.run(TODAY);
            let rules: std::collections::HashSet<_> =
                report.findings().iter().map(|it| it.rule()).collect();
            let expected = (!is_silent(fault)).then_some(fault.rule());
            assert_eq!(
                rules,
                expected.into_iter().collect(),
                "{fault:?} {server}: {report}"
            );
        }
    }
}
