//! The options of a plan in the deployment.

use crate::support::deployments::{EXAMPLE_1, deployment};
use umcert::plan::{CaProfile, CertificateSharing, OutageScope};
use umcert::{Deployment, KeyKind, Plan, PlanOptions, SanPolicy};

/// Returns the deployment of example 1 with a table of options.
fn read(options: &str) -> Result<Deployment, String> {
    let text = format!("{EXAMPLE_1}\n[plan]\n{options}\n");
    toml::from_str(&text).map_err(|error| error.to_string())
}

#[test]
fn each_option_is_read_and_written() {
    let defaults = PlanOptions::default;
    let rows = [
        ("", defaults()),
        ("san = 'every-server'", defaults()),
        ("san = 'wildcard'", defaults().san(SanPolicy::Wildcard)),
        ("key = 'rsa4096'", defaults().key(KeyKind::Rsa4096)),
        (
            "sharing = 'one-per-set'",
            defaults().sharing(CertificateSharing::OnePerSet),
        ),
        ("ca = 'acme-like'", defaults().ca(CaProfile::AcmeLike)),
        (
            "outages = 'site-pairs'",
            defaults().outages(OutageScope::SitePairs),
        ),
        (
            "outages = 'servers-2'",
            defaults().outages(OutageScope::Servers(2)),
        ),
        ("front-ends = true", defaults().front_ends(true)),
        ("max-names = 7", defaults().max_names(7)),
        ("max-size = 4096", defaults().max_size(4096)),
        (
            "san = 'minimal'\nkey = 'p256'",
            defaults().san(SanPolicy::Minimal).key(KeyKind::P256),
        ),
    ];
    for (text, expected) in rows {
        let read = read(text).unwrap();
        assert_eq!(read.plan, expected, "{text}");
        let json = serde_json::to_value(&read).unwrap();
        assert_eq!(json.get("plan").is_some(), expected != defaults(), "{text}");
        assert_eq!(serde_json::from_value::<Deployment>(json).unwrap(), read);
        let plan = |deployment, options| Plan::new(deployment, options).unwrap();
        let plain = deployment(EXAMPLE_1);
        let in_code = plan(&plain, &expected);
        let in_text = plan(&read, &read.plan);
        assert_eq!(in_text.certificates(), in_code.certificates(), "{text}");
    }
}

#[test]
fn invalid_option_is_refused_with_its_line() {
    let rows = [
        ("sna = 'wildcard'", "unknown field `sna`"),
        ("san = 'all'", "unknown variant `all`"),
        ("key = 'rsa1024'", "unknown variant `rsa1024`"),
        (
            "outages = 'servers-02'",
            "`servers-02` is not a scope of outages",
        ),
        ("outages = 2", "invalid type"),
        ("max-names = -1", "invalid value"),
    ];
    let line = EXAMPLE_1.lines().count() + 3;
    for (text, reason) in rows {
        let error = read(text).unwrap_err();
        assert!(error.contains(reason), "{text}: {error}");
        let shown = [line - 1, line].map(|line| format!("line {line},"));
        assert!(shown.iter().any(|it| error.contains(it)), "{text}: {error}");
    }
}
