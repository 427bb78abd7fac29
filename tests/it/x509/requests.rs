//! Certificate requests: what others write is read, and what proves nothing is refused.

use std::fs;
use std::path::Path;

use crate::support::deployments::{EXAMPLE_1, FAST, plan, um};
use crate::support::encoding::utf16;
use crate::support::forge;
use crate::support::openssl::openssl;
use crate::support::scene;
use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};
use proptest::sample::Index;
use rcgen::PublicKeyData;
use tempfile::tempdir;
use umcert::issue::RequestOptions;
use umcert::name::{AttributeType, DistinguishedName};
use umcert::x509::{CertificateTemplate, PublicKey, ReadError};
use umcert::{CertificateRequest, Crl, KeyPair, SanPolicy};
use yasna::models::ObjectIdentifier;
use yasna::{DERWriterSeq, Tag};

fn made() -> CertificateRequest {
    let plan = plan(EXAMPLE_1, SanPolicy::EveryServer);
    let key = KeyPair::generate(FAST).unwrap();
    plan.certificate(&um(2)).unwrap().request(&key).unwrap()
}

#[test]
fn a_request_is_read_however_people_store_it() {
    let request = made();
    let pem = request.to_pem();
    let new = request.to_pem_new_request();
    assert!(new.starts_with("-----BEGIN NEW CERTIFICATE REQUEST-----\n"));
    assert!(new.ends_with("\n-----END NEW CERTIFICATE REQUEST-----\n"));
    let forms: [(&str, Vec<u8>); 7] = [
        ("PEM", pem.clone().into()),
        ("the label of certreq", new.clone().into()),
        ("DER", request.der().to_vec()),
        (
            "CRLF and text around",
            format!("Subject: um2\r\n{}\r\n", new.replace('\n', "\r\n")).into(),
        ),
        ("a byte order mark", format!("\u{feff}{pem}").into()),
        ("UTF-16 of PowerShell", utf16(&new, false)),
        ("UTF-16, big end first", utf16(&pem, true)),
    ];
    for (what, bytes) in forms {
        let read = CertificateRequest::from_bytes(&bytes).ok();
        assert_eq!(read, Some(request.clone()), "{what}");
    }
}

#[test]
fn a_request_tells_what_it_asks_for() {
    let request = made();
    assert_eq!(request.subject(), "CN=um2.contoso.com");
    assert_eq!(request.common_names(), ["um2.contoso.com"]);
    let names = [2, 1, 3, 4].map(|number| um(number).to_string());
    assert_eq!(request.san_entries(), names);
    assert!(umcert::SanName::find_covering(request.dns_names(), &um(4)).is_some());
    assert!(umcert::SanName::find_covering(request.dns_names(), &um(5)).is_none());
    assert!(request.has_server_auth());
    let usage = request.key_usage().unwrap();
    assert!(usage.digital_signature && !usage.key_encipherment && !usage.key_cert_sign);
    assert_eq!(*request.public_key(), PublicKey::P256);
    assert_eq!(request.signature_algorithm(), "ecdsa-with-SHA256");
    assert_eq!(request.template(), None);
    assert!(format!("{request:?}").contains("um2.contoso.com"));
}

#[test]
fn a_request_that_was_changed_proves_nothing() {
    let der = made().der().to_vec();
    // The CN is signed; the last byte is the signature itself.
    let place = der.windows(3).position(|it| it == b"um2").unwrap();
    for (what, at) in [("a name", place + 2), ("the signature", der.len() - 1)] {
        let mut changed = der.clone();
        changed[at] ^= 1;
        let error = CertificateRequest::from_bytes(&changed).unwrap_err();
        assert!(
            matches!(error, ReadError::InvalidRequestSignature),
            "{what}: {error}"
        );
    }
    assert!(CertificateRequest::from_bytes(&der).is_ok());
}

