//! The guidelines for what a certificate holds: its names, its size and its key.

use super::{NONE, Row, add, grow, row, row_2, row_with, server, stand_alone};
use crate::support::deployments::{EXAMPLE_1, deployment, name, um};
use umcert::deployment::{
    DialPlanMember, ExchangeForest, ExchangeVersion, Failover, UmServer, VoipSecurity,
};
use umcert::plan::{CaProfile, CertificateSharing};
use umcert::{Deployment, KeyKind, Plan, PlanOptions, SanPolicy};

pub(super) fn certificate_rows() -> Vec<Row> {
    vec![
        row(
            "a stand-alone stand-in",
            stand_alone,
            &["warning san-ignored-stand-alone um3.contoso.com"],
        ),
        row_2(
            "a stand-alone stand-by, whose SAN does not matter",
            stand_alone,
            NONE,
        ),
        row(
            "a name under a single label, all names listed",
            |deployment| {
                deployment.server_sets[0]
                    .servers
                    .push(UmServer::new("um.local", "Oslo").unwrap())
            },
            &[
                "error unanswered-name um.local",
                "warning server-not-in-dial-plan um.local",
            ],
        ),
        Row {
            options: |options| options.san(SanPolicy::Wildcard),
            ..row(
                "a name under a single label, under wildcards",
                |deployment| {
                    deployment.server_sets[0]
                        .servers
                        .push(UmServer::new("um.local", "Oslo").unwrap())
                },
                &[
                    "error unanswered-name um.local",
                    "warning wildcard-under-suffix um",
                    "warning server-not-in-dial-plan um.local",
                    "note wildcard-phone-edition um",
                    "note wildcard-reach um",
                ],
            )
        },
        row_with(
            "wildcards",
            |options| options.san(SanPolicy::Wildcard),
            &["note wildcard-phone-edition um", "note wildcard-reach um"],
        ),
        row("100 names", |deployment| grow(deployment, 100), NONE),
        row(
            "101 names",
            |deployment| grow(deployment, 101),
            &["warning too-many-names um"],
        ),
        // A shared certificate has the short CN of the first server.
        Row {
            options: |options| options.sharing(CertificateSharing::OnePerSet),
            ..row(
                "few but long names",
                grow_long,
                &[
                    "warning san-extension-too-large um",
                    "warning shared-subject um",
                    "warning too-many-names um",
                ],
            )
        },
        Row {
            options: |options| options.san(SanPolicy::Wildcard),
            ..row(
                "101 servers under a wildcard",
                |deployment| grow(deployment, 101),
                &["note wildcard-phone-edition um", "note wildcard-reach um"],
            )
        },
        row_with(
            "a shared certificate",
            |options| options.sharing(CertificateSharing::OnePerSet),
            &["warning shared-subject um"],
        ),
        Row {
            options: |options| options.sharing(CertificateSharing::OnePerSet),
            ..row(
                "a certificate shared by a set of one",
                |deployment| {
                    deployment.server_sets[0].servers.truncate(1);
                    deployment.server_sets[0].failover = None;
                    deployment.dial_plans[0].members.truncate(1);
                    deployment.dial_plans[0].security = VoipSecurity::SipSecured;
                    deployment.dial_plans.truncate(1);
                },
                &["warning dial-plan-not-redundant TukwilaUsers"],
            )
        },
        row_with(
            "only a wildcard, at a CA that accepts no name it covers",
            |options| options.san(SanPolicy::Wildcard).ca(CaProfile::AcmeLike),
            &[
                "warning own-name-left-out um",
                "note wildcard-phone-edition um",
                "note wildcard-reach um",
            ],
        ),
        row_with(
            "only names, at a CA that accepts no name that a wildcard covers",
            |options| options.ca(CaProfile::AcmeLike),
            NONE,
        ),
        row_with(
            "a limit of three names",
            |options| options.max_names(3),
            &["warning too-many-names um"],
        ),
        row_with(
            "a limit of four names",
            |options| options.max_names(4),
            NONE,
        ),
        row_with(
            "a limit of three names, of which two are needed",
            |options| options.max_names(3).san(SanPolicy::Minimal),
            NONE,
        ),
        Row {
            options: |options| options.max_names(3).san(SanPolicy::Minimal),
            ..row(
                "a limit of three names, and a longer certificate within it",
                short_beside_long,
                &["warning too-many-names um"],
            )
        },
        Row {
            options: |options| options.max_names(4).san(SanPolicy::Minimal),
            ..row(
                "a limit of four names, and a longer certificate within it",
                short_beside_long,
                NONE,
            )
        },
        Row {
            options: |options| options.max_names(2).san(SanPolicy::Wildcard),
            ..row(
                "a limit of two names, and the first server needs one name fewer than others",
                single_label_first,
                &[
                    "warning too-many-names um",
                    "warning wildcard-under-suffix um",
                    "note wildcard-phone-edition um",
                    "note wildcard-reach um",
                ],
            )
        },
        row_with(
            "a limit of 1 KiB",
            |options| options.max_size(1024),
            &["warning too-many-names um"],
        ),
        row_with(
            "ECDSA with Exchange 2013",
            |options| options.key(KeyKind::P256),
            &["warning key-not-rsa contoso.com"],
        ),
        Row {
            options: |options| options.key(KeyKind::P384),
            ..row(
                "ECDSA with Exchange 2016",
                |deployment| deployment.exchange[0].version = ExchangeVersion::Exchange2016,
                NONE,
            )
        },
        Row {
            options: |options| options.key(KeyKind::P256),
            ..row(
                "ECDSA with one Exchange 2013 in a forest of Exchange 2016",
                |deployment| {
                    deployment.exchange[0].version = ExchangeVersion::Exchange2016;
                    server(deployment, 4).version = Some(ExchangeVersion::Exchange2013);
                },
                &["warning key-not-rsa contoso.com"],
            )
        },
        Row {
            options: |options| options.key(KeyKind::P256),
            ..row(
                "ECDSA with only Exchange 2016 in a forest of Exchange 2013",
                |deployment| {
                    let servers = deployment.server_sets[0].servers.iter_mut();
                    servers.for_each(|it| it.version = Some(ExchangeVersion::Exchange2016));
                },
                NONE,
            )
        },
        row_with(
            "RSA 3072",
            |options| options.key(KeyKind::Rsa3072),
            &["warning key-size-unlisted um"],
        ),
        Row {
            options: |options| options.key(KeyKind::P256),
            ..row(
                "ECDSA with an Exchange 2013 that has no UM server",
                |deployment| {
                    deployment.exchange[0].version = ExchangeVersion::Exchange2016;
                    let forest = ExchangeForest::new("other.com", ExchangeVersion::Exchange2013);
                    deployment.exchange.push(forest.unwrap());
                    let servers = deployment.server_sets[0].servers.iter_mut();
                    servers.for_each(|server| server.forest = Some(name("contoso.com")));
                },
                NONE,
            )
        },
        row_with("RSA 4096", |options| options.key(KeyKind::Rsa4096), NONE),
    ]
}

