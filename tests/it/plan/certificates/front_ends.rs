//! The certificates of Front Ends, which a plan covers by option (D30).

use super::plan_with;
use crate::support::deployments::{EXAMPLE_1, FAST, deployment, name};
use crate::support::snapshot::{assert_states, assert_text};
use expect_test::expect;
use umcert::deployment::FrontEndPool;
use umcert::plan::{CaProfile, CertificateSharing, OutageScope};
use umcert::{Deployment, Plan, PlanOptions, PlannedCertificate, SanPolicy};

const SAID: &str = "The Lync Front Ends are not covered: this plan has no certificates for them.";

fn covering() -> PlanOptions {
    PlanOptions::default().key(FAST).front_ends(true)
}

/// Returns Example 1, whose pool has two Front Ends, with a Standard Edition server.
fn two_pools() -> Deployment {
    let mut deployment = deployment(EXAMPLE_1);
    let none: [&str; 0] = [];
    let standard_edition = FrontEndPool::new("std.contoso.com", none).unwrap();
    deployment.lync.pools.push(standard_edition);
    deployment
}

/// Returns the server of a Front End, the CN, and the names of the SAN.
fn outline(certificate: &PlannedCertificate) -> (String, String, Vec<String>) {
    let names = certificate.names().map(|name| name.to_string()).collect();
    let [server] = certificate.servers() else {
        panic!("{certificate:?}");
    };
    (server.to_string(), certificate.subject().to_string(), names)
}

fn of_front_ends(plan: &Plan) -> Vec<(String, String, Vec<String>)> {
    let certificates = plan.certificates().iter();
    let of_front_ends = certificates.skip_while(|it| it.pool().is_none());
    of_front_ends.map(outline).collect()
}

/// No policy, CA or outage changes them.
#[test]
fn front_ends_have_the_names_of_pool_and_server() {
    let row = |server: &str, cn: &str, names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        (server.to_owned(), cn.to_owned(), names)
    };
    let (pool, fe1, fe2, std) = (
        "lyncpool.contoso.com",
        "fe1.contoso.com",
        "fe2.contoso.com",
        "std.contoso.com",
    );
    let expected = [
        row(fe1, pool, &[pool, fe1]),
        row(fe2, pool, &[pool, fe2]),
        row(std, std, &[std]),
    ];
    for san in SanPolicy::ALL {
        for sharing in CertificateSharing::ALL {
            for ca in CaProfile::ALL {
                let options = covering().san(*san).sharing(*sharing).ca(*ca);
                let options = options.outages(OutageScope::SitePairs);
                let plan = Plan::new(&two_pools(), &options).unwrap();
                assert_eq!(of_front_ends(&plan), expected, "{options:?}");
                // The certificates of UM servers come first and are as without the option.
                let without = Plan::new(&two_pools(), &options.front_ends(false)).unwrap();
                let um_servers = without.certificates();
                assert_eq!(&plan.certificates()[..um_servers.len()], um_servers);
                assert!(um_servers.iter().all(|it| it.pool().is_none()));
                assert!(plan.outages().eq(without.outages()));
            }
        }
    }
}

#[test]
fn front_end_is_found_by_its_name_not_by_the_pool() {
    let plan = Plan::new(&two_pools(), &covering()).unwrap();
    for (server, pool) in [
        ("fe1.contoso.com", Some("lyncpool.contoso.com")),
        ("fe2.contoso.com", Some("lyncpool.contoso.com")),
        ("std.contoso.com", Some("std.contoso.com")),
        ("lyncpool.contoso.com", None),
        ("fe3.contoso.com", None),
    ] {
        let found = plan.certificate(&name(server));
        assert_eq!(
            found.and_then(PlannedCertificate::pool),
            pool.map(name).as_ref(),
            "{server}"
        );
        assert!(found.is_none_or(|it| it.servers() == [name(server)]));
        assert_eq!(plan.forest_of(&name(server)), None, "{server}");
    }
    let without = Plan::new(&two_pools(), &covering().front_ends(false)).unwrap();
    for server in ["fe1.contoso.com", "std.contoso.com"] {
        assert_eq!(without.certificate(&name(server)), None);
    }
}

