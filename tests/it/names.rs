//! DNS names and SAN entries: parsing, coverage and errors.

use crate::support::deployments::name;
use crate::support::snapshot::{assert_lines, assert_rows, assert_states, assert_text};
use expect_test::expect;
use proptest::prelude::*;
use umcert::name::GeneralName;
use umcert::{DnsName, SanName};

/// A string, and the name that it parses to or a fact that the error states.
const NAMES: &[(&str, Result<&str, &str>)] = &[
    ("um1.contoso.com", Ok("um1.contoso.com")),
    ("UM1.Contoso.COM", Ok("um1.contoso.com")),
    ("contoso.com", Ok("contoso.com")),
    ("a.b", Ok("a.b")),
    ("1.contoso.com", Ok("1.contoso.com")),
    ("xn--bcher-kva.example", Ok("xn--bcher-kva.example")),
    ("um-1.contoso.com", Ok("um-1.contoso.com")),
    ("", Err("")),
    ("um1", Err("")),
    (".contoso.com", Err("")),
    ("um1..com", Err("")),
    ("um1.contoso.com.", Err("")),
    ("*.contoso.com", Err("")),
    ("um*.contoso.com", Err("'*'")),
    ("um_1.contoso.com", Err("'_'")),
    ("um 1.contoso.com", Err("' '")),
    ("um1.contoso.com\n", Err("'\\n'")),
    ("bücher.example", Err("'ü'")),
    ("-um.contoso.com", Err("")),
    ("um-.contoso.com", Err("")),
    ("192.0.2.1", Err("")),
    ("2001:db8::1", Err("")),
    ("192.0.2.999", Err("")),
    ("um1.0xfe", Err("")),
    ("um1.0xfen", Ok("um1.0xfen")),
];

