//! Reading of CRLs.

use crate::support::deployments::{EXAMPLE_1, TODAY};
use crate::support::encoding::{content, element, elements, pkcs7, utf16};
use crate::support::errors::full_text;
use crate::support::scene::{Scene, ca};
use crate::support::snapshot::{assert_rows, assert_states, assert_text};
use expect_test::expect;
use umcert::{Chain, Crl, SanPolicy};

#[test]
fn crl_is_read_from_every_form_of_file() {
    let ca = ca();
    let issued = ca.issue_names(["um1.contoso.com"]).unwrap();
    let certificate = issued.chain().certificates().next().unwrap();
    let crl = ca.crls(TODAY, [certificate]).unwrap().remove(0);
    let pem = crl.to_pem();
    let forms: [(&str, Vec<u8>); 4] = [
        ("PEM", pem.clone().into()),
        ("DER", crl.der().to_vec()),
        ("UTF-16", utf16(&pem, false)),
        ("CRLF", pem.replace('\n', "\r\n").into()),
    ];
    for (what, bytes) in forms {
        assert_eq!(Crl::from_bytes(&bytes).ok(), Some(crl.clone()), "{what}");
    }
}

#[test]
fn file_without_one_crl_is_described() {
    let ca = ca();
    let issued = ca.issue_names(["um1.contoso.com"]).unwrap();
    let crl = ca.crls(TODAY, []).unwrap().remove(0);
    let pem = crl.to_pem();
    let mut trailing = crl.der().to_vec();
    trailing.push(1);
    let rows: Vec<(&str, Vec<u8>, &str)> = vec![
        ("nothing", Vec::new(), ""),
        ("a chain", issued.chain().to_pem().into(), ""),
        ("a request", issued.request().der().to_vec(), ""),
        ("two CRLs", format!("{pem}{pem}").into(), "2"),
        ("a byte after it", trailing, "1"),
    ];
    let mut errors = Vec::new();
    for (what, bytes, fact) in rows {
        let error = Crl::from_bytes(&bytes).unwrap_err();
        let text = full_text(&error);
        assert_states(&text, &[fact]);
        errors.push((what, text));
    }
    assert_rows(
        errors,
        &expect![[r#"
        nothing: expected a CRL, found an empty file
        a chain: expected a CRL, found a certificate
        a request: expected a CRL, found a certificate request
        two CRLs: expected one CRL, found 2; `Crl::all_from_bytes` reads them all
        a byte after it: CRL 1 cannot be used: malformed: 1 byte of trailing data
    "#]],
    );
    let error = Chain::from_bytes(crl.der()).unwrap_err();
    assert_states(&error, &[]);
    assert_text(&error, &expect![[r#"expected a certificate, found a CRL"#]]);
}

/// CRLs of a root and of its issuing CA are often joined, as OpenSSL and nginx read them.
#[test]
fn every_crl_of_a_file_is_read() {
    let ca = ca();
    let crls = ca.crls(TODAY, []).unwrap();
    assert_eq!(crls.len(), 2);
    let pem: String = crls.iter().map(Crl::to_pem).collect();
    let der: Vec<u8> = crls.iter().flat_map(|crl| crl.der().to_vec()).collect();
    let with_text = format!("Root and issuing CA\n{pem}\nend\n");
    let forms: [(&str, Vec<u8>); 6] = [
        ("PEM", pem.clone().into()),
        ("UTF-16", utf16(&pem, false)),
        ("CRLF", pem.replace('\n', "\r\n").into()),
        ("with text", with_text.into()),
        ("DER", der),
        ("PKCS #7", pkcs7_of_crls(&crls)),
    ];
    for (what, bytes) in forms {
        assert_eq!(Crl::all_from_bytes(&bytes).unwrap(), crls, "{what}");
        let error = Crl::from_bytes(&bytes).unwrap_err();
        assert_states(&error, &["found 2", "Crl::all_from_bytes"]);
    }
    let only = Crl::all_from_bytes(crls[0].der()).unwrap();
    assert_eq!(only, crls[..1]);
    assert_eq!(only[0].skipped(), []);
}

/// Returns a PKCS #7 file of these CRLs without a certificate.
fn pkcs7_of_crls(crls: &[Crl]) -> Vec<u8> {
    let ders: Vec<u8> = crls.iter().flat_map(|crl| crl.der().to_vec()).collect();
    let parts = elements(content(&pkcs7(&[])));
    let mut fields = elements(content(content(&parts[1])));
    let signers = fields.pop().unwrap();
    fields.extend([element(0xa1, &ders), signers]);
    let content = element(0xa0, &element(0x30, &fields.concat()));
    element(0x30, &[parts[0].clone(), content].concat())
}

#[test]
fn faulty_part_of_a_file_of_crls_is_named() {
    let ca = ca();
    let crls = ca.crls(TODAY, []).unwrap();
    let mut changed = crls[1].der().to_vec();
    // The algorithm beside the signature becomes another one.
    let algorithm = b"\x2a\x86\x48\xce\x3d\x04\x03\x02";
    let is_algorithm = |bytes: &[u8]| bytes == algorithm;
    let last = changed.windows(8).rposition(is_algorithm).unwrap();
    changed[last + 7] = 3;
    let joined = [crls[0].der(), &changed[..]].concat();
    let error = Crl::all_from_bytes(&joined).unwrap_err();
    assert_states(&error, &["CRL 2"]);
    let root = &ca.roots()[0];
    let file = root.to_pem() + &crls[0].to_pem();
    let read = Crl::all_from_bytes(file.as_bytes()).unwrap();
    assert_eq!(read, crls[..1]);
    let skipped: Vec<String> = read[0].skipped().iter().map(ToString::to_string).collect();
    assert_eq!(skipped, ["section 1 is a certificate"]);
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let file = scene.ca.roots()[0].to_pem() + &scene.ca.crls(TODAY, []).unwrap()[0].to_pem();
    let crls = Crl::all_from_bytes(file.as_bytes()).unwrap();
    let rest = scene.ca.crls(TODAY, []).unwrap().split_off(1);
    let report = scene.audit().crls(crls).crls(rest).run(TODAY);
    assert_eq!(report.findings().len(), 1, "{report}");
    let finding = &report.findings()[0];
    assert_eq!(finding.rule(), umcert::Rule::SectionSkipped);
    assert_text(
        finding.detail(),
        &expect![[
            r#"the file of its CRL has parts that were not read: section 1 is a certificate"#
        ]],
    );
}
