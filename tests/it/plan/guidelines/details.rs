//! The facts that the findings of the guidelines state.

use super::{Change, cross_forest, grow, redirect, server, stand_alone};
use crate::support::deployments::{EXAMPLE_1, deployment};
use crate::support::snapshot::assert_rows;
use expect_test::expect;
use umcert::deployment::Failover;
use umcert::{Finding, Plan, PlanOptions, Rule};

#[test]
fn finding_details_state_the_facts() {
    // The change to Example 1, the rule of the finding, and the facts in its text.
    let rows: &[(Change, Rule, &[&str])] = &[
        (
            |deployment| redirect(deployment, &[(1, 3), (3, 1), (4, 2)]),
            Rule::UnansweredName,
            &["site Tukwila", "um2.contoso.com"],
        ),
        (
            |deployment| redirect(deployment, &[(1, 3), (2, 1), (3, 1), (4, 2)]),
            Rule::FailoverWithinSite,
            &["um1.contoso.com", "site Tukwila"],
        ),
        (
            |deployment| redirect(deployment, &[(1, 2), (3, 1), (4, 2)]),
            Rule::UnansweredName,
            &["site Tukwila", "um2.contoso.com"],
        ),
        (
            |deployment| redirect(deployment, &[(1, 2), (2, 1), (3, 1), (4, 2)]),
            Rule::UnansweredName,
            &["site Tukwila"],
        ),
        (
            |deployment| redirect(deployment, &[(1, 1), (2, 4), (3, 1), (4, 2)]),
            Rule::UnansweredName,
            &["site Tukwila", "um1.contoso.com"],
        ),
        (
            |deployment| {
                deployment.server_sets[0].failover = Some(Failover::DialPlan);
                deployment.dial_plans[0].members.truncate(1);
            },
            Rule::UnansweredName,
            &["site Tukwila", "um1.contoso.com"],
        ),
        (
            |deployment| {
                deployment.dial_plans[0]
                    .members
                    .iter_mut()
                    .for_each(|member| member.enabled = false)
            },
            Rule::UnansweredName,
            &[],
        ),
        (
            stand_alone,
            Rule::SanIgnoredStandAlone,
            &["um1.contoso.com", "site Tukwila"],
        ),
        // If several names move here, the finding states the name of the first outage.
        (
            |deployment| {
                stand_alone(deployment);
                server(deployment, 2).site = "Oslo".into();
                server(deployment, 4).site = "Tukwila".into();
                redirect(deployment, &[(1, 2), (2, 3), (3, 2), (4, 3)]);
            },
            Rule::SanIgnoredStandAlone,
            &["um4.contoso.com", "site Tukwila"],
        ),
        (
            |deployment| grow(deployment, 101),
            Rule::TooManyNames,
            &["um1.contoso.com", "101", "4", "100", "16"],
        ),
        (
            |deployment| {
                cross_forest(deployment);
                deployment.exchange[0].trusts_lync = false;
            },
            Rule::ForestTrustMissing,
            &["Lync", "fabrikam.com"],
        ),
        (
            |deployment| {
                cross_forest(deployment);
                deployment.exchange[0].trusted_by_lync = false;
            },
            Rule::ForestTrustMissing,
            &["Lync", "fabrikam.com"],
        ),
        (
            |deployment| deployment.dial_plans[0].auto_attendants.clear(),
            Rule::PhoneNumberMissing,
            &[],
        ),
        (
            |deployment| deployment.dial_plans[0].auto_attendants = vec!["4255550101".into()],
            Rule::PhoneNumberInvalid,
            &["4255550101"],
        ),
    ];
    let mut texts = Vec::new();
    for (index, (change, rule, facts)) in rows.iter().enumerate() {
        let mut deployment = deployment(EXAMPLE_1);
        change(&mut deployment);
        let plan = Plan::new(&deployment, &PlanOptions::default()).unwrap();
        let states_all =
            |finding: &&Finding| facts.iter().all(|fact| finding.detail().contains(fact));
        let mut found = plan
            .findings()
            .iter()
            .filter(|finding| finding.rule() == *rule);
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
        9: um too-many-names: the certificate of um1.contoso.com contains 101 names and takes about 4 KiB; the limits are 100 names and 16 KiB
        10: contoso.com forest-trust-missing: this forest does not trust the Lync forest fabrikam.com
        11: contoso.com forest-trust-missing: the Lync forest fabrikam.com does not trust this forest
        12: TukwilaUsers phone-number-missing: it has no number for an auto attendant
        13: TukwilaUsers phone-number-invalid: its number "4255550101" for an auto attendant is not an E.164 number
    "#]],
    );
}
