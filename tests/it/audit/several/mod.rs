//! Several faults at once: all of them are reported, and nothing else.

mod faults;

use crate::support::deployments::{EXAMPLE_1, FAST, TODAY, um};
use crate::support::forge::{Forge, chain_of};
use crate::support::scene::{self, Forged, ids};
use faults::FAULTS;
use rcgen::CertificateParams;
use umcert::faulty::{self, FaultyChain};
use umcert::{Audit, Certificate, Report, SanPolicy, TrustStore};

type Change = fn(&mut CertificateParams);

/// The faults of the chain that UM server 1 presents, of the roots and of the CRLs.
#[derive(Default, Clone)]
struct Case {
    server: Vec<Change>,
    intermediate: Vec<Change>,
    root: Vec<Change>,
    is_doubled: bool,
    /// Whether the intermediate is missing, or replaced by another of the same name.
    is_cut: bool,
    is_rebuilt: bool,
    /// Whether Lync lacks the root, and whether Exchange does.
    lacking: [bool; 2],
    is_of_another_request: bool,
    is_server_revoked: bool,
    is_intermediate_revoked: bool,
    has_old_crl: bool,
}

/// A part of a case that can have one fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Dates,
    Cn,
    San,
    Usage,
    Purpose,
    Extension,
    Serial,
    Point,
    CaDates,
    CaKind,
    CaUsage,
    CaPurpose,
    CaExtension,
    CaNames,
    RootDates,
    RootUsage,
    RootPurpose,
    RootLength,
    Order,
    Issuer,
    Roots,
    Request,
    Crl,
}

use Part::*;

