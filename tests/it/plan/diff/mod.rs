//! The steps from one plan to another: their kinds, their order and their texts.

mod front_ends;
mod reissue;

use crate::support::deployments::{EXAMPLE_1, EXAMPLE_2, deployment, um};
use crate::support::snapshot::{assert_lines, assert_text, names_and_numbers};
use expect_test::{Expect, expect};
use umcert::deployment::{DialPlanMember, Failover, ServerSet, UmServer};
use umcert::plan::{CertificateSharing, MigrationStep, PlanDiff};
use umcert::{Deployment, Plan, PlanOptions, SanPolicy};

fn diff_with(old: &Deployment, new: &Deployment, options: &[PlanOptions; 2]) -> PlanDiff {
    let [before, after] = options;
    Plan::new(old, before)
        .unwrap()
        .diff(&Plan::new(new, after).unwrap())
}

fn diff(old: &Deployment, new: &Deployment, options: &PlanOptions) -> PlanDiff {
    diff_with(old, new, &[options.clone(), options.clone()])
}

/// Compares the kinds and the names of the steps, and then their texts with the snapshot.
#[track_caller]
fn assert_steps(diff: &PlanDiff, expected: &[&str], texts: &Expect) {
    let steps: Vec<String> = diff.steps().iter().map(outline).collect();
    assert_eq!(steps, expected, "{diff}");
    assert_lines(diff.steps(), texts);
}

/// Returns the kind of a step and the words of its text that are names or numbers.
fn outline(step: &MigrationStep) -> String {
    let json = serde_json::to_value(step).unwrap();
    let kind = json.as_object().unwrap().keys().next().unwrap().clone();
    format!("{kind} {}", names_and_numbers(step))
}

fn redirected(redirects: &[(usize, usize)]) -> Deployment {
    let mut deployment = deployment(EXAMPLE_1);
    let redirects = redirects.iter().map(|(from, to)| (um(*from), um(*to)));
    deployment.server_sets[0].failover = Some(Failover::dns(redirects).unwrap());
    deployment
}

