//! `docs/deployment.md`: the keys and values of a deployment, derived from what the reader accepts.

use std::fmt::{Display, Write};
use std::fs;

use serde_json::{Value, json};
use umcert::deployment::{
    ExchangeRole, ExchangeVersion, MediaEncryption, StartupMode, UriType, VoipSecurity,
};
use umcert::plan::{CaProfile, CertificateSharing};
use umcert::{Deployment, KeyKind, SanPolicy};

use super::source::{Item, items};
use super::{REMAKE, read, root};

/// A table of the format: its title, the pointer to it in [`complete`], and the struct that is read from it.
struct Table {
    title: &'static str,
    pointer: &'static str,
    file: &'static str,
    head: &'static str,
}

const fn table(
    title: &'static str,
    pointer: &'static str,
    file: &'static str,
    head: &'static str,
) -> Table {
    Table {
        title,
        pointer,
        file,
        head,
    }
}

const TABLES: &[Table] = &[
    table("Top level", "", "mod.rs", "pub struct Deployment"),
    table("`[lync]`", "/lync", "lync.rs", "pub struct Lync"),
    table(
        "`[[lync.pools]]`",
        "/lync/pools/0",
        "lync.rs",
        "pub struct FrontEndPool",
    ),
    table(
        "`[[exchange]]`",
        "/exchange/0",
        "exchange.rs",
        "pub struct ExchangeForest",
    ),
    table(
        "`[[server-sets]]`",
        "/server-sets/0",
        "server_set.rs",
        "pub struct ServerSet",
    ),
    table(
        "`[server-sets.failover]`",
        "/server-sets/0/failover",
        "server_set.rs",
        "struct FailoverText",
    ),
    table(
        "`[[server-sets.servers]]`",
        "/server-sets/0/servers/0",
        "exchange.rs",
        "pub struct UmServer",
    ),
    table(
        "`[[dial-plans]]`",
        "/dial-plans/0",
        "dial_plan.rs",
        "pub struct DialPlan",
    ),
    table(
        "`[[dial-plans.members]]`",
        "/dial-plans/0/members/0",
        "dial_plan.rs",
        "pub struct DialPlanMember",
    ),
    table("`[plan]`", "/plan", "options.rs", "pub struct PlanOptions"),
];

/// Returns a valid deployment with every key.
fn complete() -> Value {
    json!({
        "lync": {
            "forest": "contoso.com",
            "dial-plans": ["TukwilaUsers"],
            "pools": [{
                "fqdn": "pool.contoso.com",
                "servers": ["fe1.contoso.com"],
                "encryption": "support",
            }],
        },
        "exchange": [{
            "forest": "contoso.com",
            "version": "2016",
            "trusts-lync": true,
            "trusted-by-lync": true,
            "um-settings-in-lync-forest": true,
        }],
        "server-sets": [{
            "name": "um",
            "failover": { "method": "dns", "redirects": { "um1.contoso.com": "um3.contoso.com" } },
            "servers": [
                {
                    "fqdn": "um1.contoso.com",
                    "site": "Tukwila",
                    "forest": "contoso.com",
                    "version": "2013",
                    "roles": ["mailbox"],
                    "ucma": 4,
                    "addresses": ["192.0.2.1"],
                    "startup-mode": "tls",
                    "netbios-name": "UM1",
                },
                {
                    "fqdn": "um3.contoso.com",
                    "site": "Dublin",
                    "roles": ["mailbox", "client-access"],
                    "startup-mode": "dual",
                },
            ],
        }],
        "dial-plans": [{
            "name": "TukwilaUsers",
            "uri-type": "sip-uri",
            "security": "secured",
            "outlook-voice-access": ["+14255550100"],
            "auto-attendants": ["+14255550101"],
            "members": [{ "server": "um1.contoso.com", "enabled": false }],
        }],
        "dns-zones": ["contoso.com"],
        "plan": {
            "san": "minimal",
            "key": "p256",
            "sharing": "one-per-set",
            "ca": "public",
            "outages": "servers-2",
            "front-ends": true,
            "max-names": 7,
            "max-size": 4096,
        },
    })
}

/// Returns what a deployment is written as after it was read, or the reader's error.
fn round_trip(value: &Value) -> Result<Value, serde_json::Error> {
    let deployment: Deployment = serde_json::from_value(value.clone())?;
    serde_json::to_value(deployment)
}

