//! Chains as people have them: PKCS #7 files, unordered, doubled, with unrelateds.

use crate::support::deployments::{TODAY, um};
use crate::support::encoding::pkcs7;
use crate::support::forge::{self, Forge, chain_of, sans};
use crate::support::openssl::openssl;
use crate::support::scene::{Forged, assert_finds, ids};
use crate::support::snapshot::{assert_rows, assert_states, assert_text};
use expect_test::expect;
use umcert::x509::ReadError;
use umcert::{Certificate, Chain, TrustStore};

fn pem(label: &str, der: &[u8]) -> String {
    let base64 = data_encoding::BASE64.encode(der);
    format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n")
}

fn utf16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

#[test]
fn pkcs7_in_each_encoding_is_read_and_sorted() {
    let forged = Forged::new();
    let server = forged.intermediate.server(1, |_| {});
    let (intermediate, root) = (&forged.intermediate.certificate, &forged.root.certificate);
    let expected = chain_of(&[&server, intermediate, root]);
    let der = pkcs7(&[root, &server, intermediate]);
    let label = pem("PKCS7", &der);
    let forms: [(&str, Vec<u8>); 6] = [
        ("DER", der.clone()),
        ("the label of OpenSSL", label.clone().into()),
        (
            "the label of RFC 2315",
            pem("PKCS #7 SIGNED DATA", &der).into(),
        ),
        ("the label of AD CS", pem("CERTIFICATE", &der).into()),
        ("CRLF", label.replace('\n', "\r\n").into()),
        ("UTF-16", utf16(&label)),
    ];
    for (what, bytes) in forms {
        let chain = Chain::from_bytes(&bytes).unwrap();
        assert_eq!(chain, expected, "{what}");
        let report = forged.audit().presented(um(1), chain).run(TODAY);
        assert_finds(&report, &[]);
    }
    let roots = TrustStore::from_bytes(&pkcs7(&[intermediate, root])).unwrap();
    assert_eq!(roots.roots().len(), 2);
}

#[test]
fn pkcs7_of_openssl_is_read() {
    let forged = Forged::new();
    let folder = tempfile::tempdir().unwrap();
    let chain = forged.chain(forged.intermediate.server(1, |_| {}));
    std::fs::write(folder.path().join("chain.pem"), chain.to_pem()).unwrap();
    for form in ["PEM", "DER"] {
        let arguments = [
            "crl2pkcs7",
            "-nocrl",
            "-certfile",
            "chain.pem",
            "-outform",
            form,
            "-out",
            "chain.p7b",
        ];
        let Some(output) = openssl(&arguments, folder.path()) else {
            return;
        };
        assert!(output.status.success(), "{output:?}");
        let bytes = std::fs::read(folder.path().join("chain.p7b")).unwrap();
        assert_eq!(Chain::from_bytes(&bytes).unwrap(), chain, "{form}");
    }
}

