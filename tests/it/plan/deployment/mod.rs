//! Deployments in text and in code: what is accepted, what is refused, and the errors.

mod plan_options;
mod refused;

use std::fmt::{Debug, Display};
use std::str::FromStr;

use crate::support::deployments::{EXAMPLE_1, EXAMPLE_2, deployment};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use umcert::deployment::{
    DeploymentError, DialPlan, DialPlanMember, ExchangeForest, ExchangeRole, ExchangeVersion,
    Failover, FrontEndPool, Lync, MediaEncryption, ServerSet, StartupMode, UmServer, UriType,
    VoipSecurity,
};
use umcert::plan::{CaProfile, CertificateSharing, OutageScope};
use umcert::rule::ParseIdError;
use umcert::{Deployment, KeyKind, Plan, PlanOptions, SanPolicy};

fn built() -> Result<Deployment, DeploymentError> {
    let mut lync = Lync::new("contoso.com")?;
    lync.dial_plans.push("TukwilaUsers".into());
    lync.pools.push(FrontEndPool::new(
        "lyncpool.contoso.com",
        ["fe1.contoso.com", "fe2.contoso.com"],
    )?);
    let servers = [
        UmServer::new("um1.contoso.com", "Tukwila")?,
        UmServer::new("um2.contoso.com", "Tukwila")?,
        UmServer::new("um3.contoso.com", "Dublin")?,
        UmServer::new("um4.contoso.com", "Dublin")?,
    ];
    let mut dial_plan = DialPlan::new(
        "TukwilaUsers",
        [
            DialPlanMember::enabled("um1.contoso.com")?,
            DialPlanMember::enabled("um2.contoso.com")?,
            DialPlanMember::disabled("um3.contoso.com")?,
            DialPlanMember::disabled("um4.contoso.com")?,
        ],
    );
    dial_plan.outlook_voice_access.push("+14255550100".into());
    dial_plan.auto_attendants.push("+14255550101".into());
    Ok(Deployment::new(
        lync,
        [ExchangeForest::new(
            "contoso.com",
            ExchangeVersion::Exchange2013,
        )?],
        [ServerSet::new("um", servers, Failover::DialPlan)],
        [dial_plan],
    ))
}

#[test]
fn deployment_built_in_code_equals_text() {
    let built = built().unwrap();
    assert_eq!(built.validate(), Ok(()));
    assert_eq!(built, deployment(EXAMPLE_2));
    assert_ne!(built, deployment(EXAMPLE_1));
}

#[test]
fn deployment_round_trips_in_json() {
    for text in [EXAMPLE_1, EXAMPLE_2] {
        let deployment = deployment(text);
        let json = serde_json::to_string(&deployment).unwrap();
        assert_eq!(
            serde_json::from_str::<Deployment>(&json).unwrap(),
            deployment,
            "{json}"
        );
    }
}

#[test]
fn server_keys_are_read_and_have_defaults() {
    let given = EXAMPLE_1.replace(
        "fqdn = \"um1.contoso.com\"\n",
        "fqdn = \"UM1.contoso.com\"\nforest = \"contoso.com\"\nroles = [\"mailbox\"]\nucma = 4\n\
         addresses = [\"192.0.2.1\", \"2001:db8::1\"]\nstartup-mode = \"tls\"\nnetbios-name = \"UMONE\"\n",
    );
    let deployment = deployment(&given);
    let servers: Vec<&UmServer> = deployment.servers().collect();
    let (um1, um2) = (servers[0], servers[1]);
    assert_eq!(um1.fqdn.as_str(), "um1.contoso.com");
    assert_eq!(um1.roles, [ExchangeRole::Mailbox].into());
    assert_eq!((um1.ucma, um1.addresses.len()), (Some(4), 2));
    assert_eq!(um1.startup_mode, StartupMode::Tls);
    assert_eq!(um1.netbios_name(), "UMONE");
    assert!(
        um2.roles
            .iter()
            .eq(&[ExchangeRole::Mailbox, ExchangeRole::ClientAccess])
    );
    assert_eq!((um2.ucma, um2.addresses.len()), (None, 0));
    assert_eq!(um2.startup_mode, StartupMode::Dual);
    assert_eq!(um2.netbios_name(), "UM2");
}

/// During an upgrade, a forest has servers of two versions.
#[test]
fn version_of_a_server_defaults_to_that_of_its_forest() {
    let given = EXAMPLE_1.replace(
        "fqdn = \"um1.contoso.com\"\n",
        "fqdn = \"um1.contoso.com\"\nversion = \"2010-sp1\"\nroles = [\"unified-messaging\"]\n",
    );
    let mut deployment = deployment(&given);
    let version = |deployment: &Deployment, index: usize| {
        deployment.version_of(&deployment.server_sets[0].servers[index])
    };
    assert_eq!(
        version(&deployment, 0),
        Some(ExchangeVersion::Exchange2010Sp1)
    );
    assert_eq!(version(&deployment, 1), Some(ExchangeVersion::Exchange2013));
    let json = serde_json::to_string(&deployment).unwrap();
    assert_eq!(
        serde_json::from_str::<Deployment>(&json).unwrap(),
        deployment
    );
    // A server whose forest is unknown still has its own version.
    for server in &mut deployment.server_sets[0].servers {
        server.forest = Some("other.com".parse().unwrap());
    }
    assert_eq!(
        version(&deployment, 0),
        Some(ExchangeVersion::Exchange2010Sp1)
    );
    assert_eq!(version(&deployment, 1), None);
}