#[test]
fn new_stand_in_is_reissued_before_redirect() {
    let (old, new) = (
        deployment(EXAMPLE_1),
        redirected(&[(1, 4), (2, 4), (3, 1), (4, 2)]),
    );
    let minimal = PlanOptions::default().san(SanPolicy::Minimal);
    let diff = diff(&old, &new, &minimal);
    assert_steps(
        &diff,
        &[
            "reissue um4.contoso.com um1.contoso.com",
            "redirect um1.contoso.com um4.contoso.com",
            "reissue um3.contoso.com um1.contoso.com",
        ],
        &expect![[r#"
            reissue the certificate of um4.contoso.com: it lacks um1.contoso.com
            from now on, redirect um1.contoso.com to um4.contoso.com in an outage
            reissue the certificate of um3.contoso.com: it no longer needs um1.contoso.com
        "#]],
    );
    assert_eq!(diff.keep(), [um(1), um(2)]);
    // If every certificate holds all names, there is nothing to issue.
    let diff = self::diff(&old, &new, &PlanOptions::default());
    assert_eq!((diff.steps().len(), diff.keep().len()), (1, 4), "{diff}");
}

#[test]
fn changed_certificate_holds_old_and_new_names_between() {
    let (old, new) = (
        redirected(&[(1, 3), (2, 4), (3, 1), (4, 1)]),
        redirected(&[(1, 4), (2, 3), (3, 1), (4, 1)]),
    );
    let minimal = PlanOptions::default().san(SanPolicy::Minimal);
    let diff = diff(&old, &new, &minimal);
    assert_steps(
        &diff,
        &[
            "extend um3.contoso.com um1.contoso.com",
            "extend um4.contoso.com um2.contoso.com",
            "redirect um1.contoso.com um4.contoso.com",
            "redirect um2.contoso.com um3.contoso.com",
            "reissue um3.contoso.com um2.contoso.com um1.contoso.com",
            "reissue um4.contoso.com um1.contoso.com um2.contoso.com",
        ],
        &expect![[r#"
            issue and install a certificate for um3.contoso.com that temporarily also contains um1.contoso.com
            issue and install a certificate for um4.contoso.com that temporarily also contains um2.contoso.com
            from now on, redirect um1.contoso.com to um4.contoso.com in an outage
            from now on, redirect um2.contoso.com to um3.contoso.com in an outage
            reissue the certificate of um3.contoso.com: it lacks um2.contoso.com; it no longer needs um1.contoso.com
            reissue the certificate of um4.contoso.com: it lacks um1.contoso.com; it no longer needs um2.contoso.com
        "#]],
    );
    let MigrationStep::Extend { kept, .. } = &diff.steps()[0] else {
        panic!("{diff}");
    };
    assert_eq!(*kept, [um(1)]);
    let names = diff.steps()[0].issued_names().unwrap();
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    assert_eq!(names, [um(3), um(2), um(1)].map(|name| name.to_string()));
    let json = serde_json::to_value(&diff).unwrap();
    assert_eq!(json["steps"][0]["extend"]["kept"][0], "um1.contoso.com");
}

#[test]
fn removed_first_server_of_shared_set_stays_covered() {
    let old = deployment(EXAMPLE_1);
    let mut new = redirected(&[(2, 4), (3, 2), (4, 2)]);
    new.server_sets[0].servers.remove(0);
    new.dial_plans[0].members.remove(0);
    let shared = PlanOptions::default().sharing(CertificateSharing::OnePerSet);
    assert_steps(
        &diff(&old, &new, &shared),
        &[
            "redirect um3.contoso.com um2.contoso.com",
            "remove-member um1.contoso.com TukwilaUsers",
            "remove-redirect um1.contoso.com",
            "issue um2.contoso.com 2",
            "retire um1.contoso.com",
        ],
        &expect![[r#"
            from now on, redirect um3.contoso.com to um2.contoso.com in an outage
            remove um1.contoso.com from the dial plan TukwilaUsers
            remove the redirect of um1.contoso.com
            issue and install a certificate for um2.contoso.com and 2 other servers
            retire the certificate of um1.contoso.com
        "#]],
    );
}

#[test]
fn server_in_another_set_holds_names_of_both_between() {
    let set = |name: &str, hosts: &[&str], redirects: &[(&str, &str)]| {
        let servers = hosts
            .iter()
            .map(|host| UmServer::new(*host, *host).unwrap());
        ServerSet::new(
            name,
            servers,
            Failover::dns(redirects.iter().copied()).unwrap(),
        )
    };
    let with = |sets: [ServerSet; 2]| {
        let mut deployment = deployment(EXAMPLE_1);
        deployment.server_sets = sets.into();
        deployment.dial_plans.clear();
        deployment
    };
    let old = with([
        set("a", &["a1.x.test", "a2.y.test"], &[]),
        set(
            "b",
            &["b1.z.test", "b2.x.test"],
            &[("b1.z.test", "b2.x.test")],
        ),
    ]);
    let new = with([
        set(
            "a",
            &["a1.x.test", "a2.y.test", "b2.x.test"],
            &[("a2.y.test", "b2.x.test")],
        ),
        set("b", &["b1.z.test"], &[]),
    ]);
    let options = PlanOptions::default()
        .sharing(CertificateSharing::OnePerSet)
        .san(SanPolicy::Wildcard);
    assert_steps(
        &diff(&old, &new, &options),
        &[
            "extend a1.x.test 2 b1.z.test",
            "reissue b1.z.test *.x.test",
            "redirect a2.y.test b2.x.test",
            "remove-redirect b1.z.test",
            "install a1.x.test a1.x.test a2.y.test b2.x.test",
        ],
        &expect![[r#"
            issue and install a certificate for a1.x.test and 2 other servers that temporarily also contains b1.z.test
            reissue the certificate of b1.z.test: it no longer needs *.x.test
            from now on, redirect a2.y.test to b2.x.test in an outage
            remove the redirect of b1.z.test
            install the certificate of a1.x.test on a1.x.test, a2.y.test, b2.x.test
        "#]],
    );
}

#[test]
fn redirect_chain_changes_in_safe_order() {
    // 1 and 2 are in one site, and 3 and 4 in another.
    let old = redirected(&[(1, 2), (2, 3), (3, 1), (4, 1)]);
    let minimal = PlanOptions::default().san(SanPolicy::Minimal);
    let moves = |new: &[(usize, usize)]| -> Vec<String> {
        let diff = diff(&old, &redirected(new), &minimal);
        let moves = diff.steps().iter().map(outline);
        moves.filter(|step| step.contains("redirect")).collect()
    };
    // If 2 changed first, an outage of its site would lead 1 through 2 to 4.
    assert_eq!(
        moves(&[(1, 3), (2, 4), (3, 1), (4, 1)]),
        [
            "redirect um1.contoso.com um3.contoso.com",
            "redirect um2.contoso.com um4.contoso.com",
        ]
    );
    // 1 has to leave 2 before 2 points at 1.
    assert_eq!(
        moves(&[(1, 3), (2, 1), (3, 1), (4, 1)]),
        [
            "redirect um1.contoso.com um3.contoso.com",
            "redirect um2.contoso.com um1.contoso.com",
        ]
    );
    let diff = diff(
        &redirected(&[(1, 3), (2, 1), (3, 1), (4, 1)]),
        &redirected(&[(1, 2), (2, 4), (3, 1), (4, 1)]),
        &minimal,
    );
    let moves = diff
        .steps()
        .iter()
        .filter(|step| matches!(step, MigrationStep::Redirect { .. }));
    let moves: Vec<String> = moves.map(outline).collect();
    assert_eq!(
        moves,
        [
            "redirect um2.contoso.com um4.contoso.com",
            "redirect um1.contoso.com um2.contoso.com",
        ]
    );
}

#[test]
fn redirects_with_cyclic_order_change_together() {
    let hosts: Vec<String> = (1..=6).map(|number| um(number).to_string()).collect();
    let with = |redirects: &[(usize, usize)]| {
        let mut deployment = redirected(redirects);
        let site = |number: usize| if number <= 4 { "Tukwila" } else { "Dublin" };
        let servers = hosts.iter().zip(1..);
        let servers =
            servers.map(|(host, number)| UmServer::new(host.as_str(), site(number)).unwrap());
        deployment.server_sets[0].servers = servers.collect();
        deployment
    };
    // 1 leaves 2 and joins 4, 3 leaves 4 and joins 2, and the redirects of 2 and 4 change too.
    let old = with(&[(1, 2), (2, 5), (3, 4), (4, 6)]);
    let new = with(&[(1, 4), (2, 6), (3, 2), (4, 5)]);
    let diff = diff(&old, &new, &PlanOptions::default().san(SanPolicy::Minimal));
    let together = diff
        .steps()
        .iter()
        .find(|step| matches!(step, MigrationStep::RedirectTogether { .. }));
    let together = together.unwrap();
    assert_eq!(
        outline(together),
        "redirect-together um1.contoso.com um4.contoso.com um2.contoso.com um6.contoso.com \
         um3.contoso.com um2.contoso.com um4.contoso.com um5.contoso.com"
    );
    assert_text(
        together,
        &expect![[
            r#"at the same time, redirect um1.contoso.com to um4.contoso.com in an outage, redirect um2.contoso.com to um6.contoso.com in an outage, redirect um3.contoso.com to um2.contoso.com in an outage, redirect um4.contoso.com to um5.contoso.com in an outage"#
        ]],
    );
    assert!(
        !diff
            .steps()
            .iter()
            .any(|step| matches!(step, MigrationStep::Redirect { .. })),
        "{diff}"
    );
}

#[test]
fn member_is_enabled_before_others_are_disabled_or_removed() {
    let old = deployment(EXAMPLE_2);
    let mut new = old.clone();
    let members = &mut new.dial_plans[0].members;
    members[0].enabled = false;
    members[2].enabled = true;
    members.remove(1);
    let diff = diff(&old, &new, &PlanOptions::default());
    assert_steps(
        &diff,
        &[
            "enable um3.contoso.com TukwilaUsers",
            "disable um1.contoso.com TukwilaUsers",
            "remove-member um2.contoso.com TukwilaUsers",
        ],
        &expect![[r#"
            enable um3.contoso.com in the dial plan TukwilaUsers
            disable um1.contoso.com in the dial plan TukwilaUsers
            remove um2.contoso.com from the dial plan TukwilaUsers
        "#]],
    );
    // A new member needs its certificate first.
    let mut new = old.clone();
    new.server_sets[0]
        .servers
        .push(UmServer::new("um5.contoso.com", "Dublin").unwrap());
    new.dial_plans[0]
        .members
        .push(DialPlanMember::enabled("um5.contoso.com").unwrap());
    let wildcard = PlanOptions::default().san(SanPolicy::Wildcard);
    assert_steps(
        &self::diff(&old, &new, &wildcard),
        &[
            "issue um5.contoso.com",
            "enable um5.contoso.com TukwilaUsers",
        ],
        &expect![[r#"
            issue and install a certificate for um5.contoso.com
            enable um5.contoso.com in the dial plan TukwilaUsers
        "#]],
    );
}

/// The certificates of each plan share one list of names, so the lists are compared once. A comparison for each server
/// would take minutes.
#[test]
fn diff_of_two_plans_of_30_000_servers_is_linear() {
    let plan = || {
        let servers = (0..30_000)
            .map(|number| UmServer::new(format!("um{number}.contoso.com"), "Tukwila").unwrap());
        let mut deployment = deployment(EXAMPLE_2);
        deployment.dial_plans.clear();
        deployment.server_sets[0].servers = servers.collect();
        Plan::new(&deployment, &PlanOptions::default()).unwrap()
    };
    let diff = plan().diff(&plan());
    assert!(diff.is_empty());
    assert_eq!(diff.keep().len(), 30_000);
}
