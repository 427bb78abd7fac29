//! Conversions of public types to and from those of std and of rustls.

use std::collections::HashSet;

use rustls_pki_types::{
    CertificateDer, CertificateRevocationListDer, CertificateSigningRequestDer, PrivateKeyDer,
    PrivatePkcs8KeyDer, ServerName,
};
use umcert::name::GeneralName;
use umcert::x509::{MalformedError, ReadError};
use umcert::{
    Certificate, CertificateRequest, Chain, Crl, DnsName, Finding, KeyKind, KeyPair, SanName,
    TestCa,
};

use crate::support::deployments::TODAY;
use crate::support::scene::ca;

#[test]
fn certificate_converts_to_der_and_back() {
    let certificate = ca().roots()[0].clone();
    assert_eq!(certificate.as_ref(), certificate.der().as_ref());
    let borrowed = CertificateDer::from(&certificate);
    assert_eq!(Certificate::try_from(borrowed).unwrap(), certificate);
    let owned: CertificateDer<'static> = certificate.clone().into();
    assert_eq!(owned, *certificate.der());

    let trailing = CertificateDer::from([certificate.as_ref(), b"x"].concat());
    let error = Certificate::try_from(trailing).unwrap_err();
    assert!(error.to_string().contains("trailing data"), "{error}");
}

#[test]
fn request_converts_to_der_and_back() {
    let issued = ca().issue_names(["um1.contoso.com"]).unwrap();
    let request = issued.request();
    let der = CertificateSigningRequestDer::from(request);
    assert_eq!(der.as_ref(), AsRef::<[u8]>::as_ref(request));
    assert_eq!(CertificateRequest::try_from(der).unwrap(), *request);
    let owned: CertificateSigningRequestDer<'static> = request.clone().into();
    assert_eq!(owned, *request.der());

    let mut changed = request.der().to_vec();
    *changed.last_mut().unwrap() ^= 1;
    let error = CertificateRequest::try_from(CertificateSigningRequestDer::from(changed));
    assert!(
        matches!(error, Err(ReadError::InvalidRequestSignature)),
        "{error:?}"
    );
}

#[test]
fn crl_converts_to_der_and_back() {
    let crl = ca().crls(TODAY, []).unwrap().remove(0);
    let der = CertificateRevocationListDer::from(&crl);
    assert_eq!(der.as_ref(), AsRef::<[u8]>::as_ref(&crl));
    assert_eq!(Crl::try_from(der).unwrap(), crl);
    let owned: CertificateRevocationListDer<'static> = crl.clone().into();
    assert_eq!(owned, *crl.der());

    let trailing = CertificateRevocationListDer::from([crl.as_ref(), b"x"].concat());
    let error = Crl::try_from(trailing).unwrap_err();
    assert_eq!(error, MalformedError::TrailingData(1));
}

#[test]
fn key_converts_to_der_and_back() {
    let key = KeyPair::generate(KeyKind::P256).unwrap();
    let pkcs8 = PrivatePkcs8KeyDer::from(&key);
    let any = PrivateKeyDer::from(&key);
    assert_eq!(any.secret_der(), pkcs8.secret_pkcs8_der());
    for read in [KeyPair::try_from(&pkcs8), KeyPair::try_from(&any)] {
        assert_eq!(read.unwrap().to_pem().as_str(), key.to_pem().as_str());
    }
    let pem = key.to_pem();
    assert_eq!(AsRef::<str>::as_ref(&pem), pem.as_str());
    assert_eq!(AsRef::<[u8]>::as_ref(&pem), pem.as_str().as_bytes());
    assert!(KeyPair::try_from(&PrivatePkcs8KeyDer::from(vec![0x30, 0])).is_err());
}

#[test]
fn chain_is_a_collection_of_its_entries() {
    let issued = ca().issue_names(["um1.contoso.com"]).unwrap();
    let whole = issued.chain().clone();
    assert_eq!(Chain::default().entries(), []);

    let mut chain = Chain::default();
    chain.extend(whole.certificates().cloned());
    assert_eq!(chain, whole);
    let mut chain = Chain::default();
    chain.extend(whole.certificates().map(CertificateDer::from));
    assert_eq!(chain, whole);

    let damaged: Chain = [CertificateDer::from(vec![0])].into_iter().collect();
    let mut chain = whole.clone();
    chain.extend(damaged.clone());
    assert_eq!(chain.entries().len(), whole.entries().len() + 1);
    assert!(chain.entries().last().unwrap().is_err());
    assert_ne!(chain, whole, "clones do not change");
    assert_eq!(chain.clone().into_iter().collect::<Chain>(), chain);
}

