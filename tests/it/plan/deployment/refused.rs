//! Deployments that are refused, with the entry and the reason in the error.

use crate::support::deployments::{EXAMPLE_1, deployment};
use crate::support::snapshot::{assert_rows, assert_states, assert_text};
use expect_test::expect;
use umcert::Deployment;
use umcert::deployment::{DeploymentError, Failover};

/// A text of Example 1, its replacement, and facts that the error states.
const REFUSED: &[(&str, &str, &[&str])] = &[
    (
        "fqdn = \"um2.contoso.com\"",
        "fqdn = \"UM1.contoso.com\"",
        &["`um1.contoso.com`", "`um`"],
    ),
    (
        "\"fe1.contoso.com\"",
        "\"um1.contoso.com\"",
        &["`um1.contoso.com`", "`lyncpool.contoso.com`", "`um`"],
    ),
    (
        "\"fe1.contoso.com\"",
        "\"lyncpool.contoso.com\"",
        &["`lyncpool.contoso.com`"],
    ),
    (
        "\"um1.contoso.com\" = \"um3.contoso.com\"",
        "\"um1.contoso.com\" = \"um9.contoso.com\"",
        &[
            "`um`",
            "um1.contoso.com → um9.contoso.com",
            "`um9.contoso.com`",
        ],
    ),
    (
        "\"um1.contoso.com\" = \"um3.contoso.com\"",
        "\"um9.contoso.com\" = \"um3.contoso.com\"",
        &[
            "`um`",
            "um9.contoso.com → um3.contoso.com",
            "`um9.contoso.com`",
        ],
    ),
    (
        "\"um1.contoso.com\" = \"um3.contoso.com\"",
        "\"um1.contoso.com\" = \"um3.contoso.com\"\n\"UM1.contoso.com\" = \"um4.contoso.com\"",
        &["`um1.contoso.com`"],
    ),
    (
        "{ server = \"um1.contoso.com\" }",
        "{ server = \"um9.contoso.com\" }",
        &["`TukwilaUsers`", "`um9.contoso.com`"],
    ),
    (
        "{ server = \"um1.contoso.com\" }",
        "{ server = \"um2.contoso.com\" }",
        &["`members`", "`TukwilaUsers`", "`um2.contoso.com`"],
    ),
    (
        "name = \"DublinUsers\"",
        "name = \"TukwilaUsers\"",
        &["`dial-plans`", "`TukwilaUsers`"],
    ),
    ("fqdn = \"um1.contoso.com\"", "fqdn = \"um1\"", &["`um1`"]),
    ("site = \"Tukwila\"", "site = \" \"", &["`um1.contoso.com`"]),
    (
        "site = \"Tukwila\"",
        "site = \"Tukwila\\u001b[2J\"",
        &["`um1.contoso.com`", "'\\u{1b}'"],
    ),
    (
        "name = \"um\"",
        "name = \"\\u200eum\"",
        &["`\\u{200e}um`", "'\\u{200e}'"],
    ),
    (
        "name = \"DublinUsers\"",
        "name = \"Dublin\\nUsers\"",
        &["`Dublin\\nUsers`", "'\\n'"],
    ),
    (
        "site = \"Tukwila\"",
        "site = \"Tukwila\"\nnetbios-name = \"\\u001b[2J\"",
        &["`um1.contoso.com`", "`\\u{1b}[2J`", "1", "15"],
    ),
    ("name = \"um\"", "name = \"\"", &[]),
    (
        "site = \"Tukwila\"",
        "site = \"Tukwila\"\nforest = \"fabrikam.com\"",
        &["`um1.contoso.com`", "`fabrikam.com`", "`exchange`"],
    ),
    (
        "version = \"2013\"",
        "version = \"2013\"\n[[exchange]]\nforest = \"fabrikam.com\"\nversion = \"2016\"",
        &["`um1.contoso.com`", "`exchange`", "`forest`"],
    ),
    (
        "version = \"2013\"",
        "version = \"2013\"\n[[exchange]]\nforest = \"contoso.com\"\nversion = \"2016\"",
        &["`exchange`", "`contoso.com`"],
    ),
    (
        "site = \"Tukwila\"",
        "site = \"Tukwila\"\nroles = [\"unified-messaging\"]",
        &["`um1.contoso.com`", "2013"],
    ),
    (
        "site = \"Tukwila\"",
        "site = \"Tukwila\"\nroles = []",
        &["`roles`", "`um1.contoso.com`"],
    ),
    (
        "site = \"Tukwila\"",
        "site = \"Tukwila\"\nnetbios-name = \"SIXTEENLETTERS16\"",
        &["`um1.contoso.com`", "`SIXTEENLETTERS16`", "1", "15"],
    ),
    (
        "version = \"2013\"",
        "version = \"2019\"",
        &["`2019`", "Unified Messaging", "Cloud Voicemail"],
    ),
    (
        "version = \"2013\"",
        "version = 2019",
        &["`2019`", "Unified Messaging", "Cloud Voicemail"],
    ),
    (
        "version = \"2013\"",
        "version = \"SE\"",
        &["`SE`", "Unified Messaging", "Cloud Voicemail"],
    ),
    (
        "version = \"2013\"",
        "version = \"2010-sp3\"",
        &["`2010-sp3`", "2010-sp1"],
    ),
    (
        "version = \"2013\"",
        "version = \"2012\"",
        &["`2012`", "2013"],
    ),
    (
        "version = \"2013\"",
        "version = 2016",
        &["`2016`", "`version = \"2016\"`"],
    ),
    ("version = \"2013\"", "version = -2016", &["`-2016`"]),
    (
        "version = \"2013\"",
        "version = 2016.0",
        &["in quotes, such as \"2016\""],
    ),
    (
        "site = \"Tukwila\"",
        "site = \"Tukwila\"\nversion = 2016",
        &["`2016`", "`version = \"2016\"`"],
    ),
    (
        "site = \"Tukwila\"",
        "site = \"Tukwila\"\nversion = \"2016\"\nroles = [\"unified-messaging\"]",
        &["`um1.contoso.com`", "2016"],
    ),
    (
        "[[exchange]]",
        "encryption = \"maybe\"\n[[exchange]]",
        &["`maybe`", "`require`"],
    ),
    ("[lync]", "[lync]\nforset = \"contoso.com\"", &["`forset`"]),
    ("uri-type = \"sip-uri\"\n", "", &["`uri-type`"]),
    (
        "method = \"dns\"",
        "method = \"dial-plan\"",
        &["`dial-plan`", "`redirects`"],
    ),
];

