//! The guidelines for dial plans: their type, security, names, numbers and members.

use super::{NONE, Row, old, row, server};
use crate::support::deployments::{EXAMPLE_1, deployment, name, um};
use umcert::deployment::{
    DialPlanMember, ExchangeForest, ExchangeVersion, StartupMode, UriType, VoipSecurity,
};
use umcert::{Deployment, Plan, PlanOptions, Rule};

/// Moves UM server 2 to the second dial plan, so that the first has one member left.
fn leave_one_member(deployment: &mut Deployment) {
    deployment.dial_plans[0].members.pop();
    let member = DialPlanMember::enabled(um(2)).unwrap();
    deployment.dial_plans[1].members.push(member);
}

pub(super) fn dial_plan_rows() -> Vec<Row> {
    vec![
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
    ]
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