#[test]
fn plan_says_whether_it_covers_front_ends() {
    let mut bare = two_pools();
    bare.lync.pools.clear();
    for (deployment, front_ends, omits) in [
        (two_pools(), false, true),
        (two_pools(), true, false),
        (bare.clone(), false, false),
        (bare, true, false),
    ] {
        let plan = Plan::new(&deployment, &covering().front_ends(front_ends)).unwrap();
        assert_eq!(plan.omits_front_ends(), omits);
        assert_eq!(plan.to_string().contains(SAID), omits, "{plan}");
        assert_eq!(plan.to_markdown().contains(SAID), omits);
        let json = serde_json::to_value(&plan).unwrap();
        assert_eq!(json["front-ends-omitted"], omits);
    }
}

/// The JSON of UM servers has no member `pool`.
#[test]
fn front_end_serializes_with_its_pool() {
    let plan = Plan::new(&two_pools(), &covering().san(SanPolicy::Minimal)).unwrap();
    let json = serde_json::to_value(&plan).unwrap();
    assert!(json["certificates"][0].get("pool").is_none());
    let front_end = |server: &str, pool: &str, names: serde_json::Value| {
        serde_json::json!({
            "subject": pool,
            "servers": [server],
            "pool": pool,
            "key": "p256",
            "extended-key-usage": ["server-auth"],
            "names": names,
        })
    };
    let own = |server: &str| serde_json::json!({ "name": server, "reasons": [format!("the own name of {server}")] });
    let pool = "lyncpool.contoso.com";
    let of_pool =
        serde_json::json!({ "name": pool, "reasons": [format!("the name of the pool {pool}")] });
    let expected = [
        front_end(
            "fe1.contoso.com",
            pool,
            serde_json::json!([of_pool, own("fe1.contoso.com")]),
        ),
        front_end(
            "fe2.contoso.com",
            pool,
            serde_json::json!([of_pool, own("fe2.contoso.com")]),
        ),
        front_end(
            "std.contoso.com",
            "std.contoso.com",
            serde_json::json!([own("std.contoso.com")]),
        ),
    ];
    assert_eq!(json["certificates"].as_array().unwrap()[4..], expected);
}

#[test]
fn pages_name_the_server_of_each_front_end() {
    let plan = plan_with(EXAMPLE_1, covering());
    let certificate = plan.certificate(&name("fe2.contoso.com")).unwrap();
    let text = certificate.to_string();
    assert_states(&text, &["CN=lyncpool.contoso.com", "fe2.contoso.com"]);
    assert_text(
        &text,
        &expect![[r#"
            CN=lyncpool.contoso.com, p256 key, server authentication
              of the Front End fe2.contoso.com
              lyncpool.contoso.com  the name of its pool
              fe2.contoso.com       the server's own name
        "#]],
    );
    let page = plan.to_markdown();
    let headings = page.lines().filter(|line| line.starts_with("## "));
    let headings: Vec<&str> = headings.collect();
    assert_eq!(
        headings[..6],
        [
            "## um1.contoso.com",
            "## um2.contoso.com",
            "## um3.contoso.com",
            "## um4.contoso.com",
            "## fe1.contoso.com",
            "## fe2.contoso.com",
        ]
    );
    let (_, section) = page.split_once("## fe2.contoso.com\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    assert_states(section, &["lyncpool.contoso.com", "fe2.contoso.com"]);
    assert_text(
        section,
        &expect![[r#"

        CN: lyncpool.contoso.com, the pool.
        Key: p256.

        | name | reason |
        | --- | --- |
        | lyncpool.contoso.com | the name of its pool |
        | fe2.contoso.com | the server's own name |
    "#]],
    );
}
