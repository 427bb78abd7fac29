//! The report: its window and times, its forms, and the verdict of a store on its own.

use crate::support::deployments::{EXAMPLE_1, EXAMPLE_2, TODAY, name, um};
use crate::support::forge::{self, Forge};
use crate::support::scene::{Forged, Scene, assert_finds, ids};
use crate::support::snapshot::{assert_page, assert_states, assert_text};
use expect_test::{expect, expect_file};
use time::Duration;
use umcert::audit::VerifyError;
use umcert::{Certificate, Chain, Rule, SanPolicy, TrustStore};

#[test]
fn expiry_warning_starts_at_the_requested_days() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    assert_eq!(scene.audit().warn_days(400).run(TODAY).findings().len(), 4);
    assert_finds(&scene.audit().warn_days(0).run(TODAY), &[]);
}

#[test]
fn last_second_of_the_validity_is_valid() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let chain = scene.chain(&um(1));
    let end = chain.certificates().next().unwrap().not_after();
    let audit = scene.audit().warn_days(0);
    assert!(audit.run(end + Duration::milliseconds(999)).is_trusted());
    let report = audit.run(end + Duration::SECOND);
    assert!(
        ids(report.findings())
            .iter()
            .all(|id| id.starts_with("error expired")),
        "{report}"
    );
    assert_eq!(report.findings().len(), 4);
}

/// Returns a report in which UM server 1 presents an expired certificate, and its fingerprints.
fn with_ended() -> (umcert::Report, String) {
    let forged = Forged::new();
    let own = forged
        .intermediate
        .server(1, |it| it.not_after = TODAY - Duration::days(53));
    let fingerprints = format!(
        "thumbprint {}, SHA-256 {}",
        own.thumbprint(),
        own.sha256_fingerprint()
    );
    let report = forged
        .audit()
        .presented(um(1), forged.chain(own))
        .run(TODAY);
    (report, fingerprints)
}

#[test]
fn report_serializes_to_json() {
    let (report, fingerprints) = with_ended();
    let detail = report.findings()[0].detail();
    assert_states(detail, &["2026-10-01T00:00:00Z", "53", &fingerprints]);
    let json = serde_json::to_value(&report).unwrap();
    let verdicts = json["verdicts"].as_array().unwrap();
    assert_eq!(verdicts.len(), 8);
    let validities = json["validities"].as_array().unwrap();
    assert_eq!(validities.len(), 4);
    assert_eq!(validities[0]["server"], "um1.contoso.com");
    assert_eq!(validities[0]["not-after"], "2026-10-01T00:00:00Z");
    assert_eq!(
        verdicts[7],
        serde_json::json!({
            "server": "um4.contoso.com",
            "relying-party": "contoso.com",
            "verdict": "trusted",
            "because": [],
        })
    );
    assert_eq!(
        json,
        serde_json::json!({
            "format": 1,
            "trusted": false,
            "at": "2026-11-23T00:00:00Z",
            "failover-safe-until": "2026-11-23T00:00:00Z",
            "front-ends-omitted": true,
            "verdicts": verdicts,
            "validities": validities,
            "findings": [{
                "rule": "expired",
                "severity": "error",
                "subject": "um1.contoso.com",
                "detail": detail,
                "remedy": report.findings()[0].remedy(),
                "source": "RFC 5280 §4.1.2.5",
            }],
        })
    );
    assert_eq!(
        verdicts[0],
        serde_json::json!({
            "server": "um1.contoso.com",
            "relying-party": "lync",
            "verdict": "refused",
            "because": ["expired"],
        })
    );
}

#[test]
fn report_renders_as_text() {
    let (report, fingerprints) = with_ended();
    let page = report.to_string();
    let facts = [
        "2026-11-23T00:00:00Z",
        "1 error",
        &fingerprints,
        "[expired, RFC 5280 §4.1.2.5]",
    ];
    assert_states(&page, &facts);
    assert_page(page, &expect_file!["../../snapshots/audit-expired.txt"]);
}

#[test]
fn report_of_any_time_renders() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let (first, last) = (time::PrimitiveDateTime::MIN, time::PrimitiveDateTime::MAX);
    for at in [first, last] {
        let report = scene.audit().run(at.assume_utc());
        assert!(!report.is_trusted());
        let page = report.to_string();
        let year = at.year().to_string();
        assert_states(
            page.lines().next().unwrap(),
            &[year.trim_start_matches('-')],
        );
        assert!(report.to_markdown().starts_with("# Audit"));
    }
    let west = time::UtcOffset::from_hms(-23, 0, 0).unwrap();
    assert!(
        !scene
            .audit()
            .run(last.assume_offset(west))
            .to_string()
            .is_empty()
    );
}

#[test]
fn store_states_why_a_chain_is_refused() {
    let scene = Scene::new(EXAMPLE_2, SanPolicy::Wildcard);
    let chain = scene.chain(&um(1));
    let store = TrustStore::from(scene.ca.roots());
    let verify = |store: &TrustStore, host: &str, at| store.verify(&chain, name(host), at);
    assert_eq!(
        verify(&store, "um9.contoso.com", TODAY)
            .unwrap()
            .root()
            .subject(),
        "CN=Contoso Test CA"
    );
    let error = verify(&store, "um1.fabrikam.com", TODAY).unwrap_err();
    assert_states(
        &error,
        &["`um1.fabrikam.com`", "um1.contoso.com", "*.contoso.com"],
    );
    assert_text(
        &error,
        &expect![[
            r#"the certificate does not cover `um1.fabrikam.com`: its SAN has `um1.contoso.com`, `*.contoso.com`"#
        ]],
    );
    // A long list of names is truncated.
    let names: Vec<String> = (0..300).map(|it| format!("host{it}.example.net")).collect();
    let forge = Forge::root("Root");
    let own = forge.server(1, |it| it.subject_alt_names = forge::sans(&names));
    let store_of = TrustStore::from(&[forge.certificate][..]);
    let error = store_of.verify(&[own].into_iter().collect(), um(1), TODAY);
    let text = error.unwrap_err().to_string();
    assert_states(&text, &["host9.example.net", "290"]);
    assert_text(
        &text,
        &expect![[
            r#"the certificate does not cover `um1.contoso.com`: its SAN has `host0.example.net`, `host1.example.net`, `host2.example.net`, `host3.example.net`, `host4.example.net`, `host5.example.net`, `host6.example.net`, `host7.example.net`, `host8.example.net`, `host9.example.net`, 290 more"#
        ]],
    );
    let later = TODAY + Duration::days(3000);
    assert_eq!(
        verify(&store, "um1.contoso.com", later)
            .unwrap_err()
            .rules(),
        [Rule::Expired]
    );
    let early = time::OffsetDateTime::UNIX_EPOCH - Duration::DAY;
    assert_eq!(
        verify(&store, "um1.contoso.com", early)
            .unwrap_err()
            .rules(),
        [Rule::NotYetValid]
    );
    assert_eq!(
        verify(&TrustStore::default(), "um1.contoso.com", TODAY)
            .unwrap_err()
            .rules(),
        [Rule::UntrustedRoot]
    );
    let empty: Chain = std::iter::empty::<Certificate>().collect();
    assert_eq!(store.verify(&empty, um(1), TODAY), Err(VerifyError::Empty));
}
