//! Root stores in the audit: duplicate and unusable entries, and too many roots.

mod misplaced;

use crate::support::deployments::{EXAMPLE_1, TODAY, um};
use crate::support::forge::{Forge, chain_of, sans, subject};
use crate::support::scene::{Scene, assert_finds, ids};
use crate::support::snapshot::{assert_states, assert_text};
use expect_test::expect;
use umcert::{Audit, Certificate, Plan, Report, Rule, SanPolicy, TrustStore};

/// Audits UM server 1, which presents `chain`, for sides with these stores.
fn audit(chain: &[&Certificate], lync: &TrustStore, exchange: &TrustStore) -> Report {
    let plan = one_server();
    Audit::new(&plan)
        .lync_roots(lync)
        .exchange_roots(exchange)
        .presented(um(1), chain_of(chain))
        .run(TODAY)
}

fn one_server() -> Plan {
    crate::support::deployments::plan(ONE_SERVER, SanPolicy::EveryServer)
}

const ONE_SERVER: &str = r#"
    lync = { forest = "contoso.com" }
    exchange = [{ forest = "contoso.com", version = "2016" }]
    server-sets = [{ name = "um", servers = [{ fqdn = "um1.contoso.com", site = "Tukwila" }] }]
"#;

fn store(certificates: &[&Certificate]) -> TrustStore {
    certificates.iter().map(|it| (*it).clone()).collect()
}

/// Returns the findings about stores.
fn of_stores(report: &Report) -> Vec<String> {
    let of_stores = report.findings().iter();
    let of_stores = of_stores.filter(|it| it.subject() != um(1).as_str());
    ids(&of_stores.cloned().collect::<Vec<_>>())
}

/// Returns the detail of the only finding of `rule` about `subject`.
#[track_caller]
fn detail<'r>(report: &'r Report, rule: Rule, subject: &str) -> &'r str {
    let mut findings = report.findings().iter();
    let finding = findings.find(|it| it.rule() == rule && it.subject() == subject);
    finding.unwrap_or_else(|| panic!("{report}")).detail()
}

/// A root, an intermediate CA of it, and a certificate that this CA issued for UM server 1.
struct Issued {
    root: Forge,
    intermediate: Forge,
    server: Certificate,
}

impl Issued {
    fn new() -> Self {
        let root = Forge::root("Root");
        let intermediate = root.intermediate("Intermediate", |_| {});
        let server = intermediate.server(1, |it| {
            it.subject_alt_names = sans(&["um1.contoso.com"]);
        });
        Self {
            root,
            intermediate,
            server,
        }
    }

    fn chain(&self) -> [&Certificate; 2] {
        [&self.server, &self.intermediate.certificate]
    }

    fn roots(&self) -> TrustStore {
        store(&[&self.root.certificate])
    }

    /// Returns the report if both sides have these roots.
    fn audit_with(&self, roots: &TrustStore) -> Report {
        audit(&self.chain(), roots, roots)
    }
}

#[test]
fn store_with_its_root_alone_has_no_finding() {
    let issued = Issued::new();
    assert_finds(&issued.audit_with(&issued.roots()), &[]);
}

/// Returns roots with distinct names of one length.
fn roots_named(count: usize, length: usize) -> Vec<Certificate> {
    let root = |number: usize| {
        let name = format!("{number:0length$}");
        Forge::root_with("", |it| it.distinguished_name = subject(&name)).certificate
    };
    (1..=count).map(root).collect()
}

/// Returns the findings of a good deployment if both sides also have `others` as roots.
fn findings_with(others: &[Certificate]) -> (Vec<String>, Report) {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let roots = [scene.ca.roots(), others].concat();
    let audit = scene.audit().lync_roots(&roots[..]);
    let report = audit.exchange_roots(&roots[..]).run(TODAY);
    (ids(report.findings()), report)
}