#[test]
fn names_equal_their_text_in_any_case() {
    let host: DnsName = "um1.contoso.com".parse().unwrap();
    let wildcard: SanName = "*.contoso.com".parse().unwrap();
    let address: GeneralName = "2001:db8::1".parse().unwrap();
    let local: GeneralName = "localhost".parse().unwrap();
    assert!(host == "um1.contoso.com" && "UM1.Contoso.com" == host);
    assert!(wildcard == "*.Contoso.com" && "*.contoso.com" == wildcard);
    assert!(address == "2001:DB8:0::1" && local == "LOCALHOST");
    let (entry, general) = (SanName::from(&host), GeneralName::from(&host));
    assert!(entry == *"um1.contoso.com" && general == *"um1.contoso.com");
    for other in [
        "um1.contoso.com.",
        "um2.contoso.com",
        "",
        "*.um1.contoso.com",
    ] {
        assert!(host != other && other != entry, "{other}");
        assert!(general != other, "{other}");
    }
    let email: GeneralName = "Alice@contoso.com".parse().unwrap();
    assert!(email == "Alice@CONTOSO.com" && email != "alice@contoso.com");
    assert!(wildcard != "contoso.com" && wildcard != "um1.contoso.com");
    assert!(address != "2001:db8::2" && local != "localhost.");
}

#[test]
fn names_convert_to_those_of_rustls_and_back() {
    let host: DnsName = "um1.contoso.com".parse().unwrap();
    let server = ServerName::from(&host);
    assert_eq!(server.to_str(), "um1.contoso.com");
    assert_eq!(DnsName::try_from(&server).unwrap(), host);
    assert_eq!(
        GeneralName::try_from(&server).unwrap(),
        GeneralName::from(&host)
    );
    let theirs = rustls_pki_types::DnsName::from(&host);
    assert_eq!(DnsName::try_from(&theirs).unwrap(), host);

    for text in [
        "um1.contoso.com",
        "192.0.2.1",
        "2001:db8::1",
        "localhost",
        "um_1",
    ] {
        let name: GeneralName = text.parse().unwrap();
        let server = ServerName::try_from(&name).unwrap();
        assert_eq!(server.to_str(), text);
        assert_eq!(GeneralName::try_from(server).unwrap(), name, "{text}");
    }
    for (refused, fact) in [
        ("*.contoso.com", "it is a wildcard"),
        ("*.my_team.test", "it is a wildcard"),
        ("alice@contoso.com", "'@'"),
    ] {
        let name: GeneralName = refused.parse().unwrap();
        let error = ServerName::try_from(name).unwrap_err();
        assert!(error.to_string().contains(fact), "{error}");
    }
    for refused in ["192.0.2.1", "localhost", "um_1.contoso.com"] {
        let server = ServerName::try_from(refused).unwrap();
        assert!(DnsName::try_from(server).is_err(), "{refused}");
    }
}

#[test]
#[expect(
    clippy::mutable_key_type,
    reason = "only the DER of a certificate is hashed, which does not change"
)]
fn values_with_the_same_contents_have_the_same_hash() {
    let ca = ca();
    let issued = ca.issue_names(["um1.contoso.com"]).unwrap();
    let read = Chain::from_bytes(issued.chain().to_pem().as_bytes()).unwrap();
    let certificates: HashSet<&Certificate> = issued
        .chain()
        .certificates()
        .chain(read.certificates())
        .collect();
    assert_eq!(certificates.len(), read.certificates().count());
    assert_eq!(HashSet::from([issued.chain().clone(), read]).len(), 1);
    assert_eq!(HashSet::from([issued.request(), issued.request()]).len(), 1);
    assert_eq!(
        ca.crls(TODAY, [])
            .unwrap()
            .iter()
            .collect::<HashSet<_>>()
            .len(),
        2
    );

    let store = umcert::TrustStore::default();
    let name: GeneralName = "um1.contoso.com".parse().unwrap();
    let error = store.verify(issued.chain(), &name, TODAY).unwrap_err();
    let findings: HashSet<&Finding> = error.findings().iter().chain(error.findings()).collect();
    assert_eq!(findings.len(), 1, "{error}");
}

#[test]
fn key_is_cloned_by_name_only() {
    let ca = TestCa::new("Contoso Test CA").unwrap();
    let issued = ca.issue_names(["um1.contoso.com"]).unwrap();
    let clone = issued.key().clone_key();
    assert_eq!(clone.to_pem().as_str(), issued.key().to_pem().as_str());
    assert!(clone.is_key_of(issued.chain().certificates().next().unwrap()));
}