#[test]
fn a_file_without_one_request_says_what_it_holds() {
    let issued = scene::ca().issue_names(["um1.contoso.com"]).unwrap();
    let pem = issued.request().to_pem();
    let end_entity = issued.chain().certificates().next().unwrap();
    let mut trailing = issued.request().der().to_vec();
    trailing.push(0);
    let cut = &issued.request().der()[..100];
    let rows: Vec<(Vec<u8>, &str)> = vec![
        (
            Vec::new(),
            "expected a certificate request, found an empty file",
        ),
        (
            b"hello".to_vec(),
            "expected a certificate request, found unknown text or data",
        ),
        (
            b"<html>".to_vec(),
            "expected a certificate request, found an HTML or XML page",
        ),
        (
            issued.chain().to_pem().into(),
            "expected a certificate request, found a certificate",
        ),
        (
            end_entity.der().to_vec(),
            "expected a certificate request, found a certificate",
        ),
        (
            issued.key().to_pem().as_str().into(),
            "expected a certificate request, found a private key",
        ),
        (
            // certreq with `RequestType = CMC`: the start of a ContentInfo.
            pem_of(
                "NEW CERTIFICATE REQUEST",
                b"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
            ),
            "expected a certificate request, found a PKCS #7 or CMC message; create the request again as PKCS #10 \
             (certreq's `RequestType = PKCS10`)",
        ),
        (
            format!("{pem}{pem}").into(),
            "expected one certificate request, found 2",
        ),
        (
            trailing,
            "the certificate request is malformed: 1 byte of trailing data",
        ),
        (
            pem[..pem.len() - 20].into(),
            "malformed PEM section 1: the line `-----END CERTIFICATE REQUEST-----` is missing; the file may be truncated",
        ),
    ];
    for (bytes, expected) in rows {
        let error = CertificateRequest::from_bytes(&bytes).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    let error = CertificateRequest::from_bytes(cut).unwrap_err();
    assert!(
        matches!(error, ReadError::MalformedRequest { .. }),
        "{error}"
    );
    let error = CertificateRequest::from_bytes(&vec![b' '; 4 * 1024 * 1024 + 1]).unwrap_err();
    assert!(matches!(error, ReadError::TooLarge { .. }), "{error}");
}

fn pem_of(label: &str, der: &[u8]) -> Vec<u8> {
    let base64 = data_encoding::BASE64.encode(der);
    format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n").into()
}

/// What OpenSSL writes for a key made so, with these lines of configuration.
fn of_openssl(folder: &Path, new_key: &[&str], signing: &str) -> Option<Vec<u8>> {
    fs::write(folder.join("config"), OPENSSL_CONFIG).unwrap();
    let mut make = vec!["genpkey", "-out", "key.pem"];
    make.extend(new_key);
    let made = openssl(&make, folder)?;
    assert!(made.status.success(), "{made:?}");
    let arguments = [
        "req", "-new", "-key", "key.pem", "-config", "config", "-out", "csr.pem",
    ];
    let arguments: Vec<&str> = arguments.into_iter().chain(signing.split(' ')).collect();
    let made = openssl(&arguments, folder)?;
    assert!(made.status.success(), "{made:?}");
    Some(fs::read(folder.join("csr.pem")).unwrap())
}

const OPENSSL_CONFIG: &str = "
[req]
prompt = no
distinguished_name = subject
attributes = attributes
req_extensions = extensions
utf8 = yes
[subject]
1.DC = com
2.DC = contoso
O = Contoso Ltd.
1.OU = Exchange
2.OU = Unified Messaging
CN = um1.contoso.com
[attributes]
challengePassword = a secret
[extensions]
subjectKeyIdentifier = hash
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = DNS:um1.contoso.com, DNS:UM1, DNS:*.contoso.com, IP:192.0.2.1, IP:2001:db8::1
1.3.6.1.4.1.311.20.2 = ASN1:BMPSTRING:WebServer
";

#[test]
fn what_openssl_writes_is_read_whatever_the_key() {
    let folder = tempdir().unwrap();
    let rows: [(&[&str], &str, PublicKey, &str); 5] = [
        (
            &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
            "-sha256",
            PublicKey::Rsa(2048),
            "sha256WithRSAEncryption",
        ),
        (
            &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
            "-sha1",
            PublicKey::Rsa(2048),
            "sha1WithRSAEncryption",
        ),
        (
            &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
            "-sha384",
            PublicKey::P384,
            "ecdsa-with-SHA384",
        ),
        (
            &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
            "-sha256",
            PublicKey::P384,
            "ecdsa-with-SHA256",
        ),
        (
            &["-algorithm", "ED25519"],
            "-sha256",
            PublicKey::Ed25519,
            "Ed25519",
        ),
    ];
    for (key, digest, expected, signature) in rows {
        let Some(pem) = of_openssl(folder.path(), key, digest) else {
            return;
        };
        let request = CertificateRequest::from_bytes(&pem).unwrap();
        assert_eq!(*request.public_key(), expected);
        assert_eq!(request.signature_algorithm(), signature);
        assert_eq!(
            request.subject(),
            "DC=com, DC=contoso, O=Contoso Ltd., OU=Exchange, OU=Unified Messaging, CN=um1.contoso.com"
        );
        assert_eq!(
            request.san_entries(),
            [
                "um1.contoso.com",
                "UM1",
                "*.contoso.com",
                "IP:192.0.2.1",
                "IP:2001:db8::1"
            ]
        );
        assert!(request.key_usage().unwrap().key_encipherment);
        assert_eq!(request.template().unwrap().to_string(), "WebServer");
    }
}

/// The string types of old Windows and old OpenSSL.
#[test]
fn a_subject_is_read_whatever_its_string_types() {
    let folder = tempdir().unwrap();
    let rows = [
        ("utf8only", "*.contoso.com"),
        ("MASK:0x800", "*.contoso.com"),
        ("nombstr", "*.contoso.com"),
        ("nombstr", "um1.contoso.com"),
    ];
    for (mask, cn) in rows {
        // The parser reads no challenge password of these types.
        let config = OPENSSL_CONFIG
            .replace("attributes = attributes", "")
            .replace("utf8 = yes", &format!("utf8 = yes\nstring_mask = {mask}"))
            .replace("O = Contoso Ltd.", "O = Contoso Söhne")
            .replace("CN = um1.contoso.com", &format!("CN = {cn}"));
        fs::write(folder.path().join("old"), config).unwrap();
        let key = [
            "ecparam",
            "-name",
            "prime256v1",
            "-genkey",
            "-noout",
            "-out",
            "key.pem",
        ];
        let Some(_) = openssl(&key, folder.path()) else {
            return;
        };
        let made = openssl(
            &[
                "req", "-new", "-key", "key.pem", "-config", "old", "-outform", "DER",
            ],
            folder.path(),
        );
        let made = made.unwrap();
        assert!(made.status.success(), "{made:?}");
        let request = CertificateRequest::from_bytes(&made.stdout).unwrap();
        assert_eq!(request.common_names(), [cn], "{mask}");
        assert_eq!(
            request.subject(),
            format!(
                "DC=com, DC=contoso, O=Contoso Söhne, OU=Exchange, OU=Unified Messaging, CN={cn}"
            ),
            "{mask}"
        );
    }
}

#[test]
fn a_signature_that_proves_nothing_here_is_refused_with_the_reason() {
    let folder = tempdir().unwrap();
    let rows: [(&[&str], &str); 2] = [
        (
            &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"],
            "the RSA key of the certificate request has 1024 bits, expected at least 2048",
        ),
        (
            &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
            "the signature of the certificate request cannot be verified here: ecdsa-with-SHA256 with a key of ECDSA P-521",
        ),
    ];
    for (key, expected) in rows {
        let Some(pem) = of_openssl(folder.path(), key, "-sha256") else {
            return;
        };
        let error = CertificateRequest::from_bytes(&pem).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn each_kind_of_signature_is_verified_and_refused_once_its_request_is_changed() {
    let folder = tempdir().unwrap();
    let rsa: &[&str] = &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
    let p256: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
    let p384: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"];
    let pss = "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest";
    let rows = [
        (rsa, "-sha1".to_owned()),
        (rsa, "-sha256".to_owned()),
        (rsa, "-sha384".to_owned()),
        (rsa, "-sha512".to_owned()),
        (rsa, format!("-sha256 {pss}")),
        (rsa, format!("-sha384 {pss}")),
        (rsa, format!("-sha512 {pss}")),
        (p256, "-sha256".to_owned()),
        (p256, "-sha384".to_owned()),
        (p384, "-sha256".to_owned()),
        (p384, "-sha384".to_owned()),
        (&["-algorithm", "ED25519"], "-sha256".to_owned()),
    ];
    for (key, signing) in rows {
        let Some(pem) = of_openssl(folder.path(), key, &signing) else {
            return;
        };
        let row = format!("{key:?} {signing}");
        let request = CertificateRequest::from_bytes(&pem);
        let request = request.unwrap_or_else(|error| panic!("{row}: {error}"));
        let mut der = request.der().to_vec();
        // A letter of the subject, which everything else still fits.
        let contoso = der.windows(7).position(|it| it == b"Contoso").unwrap();
        der[contoso] = b'K';
        let error = CertificateRequest::from_bytes(&der).unwrap_err();
        assert!(
            matches!(error, ReadError::InvalidRequestSignature),
            "{row}: {error}"
        );
    }
}

#[test]
fn a_request_holds_the_subject_that_was_asked_for_attribute_by_attribute() {
    let folder = tempdir().unwrap();
    let rows = [
        (AttributeType::DomainComponent, "com"),
        (AttributeType::DomainComponent, "contoso"),
        (AttributeType::Country, "de"),
        (AttributeType::State, "Bayern"),
        (AttributeType::Locality, "München"),
        (AttributeType::Organization, "Contoso & Söhne, Ltd."),
        (AttributeType::OrganizationalUnit, "Exchange"),
        (AttributeType::OrganizationalUnit, "Unified Messaging"),
    ];
    let subject = rows
        .iter()
        .fold(DistinguishedName::new(), |name, (attribute, value)| {
            name.with(*attribute, value).unwrap()
        });
    let plan = plan(EXAMPLE_1, SanPolicy::EveryServer);
    let key = KeyPair::generate(FAST).unwrap();
    let options = RequestOptions::default().subject(subject);
    let planned = plan.certificate(&um(1)).unwrap();
    let request = planned.request_with(&key, &options).unwrap();
    let read = CertificateRequest::from_bytes(request.der()).unwrap();
    assert_eq!(read, request);
    assert_eq!(read.common_names(), ["um1.contoso.com"]);

    fs::write(folder.path().join("csr.pem"), request.to_pem()).unwrap();
    let show = [
        "req",
        "-in",
        "csr.pem",
        "-verify",
        "-noout",
        "-subject",
        "-nameopt",
        "multiline,show_type,-esc_msb,utf8",
    ];
    let Some(shown) = openssl(&show, folder.path()) else {
        return;
    };
    assert!(shown.status.success(), "{shown:?}");
    let text = String::from_utf8(shown.stdout).unwrap();
    let lines: Vec<String> = text
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| format!("{}={}", name.trim(), value.trim()))
        .collect();
    let expected = [
        "domainComponent=IA5STRING:com",
        "domainComponent=IA5STRING:contoso",
        "countryName=PRINTABLESTRING:DE",
        "stateOrProvinceName=UTF8STRING:Bayern",
        "localityName=UTF8STRING:München",
        "organizationName=UTF8STRING:Contoso & Söhne, Ltd.",
        "organizationalUnitName=UTF8STRING:Exchange",
        "organizationalUnitName=UTF8STRING:Unified Messaging",
        "commonName=UTF8STRING:um1.contoso.com",
    ];
    assert_eq!(&lines[lines.len() - expected.len()..], expected, "{text}");
}

#[test]
fn a_value_that_cannot_stand_in_a_name_says_why() {
    let rows = [
        (
            AttributeType::Country,
            "Germany",
            "`GERMANY` cannot stand in a name as C: ISO 3166-1 has no such country code; give two letters",
        ),
        (
            AttributeType::Country,
            "XX",
            "`XX` cannot stand in a name as C: ISO 3166-1 has no such country code; give two letters",
        ),
        (
            AttributeType::Country,
            "",
            "`` cannot stand in a name as C: ISO 3166-1 has no such country code; give two letters",
        ),
        (
            AttributeType::Country,
            "uk",
            "`UK` cannot stand in a name as C: ISO 3166-1 has no such country code; the United Kingdom is GB",
        ),
        (
            AttributeType::Organization,
            "",
            "`` cannot stand in a name as O: it is empty",
        ),
        (
            AttributeType::Organization,
            " Contoso",
            "` Contoso` cannot stand in a name as O: it starts or ends with a space",
        ),
        (
            AttributeType::Locality,
            "a\u{1b}[2J",
            "`a\\u{1b}[2J` cannot stand in a name as L: '\\u{1b}' cannot stand there",
        ),
        (
            AttributeType::DomainComponent,
            "contoso.com",
            "`contoso.com` cannot stand in a name as DC: it is a whole domain: give each label as a DC of its own, the last first",
        ),
        (
            AttributeType::DomainComponent,
            "münchen",
            "`münchen` cannot stand in a name as DC: 'ü' cannot stand there",
        ),
        (
            AttributeType::DomainComponent,
            "",
            "`` cannot stand in a name as DC: it is empty",
        ),
    ];
    for (attribute, value, expected) in rows {
        let error = DistinguishedName::new().with(attribute, value).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.attribute(), attribute);
    }
    let bounds = [
        (AttributeType::DomainComponent, 63),
        (AttributeType::State, 128),
        (AttributeType::Locality, 128),
        (AttributeType::Organization, 64),
        (AttributeType::OrganizationalUnit, 64),
    ];
    for (attribute, max) in bounds {
        let of = |length| DistinguishedName::new().with(attribute, &"a".repeat(length));
        assert!(of(max).is_ok(), "{attribute}");
        let error = of(max + 1).unwrap_err();
        assert_eq!(error.max_length(), Some(max), "{attribute}: {error}");
        assert!(
            error
                .to_string()
                .contains(&format!("{} characters", max + 1)),
            "{error}"
        );
    }
}

#[test]
fn a_request_names_the_template_that_was_asked_for() {
    let folder = tempdir().unwrap();
    let plan = plan(EXAMPLE_1, SanPolicy::EveryServer);
    let planned = plan.certificate(&um(1)).unwrap();
    let key = KeyPair::generate(FAST).unwrap();
    let id = "1.3.6.1.4.1.311.21.8.16702146.8465326";
    let rows = [
        (
            CertificateTemplate::named("WebServer").unwrap(),
            "WebServer",
            ["1.3.6.1.4.1.311.20.2:", "l=  18 prim: BMPSTRING"],
        ),
        (
            CertificateTemplate::with_id(id, 100, 4).unwrap(),
            "1.3.6.1.4.1.311.21.8.16702146.8465326 version 100.4",
            [
                "1.3.6.1.4.1.311.21.7:",
                ":1.3.6.1.4.1.311.21.8.16702146.8465326",
            ],
        ),
    ];
    for (template, shown, expected) in rows {
        let options = RequestOptions::default().template(template.clone());
        let request = planned.request_with(&key, &options).unwrap();
        let read = CertificateRequest::from_bytes(request.der()).unwrap();
        assert_eq!(read.template(), Some(&template));
        assert_eq!(read.template().unwrap().to_string(), shown);
        let plain = planned.request(&key).unwrap();
        assert_eq!(read.san_entries(), plain.san_entries());
        assert_eq!(plain.template(), None);
        let name: Vec<u8> = "WebServer"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        let holds_name = request.der().windows(name.len()).any(|it| it == name);
        assert_eq!(holds_name, shown == "WebServer");

        fs::write(folder.path().join("csr.der"), request.der()).unwrap();
        let verify = [
            "req", "-in", "csr.der", "-inform", "DER", "-verify", "-noout", "-text",
        ];
        let Some(text) = openssl(&verify, folder.path()) else {
            return;
        };
        assert!(text.status.success(), "{text:?}");
        let text = String::from_utf8_lossy(&text.stdout).into_owned();
        assert!(text.contains(expected[0]), "{text}");
        let parse = ["asn1parse", "-in", "csr.der", "-inform", "DER", "-strparse"];
        let offset = extension_offset(folder.path(), expected[0]);
        let parsed = openssl(&[&parse[..], &[offset.as_str()]].concat(), folder.path()).unwrap();
        let parsed = String::from_utf8_lossy(&parsed.stdout).into_owned();
        assert!(parsed.contains(expected[1]), "{parsed}");
    }
}

/// Where the value of this extension stands in `csr.der`, as OpenSSL counts.
fn extension_offset(folder: &Path, oid: &str) -> String {
    let listed = openssl(&["asn1parse", "-in", "csr.der", "-inform", "DER"], folder).unwrap();
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let oid = format!(":{}", oid.trim_end_matches(':'));
    let value = listed
        .lines()
        .skip_while(|line| !line.ends_with(&oid))
        .nth(1)
        .unwrap();
    value.split(':').next().unwrap().trim().to_owned()
}

#[test]
fn a_text_that_names_no_template_says_why() {
    let long = "a".repeat(65);
    let rows = [
        ("", "it is empty"),
        (
            "Web Server",
            "it contains a space; use the template's name, not its display name",
        ),
        (
            "Web\tServer",
            "it contains a character that a template name cannot hold",
        ),
        (
            "Web\u{1f600}",
            "it contains a character that a template name cannot hold",
        ),
        (&long, "it has more than 64 characters"),
    ];
    for (name, expected) in rows {
        let error = CertificateTemplate::named(name).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "`{}` is not a certificate template: {expected}",
                name.escape_debug()
            )
        );
    }
    for oid in [
        "",
        "1",
        "1.40.3",
        "3.1",
        "1.3.x",
        "1..3",
        "-1.3",
        "+1.3",
        "01.3",
        "1.3.99999999999999999999",
    ] {
        let error = CertificateTemplate::with_id(oid, 1, 0).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("it is not an object identifier"),
            "{error}"
        );
    }
    assert!(CertificateTemplate::with_id("2.999.1", 1, 0).is_ok());
}

