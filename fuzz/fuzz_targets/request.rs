//! Any bytes as a certificate request, and the certificate that a CA issues for it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use umcert::CertificateRequest;

use umcert_fuzz::{CA, assert_printable};

fuzz_target!(|bytes: &[u8]| {
    match CertificateRequest::from_bytes(bytes) {
        Ok(request) => {
            assert_facts(&request);
            assert_round_trip(&request);
            assert_issued(&request);
        }
        Err(error) => assert_printable(&error.to_string()),
    }
});

fn assert_facts(request: &CertificateRequest) {
    assert_printable(request.subject());
    assert_printable(request.signature_algorithm());
    assert_printable(&request.public_key().to_string());
    let texts = request.common_names().iter().chain(request.san_entries());
    texts.for_each(|text| assert_printable(text));
    let _ = (request.key_usage(), request.has_server_auth());
    let _ = format!("{request:?}");
}

fn assert_round_trip(request: &CertificateRequest) {
    let texts = [request.to_pem(), request.to_pem_new_request()];
    for text in texts {
        let read = CertificateRequest::from_bytes(text.as_bytes());
        assert_eq!(read.as_ref().ok(), Some(request), "{text}");
    }
}

/// Checks that the issued certificate has the names and key of the request and is signed by the CA.
fn assert_issued(request: &CertificateRequest) {
    let chain = match CA.issue_request(request) {
        Ok(chain) => chain,
        Err(error) => return assert_printable(&error.to_string()),
    };
    let end_entity = chain.end_entity().expect("the chain is not empty");
    let certificate = end_entity.as_ref().expect("what is issued can be read");
    assert!(request.has_key_of(certificate));
    assert_eq!(certificate.subject(), request.subject());
    assert_eq!(certificate.san_entries(), request.san_entries());
    assert!(certificate.is_signed_by(&CA.intermediates()[0]));
}
