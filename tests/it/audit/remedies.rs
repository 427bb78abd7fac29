//! Remedies: a CA's differs from a server's, and a swapped pair of chains is reported as a swap.

use crate::support::deployments::{EXAMPLE_1, FAST, TODAY, deployment, um};
use crate::support::forge::{Forge, chain_of};
use crate::support::scene::{Forged, assert_finds, ca};
use rcgen::{CertificateParams, KeyUsagePurpose};
use time::Duration;
use umcert::{Audit, KeyPair, Plan, PlanOptions, Report, Rule, SanPolicy, TrustStore};

fn expired(params: &mut CertificateParams) {
    params.not_after = TODAY - Duration::DAY;
}

fn expires_soon(params: &mut CertificateParams) {
    params.not_after = TODAY + Duration::DAY;
}

fn not_yet_valid(params: &mut CertificateParams) {
    params.not_before = TODAY + Duration::DAY;
}

fn no_signer(params: &mut CertificateParams) {
    params.key_usages = vec![KeyUsagePurpose::CrlSign];
}

/// Returns the remedy of the only finding of this rule.
#[track_caller]
fn remedy(report: &Report, rule: Rule) -> String {
    let mut findings = report.findings().iter().filter(|it| it.rule() == rule);
    let finding = findings.next().unwrap_or_else(|| panic!("{report}"));
    assert_eq!(findings.next(), None, "{report}");
    finding.remedy().to_owned()
}

#[test]
fn remedy_fits_the_certificate_at_fault() {
    let forged = Forged::new();
    type Change = fn(&mut CertificateParams);
    let report = |root: &Forge, of_ca: Change, of_server: Change| {
        let issuing = root.intermediate("Issuing", of_ca);
        let chain = chain_of(&[&issuing.server(1, of_server), &issuing.certificate]);
        let roots = [forged.root.certificate.clone(), root.certificate.clone()];
        let store: TrustStore = roots.into_iter().collect();
        let audit = forged.audit().lync_roots(&store).exchange_roots(&store);
        audit.presented(um(1), chain).run(TODAY)
    };
    let nothing: Change = |_| {};
    let rows: [(Rule, Change); 4] = [
        (Rule::Expired, expired),
        (Rule::ExpiresSoon, expires_soon),
        (Rule::NotYetValid, not_yet_valid),
        (Rule::PathInvalid, no_signer),
    ];
    for (rule, change) in rows {
        let of_ca = remedy(&report(&forged.root, change, nothing), rule);
        let of_root = remedy(
            &report(&Forge::root_with("Other", change), nothing, nothing),
            rule,
        );
        let is_publication = rule != Rule::NotYetValid;
        assert_eq!(
            of_ca.contains("intermediate stores"),
            is_publication,
            "{of_ca}"
        );
        assert_eq!(
            of_root.contains("trusted root store"),
            is_publication,
            "{of_root}"
        );
        for of_ca in [of_ca, of_root] {
            assert!(!of_ca.contains("UM services"), "{of_ca}");
            assert_ne!(of_ca, rule.remedy());
        }
        if rule != Rule::PathInvalid {
            let of_server = remedy(&report(&forged.root, nothing, change), rule);
            assert_eq!(of_server, rule.remedy());
        }
    }
}

#[test]
fn swapped_chains_are_reported_as_a_swap() {
    let options = PlanOptions::default().key(FAST).san(SanPolicy::EveryServer);
    let plan = Plan::new(&deployment(EXAMPLE_1), &options).unwrap();
    let ca = ca();
    let planned = |number| plan.certificate(&um(number)).unwrap();
    let request = |number| {
        let key = KeyPair::generate(FAST).unwrap();
        planned(number).request(&key).unwrap()
    };
    let requests = [1, 2, 3, 4].map(request);
    let chains = requests.each_ref().map(|it| ca.issue_request(it).unwrap());
    let audit = |order: [usize; 4]| {
        let mut audit = Audit::new(&plan)
            .lync_roots(ca.roots())
            .exchange_roots(ca.roots());
        for (number, presented) in (1..).zip(order) {
            let chain = chains[presented - 1].clone();
            audit = audit
                .presented(um(number), chain)
                .requested(um(number), requests[number - 1].clone());
        }
        audit.run(TODAY)
    };
    assert_finds(&audit([1, 2, 3, 4]), &[]);
    let swapped = audit([2, 1, 3, 4]);
    assert_finds(
        &swapped,
        &[
            "error subject-not-server um1.contoso.com",
            "error subject-not-server um2.contoso.com",
        ],
    );
    let finding = &swapped.findings()[0];
    assert_eq!(
        finding.detail(),
        "it presents the certificate of um2.contoso.com, and um2.contoso.com presents the one of um1.contoso.com"
    );
    assert!(
        finding.remedy().starts_with("exchange"),
        "{}",
        finding.remedy()
    );
    // Only one of the two servers presents the other's certificate.
    let copied = audit([2, 2, 3, 4]);
    let finding = copied.findings().iter();
    let mut finding = finding.filter(|it| it.rule() == Rule::SubjectNotServer);
    let finding = finding.next().unwrap();
    assert!(
        !finding.detail().contains("presents"),
        "{}",
        finding.detail()
    );
    assert_eq!(finding.remedy(), Rule::SubjectNotServer.remedy());
}