/// Returns the text of the column "default": what the reader makes of a deployment without `key`.
fn default_of(pointer: &str, key: &str) -> String {
    let mut value = complete();
    let table = value.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
    table.remove(key).unwrap();
    let Ok(read) = round_trip(&value) else {
        return "**required**".to_owned();
    };
    match read.pointer(pointer).unwrap().get(key) {
        None => "none".to_owned(),
        Some(Value::Array(items)) if items.is_empty() => "none".to_owned(),
        Some(Value::Array(items)) => {
            let items: Vec<String> = items.iter().map(in_code).collect();
            items.join(", ")
        }
        Some(value) => in_code(value),
    }
}

fn in_code(value: &Value) -> String {
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    format!("`{text}`")
}

/// Returns the words for a Rust type.
fn type_words(kind: &str) -> String {
    let inner = |outer: &str| kind.strip_prefix(outer)?.strip_suffix('>');
    if let Some(kind) = inner("Option<") {
        return type_words(kind);
    }
    if let Some(kind) = inner("Vec<").or_else(|| inner("BTreeSet<")) {
        return format!("list: {}", type_words(kind));
    }
    match kind {
        "DnsName" => "FQDN".to_owned(),
        "String" => "text".to_owned(),
        "bool" => "`true` or `false`".to_owned(),
        "u8" | "usize" => "number".to_owned(),
        "IpAddr" => "IP address".to_owned(),
        "Lync" | "FrontEndPool" | "ExchangeForest" | "ServerSet" | "UmServer" | "DialPlan"
        | "DialPlanMember" | "Failover" | "PlanOptions" => "table".to_owned(),
        "UniqueRedirects" => "table: FQDN = FQDN".to_owned(),
        kind => {
            let title = VALUES.iter().find(|(name, ..)| *name == kind);
            let (_, title, _) = title.unwrap_or_else(|| panic!("a type without words: {kind}"));
            format!("[{title}](#{})", title.to_lowercase().replace(' ', "-"))
        }
    }
}

/// The enums of the format: the type, the words for it and its file.
const VALUES: &[(&str, &str, &str)] = &[
    ("ExchangeVersion", "version of Exchange", "version.rs"),
    ("ExchangeRole", "role", "role.rs"),
    ("StartupMode", "startup mode", "exchange.rs"),
    ("FailoverMethod", "failover method", "server_set.rs"),
    ("UriType", "URI type", "dial_plan.rs"),
    ("VoipSecurity", "VoIP security", "dial_plan.rs"),
    ("MediaEncryption", "media encryption", "lync.rs"),
    ("SanPolicy", "SAN policy", "options.rs"),
    ("KeyKind", "key kind", "options.rs"),
    ("CertificateSharing", "certificate sharing", "options.rs"),
    ("CaProfile", "CA profile", "options.rs"),
    ("OutageScope", "scope of outages", "options.rs"),
];

/// Returns the texts that the reader accepts for an enum of [`VALUES`].
fn accepted(name: &str) -> Vec<String> {
    fn texts<T: Display>(all: &[T]) -> Vec<String> {
        all.iter().map(T::to_string).collect()
    }
    match name {
        "ExchangeVersion" => texts(ExchangeVersion::ALL),
        "ExchangeRole" => texts(ExchangeRole::ALL),
        "StartupMode" => texts(StartupMode::ALL),
        "FailoverMethod" => texts(&["dns", "dial-plan"]),
        "UriType" => texts(UriType::ALL),
        "VoipSecurity" => texts(VoipSecurity::ALL),
        "MediaEncryption" => texts(MediaEncryption::ALL),
        "SanPolicy" => texts(SanPolicy::ALL),
        "KeyKind" => texts(KeyKind::ALL),
        "CertificateSharing" => texts(CertificateSharing::ALL),
        "CaProfile" => texts(CaProfile::ALL),
        "OutageScope" => texts(&["single", "site-pairs", "servers-N"]),
        name => panic!("{name}"),
    }
}

fn source_items(file: &str, head: &str) -> Vec<Item> {
    items(&read(&root().join("src/deployment").join(file)), head)
}

