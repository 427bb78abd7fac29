//! The guidelines for dial plans: their type, security, names, numbers and members.

use super::{NONE, Row, old, row, server};
use crate::support::deployments::{EXAMPLE_1, deployment, name, um};
use umcert::deployment::{
    DialPlanMember, ExchangeForest, ExchangeVersion, MediaEncryption, StartupMode, UriType,
    VoipSecurity,
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
            |deployment| {
                deployment.dial_plans[0].uri_type = UriType::TelephoneExtension;
                deployment.dial_plans[1].uri_type = UriType::E164;
            },
            &[
                "error dial-plan-not-sip-uri DublinUsers",
                "error dial-plan-not-sip-uri TukwilaUsers",
            ],
        ),
        row(
            "an unsecured dial plan, and one that secures only SIP",
            |deployment| {
                deployment.dial_plans[0].security = VoipSecurity::Unsecured;
                deployment.dial_plans[1].security = VoipSecurity::SipSecured;
            },
            &["error dial-plan-unsecured TukwilaUsers"],
        ),
        row(
            "only SIP secured, and a pool that requires encryption",
            |deployment| {
                deployment.dial_plans[0].security = VoipSecurity::SipSecured;
                deployment.lync.pools[0].encryption = Some(MediaEncryption::Require);
            },
            &["error security-incompatible TukwilaUsers"],
        ),
        row(
            "media secured, and a pool that requires encryption",
            |deployment| deployment.lync.pools[0].encryption = Some(MediaEncryption::Require),
            NONE,
        ),
        row(
            "only SIP secured, and a pool that supports encryption",
            |deployment| {
                deployment.dial_plans[0].security = VoipSecurity::SipSecured;
                deployment.lync.pools[0].encryption = Some(MediaEncryption::Support);
            },
            NONE,
        ),
        row(
            "TCP mode and TLS mode in a secured dial plan",
            |deployment| {
                server(deployment, 1).startup_mode = StartupMode::Tcp;
                server(deployment, 2).startup_mode = StartupMode::Tls;
            },
            &["error startup-mode-tcp um1.contoso.com"],
        ),
        row(
            "TCP mode in an unsecured dial plan",
            |deployment| {
                deployment.dial_plans[0].security = VoipSecurity::Unsecured;
                server(deployment, 1).startup_mode = StartupMode::Tcp;
            },
            &["error dial-plan-unsecured TukwilaUsers"],
        ),
        row(
            "a forbidden character",
            |deployment| deployment.dial_plans[0].name = "Tukwila|Users".into(),
            &["error dial-plan-name-invalid Tukwila|Users"],
        ),
        row(
            "an empty name",
            |deployment| deployment.dial_plans[0].name = String::new(),
            &["error dial-plan-name-invalid "],
        ),
        row(
            "65 characters",
            |deployment| deployment.dial_plans[0].name = "ü".repeat(65),
            &[
                "error dial-plan-name-invalid üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü",
            ],
        ),
        row(
            "64 characters",
            |deployment| deployment.dial_plans[0].name = "ü".repeat(64),
            &[
                "warning dial-plan-name-long üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü",
            ],
        ),
        row(
            "50 characters",
            |deployment| deployment.dial_plans[0].name = "x".repeat(50),
            &["warning dial-plan-name-long xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"],
        ),
        row(
            "49 characters",
            |deployment| deployment.dial_plans[0].name = "x".repeat(49),
            NONE,
        ),
        row(
            "Exchange 2010 and no dial plan of that name",
            |deployment| deployment.exchange[0].version = ExchangeVersion::Exchange2010,
            &["error dial-plan-name-uncoordinated DublinUsers"],
        ),
        row(
            "Exchange 2010 and the names coordinated",
            |deployment| old(deployment, ExchangeVersion::Exchange2010),
            NONE,
        ),
        row(
            "Exchange 2010 and the names coordinated except for case",
            |deployment| {
                old(deployment, ExchangeVersion::Exchange2010);
                deployment.dial_plans[1].name = "Büro".into();
                deployment.lync.dial_plans.push("BÜRO".into());
            },
            NONE,
        ),
        row(
            "Exchange 2016 and Exchange 2010, of which only 2010 needs coordinated names",
            |deployment| {
                deployment.exchange[0].version = ExchangeVersion::Exchange2016;
                let mut forest =
                    ExchangeForest::new("other.com", ExchangeVersion::Exchange2010).unwrap();
                forest.trusts_lync = true;
                forest.trusted_by_lync = true;
                forest.um_settings_in_lync_forest = true;
                deployment.exchange.push(forest);
                let servers = deployment.server_sets[0].servers.iter_mut().zip(1..);
                servers.for_each(|(server, number)| {
                    let forest = if number < 3 {
                        "contoso.com"
                    } else {
                        "other.com"
                    };
                    server.forest = Some(name(forest));
                });
                deployment.lync.dial_plans.clear();
            },
            &["error dial-plan-name-uncoordinated DublinUsers"],
        ),
        row(
            "one server with Exchange 2010 in a forest of Exchange 2016",
            |deployment| {
                deployment.exchange[0].version = ExchangeVersion::Exchange2016;
                server(deployment, 3).version = Some(ExchangeVersion::Exchange2010);
            },
            &["error dial-plan-name-uncoordinated DublinUsers"],
        ),
        row(
            "Exchange 2016 on every server in a forest of Exchange 2010",
            |deployment| {
                deployment.exchange[0].version = ExchangeVersion::Exchange2010;
                let servers = deployment.server_sets[0].servers.iter_mut();
                servers.for_each(|it| it.version = Some(ExchangeVersion::Exchange2016));
            },
            NONE,
        ),
        row(
            "Exchange 2010 SP1 and no dial plan of that name",
            |deployment| deployment.exchange[0].version = ExchangeVersion::Exchange2010Sp1,
            NONE,
        ),
        row(
            "no number for Outlook Voice Access",
            |deployment| deployment.dial_plans[0].outlook_voice_access.clear(),
            &["warning phone-number-missing TukwilaUsers"],
        ),
        row(
            "no number at all",
            |deployment| {
                deployment.dial_plans[0].outlook_voice_access.clear();
                deployment.dial_plans[0].auto_attendants.clear();
            },
            &[
                "warning phone-number-missing TukwilaUsers",
                "warning phone-number-missing TukwilaUsers",
            ],
        ),
        row(
            "invalid numbers",
            |deployment| {
                let none = [
                    "14255550100",
                    "+1425555010x",
                    "+",
                    "+0425",
                    "+1234567890123456",
                    "+1 425",
                ];
                deployment.dial_plans[0].auto_attendants = none.map(String::from).to_vec();
            },
            &["error phone-number-invalid TukwilaUsers"; 6],
        ),
        row(
            "the longest number",
            |deployment| deployment.dial_plans[0].auto_attendants = vec!["+123456789012345".into()],
            NONE,
        ),
        row(
            "one server for a dial plan",
            leave_one_member,
            &["warning dial-plan-not-redundant TukwilaUsers"],
        ),
        row(
            "no server for a dial plan",
            |deployment| {
                let mut dial_plan = deployment.dial_plans[0].clone();
                dial_plan.name = "Empty".into();
                dial_plan.members.clear();
                deployment.dial_plans.push(dial_plan);
            },
            &["warning dial-plan-not-redundant Empty"],
        ),
        row(
            "one server for a dial plan of another URI type, which has its own finding",
            |deployment| {
                deployment.dial_plans[0].uri_type = UriType::E164;
                leave_one_member(deployment);
            },
            &["error dial-plan-not-sip-uri TukwilaUsers"],
        ),
        row(
            "a server without a dial plan",
            |deployment| {
                deployment.dial_plans[0].members.pop();
                deployment.dial_plans[0]
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
        if findings.any(|finding| finding.rule() == Rule::DialPlanNameInvalid) {
            forbidden.push(character);
        }
    }
    // The characters of D26, in ASCII order.
    assert_eq!(forbidden, "\"*+,/:;<=>?[\\]|");
}
