//! The facts of a certificate as data.

use crate::support::deployments::TODAY;
use crate::support::forge::Forge;
use serde_json::json;
use time::Duration;
use umcert::Certificate;
use umcert::x509::CertificateFacts;

#[test]
fn facts_of_a_certificate_are_written_and_read() {
    let root = Forge::root("Root");
    let own = root.server(1, |it| {
        it.serial_number = Some(rcgen::SerialNumber::from(0x0a_bcu64));
        it.not_before = TODAY;
        it.not_after = TODAY + Duration::days(1) - Duration::SECOND;
    });
    let json = serde_json::to_value(own.facts()).unwrap();
    assert_eq!(
        json,
        json!({
            "subject": "CN=um1.contoso.com",
            "issuer": "CN=Root",
            "common-names": ["um1.contoso.com"],
            "san": own.san_entries(),
            "serial": "0ABC",
            "not-before": "2026-11-23T00:00:00Z",
            "not-after": "2026-11-23T23:59:59Z",
            "sha256": own.sha256_fingerprint(),
            "thumbprint": own.thumbprint(),
            "key": "ECDSA P-256",
            "signature-algorithm": own.signature_algorithm(),
            "ca": false,
            "server-auth": true,
        })
    );
    let of_root = |certificate: &Certificate| {
        let facts = certificate.facts();
        (facts.ca, facts.server_auth)
    };
    assert_eq!(of_root(&root.certificate), (true, false));

    let mut later = json.clone();
    later["future"] = json!(1);
    for json in [json, later] {
        let read: CertificateFacts = serde_json::from_value(json).unwrap();
        assert_eq!(read, own.facts());
        assert_ne!(read, root.certificate.facts());
    }
}