#[test]
fn malformed_pkcs7_is_an_error() {
    let forged = Forged::new();
    let server = forged.intermediate.server(1, |_| {});
    let whole = pkcs7(&[&server, &forged.intermediate.certificate]);
    for end in 20..whole.len() {
        let error = Chain::from_bytes(&whole[..end]).unwrap_err();
        assert!(matches!(error, ReadError::Pkcs7 { .. }), "{end}: {error}");
    }
    let error = Chain::from_bytes(&[&whole[..], &[1]].concat()).unwrap_err();
    assert_states(&error, &["7"]);
    assert_text(
        &error,
        &expect![[r#"malformed PKCS #7 file: trailing data"#]],
    );
    let error = Chain::from_bytes(&pkcs7(&[])).unwrap_err();
    assert_states(&error, &["7"]);
    assert_text(
        &error,
        &expect![[r#"expected a certificate, found a PKCS #7 file without certificates"#]],
    );
    // What is no certificate stays an entry, as in PEM.
    let mut broken = whole;
    let place = broken.len() - 200;
    broken[place] ^= 0xff;
    assert!(Chain::from_bytes(&broken).is_ok());
}

#[test]
fn file_above_4096_certificates_is_refused() {
    let one = pem("CERTIFICATE", &[0x30, 0x00]);
    assert_eq!(
        Chain::from_bytes(one.repeat(4096).as_bytes())
            .unwrap()
            .entries()
            .len(),
        4096
    );
    let error = Chain::from_bytes(one.repeat(4097).as_bytes()).unwrap_err();
    assert!(matches!(error, ReadError::TooMany), "{error}");
}

#[test]
fn unordered_chain_is_sorted_and_noted() {
    let forged = Forged::new();
    let server = forged.intermediate.server(1, |_| {});
    let (intermediate, root) = (&forged.intermediate.certificate, &forged.root.certificate);
    let second = forged.intermediate.intermediate("Second", |_| {});
    let long = second.server(1, |_| {});
    let unrelated = Forge::root("Unrelated").certificate;
    let other = forged.intermediate.server(2, |_| {});
    type Row<'a> = (&'a str, Vec<&'a Certificate>, Option<&'a [&'a str]>);
    let rows: [Row<'_>; 12] = [
        ("as it should be", vec![&server, intermediate], None),
        ("with the root", vec![&server, intermediate, root], None),
        (
            "the root alone behind it",
            vec![&long, &second.certificate, intermediate, root],
            None,
        ),
        (
            "the server last",
            vec![root, intermediate, &server],
            Some(&[]),
        ),
        (
            "the root before the intermediate",
            vec![&server, root, intermediate],
            Some(&[]),
        ),
        (
            "two intermediates the wrong way round",
            vec![&long, intermediate, &second.certificate],
            Some(&[]),
        ),
        (
            "the server twice",
            vec![&server, &server, intermediate],
            Some(&["1"]),
        ),
        (
            "the root twice, which issued itself",
            vec![&server, intermediate, root, root],
            Some(&["1"]),
        ),
        (
            "all of it thrice",
            vec![
                &server,
                intermediate,
                &server,
                intermediate,
                &server,
                intermediate,
            ],
            Some(&["4"]),
        ),
        (
            "a strange root",
            vec![&server, intermediate, &unrelated],
            Some(&["CN=Unrelated"]),
        ),
        (
            "another server's certificate",
            vec![&server, &other, intermediate],
            Some(&["CN=um2.contoso.com"]),
        ),
        (
            "everything",
            vec![&unrelated, intermediate, &server, intermediate],
            Some(&["1", "CN=Unrelated"]),
        ),
    ];
    let mut details = Vec::new();
    for (what, certificates, facts) in rows {
        let chain = chain_of(&certificates);
        let report = forged.audit().presented(um(1), chain.clone()).run(TODAY);
        let note = facts.map(|_| "note chain-order um1.contoso.com".to_owned());
        assert_eq!(ids(report.findings()), note.as_slice(), "{what}\n{report}");
        for (finding, facts) in report.findings().iter().zip(facts) {
            assert_states(finding.detail(), facts);
            details.push((what, finding.detail().to_owned()));
        }
        assert!(report.verdicts()[0].verdict.is_trusted(), "{what}");

        let sorted = chain.sorted();
        assert_eq!(sorted.sorted(), sorted, "{what}");
        let store = TrustStore::from(&forged.roots()[..]);
        assert!(store.verify(&sorted, um(1), TODAY).is_ok(), "{what}");
    }
    assert_rows(
        details,
        &expect![[r#"
            the server last: its chain is not in issuer order
            the root before the intermediate: its chain is not in issuer order
            two intermediates the wrong way round: its chain is not in issuer order
            the server twice: its chain has 1 duplicate certificate
            the root twice, which issued itself: its chain has 1 duplicate certificate
            all of it thrice: its chain has 4 duplicate certificates
            a strange root: its chain has unrelated certificates (CN=Unrelated)
            another server's certificate: its chain has unrelated certificates (CN=um2.contoso.com)
            everything: its chain is not in issuer order, and has 1 duplicate certificate, and has unrelated certificates (CN=Unrelated)
        "#]],
    );
}

/// It took time that grew with the third power of their number: some 30 s for these.
#[test]
fn chain_of_1500_namesakes_is_sorted_quickly() {
    let forged = Forged::new();
    let namesake = Forge::root("Namesake");
    let mut params = forge::server_params(1);
    params.distinguished_name = forge::subject("Namesake");
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let namesakes = (1..=1500).map(|_| Certificate::from_der(namesake.raw(&params)).unwrap());
    let chain: Chain = std::iter::once(namesake.server(1, |_| {}))
        .chain(namesakes)
        .collect();
    let start = std::time::Instant::now();
    assert_eq!(chain.sorted(), chain);
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    let report = forged.audit().presented(um(1), chain).run(TODAY);
    assert_finds(&report, &["error path-not-judged um1.contoso.com"]);
}

#[test]
fn long_names_in_findings_are_truncated() {
    let forged = Forged::new();
    let names: Vec<String> = (0..300)
        .map(|number| format!("host{number}.example.net"))
        .collect();
    let long = Forge::root(&"x".repeat(5000)).certificate;
    let server = forged.intermediate.server(1, |it| {
        it.subject_alt_names.extend(sans(&names));
    });
    let chain = chain_of(&[&server, &forged.intermediate.certificate, &long]);
    let report = forged.audit().presented(um(1), chain).run(TODAY);
    assert_finds(
        &report,
        &[
            "note chain-order um1.contoso.com",
            "note name-extra um1.contoso.com",
        ],
    );
    let [order, extra] = report.findings() else {
        panic!("{report}");
    };
    assert_eq!(order.detail().chars().count(), 4001);
    assert!(order.detail().ends_with('…'));
    assert_states(extra.detail(), &["host9.example.net", "290"]);
    assert_text(
        extra.detail(),
        &expect![[
            r#"the SAN has names that are not planned: `host0.example.net`, `host1.example.net`, `host2.example.net`, `host3.example.net`, `host4.example.net`, `host5.example.net`, `host6.example.net`, `host7.example.net`, `host8.example.net`, `host9.example.net`, 290 more"#
        ]],
    );
}

#[test]
fn chain_of_cas_only_is_reported_as_a_ca() {
    let forged = Forged::new();
    let chain = chain_of(&[&forged.intermediate.certificate, &forged.root.certificate]);
    let report = forged.audit().presented(um(1), chain).run(TODAY);
    assert_finds(&report, &["error ca-as-server um1.contoso.com"]);
}