#[test]
fn name_is_parsed_or_refused_with_a_reason() {
    let mut refused = Vec::new();
    for (text, expected) in NAMES {
        match (text.parse::<DnsName>(), expected) {
            (Ok(name), Ok(expected)) => assert_eq!(name.as_str(), *expected, "{text:?}"),
            (Err(error), Err(fact)) => {
                assert_states(&error, &[fact]);
                refused.push((format!("{text:?}"), error));
            }
            (parsed, _) => panic!("{text:?}: {parsed:?}"),
        }
    }
    assert_rows(
        refused,
        &expect![[r#"
            "": `` is not a fully qualified domain name: it is empty
            "um1": `um1` is not a fully qualified domain name: it has a single label; add the domain
            ".contoso.com": `.contoso.com` is not a fully qualified domain name: it has an empty label
            "um1..com": `um1..com` is not a fully qualified domain name: it has an empty label
            "um1.contoso.com.": `um1.contoso.com.` is not a fully qualified domain name: it ends with a dot; remove the dot
            "*.contoso.com": `*.contoso.com` is not a fully qualified domain name: it is a wildcard; expected the name of one host
            "um*.contoso.com": `um*.contoso.com` is not a fully qualified domain name: '*' is not a letter, digit, hyphen or dot
            "um_1.contoso.com": `um_1.contoso.com` is not a fully qualified domain name: '_' is not a letter, digit, hyphen or dot
            "um 1.contoso.com": `um 1.contoso.com` is not a fully qualified domain name: ' ' is not a letter, digit, hyphen or dot
            "um1.contoso.com\n": `um1.contoso.com\n` is not a fully qualified domain name: '\n' is not a letter, digit, hyphen or dot
            "bücher.example": `bücher.example` is not a fully qualified domain name: 'ü' is not a letter, digit, hyphen or dot; encode other scripts as A-labels (xn--…)
            "-um.contoso.com": `-um.contoso.com` is not a fully qualified domain name: a label starts or ends with a hyphen
            "um-.contoso.com": `um-.contoso.com` is not a fully qualified domain name: a label starts or ends with a hyphen
            "192.0.2.1": `192.0.2.1` is not a fully qualified domain name: it is an IP address
            "2001:db8::1": `2001:db8::1` is not a fully qualified domain name: it is an IP address
            "192.0.2.999": `192.0.2.999` is not a fully qualified domain name: its last label is a number
            "um1.0xfe": `um1.0xfe` is not a fully qualified domain name: its last label is a number
        "#]],
    );
}

#[test]
fn name_or_label_above_the_maximum_length_is_refused() {
    let label = "a".repeat(63);
    let longest = format!("{label}.{label}.{label}.{}", "a".repeat(61));
    assert_eq!(longest.len(), 253);
    assert!(longest.parse::<DnsName>().is_ok());
    let too_long = format!("{longest}a").parse::<DnsName>().unwrap_err();
    assert_states(&too_long, &["254", "253"]);
    let long_label = format!("{label}a.com").parse::<DnsName>().unwrap_err();
    assert_states(&long_label, &["64", "63"]);
    assert_lines(
        [too_long, long_label],
        &expect![[r#"
            `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaa…` is not a fully qualified domain name: it has 254 characters, but at most 253 are allowed
            `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com` is not a fully qualified domain name: a label has 64 characters, but at most 63 are allowed
        "#]],
    );
}

#[test]
fn refused_text_is_truncated_and_escaped() {
    let error = format!("\u{1b}[31m{}", "x".repeat(1000))
        .parse::<DnsName>()
        .unwrap_err();
    assert!(error.name().starts_with("\\u{1b}[31mxxx"), "{error}");
    assert!(error.to_string().len() < 300, "{error}");
}

/// An entry, a name, and `true` if the entry covers the name.
const COVERS: &[(&str, &str, bool)] = &[
    ("um1.contoso.com", "um1.contoso.com", true),
    ("UM1.contoso.com", "um1.CONTOSO.com", true),
    ("um1.contoso.com", "um2.contoso.com", false),
    ("*.contoso.com", "um1.contoso.com", true),
    ("*.contoso.com", "contoso.com", false),
    ("*.contoso.com", "um1.eu.contoso.com", false),
    ("*.eu.contoso.com", "um1.contoso.com", false),
    ("*.contoso.com", "um1.fabrikam.com", false),
    ("*.ontoso.com", "c.contoso.com", false),
];

#[test]
fn wildcard_covers_exactly_one_label() {
    for (entry, host, covers) in COVERS {
        let entry: SanName = entry.parse().unwrap();
        assert_eq!(entry.covers(&name(host)), *covers, "{entry} covers {host}");
    }
}

#[test]
fn wildcard_of_a_single_label_is_refused() {
    for text in [
        "*.com",
        "*",
        "*.",
        "**.contoso.com",
        "*.*.contoso.com",
        "a.*.contoso.com",
    ] {
        assert!(text.parse::<SanName>().is_err(), "{text}");
    }
    assert_eq!(SanName::wildcard_over(&name("contoso.com")), None);
}

#[test]
fn wildcard_leaves_room_for_one_label() {
    let label = "a".repeat(63);
    let domain = format!("{label}.{label}.{label}.{}", "a".repeat(59));
    assert!(format!("*.{domain}").parse::<SanName>().is_ok());
    assert!(format!("*.{domain}a").parse::<SanName>().is_err());
    assert_eq!(
        format!("b.{domain}")
            .parse::<DnsName>()
            .map(|name| name.as_str().len()),
        Ok(253)
    );
}

#[test]
fn name_round_trips_through_json() {
    let json = r#"["um1.contoso.com","*.contoso.com"]"#;
    let names: Vec<SanName> = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::to_string(&names).unwrap(), json);
    let error = serde_json::from_str::<DnsName>(r#""um1""#).unwrap_err();
    assert_states(&error, &["um1"]);
    assert_text(
        &error,
        &expect![[
            r#"`um1` is not a fully qualified domain name: it has a single label; add the domain"#
        ]],
    );
}

fn a_name() -> impl Strategy<Value = DnsName> {
    "[a-c]{1,2}(\\.[a-c]{1,2}){1,3}".prop_map(|text| text.parse().unwrap())
}

proptest! {
    #[test]
    fn san_name_round_trips_through_text(text in "\\PC{0,20}|[a-z*.-]{0,20}") {
        if let Ok(name) = text.parse::<SanName>() {
            prop_assert_eq!(name.to_string().parse::<SanName>(), Ok(name));
        }
    }

    #[test]
    fn wildcards_over_names_cover_all_and_none_is_redundant(names in prop::collection::vec(a_name(), 0..12)) {
        let set = SanName::wildcards_over(&names);
        for name in &names {
            prop_assert!(SanName::find_covering(&set, name).is_some(), "{} by {:?}", name, set);
        }
        // Each entry covers a name that no other entry covers.
        for entry in &set {
            let rest: Vec<SanName> = set.iter().filter(|other| *other != entry).cloned().collect();
            prop_assert!(names.iter().any(|name| SanName::find_covering(&rest, name).is_none()), "{} of {:?}", entry, set);
        }
    }

    #[test]
    fn find_covering_agrees_with_covers(names in prop::collection::vec(a_name(), 0..8), asked in a_name()) {
        let entries: Vec<SanName> = names
            .iter()
            .enumerate()
            .filter_map(|(index, name)| match index % 2 {
                0 => Some(SanName::from(name)),
                _ => SanName::wildcard_over(name),
            })
            .collect();
        prop_assert_eq!(SanName::find_covering(&entries, &asked).is_some(), entries.iter().any(|entry| entry.covers(&asked)));
    }
}

/// A string, and the variant and text of the general name that it parses to.
const GENERAL_NAMES: &[(&str, Option<(&str, &str)>)] = &[
    ("UM1.contoso.com", Some(("Dns", "um1.contoso.com"))),
    ("*.contoso.com", Some(("Dns", "*.contoso.com"))),
    ("localhost", Some(("Host", "localhost"))),
    ("Redis", Some(("Host", "redis"))),
    ("um_1", Some(("Host", "um_1"))),
    (
        "_sip._tls.contoso.com",
        Some(("Host", "_sip._tls.contoso.com")),
    ),
    ("*.my_team.test", Some(("Host", "*.my_team.test"))),
    ("192.0.2.1", Some(("Ip", "192.0.2.1"))),
    ("::1", Some(("Ip", "::1"))),
    ("Alice@Contoso.com", Some(("Email", "Alice@contoso.com"))),
    ("a.b+c@localhost", Some(("Email", "a.b+c@localhost"))),
    ("", None),
    ("no name", None),
    ("redis.", None),
    ("*.redis", None),
    ("*", None),
    ("*.um_1..test", None),
    ("-redis", None),
    ("127", None),
    ("um_1.0x7f", None),
    ("rédis", None),
    ("@contoso.com", None),
    ("alice@", None),
    ("alice@*.contoso.com", None),
    ("alice@192.0.2.1", None),
    ("a..b@contoso.com", None),
    ("a b@contoso.com", None),
    ("a@b@contoso.com", None),
    ("älice@contoso.com", None),
    ("alice@cöntoso.com", None),
];

#[test]
fn general_name_is_parsed_by_its_form() {
    let mut refused = Vec::new();
    for (text, expected) in GENERAL_NAMES {
        match (text.parse::<GeneralName>(), expected) {
            (Ok(name), Some((variant, shown))) => {
                assert_eq!(name.to_string(), *shown, "{text:?}");
                assert!(format!("{name:?}").starts_with(variant), "{name:?}");
                assert_eq!(name.to_string().parse::<GeneralName>(), Ok(name));
            }
            (Err(error), None) => {
                assert_eq!(error.name(), *text);
                refused.push((format!("{text:?}"), error));
            }
            (parsed, _) => panic!("{text:?}: {parsed:?}"),
        }
    }
    assert_rows(
        refused,
        &expect![[r#"
            "": `` is not a host name or IP address: it is empty
            "no name": `no name` is not a host name or IP address: ' ' is not a letter, digit, hyphen, underscore or dot
            "redis.": `redis.` is not a host name or IP address: it ends with a dot; remove the dot
            "*.redis": `*.redis` is not a host name or IP address: it is a wildcard directly under a single label, which no client accepts
            "*": `*` is not a host name or IP address: '*' is not a letter, digit, hyphen, underscore or dot
            "*.um_1..test": `*.um_1..test` is not a host name or IP address: it has an empty label
            "-redis": `-redis` is not a host name or IP address: a label starts or ends with a hyphen
            "127": `127` is not a host name or IP address: its last label is a number
            "um_1.0x7f": `um_1.0x7f` is not a host name or IP address: its last label is a number
            "rédis": `rédis` is not a host name or IP address: 'é' is not a letter, digit, hyphen, underscore or dot; encode other scripts as A-labels (xn--…)
            "@contoso.com": `@contoso.com` is not an e-mail address: the part before the `@` is not 1 to 64 ASCII letters, digits, dots and other characters that need no quotes
            "alice@": `alice@` is not an e-mail address: it is empty
            "alice@*.contoso.com": `alice@*.contoso.com` is not an e-mail address: it is a wildcard; expected the name of one host
            "alice@192.0.2.1": `alice@192.0.2.1` is not an e-mail address: it is an IP address
            "a..b@contoso.com": `a..b@contoso.com` is not an e-mail address: the part before the `@` is not 1 to 64 ASCII letters, digits, dots and other characters that need no quotes
            "a b@contoso.com": `a b@contoso.com` is not an e-mail address: the part before the `@` is not 1 to 64 ASCII letters, digits, dots and other characters that need no quotes
            "a@b@contoso.com": `a@b@contoso.com` is not an e-mail address: the part before the `@` is not 1 to 64 ASCII letters, digits, dots and other characters that need no quotes
            "älice@contoso.com": `älice@contoso.com` is not an e-mail address: the part before the `@` is not 1 to 64 ASCII letters, digits, dots and other characters that need no quotes
            "alice@cöntoso.com": `alice@cöntoso.com` is not an e-mail address: 'ö' is not a letter, digit, hyphen, underscore or dot; encode other scripts as A-labels (xn--…)
        "#]],
    );
}

#[test]
fn longest_names_of_every_form_are_accepted() {
    let label = "a".repeat(63);
    let host = format!("{label}.{label}.{label}.{}_", "a".repeat(60));
    let domain = &host[2..];
    for (text, is_valid) in [
        (label.clone(), true),
        (format!("{label}a"), false),
        (host.clone(), true),
        (format!("{host}a"), false),
        (format!("*.{domain}"), true),
        (format!("*.{domain}a"), false),
        (format!("{}@contoso.com", "a".repeat(64)), true),
        (format!("{}@contoso.com", "a".repeat(65)), false),
        (format!("a@{host}"), true),
        (format!("a@{host}a"), false),
    ] {
        assert_eq!(text.parse::<GeneralName>().is_ok(), is_valid, "{text}");
    }
}
