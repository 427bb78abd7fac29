//! Several faults at once: all of them are reported, and nothing else.

use crate::support::deployments::{EXAMPLE_1, FAST, TODAY, um};
use crate::support::forge::{Forge, chain_of, sans, subject};
use crate::support::scene::{self, Forged, ids};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, GeneralSubtree,
    IsCa, KeyUsagePurpose, NameConstraints, SerialNumber,
};
use time::Duration;
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

fn critical() -> CustomExtension {
    let mut extension = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![0x05, 0x00]);
    extension.set_criticality(true);
    extension
}

fn clients(params: &mut CertificateParams) {
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
}

fn crls_alone(params: &mut CertificateParams) {
    params.key_usages = vec![KeyUsagePurpose::CrlSign];
}

fn ended(params: &mut CertificateParams) {
    params.not_after = TODAY - Duration::DAY;
}

fn of_fabrikam(params: &mut CertificateParams) {
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![GeneralSubtree::DnsName("fabrikam.com".to_owned())],
        excluded_subtrees: Vec::new(),
    });
}

const FAULTS: &[Fault] = &[
    ("ended", Dates, |it| it.server.push(ended), &["expired"]),
    (
        "not begun",
        Dates,
        |it| it.server.push(|it| it.not_before = TODAY + Duration::DAY),
        &["not-yet-valid"],
    ),
    (
        "ends soon",
        Dates,
        |it| it.server.push(|it| it.not_after = TODAY + Duration::DAY),
        &["expires-soon"],
    ),
    (
        "another CN",
        Cn,
        |it| {
            it.server
                .push(|it| it.distinguished_name = subject("mail.contoso.com"));
        },
        &["subject-not-server"],
    ),
    (
        "a wildcard as CN",
        Cn,
        |it| {
            it.server
                .push(|it| it.distinguished_name = subject("*.contoso.com"));
        },
        &["subject-wildcard"],
    ),
    (
        "a stand-in's name missing",
        San,
        |it| {
            it.server
                .push(|it| it.subject_alt_names = sans(&["um1.contoso.com"]));
        },
        &["name-missing"],
    ),
    (
        "a name besides",
        San,
        |it| {
            it.server
                .push(|it| it.subject_alt_names.extend(sans(&["mail.contoso.com"])));
        },
        &["name-extra"],
    ),
    (
        "another name first",
        San,
        |it| it.server.push(|it| it.subject_alt_names.rotate_left(1)),
        &["san-order"],
    ),
    (
        "a key that may not serve",
        Usage,
        |it| {
            it.server
                .push(|it| it.key_usages = vec![KeyUsagePurpose::DataEncipherment]);
        },
        &["path-invalid"],
    ),
    (
        "for clients",
        Purpose,
        |it| it.server.push(clients),
        &["no-server-auth"],
    ),
    (
        "an unknown critical extension",
        Extension,
        |it| {
            it.server.push(|it| it.custom_extensions.push(critical()));
        },
        &["path-invalid"],
    ),
    (
        "a serial number of 21 bytes",
        Serial,
        |it| {
            it.server
                .push(|it| it.serial_number = Some(SerialNumber::from_slice(&[1; 21])));
        },
        &["profile"],
    ),
    (
        "no place of a CRL",
        Point,
        |it| it.server.push(|it| it.crl_distribution_points.clear()),
        &["no-crl-distribution-point"],
    ),
    (
        "an intermediate that ended",
        CaDates,
        |it| it.intermediate.push(ended),
        &["expired"],
    ),
    (
        "an intermediate that is no CA's",
        CaKind,
        |it| it.intermediate.push(|it| it.is_ca = IsCa::ExplicitNoCa),
        &["path-invalid"],
    ),
    (
        "an intermediate that may not sign certificates",
        CaUsage,
        |it| it.intermediate.push(crls_alone),
        &["path-invalid"],
    ),
    (
        "an intermediate for clients",
        CaPurpose,
        |it| it.intermediate.push(clients),
        &["path-invalid"],
    ),
    (
        "an intermediate with an unknown critical extension",
        CaExtension,
        |it| {
            it.intermediate
                .push(|it| it.custom_extensions.push(critical()));
        },
        &["path-invalid"],
    ),
    (
        "an intermediate for other names",
        CaNames,
        |it| it.intermediate.push(of_fabrikam),
        &["path-invalid"],
    ),
    (
        "a root that ended",
        RootDates,
        |it| it.root.push(ended),
        &["expired"],
    ),
    (
        "a root that may not sign certificates",
        RootUsage,
        |it| it.root.push(crls_alone),
        &["path-invalid"],
    ),
    (
        "a root for clients",
        RootPurpose,
        |it| it.root.push(clients),
        &["path-invalid"],
    ),
    (
        "a root with no CA below it",
        RootLength,
        |it| {
            it.root
                .push(|it| it.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)));
        },
        &["path-invalid"],
    ),
    (
        "the server's certificate twice",
        Order,
        |it| it.is_doubled = true,
        &["chain-order"],
    ),
    (
        "no intermediate",
        Issuer,
        |it| it.is_cut = true,
        &["missing-intermediate"],
    ),
    (
        "an intermediate of that name and another key",
        Issuer,
        |it| it.is_rebuilt = true,
        &["bad-signature"],
    ),
    (
        "Lync lacks the root",
        Roots,
        |it| it.lacking = [true, false],
        &["untrusted-root"],
    ),
    (
        "both lack the root",
        Roots,
        |it| it.lacking = [true, true],
        &["untrusted-root"],
    ),
    (
        "another request",
        Request,
        |it| it.is_of_another_request = true,
        &["key-mismatch"],
    ),
    (
        "the server's certificate revoked",
        Crl,
        |it| it.is_server_revoked = true,
        &["revoked"],
    ),
    (
        "the intermediate revoked",
        Crl,
        |it| it.is_intermediate_revoked = true,
        &["revoked"],
    ),
    (
        "a CRL past its next update",
        Crl,
        |it| it.has_old_crl = true,
        &["crl-expired CN=CA of the case"],
    ),
];

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
    // A P-256 key is a fault only if the plan is for RSA keys, and a CRL concerns all servers.
    let of_one = |fault: &&faulty::Fault| {
        use faulty::Fault::{CrlExpired, KeyNotRsa, RevocationUnknown, Revoked};
        !matches!(fault, KeyNotRsa | CrlExpired | RevocationUnknown | Revoked)
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
