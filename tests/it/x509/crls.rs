//! Reading of CRLs.

use crate::support::deployments::TODAY;
use crate::support::encoding::utf16;
use crate::support::scene::ca;
use crate::support::snapshot::{assert_rows, assert_states, assert_text};
use expect_test::expect;
use umcert::{Chain, Crl};

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
        assert_states(&error, &[fact]);
        errors.push((what, error));
    }
    assert_rows(
        errors,
        &expect![[r#"
        nothing: expected a CRL, found an empty file
        a chain: expected a CRL, found a certificate
        a request: expected a CRL, found a certificate request
        two CRLs: expected one CRL, found 2
        a byte after it: the CRL is malformed: 1 byte of trailing data
    "#]],
    );
    let error = Chain::from_bytes(crl.der()).unwrap_err();
    assert_states(&error, &[]);
    assert_text(&error, &expect![[r#"expected a certificate, found a CRL"#]]);
}
