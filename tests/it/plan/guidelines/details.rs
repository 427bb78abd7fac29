//! The facts that the findings of the guidelines state.

use super::names::{grow_san, host};
use super::{Change, add, cross_forest, grow, redirect, server, stand_alone};
use crate::support::deployments::{EXAMPLE_1, deployment, um};
use crate::support::snapshot::{assert_rows, assert_text};
use expect_test::expect;
use std::collections::BTreeSet;
use umcert::deployment::{
    DialPlanMember, ExchangeRole, ExchangeVersion, Failover, MediaEncryption, VoipSecurity,
};
use umcert::plan::CaProfile;
use umcert::{Deployment, Finding, Plan, PlanOptions, Rule};

/// Makes the servers of Dublin stand-bys in the dial plan of Tukwila.
fn fail_over_by_dial_plan(deployment: &mut Deployment) {
    deployment.server_sets[0].failover = Some(Failover::DialPlan);
    let stand_bys = [3, 4].map(|number| DialPlanMember::disabled(um(number)).unwrap());
    deployment.dial_plans[0].members.extend(stand_bys);
}

#[test]
fn internal_names_are_listed() {
    let mut deployment = deployment(EXAMPLE_1);
    let hosts = [1, 2, 3, 4, 5, 6, 7].map(|number| format!("um{number}.contoso.local"));
    add(&mut deployment, &hosts);
    let plan = Plan::new(&deployment, &PlanOptions::default().ca(CaProfile::Public)).unwrap();
    let mut findings = plan.findings().iter();
    let found = findings.find(|finding| finding.rule() == Rule::InternalNamePublicCa);
    assert_text(
        found.unwrap().detail(),
        &expect![[
            r#"no public CA issues a certificate for um1.contoso.local, um2.contoso.local, um3.contoso.local, um4.contoso.local, um5.contoso.local, 2 more"#
        ]],
    );
}

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
        (
            |deployment| {
                server(deployment, 2).addresses = vec!["192.0.2.2".parse().unwrap()];
                grow(deployment, 13);
            },
            Rule::AddressesMissingForRunbook,
            &["um1.contoso.com", "um11.contoso.com", "2 more"],
        ),
        (
            |_| {},
            Rule::DynamicRegistrationUndoesFailover,
            &["register"],
        ),
        (
            |deployment| {
                deployment.lync.pools[0].encryption = Some(MediaEncryption::Require);
                deployment.dial_plans[0].security = VoipSecurity::SipSecured;
            },
            Rule::SecurityIncompatible,
            &["SIP Secured", "lyncpool.contoso.com"],
        ),
        (
            |deployment| {
                fail_over_by_dial_plan(deployment);
                server(deployment, 3).version = Some(ExchangeVersion::Exchange2010Sp1);
            },
            Rule::StandbyOlderVersion,
            &["um3.contoso.com", "Exchange 2010 SP1", "Exchange 2013"],
        ),
        (
            |deployment| {
                fail_over_by_dial_plan(deployment);
                server(deployment, 3).site = "Tukwila".into();
            },
            Rule::MoreServersThanTried,
            &["site Tukwila", "3", "4", "2"],
        ),
        (
            |deployment| {
                deployment.exchange[0].version = ExchangeVersion::Exchange2016;
                server(deployment, 3).version = Some(ExchangeVersion::Exchange2010);
            },
            Rule::DialPlanNameUncoordinated,
            &["um3.contoso.com", "Exchange 2010"],
        ),
        (
            |deployment| {
                let roles = [ExchangeRole::ClientAccess].into();
                let servers = &mut deployment.server_sets[0].servers;
                servers
                    .iter_mut()
                    .for_each(|server| server.roles = BTreeSet::clone(&roles));
                servers[0].version = Some(ExchangeVersion::Exchange2010Sp1);
            },
            Rule::NoMailboxRole,
            &["3", "Exchange 2013"],
        ),
        (
            |deployment| grow_san(deployment, 4097),
            Rule::SanExtensionTooLarge,
            &["um1.contoso.com", "4097", "4096"],
        ),
        (
            |deployment| add(deployment, &[host(65)]),
            Rule::CommonNameTooLong,
            &["65", "64"],
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
            13: TukwilaUsers phone-number-invalid: its number `4255550101` for an auto attendant is not an E.164 number
            14: um addresses-missing-for-runbook: no addresses are listed for um1.contoso.com, um3.contoso.com, um4.contoso.com, um5.contoso.com, um6.contoso.com, um7.contoso.com, um8.contoso.com, um9.contoso.com, um10.contoso.com, um11.contoso.com, 2 more
            15: um dynamic-registration-undoes-failover: its servers register their own names again, which undoes a failover by DNS
            16: TukwilaUsers security-incompatible: its VoIP security is SIP Secured, and the pool lyncpool.contoso.com requires encryption of media
            17: TukwilaUsers standby-older-version: its stand-bys um3.contoso.com (Exchange 2010 SP1) are older than its member um1.contoso.com (Exchange 2013)
            18: TukwilaUsers more-servers-than-tried: when site Tukwila is out, 3 of its 4 members are down, and Lync tries 2 for a call
            19: DublinUsers dial-plan-name-uncoordinated: Lync has no Enterprise Voice dial plan of this name, and um3.contoso.com is Exchange 2010, older than Exchange 2010 SP1
            20: contoso.com no-mailbox-role: none of the 3 UM servers with Exchange 2013 or later in this forest has the Mailbox role
            21: um san-extension-too-large: the SAN extension of the certificate of um1.contoso.com takes 4097 bytes, and AD CS accepts 4096
            22: um10.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.contoso.com common-name-too-long: its FQDN has 65 characters, and a CN has at most 64
        "#]],
    );
}