/// Moves two long names to the first server and three short names to the third.
fn short_beside_long(deployment: &mut Deployment) {
    let long = |number: usize| format!("um{number}.{}.contoso.com", "x".repeat(40));
    let hosts = [long(5), long(6), "um7.contoso.com".to_owned()];
    add(deployment, &hosts);
    let of_short = [(1, 3), (2, 3), (3, 4), (4, 3)].map(|(from, to)| (um(from), um(to)));
    let of_added = hosts
        .iter()
        .zip([1, 1, 4])
        .map(|(host, to)| (name(host), um(to)));
    let redirects = of_short.into_iter().chain(of_added);
    deployment.server_sets[0].failover = Some(Failover::dns(redirects).unwrap());
    server(deployment, 4).site = "Cork".into();
}

/// Lists a server that no wildcard covers before a server that a wildcard covers.
fn single_label_first(deployment: &mut Deployment) {
    let servers = &mut deployment.server_sets[0].servers;
    servers.truncate(2);
    servers[0].fqdn = name("um1.test");
    servers[1].site = "Dublin".into();
    let redirects = [
        ("um1.test", "um2.contoso.com"),
        ("um2.contoso.com", "um1.test"),
    ];
    deployment.server_sets[0].failover = Some(Failover::dns(redirects).unwrap());
    deployment.dial_plans.truncate(1);
    deployment.dial_plans[0].members[0] = DialPlanMember::enabled("um1.test").unwrap();
}

/// Adds ninety servers with names of 200 characters.
pub(super) fn grow_long(deployment: &mut Deployment) {
    let domain = format!("{0}.{0}.{0}.contoso.com", "x".repeat(60));
    let hosts: Vec<String> = (10..=99)
        .map(|number| format!("um{number}.{domain}"))
        .collect();
    add(deployment, &hosts);
}

#[cfg(feature = "public-suffix")]
#[test]
fn wildcard_under_a_public_suffix_is_not_planned() {
    use crate::support::snapshot::{assert_states, assert_text};
    use expect_test::expect;
    use umcert::Rule;

    let mut deployment = deployment(EXAMPLE_1);
    add(
        &mut deployment,
        &["um5.co.uk".to_owned(), "um6.contoso.co.uk".to_owned()],
    );
    let options = PlanOptions::default().san(SanPolicy::Wildcard);
    let plan = Plan::new(&deployment, &options).unwrap();
    let names: Vec<String> = plan
        .certificate(&um(1))
        .unwrap()
        .names()
        .map(|name| name.to_string())
        .collect();
    assert_eq!(
        names,
        [
            "um1.contoso.com",
            "um5.co.uk",
            "*.contoso.com",
            "*.contoso.co.uk"
        ]
    );
    let found = plan.findings().iter();
    let mut found = found.filter(|finding| finding.rule() == Rule::WildcardUnderSuffix);
    let listed = found.next().unwrap().detail();
    assert_states(listed, &["um5.co.uk"]);
    assert_text(
        listed,
        &expect![[
            r#"um5.co.uk is listed: a wildcard over it would cover hosts of other organisations"#
        ]],
    );
    assert_eq!(found.next(), None);
    // Suffixes of hosting services are on the list. A domain that the list does not contain is not a public suffix.
    for (host, is_listed) in [
        ("um5.github.io", true),
        ("um5.contoso.github.io", false),
        ("um5.contoso.corp", false),
    ] {
        add(&mut deployment, &[host.to_owned()]);
        let plan = Plan::new(&deployment, &options).unwrap();
        let entry = plan.certificate(&um(1)).unwrap().covering(&name(host));
        assert_eq!(!entry.unwrap().is_wildcard(), is_listed, "{host}");
    }
}

#[cfg(not(feature = "public-suffix"))]
#[test]
fn suffix_of_two_labels_without_the_list_is_a_domain() {
    let mut deployment = deployment(EXAMPLE_1);
    add(&mut deployment, &["um5.co.uk".to_owned()]);
    let options = PlanOptions::default().san(SanPolicy::Wildcard);
    let plan = Plan::new(&deployment, &options).unwrap();
    let entry = plan
        .certificate(&um(1))
        .unwrap()
        .covering(&name("um5.co.uk"));
    assert_eq!(entry.unwrap().to_string(), "*.co.uk");
}
