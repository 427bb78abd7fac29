//! The reissue of a certificate: its reasons, and the names that its text lists.

use super::{assert_steps, diff, diff_with, outline};
use crate::support::deployments::{EXAMPLE_1, deployment, um};
use crate::support::snapshot::{assert_states, assert_text};
use expect_test::expect;
use umcert::deployment::{ServerSet, UmServer};
use umcert::plan::MigrationStep;
use umcert::{Deployment, KeyKind, PlanOptions, SanName, SanPolicy};

#[test]
fn reissue_states_reasons() {
    let old = deployment(EXAMPLE_1);
    let options = PlanOptions::default();
    let rsa_4096 = options.clone().key(KeyKind::Rsa4096);
    let by_key = diff_with(&old, &old, &[options.clone(), rsa_4096]);
    assert_eq!(by_key.steps().len(), 4);
    assert_states(
        &by_key.steps()[0],
        &["um1.contoso.com", "rsa2048", "rsa4096"],
    );
    assert_text(
        &by_key.steps()[0],
        &expect![[
            r#"reissue the certificate of um1.contoso.com: its key is rsa2048; rsa4096 is planned"#
        ]],
    );

    let mut reordered = old.clone();
    reordered.server_sets[0].servers.swap(2, 3);
    let by_order = diff(&old, &reordered, &options);
    // After their own names, 3 and 4 hold the others in the same order as before.
    assert_eq!(by_order.keep(), [um(4), um(3)]);
    assert_steps(
        &by_order,
        &["reissue um1.contoso.com", "reissue um2.contoso.com"],
        &expect![[r#"
            reissue the certificate of um1.contoso.com: its names are in another order
            reissue the certificate of um2.contoso.com: its names are in another order
        "#]],
    );
    let MigrationStep::Reissue(reissue) = &by_order.steps()[0] else {
        panic!("{by_order}");
    };
    assert!(reissue.is_reordered());
    assert_eq!((reissue.added().count(), reissue.dropped().count()), (0, 0));
    assert_eq!(reissue.key_change(), None);
    let json = serde_json::to_value(reissue).unwrap();
    assert_eq!(json["reasons"], serde_json::json!(["reordered"]));
}

/// Returns the names that a text shows of a list, and the number of the others.
fn shown(names: impl Iterator<Item = SanName>) -> Vec<String> {
    let names: Vec<String> = names.map(|name| name.to_string()).collect();
    match names.len().checked_sub(8) {
        Some(more @ 1..) => [&names[..8], &[more.to_string()]].concat(),
        _ => names,
    }
}

#[test]
fn reissue_text_lists_eight_names_and_counts_others() {
    let of = |count: usize| {
        let mut deployment = deployment(EXAMPLE_1);
        let servers = (1..=count)
            .map(|number| UmServer::new(um(number), format!("Site {}", number % 3)).unwrap());
        deployment.server_sets[0].servers = servers.collect();
        deployment
    };
    let policies = SanPolicy::ALL
        .iter()
        .map(|policy| PlanOptions::default().san(*policy));
    let policies: Vec<PlanOptions> = policies.collect();
    let mut seen = 0;
    for (old, new) in [(&of(30), &of(30)), (&of(30), &of(45)), (&of(45), &of(30))] {
        for before in &policies {
            for after in &policies {
                for step in diff_with(old, new, &[before.clone(), after.clone()]).steps() {
                    let MigrationStep::Reissue(reissue) = step else {
                        continue;
                    };
                    let mut words = vec!["reissue".to_owned()];
                    words.push(reissue.certificate().subject().to_string());
                    words.extend(shown(reissue.added()));
                    words.extend(shown(reissue.dropped()));
                    assert_eq!(outline(step), words.join(" "));
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 100, "{seen}");
}

/// Returns a deployment of um1 to um`count` in one set, or each in a set of its own.
fn in_sets(count: usize, is_one_set: bool) -> Deployment {
    let servers: Vec<UmServer> = (1..=count)
        .map(|number| UmServer::new(um(number), format!("Site {number}")).unwrap())
        .collect();
    let mut deployment = deployment(EXAMPLE_1);
    deployment.dial_plans.clear();
    deployment.server_sets = if is_one_set {
        vec![ServerSet::new("all", servers, None)]
    } else {
        let set = |server: UmServer| ServerSet::new(server.fqdn.to_string(), [server], None);
        servers.into_iter().map(set).collect()
    };
    deployment
}

#[test]
fn diff_of_merged_and_split_sets_holds_names_once() {
    for policy in [SanPolicy::EveryServer, SanPolicy::Wildcard] {
        let options = PlanOptions::default().san(policy);
        for is_merged in [true, false] {
            // `Debug` shows what a diff holds. With a list of names in each reissue, twice the servers are four
            // times the names.
            let held_names = |count: usize| {
                let (old, new) = (in_sets(count, !is_merged), in_sets(count, is_merged));
                let diff = diff(&old, &new, &options);
                let is_reissue = |step: &&MigrationStep| matches!(step, MigrationStep::Reissue(_));
                let reissues = diff.steps().iter().filter(is_reissue).count();
                let is_reissued = policy == SanPolicy::EveryServer;
                assert_eq!(reissues, if is_reissued { count } else { 0 }, "{policy}");
                format!("{diff:?}").matches("contoso.com").count()
            };
            let (few, many) = (held_names(50), held_names(100));
            assert!(many <= 2 * few, "{policy}: {few} and {many} names");
        }
    }
}