#[test]
fn encryption_of_a_pool_is_read_if_it_is_written() {
    for (line, expected) in [
        ("", None),
        ("encryption = \"require\"", Some(MediaEncryption::Require)),
        ("encryption = \"support\"", Some(MediaEncryption::Support)),
        ("encryption = \"none\"", Some(MediaEncryption::None)),
    ] {
        let given = EXAMPLE_1.replacen("[[exchange]]", &format!("{line}\n[[exchange]]"), 1);
        let deployment = deployment(&given);
        assert_eq!(deployment.lync.pools[0].encryption, expected, "{line}");
        let json = serde_json::to_string(&deployment).unwrap();
        assert_eq!(json.contains("encryption"), expected.is_some(), "{json}");
        assert_eq!(
            serde_json::from_str::<Deployment>(&json).unwrap(),
            deployment
        );
    }
}

#[test]
fn plan_keeps_its_deployment_and_kind_of_ca() {
    let deployment = deployment(EXAMPLE_1);
    let plan = Plan::new(&deployment, &PlanOptions::default().ca(CaProfile::Public)).unwrap();
    assert_eq!(plan.deployment(), &deployment);
    assert_eq!(plan.ca(), CaProfile::Public);
}

#[test]
fn netbios_name_is_first_label_cut_to_15_characters() {
    let server = UmServer::new("exchange-um-server-01.contoso.com", "Tukwila").unwrap();
    assert_eq!(server.netbios_name(), "EXCHANGE-UM-SER");
}

#[test]
fn every_way_to_deserialize_validates() {
    let json = serde_json::to_value(deployment(EXAMPLE_1)).unwrap();
    let mut invalid = json.clone();
    invalid["server-sets"] = serde_json::json!([]);
    for (json, is_valid) in [(json, true), (invalid, false)] {
        // Resolves to an inherent method of the type, if it has one.
        let deserialized = Deployment::deserialize(json.clone());
        let from_value = serde_json::from_value::<Deployment>(json);
        assert_eq!(deserialized.is_ok(), is_valid);
        assert_eq!(
            deserialized.map_err(|error| error.to_string()),
            from_value.map_err(|error| error.to_string())
        );
    }
}

#[test]
fn roles_are_an_unordered_list_without_duplicates() {
    let rows = [
        ("[]", Some("[]")),
        (
            r#"["client-access","mailbox","client-access"]"#,
            Some(r#"["mailbox","client-access"]"#),
        ),
        (r#"["unified-messaging"]"#, Some(r#"["unified-messaging"]"#)),
        (r#"["hub-transport"]"#, None),
    ];
    for (roles, expected) in rows {
        let json = format!(r#"{{"fqdn":"um1.contoso.com","site":"Tukwila","roles":{roles}}}"#);
        let server = serde_json::from_str::<UmServer>(&json).ok();
        let written = server.map(|server| serde_json::to_string(&server.roles).unwrap());
        assert_eq!(written.as_deref(), expected, "{roles}");
    }
}

/// Checks that each value has one text, for `Display`, `FromStr` and serde, and that other texts are refused.
#[track_caller]
fn assert_text_ids<T>(values: &[T])
where
    T: Copy + Debug + Display + PartialEq + FromStr<Err = ParseIdError>,
    T: Serialize + DeserializeOwned,
{
    for value in values {
        let text = value.to_string();
        assert_eq!(text.parse(), Ok(*value));
        let json = serde_json::to_string(value).unwrap();
        assert_eq!(json, format!("{text:?}"));
        assert_eq!(serde_json::from_str::<T>(&json).unwrap(), *value);
    }
    for text in ["", "nothing", &format!(" {}", values[0])] {
        let error = text.parse::<T>().unwrap_err();
        assert_eq!((error.text(), error.accepted().len()), (text, values.len()));
    }
}

#[test]
fn values_parse_from_what_they_display() {
    assert_text_ids(ExchangeVersion::ALL);
    assert_text_ids(ExchangeRole::ALL);
    assert_text_ids(StartupMode::ALL);
    assert_text_ids(MediaEncryption::ALL);
    assert_text_ids(UriType::ALL);
    assert_text_ids(VoipSecurity::ALL);
    assert_text_ids(SanPolicy::ALL);
    assert_text_ids(KeyKind::ALL);
    assert_text_ids(CaProfile::ALL);
    assert_text_ids(CertificateSharing::ALL);
}

#[test]
fn outage_scope_parses_from_what_it_displays() {
    for (scope, text) in [
        (OutageScope::Single, "single"),
        (OutageScope::SitePairs, "site-pairs"),
        (OutageScope::Servers(0), "servers-0"),
        (OutageScope::Servers(255), "servers-255"),
    ] {
        assert_eq!(scope.to_string(), text);
        assert_eq!(text.parse(), Ok(scope));
    }
    for text in [
        "",
        "servers",
        "servers-",
        "servers-256",
        "servers-+2",
        "servers-02",
        "Single",
    ] {
        let error = text.parse::<OutageScope>().unwrap_err();
        assert_eq!(error.text(), text);
        assert!(
            error
                .to_string()
                .ends_with("use single, site-pairs or servers-N with a number N up to 255")
        );
    }
}
