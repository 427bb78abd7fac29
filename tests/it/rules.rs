//! Rules: stable ids and severities.

use umcert::{Rule, Severity};

/// Every rule. An id is never renamed, and a severity never changes.
const CONTRACT: &[(&str, &str)] = &[
    ("no-lync-pool", "error"),
    ("no-mailbox-role", "error"),
    ("forest-trust-missing", "error"),
    ("um-settings-not-in-lync-forest", "warning"),
    ("ipv6-without-ucma4", "error"),
    ("dial-plan-not-sip-uri", "error"),
    ("dial-plan-unsecured", "error"),
    ("startup-mode-tcp", "error"),
    ("dial-plan-name-invalid", "error"),
    ("dial-plan-name-long", "warning"),
    ("dial-plan-name-uncoordinated", "error"),
    ("phone-number-missing", "warning"),
    ("phone-number-invalid", "error"),
    ("dial-plan-not-redundant", "warning"),
    ("server-not-in-dial-plan", "warning"),
    ("no-failover", "warning"),
    ("failover-within-site", "warning"),
    ("unanswered-name", "error"),
    ("san-ignored-stand-alone", "warning"),
    ("wildcard-under-suffix", "warning"),
    ("wildcard-reach", "note"),
    ("wildcard-phone-edition", "note"),
    ("too-many-names", "warning"),
    ("shared-subject", "warning"),
    ("own-name-left-out", "warning"),
    ("key-not-rsa", "warning"),
    ("key-size-unlisted", "warning"),
    ("common-name-too-long", "error"),
    ("san-extension-too-large", "warning"),
    ("internal-name-public-ca", "error"),
    ("standby-older-version", "warning"),
    ("more-servers-than-tried", "note"),
    ("security-incompatible", "error"),
    ("addresses-missing-for-runbook", "note"),
    ("dynamic-registration-undoes-failover", "note"),
    ("not-presented", "error"),
    ("not-in-plan", "note"),
    ("malformed-certificate", "error"),
    ("default-self-signed", "error"),
    ("self-signed", "error"),
    ("ca-as-server", "error"),
    ("missing-intermediate", "error"),
    ("intermediate-not-presented", "note"),
    ("untrusted-root", "error"),
    ("bad-signature", "error"),
    ("path-invalid", "error"),
    ("path-not-judged", "error"),
    ("roots-differ", "note"),
    ("expired", "error"),
    ("not-yet-valid", "error"),
    ("expires-soon", "warning"),
    ("subject-not-server", "error"),
    ("subject-wildcard", "error"),
    ("name-missing", "error"),
    ("name-extra", "note"),
    ("san-order", "warning"),
    ("no-server-auth", "error"),
    ("no-crl-distribution-point", "warning"),
    ("weak-key", "error"),
    ("key-mismatch", "error"),
    ("sha1-signature", "error"),
    ("pss-signature", "error"),
    ("md5-signature", "error"),
    ("sha512-signature", "warning"),
    ("no-digital-signature", "warning"),
    ("key-in-cng-provider", "error"),
    ("crl-ldap-only", "warning"),
    ("public-validity", "warning"),
    ("revoked", "error"),
    ("revocation-unknown", "warning"),
    ("crl-expired", "warning"),
    ("crl-not-yet-valid", "warning"),
    ("chain-order", "note"),
    ("section-skipped", "note"),
    ("profile", "warning"),
    ("acceptance-without-effect", "note"),
    ("root-store-misplaced", "error"),
    ("root-store-misplaced-exchange", "warning"),
    ("root-store-duplicate", "note"),
    ("root-store-over-100", "warning"),
    ("root-store-entry-unreadable", "warning"),
    ("issuer-list-too-long", "warning"),
];

#[test]
fn rule_ids_and_severities_match_the_contract() {
    let found: Vec<(&str, String)> = Rule::ALL
        .iter()
        .map(|rule| (rule.id(), rule.severity().to_string()))
        .collect();
    let expected: Vec<(&str, String)> = CONTRACT
        .iter()
        .map(|(id, severity)| (*id, (*severity).to_owned()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn rule_round_trips_through_its_id() {
    for rule in Rule::ALL {
        assert_eq!(rule.id().parse(), Ok(*rule));
        let json = serde_json::to_string(rule).unwrap();
        assert_eq!(json, format!("{:?}", rule.id()));
        assert_eq!(serde_json::from_str::<Rule>(&json).unwrap(), *rule);
    }
    let error = "expird".parse::<Rule>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "`expird` is not a rule id; `docs/rules.md` lists every rule"
    );
    assert!(serde_json::from_str::<Rule>("\"expird\"").is_err());
}

#[test]
fn rule_has_texts_and_a_source() {
    for rule in Rule::ALL {
        for text in [rule.meaning(), rule.symptom(), rule.remedy(), rule.source()] {
            assert!(!text.is_empty() && !text.ends_with('.'), "{rule}: {text:?}");
        }
        let is_fact = rule.source().starts_with('D') && rule.source()[1..2].parse::<u8>().is_ok();
        assert!(
            is_fact || rule.source().starts_with("RFC "),
            "{rule}: {}",
            rule.source()
        );
    }
}

#[test]
fn severities_sort_worst_first() {
    assert!(Severity::Error < Severity::Warning && Severity::Warning < Severity::Note);
}