#[test]
fn invalid_deployment_is_refused_with_entry_and_reason() {
    let mut errors = Vec::new();
    for (from, to, facts) in REFUSED {
        assert!(EXAMPLE_1.contains(from), "{from} is not in the example");
        let text = EXAMPLE_1.replacen(from, to, 1);
        let error = toml::from_str::<Deployment>(&text).expect_err(to);
        assert_states(error.message(), facts);
        errors.push((format!("{to:?}"), error.message().to_owned()));
    }
    assert_rows(
        errors,
        &expect![[r#"
            "fqdn = \"UM1.contoso.com\"": the FQDN `um1.contoso.com` is used twice: by a server of the server set `um` and by a server of the server set `um`
            "\"um1.contoso.com\"": the FQDN `um1.contoso.com` is used twice: by a server of the Lync pool `lyncpool.contoso.com` and by a server of the server set `um`
            "\"lyncpool.contoso.com\"": the FQDN `lyncpool.contoso.com` is used twice: by a Lync pool and by a server of the Lync pool `lyncpool.contoso.com`
            "\"um1.contoso.com\" = \"um9.contoso.com\"": server set `um`: the redirect `um1.contoso.com → um9.contoso.com` names `um9.contoso.com`, which is not a server of the set
            "\"um9.contoso.com\" = \"um3.contoso.com\"": server set `um`: the redirect `um9.contoso.com → um3.contoso.com` names `um9.contoso.com`, which is not a server of the set
            "\"um1.contoso.com\" = \"um3.contoso.com\"\n\"UM1.contoso.com\" = \"um4.contoso.com\"": `um1.contoso.com` is redirected twice; redirect each name to one server
            "{ server = \"um9.contoso.com\" }": dial plan `TukwilaUsers`: the member `um9.contoso.com` is not a server of any server set
            "{ server = \"um2.contoso.com\" }": `members` of dial plan `TukwilaUsers` lists `um2.contoso.com` twice
            "name = \"TukwilaUsers\"": `dial-plans` lists `TukwilaUsers` twice
            "fqdn = \"um1\"": `um1` is not a fully qualified domain name: it has a single label; add the domain
            "site = \" \"": the site of server `um1.contoso.com` is blank
            "site = \"Tukwila\\u001b[2J\"": the site of server `um1.contoso.com` contains the invisible character '\u{1b}'; remove it, or write a plain space
            "name = \"\\u200eum\"": the name of server set `\u{200e}um` contains the invisible character '\u{200e}'; remove it, or write a plain space
            "name = \"Dublin\\nUsers\"": the name of dial plan `Dublin\nUsers` contains the invisible character '\n'; remove it, or write a plain space
            "site = \"Tukwila\"\nnetbios-name = \"\\u001b[2J\"": server `um1.contoso.com`: `\u{1b}[2J` is not a NetBIOS name: expected 1 to 15 letters, digits, hyphens and underscores
            "name = \"\"": the name of a server set is blank
            "site = \"Tukwila\"\nforest = \"fabrikam.com\"": server `um1.contoso.com`: the forest `fabrikam.com` is not listed in `exchange`
            "version = \"2013\"\n[[exchange]]\nforest = \"fabrikam.com\"\nversion = \"2016\"": server `um1.contoso.com`: `exchange` lists several forests; set `forest` to the server's own
            "version = \"2013\"\n[[exchange]]\nforest = \"contoso.com\"\nversion = \"2016\"": `exchange` lists `contoso.com` twice; list it once, and set `version` on the servers of another version
            "site = \"Tukwila\"\nroles = [\"unified-messaging\"]": server `um1.contoso.com`: Exchange 2013 has no separate Unified Messaging role; remove `unified-messaging` from `roles`
            "site = \"Tukwila\"\nroles = []": `roles` of server `um1.contoso.com` is empty; list at least one entry
            "site = \"Tukwila\"\nnetbios-name = \"SIXTEENLETTERS16\"": server `um1.contoso.com`: `SIXTEENLETTERS16` is not a NetBIOS name: expected 1 to 15 letters, digits, hyphens and underscores
            "version = \"2019\"": `2019` is not a version of Exchange with UM; Exchange 2019 has no Unified Messaging, and Cloud Voicemail takes its place
            "version = 2019": `2019` is not a version of Exchange with UM; Exchange 2019 has no Unified Messaging, and Cloud Voicemail takes its place
            "version = \"SE\"": `SE` is not a version of Exchange with UM; Exchange SE has no Unified Messaging, and Cloud Voicemail takes its place
            "version = \"2010-sp3\"": `2010-sp3` is not a version of Exchange with UM; use 2010-sp1 for Exchange 2010 with any service pack, and 2010 for one without
            "version = \"2012\"": `2012` is not a version of Exchange with UM: expected one of 2007, 2010, 2010-sp1, 2013, 2016
            "version = 2016": the version `2016` is a number, and a string was expected; write `version = "2016"`
            "version = -2016": `-2016` is not a version of Exchange with UM: expected one of 2007, 2010, 2010-sp1, 2013, 2016
            "version = 2016.0": invalid type: floating point `2016.0`, expected a version of Exchange in quotes, such as "2016"
            "site = \"Tukwila\"\nversion = 2016": the version `2016` is a number, and a string was expected; write `version = "2016"`
            "site = \"Tukwila\"\nversion = \"2016\"\nroles = [\"unified-messaging\"]": server `um1.contoso.com`: Exchange 2016 has no separate Unified Messaging role; remove `unified-messaging` from `roles`
            "encryption = \"maybe\"\n[[exchange]]": unknown variant `maybe`, expected one of `require`, `support`, `none`
            "[lync]\nforset = \"contoso.com\"": unknown field `forset`, expected one of `forest`, `dial-plans`, `pools`
            "": missing field `uri-type`
            "method = \"dial-plan\"": failover by `dial-plan` moves no names; remove `redirects`
        "#]],
    );
}

#[test]
fn site_of_more_than_500_characters_is_refused() {
    let with_site = |site: String| {
        let mut deployment = deployment(EXAMPLE_1);
        deployment.server_sets[0].servers[0].site = site;
        deployment.validate().map_err(|error| error.to_string())
    };
    assert_eq!(with_site("ü".repeat(500)), Ok(()));
    let error = with_site("ü".repeat(501)).unwrap_err();
    assert_states(&error, &["um1.contoso.com", "501", "500"]);
    assert_text(
        &error,
        &expect![[
            r#"the site of server `um1.contoso.com` has 501 characters, more than the maximum of 500"#
        ]],
    );
}

#[test]
fn empty_lists_are_refused() {
    let json = serde_json::to_value(deployment(EXAMPLE_1)).unwrap();
    let mut errors = Vec::new();
    for (list, fact) in [
        ("/exchange", "exchange"),
        ("/server-sets", "server-sets"),
        ("/server-sets/0/servers", "`um`"),
    ] {
        let mut json = json.clone();
        *json.pointer_mut(list).unwrap() = serde_json::json!([]);
        let error = serde_json::from_value::<Deployment>(json).expect_err(list);
        assert_states(&error, &[fact]);
        errors.push((list, error));
    }
    assert_rows(
        errors,
        &expect![[r#"
            /exchange: `exchange` is empty; list at least one entry
            /server-sets: `server-sets` is empty; list at least one entry
            /server-sets/0/servers: server set `um` is empty; list at least one entry
        "#]],
    );
}

#[test]
fn duplicate_redirect_in_json_is_refused() {
    let redirects =
        r#""redirects":{"um1.contoso.com":"um3.contoso.com","um1.contoso.com":"um4.contoso.com","#;
    let json = serde_json::to_string(&deployment(EXAMPLE_1)).unwrap();
    let twice = json.replacen(
        r#""redirects":{"um1.contoso.com":"um3.contoso.com","#,
        redirects,
        1,
    );
    assert_ne!(json, twice);
    let error = serde_json::from_str::<Deployment>(&twice).unwrap_err();
    assert_states(&error, &["`um1.contoso.com`", "twice"]);
}

#[test]
fn duplicate_redirect_in_code_is_refused() {
    let mut deployment = deployment(EXAMPLE_1);
    let Some(Failover::Dns { redirects, .. }) = &mut deployment.server_sets[0].failover else {
        panic!("Example 1 fails over by DNS");
    };
    redirects.push(redirects[0].clone());
    let error = deployment.validate().unwrap_err();
    assert!(
        matches!(error, DeploymentError::DuplicateRedirect { .. }),
        "{error}"
    );
    let twice = [
        ("um1.contoso.com", "um3.contoso.com"),
        ("UM1.contoso.com", "um4.contoso.com"),
    ];
    let error = Failover::dns(twice).unwrap_err();
    assert!(
        matches!(error, DeploymentError::DuplicateRedirect { .. }),
        "{error}"
    );
}

#[test]
fn serde_errors_have_line_and_column() {
    for (from, to, place) in [
        (
            "fqdn = \"um1.contoso.com\"",
            "fqdn = \"um1\"",
            "line 29, column 8",
        ),
        (
            "\"um4.contoso.com\" = \"um2.contoso.com\"",
            "\"um4.contoso.com\" = \"um2\"",
            "line 26, column 21",
        ),
        (
            "site = \"Tukwila\"",
            "sites = \"Tukwila\"",
            "line 30, column 1",
        ),
    ] {
        let error = toml::from_str::<Deployment>(&EXAMPLE_1.replacen(from, to, 1)).expect_err(to);
        assert!(error.to_string().contains(place), "{to}: {error}");
    }
    let json = "{\n  \"lync\": { \"forest\": \"contoso\" }\n}";
    let error = serde_json::from_str::<Deployment>(json).unwrap_err();
    assert!(error.to_string().contains("line 2 column 33"), "{error}");
}

/// Characters that a reader does not see: joiners, fillers, variation selectors, tags, blanks of other scripts.
const INVISIBLE: &str = "\u{7f}\u{a0}\u{ad}\u{34f}\u{61c}\u{115f}\u{17b4}\u{180e}\u{200b}\u{200d}\u{2028}\u{2060}\u{2800}\
    \u{3000}\u{3164}\u{fe0f}\u{feff}\u{ffa0}\u{e0041}\u{e01ef}";

#[test]
fn name_with_an_invisible_character_is_refused() {
    let names = ["Tukwila", "um", "DublinUsers"].map(|name| format!("= \"{name}\""));
    for character in INVISIBLE.chars() {
        let escaped = format!("{}", character.escape_unicode());
        for name in &names {
            let (start, code) = (name.trim_end_matches('"'), u32::from(character));
            let changed = format!("{start}\\U{code:08x}\"");
            let text = EXAMPLE_1.replacen(name, &changed, 1);
            assert_ne!(text, EXAMPLE_1, "{name}");
            let deployment: Result<Deployment, _> = toml::from_str(&text);
            let Err(error) = deployment else {
                panic!("{name} with {escaped} is accepted");
            };
            assert_states(error.message(), &["invisible", &escaped]);
            assert!(
                !error.message().contains(character),
                "{name} with {escaped}"
            );
        }
    }
    // Letters of other scripts, with their marks, are names.
    for site in ["Zu\u{308}rich", "東京 1", "Київ"] {
        let text = EXAMPLE_1.replace("Tukwila", site);
        assert!(toml::from_str::<Deployment>(&text).is_ok(), "{site}");
    }
}