/// Returns the variants of an enum of [`VALUES`].
fn variants(name: &str, file: &str) -> Vec<Item> {
    let source = read(&root().join("src/deployment").join(file));
    let public = format!("pub enum {name}");
    let head = if source.contains(&public) {
        public
    } else {
        format!("enum {name}")
    };
    items(&source, &head)
}

fn page() -> String {
    let mut page = format!(
        "# The deployment format\n\n\
         A deployment is a text in TOML, JSON or any other format of serde: `umcert::Deployment` implements \
         `Deserialize`. An unknown key is an error, and so is a deployment that contradicts itself.\n\n\
         <!-- Generated from src/deployment and what it accepts by `{REMAKE}`. -->\n\n\
         An FQDN has at least two labels of letters, digits and hyphens; case does not matter. The numbers D1, D2 … \
         are in [the list of facts](../src/facts.md).\n\n\
         ```toml\n{EXAMPLE}```\n",
    );
    for table in TABLES {
        write!(page, "\n## {}\n\n", table.title).unwrap();
        page.push_str("| key | type | default | meaning |\n| --- | --- | --- | --- |\n");
        for item in source_items(table.file, table.head) {
            let (key, doc) = (&item.name, &item.doc);
            let (kind, default) = (type_words(&item.kind), default_of(table.pointer, key));
            writeln!(page, "| `{key}` | {kind} | {default} | {doc} |").unwrap();
        }
    }
    page.push_str("\n## Values\n");
    for (name, title, file) in VALUES {
        let (first, rest) = title.split_at(1);
        write!(page, "\n### {}{rest}\n\n", first.to_uppercase()).unwrap();
        for variant in variants(name, file) {
            writeln!(page, "- {}", variant.doc).unwrap();
        }
    }
    page
}

const EXAMPLE: &str = r#"[lync]
forest = "contoso.com"
pools = [{ fqdn = "pool.contoso.com", servers = ["fe1.contoso.com"] }]

[[exchange]]
forest = "contoso.com"
version = "2013"

[[server-sets]]
name = "um"
servers = [
    { fqdn = "um1.contoso.com", site = "Tukwila" },
    { fqdn = "um3.contoso.com", site = "Dublin" },
]

[server-sets.failover]
method = "dns"
redirects = { "um1.contoso.com" = "um3.contoso.com", "um3.contoso.com" = "um1.contoso.com" }

[[dial-plans]]
name = "TukwilaUsers"
uri-type = "sip-uri"
security = "secured"
members = [{ server = "um1.contoso.com" }, { server = "um3.contoso.com", enabled = false }]
"#;

#[test]
fn deployment_page_matches_the_code() {
    let path = root().join("docs/deployment.md");
    let page = page();
    if std::env::var_os("REMAKE").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let stale = !path.exists() || read(&path) != page;
    assert!(!stale, "docs/deployment.md is stale; remake it: {REMAKE}");
}

#[test]
fn deployment_page_example_is_valid() {
    toml::from_str::<Deployment>(EXAMPLE).unwrap();
}

/// The page has every key that is written, and no other.
#[test]
fn deployment_page_has_exactly_the_keys() {
    let complete = complete();
    assert_eq!(round_trip(&complete).unwrap(), complete);
    for table in TABLES {
        let written = complete.pointer(table.pointer).unwrap();
        let mut written: Vec<&str> = written
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let items = source_items(table.file, table.head);
        let mut shown: Vec<&str> = items.iter().map(|item| item.name.as_str()).collect();
        written.sort_unstable();
        shown.sort_unstable();
        assert_eq!(shown, written, "{}", table.title);
        for Item { name, doc, .. } in &items {
            assert!(
                !doc.is_empty(),
                "{}: {name} has no documentation",
                table.title
            );
        }
    }
}

/// The documentation of each variant starts with the text that a deployment has for it.
#[test]
fn values_of_a_deployment_are_documented_with_their_text() {
    for (name, _, file) in VALUES {
        let shown: Vec<String> = variants(name, file)
            .iter()
            .map(|variant| {
                let first = variant.doc.strip_prefix('`').unwrap_or_default();
                let (text, _) = first.split_once("`: ").unwrap_or_default();
                text.to_owned()
            })
            .collect();
        assert_eq!(shown, accepted(name), "{name}");
    }
}
