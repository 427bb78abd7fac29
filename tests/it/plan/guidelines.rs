//! The guidelines: for each rule of planning a deployment that breaks it, and one that nearly does.

use crate::support::deployments::{EXAMPLE_1, EXAMPLE_2, deployment, name, um};
use crate::support::scene::ids;
use crate::support::snapshot::assert_rows;
use expect_test::expect;
use umcert::deployment::{
    DialPlanMember, ExchangeForest, ExchangeRole, ExchangeVersion, Failover, FrontEndPool, Lync,
    StartupMode, UmServer, UriType, VoipSecurity,
};
use umcert::plan::{CaProfile, CertificateSharing, OutageScope};
use umcert::{Deployment, Finding, KeyKind, Plan, PlanOptions, Rule, SanPolicy};

const NOTHING: [&str; 0] = [];

type Change = fn(&mut Deployment);

/// What breaks Example 1 (or 2, where it says so), and what is found then: nothing else.
struct Row {
    what: &'static str,
    from: &'static str,
    change: Change,
    options: fn(PlanOptions) -> PlanOptions,
    finds: &'static [&'static str],
}

fn row(what: &'static str, change: fn(&mut Deployment), finds: &'static [&'static str]) -> Row {
    Row {
        what,
        from: EXAMPLE_1,
        change,
        options: |options| options,
        finds,
    }
}

fn row_2(what: &'static str, change: fn(&mut Deployment), finds: &'static [&'static str]) -> Row {
    Row {
        from: EXAMPLE_2,
        ..row(what, change, finds)
    }
}

fn row_with(
    what: &'static str,
    options: fn(PlanOptions) -> PlanOptions,
    finds: &'static [&'static str],
) -> Row {
    Row {
        options,
        ..row(what, |_| {}, finds)
    }
}

fn server(deployment: &mut Deployment, number: usize) -> &mut UmServer {
    &mut deployment.server_sets[0].servers[number - 1]
}

/// Moves UM server 2 to the second dial plan, so that the first has one member left.
fn leave_one_member(deployment: &mut Deployment) {
    deployment.dial_plans[0].members.pop();
    let member = DialPlanMember::enabled(um(2)).unwrap();
    deployment.dial_plans[1].members.push(member);
}

fn redirect(deployment: &mut Deployment, redirects: &[(usize, usize)]) {
    let redirects = redirects.iter().map(|(from, to)| (um(*from), um(*to)));
    deployment.server_sets[0].failover = Some(Failover::dns(redirects).unwrap());
}

fn old(deployment: &mut Deployment, version: ExchangeVersion) {
    deployment.exchange[0].version = version;
    deployment.lync.dial_plans.push("dublinusers".into());
}

/// Moves Lync to a forest of its own, with the trusts that it then needs.
fn cross_forest(deployment: &mut Deployment) {
    deployment.lync = Lync::new("fabrikam.com").unwrap();
    deployment
        .lync
        .pools
        .push(FrontEndPool::new("pool.fabrikam.com", NOTHING).unwrap());
    let forest = &mut deployment.exchange[0];
    forest.trusts_lync = true;
    forest.trusted_by_lync = true;
    forest.um_settings_in_lync_forest = true;
}

fn stand_alone(deployment: &mut Deployment) {
    old(deployment, ExchangeVersion::Exchange2010Sp1);
    server(deployment, 3).roles = [ExchangeRole::UnifiedMessaging].into();
}

const NONE: &[&str] = &[];

fn rows() -> Vec<Row> {
    vec![
        row("Example 1 as it stands", |_| {}, NONE),
        row_2("Example 2 as it stands", |_| {}, NONE),
        row(
            "no pool",
            |it| it.lync.pools.clear(),
            &["error no-lync-pool contoso.com"],
        ),
        row(
            "a Standard Edition server alone",
            |it| it.lync.pools = vec![FrontEndPool::new("se.contoso.com", NOTHING).unwrap()],
            NONE,
        ),
        row(
            "Client Access alone on every server",
            |it| {
                let servers = it.server_sets[0].servers.iter_mut();
                servers.for_each(|it| it.roles = [ExchangeRole::ClientAccess].into());
            },
            &["error no-mailbox-role contoso.com"],
        ),
        row(
            "Mailbox on one server only",
            |it| {
                let servers = it.server_sets[0].servers.iter_mut().skip(1);
                servers.for_each(|it| it.roles = [ExchangeRole::ClientAccess].into());
            },
            NONE,
        ),
        row(
            "no Mailbox role before Exchange 2013",
            |it| {
                old(it, ExchangeVersion::Exchange2010Sp1);
                let servers = it.server_sets[0].servers.iter_mut();
                servers.for_each(|it| {
                    it.roles = [ExchangeRole::ClientAccess, ExchangeRole::UnifiedMessaging].into();
                });
            },
            NONE,
        ),
        row(
            "Lync in another forest, all trusts there",
            cross_forest,
            NONE,
        ),
        row(
            "Lync's forest is not trusted",
            |it| {
                cross_forest(it);
                it.exchange[0].trusts_lync = false;
            },
            &["error forest-trust-missing contoso.com"],
        ),
        row(
            "Lync's forest does not trust",
            |it| {
                cross_forest(it);
                it.exchange[0].trusted_by_lync = false;
            },
            &["error forest-trust-missing contoso.com"],
        ),
        row(
            "no UM settings in Lync's forest",
            |it| {
                cross_forest(it);
                it.exchange[0].um_settings_in_lync_forest = false;
            },
            &["warning um-settings-not-in-lync-forest contoso.com"],
        ),
        row(
            "another forest without UM servers needs no trust",
            |it| {
                let forest =
                    ExchangeForest::new("other.com", ExchangeVersion::Exchange2013).unwrap();
                it.exchange.push(forest);
                let servers = it.server_sets[0].servers.iter_mut();
                servers.for_each(|it| it.forest = Some(name("contoso.com")));
            },
            NONE,
        ),
        row(
            "of two forests the one that is not Lync's needs trusts",
            |it| {
                let forest = ExchangeForest::new("other.com", ExchangeVersion::Exchange2013);
                it.exchange.push(forest.unwrap());
                let servers = it.server_sets[0].servers.iter_mut().zip(1..);
                servers.for_each(|(it, number)| {
                    let forest = if number < 3 {
                        "contoso.com"
                    } else {
                        "other.com"
                    };
                    it.forest = Some(name(forest));
                });
            },
            &[
                "error forest-trust-missing other.com",
                "error forest-trust-missing other.com",
                "warning um-settings-not-in-lync-forest other.com",
            ],
        ),
        row(
            "IPv6 with UCMA 3",
            |it| {
                server(it, 1).addresses = vec!["2001:db8::1".parse().unwrap()];
                server(it, 1).ucma = Some(3);
            },
            &["error ipv6-without-ucma4 um1.contoso.com"],
        ),
        row(
            "IPv6 with UCMA 4, and IPv4 with UCMA 3",
            |it| {
                server(it, 1).addresses = vec!["2001:db8::1".parse().unwrap()];
                server(it, 1).ucma = Some(4);
                server(it, 2).addresses = vec!["192.0.2.2".parse().unwrap()];
                server(it, 2).ucma = Some(3);
                server(it, 3).addresses = vec!["2001:db8::3".parse().unwrap()];
            },
            NONE,
        ),
        row(
            "IPv6 with the UCMA of Exchange 2010",
            |it| {
                old(it, ExchangeVersion::Exchange2010Sp1);
                server(it, 1).addresses = vec!["2001:db8::1".parse().unwrap()];
            },
            &["error ipv6-without-ucma4 um1.contoso.com"],
        ),
        row(
            "other URI types",
            |it| {
                it.dial_plans[0].uri_type = UriType::TelephoneExtension;
                it.dial_plans[1].uri_type = UriType::E164;
            },
            &[
                "error dial-plan-not-sip-uri DublinUsers",
                "error dial-plan-not-sip-uri TukwilaUsers",
            ],
        ),
        row(
            "an unsecured dial plan, beside one with SIP in the clear media",
            |it| {
                it.dial_plans[0].security = VoipSecurity::Unsecured;
                it.dial_plans[1].security = VoipSecurity::SipSecured;
            },
            &["error dial-plan-unsecured TukwilaUsers"],
        ),
        row(
            "TCP mode in a secured dial plan, beside TLS mode",
            |it| {
                server(it, 1).startup_mode = StartupMode::Tcp;
                server(it, 2).startup_mode = StartupMode::Tls;
            },
            &["error startup-mode-tcp um1.contoso.com"],
        ),
        row(
            "TCP mode in an unsecured dial plan",
            |it| {
                it.dial_plans[0].security = VoipSecurity::Unsecured;
                server(it, 1).startup_mode = StartupMode::Tcp;
            },
            &["error dial-plan-unsecured TukwilaUsers"],
        ),
        row(
            "a forbidden character",
            |it| it.dial_plans[0].name = "Tukwila|Users".into(),
            &["error dial-plan-name-invalid Tukwila|Users"],
        ),
        row(
            "an empty name",
            |it| it.dial_plans[0].name = String::new(),
            &["error dial-plan-name-invalid "],
        ),
        row(
            "65 characters",
            |it| it.dial_plans[0].name = "ü".repeat(65),
            &[
                "error dial-plan-name-invalid üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü",
            ],
        ),
        row(
            "64 characters",
            |it| it.dial_plans[0].name = "ü".repeat(64),
            &[
                "warning dial-plan-name-long üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü",
            ],
        ),
        row(
            "50 characters",
            |it| it.dial_plans[0].name = "x".repeat(50),
            &["warning dial-plan-name-long xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"],
        ),
        row(
            "49 characters",
            |it| it.dial_plans[0].name = "x".repeat(49),
            NONE,
        ),
        row(
            "Exchange 2010 and no dial plan of that name",
            |it| it.exchange[0].version = ExchangeVersion::Exchange2010,
            &["error dial-plan-name-uncoordinated DublinUsers"],
        ),
        row(
            "Exchange 2010 and the names coordinated",
            |it| old(it, ExchangeVersion::Exchange2010),
            NONE,
        ),
        row(
            "Exchange 2010 and the names coordinated but for their case",
            |it| {
                old(it, ExchangeVersion::Exchange2010);
                it.dial_plans[1].name = "Büro".into();
                it.lync.dial_plans.push("BÜRO".into());
            },
            NONE,
        ),
        row(
            "Exchange 2016 beside Exchange 2010, which alone has to be coordinated with",
            |it| {
                it.exchange[0].version = ExchangeVersion::Exchange2016;
                let mut forest =
                    ExchangeForest::new("other.com", ExchangeVersion::Exchange2010).unwrap();
                forest.trusts_lync = true;
                forest.trusted_by_lync = true;
                forest.um_settings_in_lync_forest = true;
                it.exchange.push(forest);
                let servers = it.server_sets[0].servers.iter_mut().zip(1..);
                servers.for_each(|(it, number)| {
                    let forest = if number < 3 {
                        "contoso.com"
                    } else {
                        "other.com"
                    };
                    it.forest = Some(name(forest));
                });
                it.lync.dial_plans.clear();
            },
            &["error dial-plan-name-uncoordinated DublinUsers"],
        ),
        row(
            "Exchange 2010 SP1 and no dial plan of that name",
            |it| it.exchange[0].version = ExchangeVersion::Exchange2010Sp1,
            NONE,
        ),
        row(
            "no number for Outlook Voice Access",
            |it| it.dial_plans[0].outlook_voice_access.clear(),
            &["warning phone-number-missing TukwilaUsers"],
        ),
        row(
            "no number at all",
            |it| {
                it.dial_plans[0].outlook_voice_access.clear();
                it.dial_plans[0].auto_attendants.clear();
            },
            &[
                "warning phone-number-missing TukwilaUsers",
                "warning phone-number-missing TukwilaUsers",
            ],
        ),
        row(
            "numbers that are none",
            |it| {
                let none = [
                    "14255550100",
                    "+1425555010x",
                    "+",
                    "+0425",
                    "+1234567890123456",
                    "+1 425",
                ];
                it.dial_plans[0].auto_attendants = none.map(String::from).to_vec();
            },
            &["error phone-number-invalid TukwilaUsers"; 6],
        ),
        row(
            "the longest number",
            |it| it.dial_plans[0].auto_attendants = vec!["+123456789012345".into()],
            NONE,
        ),
        row(
            "one server for a dial plan",
            leave_one_member,
            &["warning dial-plan-not-redundant TukwilaUsers"],
        ),
        row(
            "no server for a dial plan",
            |it| {
                let mut dial_plan = it.dial_plans[0].clone();
                dial_plan.name = "Empty".into();
                dial_plan.members.clear();
                it.dial_plans.push(dial_plan);
            },
            &["warning dial-plan-not-redundant Empty"],
        ),
        row(
            "one server for a dial plan of another URI type, which has a finding of its own",
            |it| {
                it.dial_plans[0].uri_type = UriType::E164;
                leave_one_member(it);
            },
            &["error dial-plan-not-sip-uri TukwilaUsers"],
        ),
        row(
            "a server of no dial plan",
            |it| {
                it.dial_plans[0].members.pop();
                it.dial_plans[0]
                    .members
                    .push(DialPlanMember::disabled(um(3)).unwrap());
            },
            &["warning server-not-in-dial-plan um2.contoso.com"],
        ),
        row(
            "no failover",
            |it| it.server_sets[0].failover = None,
            &["warning no-failover um"],
        ),
        row(
            "no failover for a single server",
            |it| {
                let mut set = it.server_sets[0].clone();
                set.name = "other".into();
                set.servers = vec![UmServer::new("um9.contoso.com", "Oslo").unwrap()];
                set.failover = None;
                it.server_sets.push(set);
                it.dial_plans[0]
                    .members
                    .push(DialPlanMember::enabled("um9.contoso.com").unwrap());
            },
            NONE,
        ),
        row(
            "failover within the site, and on to the other one",
            |it| redirect(it, &[(1, 2), (2, 4), (3, 1), (4, 2)]),
            &["warning failover-within-site um1.contoso.com"],
        ),
        row(
            "a name without a redirect",
            |it| redirect(it, &[(1, 3), (3, 1), (4, 2)]),
            &["error unanswered-name um2.contoso.com"],
        ),
        row(
            "a loop within the site",
            |it| redirect(it, &[(1, 2), (2, 1), (3, 1), (4, 2)]),
            &[
                "error unanswered-name um1.contoso.com",
                "error unanswered-name um2.contoso.com",
                "warning failover-within-site um1.contoso.com",
                "warning failover-within-site um2.contoso.com",
            ],
        ),
        row_2(
            "no member left to enable",
            |it| {
                it.dial_plans[0].members.truncate(2);
                let others = it.dial_plans[0].clone();
                it.dial_plans.push(others);
                it.dial_plans[1].name = "Others".into();
                it.dial_plans[1].members = (1..=4)
                    .map(|n| DialPlanMember::enabled(um(n)).unwrap())
                    .collect();
            },
            &["error unanswered-name TukwilaUsers"],
        ),
        row_2(
            "every member disabled",
            |it| {
                it.dial_plans[0]
                    .members
                    .iter_mut()
                    .for_each(|it| it.enabled = false)
            },
            &["error unanswered-name TukwilaUsers"],
        ),
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
            |it| {
                it.server_sets[0]
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
                |it| {
                    it.server_sets[0]
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
        row("100 names", |it| grow(it, 100), NONE),
        row(
            "101 names",
            |it| grow(it, 101),
            &["warning too-many-names um"],
        ),
        row(
            "few but long names",
            grow_long,
            &["warning too-many-names um"],
        ),
        Row {
            options: |options| options.san(SanPolicy::Wildcard),
            ..row(
                "101 servers under a wildcard",
                |it| grow(it, 101),
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
                |it| {
                    it.server_sets[0].servers.truncate(1);
                    it.server_sets[0].failover = None;
                    it.dial_plans[0].members.truncate(1);
                    it.dial_plans[0].security = VoipSecurity::SipSecured;
                    it.dial_plans.truncate(1);
                },
                &["warning dial-plan-not-redundant TukwilaUsers"],
            )
        },
        row_with(
            "a wildcard alone, at a CA that takes no name beside it",
            |options| options.san(SanPolicy::Wildcard).ca(CaProfile::AcmeLike),
            &[
                "warning own-name-left-out um",
                "note wildcard-phone-edition um",
                "note wildcard-reach um",
            ],
        ),
        row_with(
            "names alone, at a CA that takes no name beside a wildcard",
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
                "a limit of two names, of which the first server needs one less than others",
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
            "both sites out at once",
            |options| options.outages(OutageScope::SitePairs),
            &[
                "error unanswered-name um1.contoso.com",
                "error unanswered-name um2.contoso.com",
                "error unanswered-name um3.contoso.com",
                "error unanswered-name um4.contoso.com",
            ],
        ),
        Row {
            options: |options| options.outages(OutageScope::SitePairs),
            ..row_2(
                "no member left if both sites are out",
                |_| {},
                &["error unanswered-name TukwilaUsers"],
            )
        },
        Row {
            options: |options| options.outages(OutageScope::Servers(3)),
            ..row_2("four members, and three servers out", |_| {}, NONE)
        },
        Row {
            options: |options| options.outages(OutageScope::Servers(4)),
            ..row_2(
                "four members, and all of them out",
                |_| {},
                &["error unanswered-name TukwilaUsers"],
            )
        },
        row_with(
            "ECDSA with Exchange 2013",
            |it| it.key(KeyKind::P256),
            &["warning key-not-rsa contoso.com"],
        ),
        Row {
            options: |options| options.key(KeyKind::P384),
            ..row(
                "ECDSA with Exchange 2016",
                |it| it.exchange[0].version = ExchangeVersion::Exchange2016,
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
                |it| {
                    it.exchange[0].version = ExchangeVersion::Exchange2016;
                    let forest = ExchangeForest::new("other.com", ExchangeVersion::Exchange2013);
                    it.exchange.push(forest.unwrap());
                    let servers = it.server_sets[0].servers.iter_mut();
                    servers.for_each(|it| it.forest = Some(name("contoso.com")));
                },
                NONE,
            )
        },
        row_with("RSA 4096", |options| options.key(KeyKind::Rsa4096), NONE),
    ]
}

/// Makes the set of Example 1 as large as this, with all that keeps other rules quiet.
fn grow(deployment: &mut Deployment, count: usize) {
    let hosts: Vec<String> = (5..=count)
        .map(|number| format!("um{number}.contoso.com"))
        .collect();
    add(deployment, &hosts);
}

/// Two long names come to the first server, and three short ones to the third.
fn short_beside_long(deployment: &mut Deployment) {
    let long = |number: usize| format!("um{number}.{}.contoso.com", "x".repeat(60));
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

/// A server that no wildcard covers stands before one that a wildcard covers.
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
fn grow_long(deployment: &mut Deployment) {
    let domain = format!("{0}.{0}.{0}.contoso.com", "x".repeat(60));
    let hosts: Vec<String> = (10..=99)
        .map(|number| format!("um{number}.{domain}"))
        .collect();
    add(deployment, &hosts);
}

fn add(deployment: &mut Deployment, hosts: &[String]) {
    let mut redirects = vec![
        (um(1), um(3)),
        (um(2), um(4)),
        (um(3), um(1)),
        (um(4), um(2)),
    ];
    for host in hosts {
        let server = UmServer::new(host.as_str(), "Oslo").unwrap();
        deployment.server_sets[0].servers.push(server);
        deployment.dial_plans[0]
            .members
            .push(DialPlanMember::enabled(host.as_str()).unwrap());
        redirects.push((name(host), um(1)));
    }
    deployment.server_sets[0].failover = Some(Failover::dns(redirects).unwrap());
}

#[test]
fn guideline_is_found_only_if_it_is_broken() {
    for row in rows() {
        let mut deployment = deployment(row.from);
        (row.change)(&mut deployment);
        let plan = Plan::new(&deployment, &(row.options)(PlanOptions::default()))
            .unwrap_or_else(|error| panic!("{}: {error}", row.what));
        assert_eq!(ids(plan.findings()), row.finds, "{}\n{plan}", row.what);
        // Each text names its rule and where that comes from.
        let page = plan.to_string();
        for finding in plan.findings() {
            let (rule, source) = (finding.rule(), finding.rule().source());
            assert!(page.contains(&format!("[{rule}, {source}]")), "{page}");
        }
    }
}

#[test]
fn forbidden_dial_plan_characters_are_found() {
    let mut deployment = deployment(EXAMPLE_1);
    let mut forbidden = String::new();
    for character in (' '..='~').chain("äß–日".chars()) {
        deployment.dial_plans[0].name = format!("Tukwila{character}Users");
        let plan = Plan::new(&deployment, &PlanOptions::default()).unwrap();
        let mut findings = plan.findings().iter();
        if findings.any(|it| it.rule() == Rule::DialPlanNameInvalid) {
            forbidden.push(character);
        }
    }
    // D26, in the order of ASCII.
    assert_eq!(forbidden, "\"*+,/:;<=>?[\\]|");
}

#[test]
fn every_planning_rule_has_a_row_that_finds_it() {
    let first_of_audit = Rule::ALL
        .iter()
        .position(|rule| *rule == Rule::NotPresented)
        .unwrap();
    let rows = rows();
    for rule in &Rule::ALL[..first_of_audit] {
        let finds = |row: &Row| {
            row.finds
                .iter()
                .any(|id| id.split(' ').nth(1) == Some(rule.id()))
        };
        assert!(rows.iter().any(finds), "{rule}");
    }
}

/// A deployment, its finding, and the facts in the text.
#[test]
fn finding_details_state_the_facts() {
    let rows: &[(Change, Rule, &[&str])] = &[
        (
            |it| redirect(it, &[(1, 3), (3, 1), (4, 2)]),
            Rule::UnansweredName,
            &["site Tukwila", "um2.contoso.com"],
        ),
        (
            |it| redirect(it, &[(1, 3), (2, 1), (3, 1), (4, 2)]),
            Rule::FailoverWithinSite,
            &["um1.contoso.com", "site Tukwila"],
        ),
        (
            |it| redirect(it, &[(1, 2), (3, 1), (4, 2)]),
            Rule::UnansweredName,
            &["site Tukwila", "um2.contoso.com"],
        ),
        (
            |it| redirect(it, &[(1, 2), (2, 1), (3, 1), (4, 2)]),
            Rule::UnansweredName,
            &["site Tukwila"],
        ),
        (
            |it| redirect(it, &[(1, 1), (2, 4), (3, 1), (4, 2)]),
            Rule::UnansweredName,
            &["site Tukwila", "um1.contoso.com"],
        ),
        (
            |it| {
                it.server_sets[0].failover = Some(Failover::DialPlan);
                it.dial_plans[0].members.truncate(1);
            },
            Rule::UnansweredName,
            &["site Tukwila", "um1.contoso.com"],
        ),
        (
            |it| {
                it.dial_plans[0]
                    .members
                    .iter_mut()
                    .for_each(|it| it.enabled = false)
            },
            Rule::UnansweredName,
            &[],
        ),
        (
            stand_alone,
            Rule::SanIgnoredStandAlone,
            &["um1.contoso.com", "site Tukwila"],
        ),
        // Of the names that move here, the one of the first outage.
        (
            |it| {
                stand_alone(it);
                server(it, 2).site = "Oslo".into();
                server(it, 4).site = "Tukwila".into();
                redirect(it, &[(1, 2), (2, 3), (3, 2), (4, 3)]);
            },
            Rule::SanIgnoredStandAlone,
            &["um4.contoso.com", "site Tukwila"],
        ),
        (
            |it| grow(it, 101),
            Rule::TooManyNames,
            &["um1.contoso.com", "101", "4", "100", "16"],
        ),
        (
            |it| {
                cross_forest(it);
                it.exchange[0].trusts_lync = false;
            },
            Rule::ForestTrustMissing,
            &["Lync", "fabrikam.com"],
        ),
        (
            |it| {
                cross_forest(it);
                it.exchange[0].trusted_by_lync = false;
            },
            Rule::ForestTrustMissing,
            &["Lync", "fabrikam.com"],
        ),
        (
            |it| it.dial_plans[0].auto_attendants.clear(),
            Rule::PhoneNumberMissing,
            &[],
        ),
        (
            |it| it.dial_plans[0].auto_attendants = vec!["4255550101".into()],
            Rule::PhoneNumberInvalid,
            &["4255550101"],
        ),
    ];
    let mut texts = Vec::new();
    for (index, (change, rule, facts)) in rows.iter().enumerate() {
        let mut deployment = deployment(EXAMPLE_1);
        change(&mut deployment);
        let plan = Plan::new(&deployment, &PlanOptions::default()).unwrap();
        let states_all = |it: &&Finding| facts.iter().all(|fact| it.detail().contains(fact));
        let mut found = plan.findings().iter().filter(|it| it.rule() == *rule);
        let finding = found.find(states_all);
        let finding = finding.unwrap_or_else(|| panic!("row {index}: {facts:?}\n{plan}"));
        texts.push((
            format!("{index}: {} {rule}", finding.subject()),
            finding.detail().to_owned(),
        ));
    }
    assert_rows(
        texts,
        &expect![[r#"
        0: um2.contoso.com unanswered-name: no server answers to this name when site Tukwila or server um2.contoso.com is out: its name has no redirect
        1: um2.contoso.com failover-within-site: its name is redirected to um1.contoso.com, in the same site Tukwila
        2: um1.contoso.com unanswered-name: no server answers to this name when site Tukwila is out: its redirects end at um2.contoso.com, which is also out
        3: um1.contoso.com unanswered-name: no server answers to this name when site Tukwila is out: its redirects run in a loop of servers that are out
        4: um1.contoso.com unanswered-name: no server answers to this name when site Tukwila or server um1.contoso.com is out: its redirects run in a loop of servers that are out
        5: TukwilaUsers unanswered-name: no member is left to enable when site Tukwila or server um1.contoso.com is out
        6: TukwilaUsers unanswered-name: every member is disabled, so no server takes its calls
        7: um3.contoso.com san-ignored-stand-alone: um1.contoso.com points here when site Tukwila is out, and a stand-alone UM server does not use the SAN
        8: um3.contoso.com san-ignored-stand-alone: um4.contoso.com points here when site Tukwila is out, and a stand-alone UM server does not use the SAN
        9: um too-many-names: the certificate of um1.contoso.com holds 101 names and takes about 4 KiB; the limits are 100 names and 16 KiB
        10: contoso.com forest-trust-missing: this forest does not trust the Lync forest fabrikam.com
        11: contoso.com forest-trust-missing: the Lync forest fabrikam.com does not trust this forest
        12: TukwilaUsers phone-number-missing: it has no number for an auto attendant
        13: TukwilaUsers phone-number-invalid: its number "4255550101" for an auto attendant is not an E.164 number
    "#]],
    );
}

#[cfg(feature = "public-suffix")]
#[test]
fn wildcard_under_a_public_suffix_is_not_planned() {
    use crate::support::snapshot::{assert_states, assert_text};

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
    let mut found = found.filter(|it| it.rule() == Rule::WildcardUnderSuffix);
    let listed = found.next().unwrap().detail();
    assert_states(listed, &["um5.co.uk"]);
    assert_text(
        listed,
        &expect![
            "um5.co.uk is listed: a wildcard over it would cover hosts of other organizations"
        ],
    );
    assert_eq!(found.next(), None);
    // Suffixes of hosting services count too; a domain that the list does not know is not a public suffix.
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
