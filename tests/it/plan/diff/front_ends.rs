//! The steps for Front Ends, whose certificates are matched by their server: a pool is the subject of several.

use super::{assert_steps, diff, diff_with};
use crate::support::deployments::{EXAMPLE_1, deployment, name};
use expect_test::expect;
use umcert::deployment::FrontEndPool;
use umcert::{Deployment, KeyKind, PlanOptions};

fn covering() -> PlanOptions {
    PlanOptions::default().front_ends(true)
}

fn with_pools(pools: &[(&str, &[&str])]) -> Deployment {
    let mut deployment = deployment(EXAMPLE_1);
    let pools = pools.iter();
    let pools = pools.map(|(pool, servers)| FrontEndPool::new(*pool, servers.to_vec()).unwrap());
    deployment.lync.pools = pools.collect();
    deployment
}

#[test]
fn newly_covered_front_ends_are_issued_each() {
    let example = deployment(EXAMPLE_1);
    let options = [PlanOptions::default(), covering()];
    assert_steps(
        &diff_with(&example, &example, &options),
        &["issue fe1.contoso.com", "issue fe2.contoso.com"],
        &expect![[r#"
            issue and install a certificate for fe1.contoso.com
            issue and install a certificate for fe2.contoso.com
        "#]],
    );
    let [without, with] = options;
    assert_steps(
        &diff_with(&example, &example, &[with, without]),
        &["retire fe1.contoso.com", "retire fe2.contoso.com"],
        &expect![[r#"
            retire the certificate of fe1.contoso.com
            retire the certificate of fe2.contoso.com
        "#]],
    );
}

#[test]
fn unchanged_front_ends_are_kept_by_server() {
    let example = deployment(EXAMPLE_1);
    let diff = diff(&example, &example, &covering());
    assert!(diff.is_empty(), "{diff}");
    assert_eq!(
        diff.keep()[4..],
        [name("fe1.contoso.com"), name("fe2.contoso.com")]
    );
}

/// fe2 moves to another pool, std becomes a pool of fe4, and fe3 becomes a Standard Edition server.
#[test]
fn front_end_of_another_pool_is_reissued() {
    let old = with_pools(&[
        ("pool.contoso.com", &["fe1.contoso.com", "fe2.contoso.com"]),
        ("other.contoso.com", &["fe3.contoso.com"]),
        ("std.contoso.com", &[]),
    ]);
    let new = with_pools(&[
        ("pool.contoso.com", &["fe1.contoso.com"]),
        ("other.contoso.com", &["fe2.contoso.com"]),
        ("fe3.contoso.com", &[]),
        ("std.contoso.com", &["fe4.contoso.com"]),
    ]);
    assert_steps(
        &diff(&old, &new, &covering()),
        &[
            "reissue fe2.contoso.com other.contoso.com pool.contoso.com",
            "reissue fe3.contoso.com other.contoso.com",
            "issue fe4.contoso.com",
            "retire std.contoso.com",
        ],
        &expect![[r#"
            reissue the certificate of fe2.contoso.com: it lacks other.contoso.com; it no longer needs pool.contoso.com
            reissue the certificate of fe3.contoso.com: it no longer needs other.contoso.com
            issue and install a certificate for fe4.contoso.com
            retire the certificate of std.contoso.com
        "#]],
    );
}

#[test]
fn key_change_reissues_each_front_end() {
    let example = deployment(EXAMPLE_1);
    let diff = diff_with(
        &example,
        &example,
        &[covering(), covering().key(KeyKind::Rsa4096)],
    );
    assert_eq!(diff.steps().len(), 6);
    assert_eq!(
        diff.steps()[5].to_string(),
        "reissue the certificate of fe2.contoso.com: its key is rsa2048; rsa4096 is planned"
    );
}