#[test]
fn store_with_over_100_roots_is_reported() {
    let mut roots = roots_named(100, 3);
    let (found, report) = findings_with(&roots);
    assert_eq!(
        found,
        [
            "warning root-store-over-100 contoso.com",
            "warning root-store-over-100 lync"
        ],
        "{report}"
    );
    assert_text(
        report.findings()[0].detail(),
        &expect![[r#"its root store has 101 certificates, more than 100"#]],
    );
    assert!(report.is_trusted());
    roots.pop();
    let (found, report) = findings_with(&roots);
    assert_eq!(found, [""; 0], "{report}");
}

/// A name with one common name of 1000 bytes has 1021 bytes of DER, and 2 bytes precede it.
#[test]
fn issuer_list_over_16_kib_is_reported() {
    let with_lengths = |last: usize| {
        let plan = one_server();
        let mut roots = roots_named(15, 1001);
        roots.extend(roots_named(1, last));
        let audit = Audit::new(&plan).lync_roots(&roots[..]);
        of_stores(&audit.run(TODAY))
    };
    assert_eq!(with_lengths(1001), [""; 0]);
    assert_eq!(with_lengths(1002), ["warning issuer-list-too-long lync"]);
}

#[test]
fn issuer_list_states_its_length() {
    let roots = roots_named(20, 1000);
    let (found, report) = findings_with(&roots);
    assert_eq!(found.len(), 2, "{report}");
    let detail = detail(&report, Rule::IssuerListTooLong, "lync");
    assert_states(detail, &["21 certificates", "16384"]);
    assert_text(
        detail,
        &expect![[
            r#"the names of the 21 certificates in its root store have 20490 bytes in a list of trusted issuers, more than 16384"#
        ]],
    );
}

#[test]
fn duplicate_root_is_a_note_and_changes_no_verdict() {
    let issued = Issued::new();
    let root = &issued.root.certificate;
    let renewed = Forge::root("Root");
    let report = issued.audit_with(&store(&[root, root, root]));
    assert_finds(
        &report,
        &[
            "note root-store-duplicate contoso.com",
            "note root-store-duplicate lync",
        ],
    );
    let detail = report.findings()[0].detail();
    assert_states(detail, &["CN=Root", &root.thumbprint()]);
    assert_text(
        detail,
        &expect![
            "its root store has `CN=Root` (thumbprint [SHA-1], SHA-256 [SHA-256]) more than once"
        ],
    );
    assert_eq!(report.verdicts()[0].verdict.root(), Some(root));
    // Another root of the same name is no duplicate.
    let report = issued.audit_with(&store(&[root, &renewed.certificate]));
    assert_finds(&report, &[]);
}

#[test]
fn unreadable_entry_is_named_and_the_others_count() {
    let issued = Issued::new();
    let damaged = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    let file = issued.root.certificate.to_pem() + damaged;
    let roots = TrustStore::from_bytes(file.as_bytes()).unwrap();
    let report = issued.audit_with(&roots);
    assert_finds(
        &report,
        &[
            "warning root-store-entry-unreadable contoso.com",
            "warning root-store-entry-unreadable lync",
        ],
    );
    assert!(report.is_trusted());
    assert_states(report.findings()[0].detail(), &["entry 2 is malformed"]);
}

#[test]
fn skipped_part_of_the_file_is_a_note() {
    let issued = Issued::new();
    let list = issued.root.crl(&[], 5);
    let file = issued.root.certificate.to_pem() + &list.to_pem();
    let roots = TrustStore::from_bytes(file.as_bytes()).unwrap();
    let skipped: Vec<String> = roots.skipped().iter().map(ToString::to_string).collect();
    assert_eq!(skipped, ["section 2 is a CRL"]);
    let report = issued.audit_with(&roots);
    let expected = [
        "note section-skipped contoso.com",
        "note section-skipped lync",
    ];
    assert_finds(&report, &expected);
    assert_states(report.findings()[0].detail(), &["section 2 is a CRL"]);
}