/// A fault, the part that has it, the change that makes it, and the findings: `rule` for UM server 1, or
/// `rule` and another subject.
type Fault = (&'static str, Part, fn(&mut Case), &'static [&'static str]);

/// The rules for which a path is refused.
const REFUSED: &[&str] = &[
    "expired",
    "not-yet-valid",
    "path-invalid",
    "no-server-auth",
    "missing-intermediate",
    "bad-signature",
    "untrusted-root",
    "revoked",
];

/// Returns `true` if a fault cannot be seen because another one prevents the path.
fn is_hidden(hidden: &Fault, by: &Fault) -> bool {
    match (hidden.1, by.1) {
        // A missing intermediate or root cannot be checked.
        (
            CaDates | CaKind | CaUsage | CaPurpose | CaExtension | CaNames | RootDates | RootUsage
            | RootPurpose | RootLength | Roots,
            Issuer,
        ) => true,
        // Neither can a root that a relying party lacks.
        (RootDates | RootUsage | RootPurpose | RootLength, Roots) => by.0 == "both lack the root",
        // The issuer of a CRL is verified with the issuer's key.
        (Crl, Issuer) => hidden.3 == ["revoked"],
        (Crl, Roots) => hidden.0 == "the intermediate revoked" && by.0 == "both lack the root",
        // The profile is checked only for trusted paths.
        (Serial, _) => by.3.iter().any(|rule| REFUSED.contains(rule)),
        _ => false,
    }
}

struct Scene {
    forged: Forged,
    /// The CRLs for the other servers.
    crls: Vec<umcert::Crl>,
}

impl Scene {
    fn new() -> Self {
        let forged = Forged::new();
        let crls = vec![forged.root.crl(&[], 10), forged.intermediate.crl(&[], 10)];
        Self { forged, crls }
    }

    fn run(&self, good: &Audit<'_>, case: &Case) -> Report {
        let all = |changes: &[Change]| {
            let changes = changes.to_vec();
            move |params: &mut CertificateParams| changes.iter().for_each(|it| it(params))
        };
        let root = Forge::root_with("Root of the case", all(&case.root));
        let ca = root.intermediate("CA of the case", all(&case.intermediate));
        let rebuilt = root.intermediate("CA of the case", |_| {});
        let server = ca.server(1, all(&case.server));
        let mut chain: Vec<&Certificate> = vec![&server];
        match case {
            it if it.is_cut => {}
            it if it.is_rebuilt => chain.push(&rebuilt.certificate),
            _ => chain.push(&ca.certificate),
        }
        if case.is_doubled {
            chain.push(&server);
        }
        let held = |lacks: bool| -> TrustStore {
            let own = (!lacks).then(|| root.certificate.clone());
            own.into_iter().chain(self.forged.roots()).collect()
        };
        let mut audit = good
            .clone()
            .lync_roots(held(case.lacking[0]))
            .exchange_roots(held(case.lacking[1]))
            .presented(um(1), chain_of(&chain));
        if case.is_of_another_request {
            let key = umcert::KeyPair::generate(FAST).unwrap();
            let planned = self.forged.scene.plan.certificate(&um(1)).unwrap();
            audit = audit.requested(um(1), planned.request(&key).unwrap());
        }
        if case.is_server_revoked || case.is_intermediate_revoked || case.has_old_crl {
            let of = |certificate, is_revoked: bool| -> Vec<&Certificate> {
                is_revoked.then_some(certificate).into_iter().collect()
            };
            let days = if case.has_old_crl { -2 } else { 10 };
            audit = audit.crls(self.crls.iter().cloned()).crls([
                root.crl(&of(&ca.certificate, case.is_intermediate_revoked), 10),
                ca.crl(&of(&server, case.is_server_revoked), days),
            ]);
        }
        audit.run(TODAY)
    }

    #[track_caller]
    fn assert_finds(&self, good: &Audit<'_>, faults: &[&Fault]) {
        let mut case = Case::default();
        faults.iter().for_each(|fault| fault.2(&mut case));
        let told = faults.iter().filter(|fault| {
            let mut others = faults.iter().filter(|other| other.1 != fault.1);
            !others.any(|other| is_hidden(fault, other))
        });
        let mut expected: Vec<String> = told.flat_map(|it| it.3).map(|it| id(it)).collect();
        expected.sort_unstable();
        let report = self.run(good, &case);
        let found = ids(report.findings()).into_iter();
        let mut found: Vec<String> = found
            .map(|id| id.split_once(' ').unwrap().1.to_owned())
            .collect();
        found.sort_unstable();
        let names: Vec<&str> = faults.iter().map(|fault| fault.0).collect();
        assert_eq!(found, expected, "{names:?}\n{report}");
    }
}

/// `expired um1.contoso.com`.
fn id(fault: &str) -> String {
    match fault.contains(' ') {
        true => fault.to_owned(),
        false => format!("{fault} {}", um(1)),
    }
}

#[test]
fn single_fault_is_reported_alone() {
    let scene = Scene::new();
    let good = scene.forged.audit();
    scene.assert_finds(&good, &[]);
    for fault in FAULTS {
        scene.assert_finds(&good, &[fault]);
    }
}

#[test]
fn two_faults_are_both_reported_and_nothing_else() {
    let scene = Scene::new();
    let good = scene.forged.audit();
    for (number, one) in FAULTS.iter().enumerate() {
        for other in FAULTS.iter().skip(number + 1) {
            if one.1 != other.1 {
                scene.assert_finds(&good, &[one, other]);
            }
        }
    }
}

/// Two servers each have one fault of the kit, and each fault is reported for its server.
#[test]
fn faults_of_two_servers_are_reported_for_each() {
    // A P-256 key is a fault only if the plan is for RSA keys, a long validity only if it is for a public CA, and a CRL
    // concerns all servers.
    let of_one = |fault: &&faulty::Fault| {
        use faulty::Fault::{CrlExpired, KeyNotRsa, PublicValidity, RevocationUnknown, Revoked};
        !matches!(
            fault,
            KeyNotRsa | PublicValidity | CrlExpired | RevocationUnknown | Revoked
        )
    };
    let scene = scene::Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let made = |number: usize| -> Vec<(faulty::Fault, FaultyChain)> {
        let planned = scene.plan.certificate(&um(number)).unwrap();
        let make = |fault: &faulty::Fault| {
            let faulty = scene.ca.issue_faulty(planned, *fault, TODAY).unwrap();
            (*fault, faulty)
        };
        faulty::Fault::ALL.iter().filter(of_one).map(make).collect()
    };
    let (first, second) = (made(1), made(2));
    let good = scene.audit();
    for (number, one) in first.iter().enumerate() {
        let others = second.iter().cycle().skip(number * 5).take(5);
        for other in others {
            let mut audit = good.clone();
            for (server, (_, faulty)) in [(1, one), (2, other)] {
                audit = audit.presented(um(server), faulty.chain().clone());
                if let Some(request) = faulty.request() {
                    audit = audit.requested(um(server), request.clone());
                }
            }
            let report = audit.run(TODAY);
            let found: Vec<(&str, &str)> = report
                .findings()
                .iter()
                .map(|it| (it.rule().id(), it.subject()))
                .collect();
            let mut expected = [(one.0, um(1)), (other.0, um(2))];
            expected.sort_by_key(|(fault, server)| {
                let rule = fault.rule();
                (rule.severity(), server.to_string(), rule.id())
            });
            let expected = expected
                .each_ref()
                .map(|(fault, server)| (fault.rule().id(), server.as_str()));
            let mut once = found.clone();
            once.dedup();
            assert_eq!(once, expected, "{:?} {:?}\n{report}", one.0, other.0);
        }
    }
}