#[test]
fn a_template_is_read_back_as_it_was_given_whatever_its_numbers() {
    let plan = plan(EXAMPLE_1, SanPolicy::EveryServer);
    let key = KeyPair::generate(FAST).unwrap();
    for oid in [
        "0.39",
        "1.39.127.128",
        "2.47",
        "2.48",
        "2.999.1",
        "2.65535.18446744073709551615",
    ] {
        for version in [0, 127, 128, u32::MAX] {
            let template = CertificateTemplate::with_id(oid, version, version).unwrap();
            let options = RequestOptions::default().template(template.clone());
            let request = plan.certificates()[0].request_with(&key, &options).unwrap();
            let read = CertificateRequest::from_bytes(request.der()).unwrap();
            assert_eq!(read.template(), Some(&template));
            assert_eq!(
                template.to_string(),
                format!("{oid} version {version}.{version}")
            );
        }
    }
}

/// A request as certreq and Exchange write it: the machine's version, who asked and the key's provider as
/// attributes, and the extensions in PKCS #9's attribute or, by older ones, in Microsoft's own.
fn of_certreq(extensions_attribute: &[u64]) -> Vec<u8> {
    let key = forge::rcgen_key();
    let oid = |arcs: &[u64]| ObjectIdentifier::from_slice(arcs);
    let info = yasna::construct_der(|writer| {
        writer.write_sequence(|info| {
            info.next().write_u8(0);
            info.next().write_sequence(|name| {
                name.next().write_set(|set| {
                    set.next().write_sequence(|cn| {
                        cn.next().write_oid(&oid(&[2, 5, 4, 3]));
                        cn.next().write_printable_string("um1.contoso.com");
                    });
                });
            });
            info.next().write_der(&key.subject_public_key_info());
            info.next()
                .write_tagged_implicit(Tag::context(0), |attributes| {
                    attributes.write_set(|attributes| {
                        attributes.next().write_sequence(|version| {
                            version
                                .next()
                                .write_oid(&oid(&[1, 3, 6, 1, 4, 1, 311, 13, 2, 3]));
                            version
                                .next()
                                .write_set(|set| set.next().write_ia5_string("10.0.17763.2"));
                        });
                        attributes.next().write_sequence(|client| {
                            client
                                .next()
                                .write_oid(&oid(&[1, 3, 6, 1, 4, 1, 311, 21, 20]));
                            client.next().write_set(|set| {
                                set.next().write_sequence(|client| {
                                    client.next().write_u8(5);
                                    client.next().write_utf8_string("um1.contoso.com");
                                    client.next().write_utf8_string("CONTOSO\\administrator");
                                    client.next().write_utf8_string("certreq");
                                });
                            });
                        });
                        attributes.next().write_sequence(|asked| {
                            asked.next().write_oid(&oid(extensions_attribute));
                            asked
                                .next()
                                .write_set(|set| set.next().write_sequence(extensions));
                        });
                    });
                });
        });
    });
    let signature = rcgen::SigningKey::sign(&key, &info).unwrap();
    yasna::construct_der(|writer| {
        writer.write_sequence(|request| {
            request.next().write_der(&info);
            request.next().write_sequence(|algorithm| {
                algorithm
                    .next()
                    .write_oid(&oid(&[1, 2, 840, 10045, 4, 3, 2]));
            });
            request
                .next()
                .write_bitvec_bytes(&signature, signature.len() * 8);
        });
    })
}

fn extensions(writer: &mut DERWriterSeq<'_>) {
    let san = yasna::construct_der(|writer| {
        writer.write_sequence(|names| {
            for name in ["um1.contoso.com", "um2.contoso.com"] {
                let name = |writer: yasna::DERWriter<'_>| writer.write_ia5_string(name);
                names.next().write_tagged_implicit(Tag::context(2), name);
            }
        });
    });
    let template = yasna::construct_der(|writer| writer.write_bmp_string("WebServer"));
    for (oid, value) in [
        (&[2, 5, 29, 17][..], san),
        (&[1, 3, 6, 1, 4, 1, 311, 20, 2], template),
    ] {
        writer.next().write_sequence(|extension| {
            extension
                .next()
                .write_oid(&ObjectIdentifier::from_slice(oid));
            extension.next().write_bytes(&value);
        });
    }
}

#[test]
fn what_certreq_writes_is_read_in_whichever_attribute_it_asks() {
    for attribute in [
        &[1, 2, 840, 113_549, 1, 9, 14][..],
        &[1, 3, 6, 1, 4, 1, 311, 2, 1, 14],
    ] {
        let der = of_certreq(attribute);
        let request = CertificateRequest::from_bytes(&der).unwrap();
        assert_eq!(request.subject(), "CN=um1.contoso.com");
        assert_eq!(
            request.san_entries(),
            ["um1.contoso.com", "um2.contoso.com"]
        );
        assert_eq!(request.template().unwrap().to_string(), "WebServer");
    }
    // Another attribute of Microsoft's asks for nothing.
    let der = of_certreq(&[1, 3, 6, 1, 4, 1, 311, 2, 1, 15]);
    let request = CertificateRequest::from_bytes(&der).unwrap();
    assert!(request.san_entries().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Law 7: bytes changed, cut and added make an error, or a request that asks for the same.
    #[test]
    fn no_damage_makes_reading_panic_and_none_is_believed(
        at in any::<Index>(), byte in any::<u8>(), what in 0..3,
    ) {
        let der = of_certreq(&[1, 3, 6, 1, 4, 1, 311, 2, 1, 14]);
        let mut damaged = der.clone();
        match what {
            0 => damaged[at.index(der.len())] = byte,
            1 => damaged.truncate(at.index(der.len())),
            _ => damaged.insert(at.index(der.len()), byte),
        }
        let asks = |request: &CertificateRequest| {
            let template = request.template().cloned();
            (request.subject().to_owned(), request.san_entries().to_vec(), template)
        };
        // What is not signed, the frame around the signature, may be damaged and still be read.
        if let Ok(read) = CertificateRequest::from_bytes(&damaged) {
            let whole = CertificateRequest::from_bytes(&der).unwrap();
            prop_assert_eq!(asks(&read), asks(&whole));
            prop_assert_eq!(read.public_key(), whole.public_key());
        }
        let _ = Crl::from_bytes(&damaged);
        let _ = KeyPair::from_bytes(&damaged);
    }
}
