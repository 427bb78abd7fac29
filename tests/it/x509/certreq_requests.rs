//! Requests as certreq and Exchange write them.

use crate::support::forge;
use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};
use proptest::sample::Index;
use rcgen::PublicKeyData;
use umcert::{CertificateRequest, Crl, KeyPair};
use yasna::models::ObjectIdentifier;
use yasna::{DERWriterSeq, Tag};

/// Returns a request as certreq and Exchange write it. Attributes hold the version of Windows, the requester and the
/// requested extensions. The extensions are in the attribute of PKCS #9, or in Microsoft's own by older tools.
fn certreq_request(extensions_attribute: &[u64]) -> Vec<u8> {
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
fn extensions_are_read_from_either_attribute() {
    for attribute in [
        &[1, 2, 840, 113_549, 1, 9, 14][..],
        &[1, 3, 6, 1, 4, 1, 311, 2, 1, 14],
    ] {
        let der = certreq_request(attribute);
        let request = CertificateRequest::from_bytes(&der).unwrap();
        assert_eq!(request.subject(), "CN=um1.contoso.com");
        assert_eq!(
            request.san_entries(),
            ["um1.contoso.com", "um2.contoso.com"]
        );
        assert_eq!(request.template().unwrap().to_string(), "WebServer");
    }
    // Another attribute of Microsoft requests nothing.
    let der = certreq_request(&[1, 3, 6, 1, 4, 1, 311, 2, 1, 15]);
    let request = CertificateRequest::from_bytes(&der).unwrap();
    assert!(request.san_entries().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Law 7: a request with a byte changed, removed or added is refused, or asks for the same as before.
    #[test]
    fn damaged_request_is_refused_or_asks_for_the_same(
        at in any::<Index>(), byte in any::<u8>(), what in 0..3,
    ) {
        let der = certreq_request(&[1, 3, 6, 1, 4, 1, 311, 2, 1, 14]);
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
        // The frame around the signature is not signed, so that some damage to it has no effect.
        if let Ok(read) = CertificateRequest::from_bytes(&damaged) {
            let whole = CertificateRequest::from_bytes(&der).unwrap();
            prop_assert_eq!(asks(&read), asks(&whole));
            prop_assert_eq!(read.public_key(), whole.public_key());
        }
        let _ = Crl::from_bytes(&damaged);
        let _ = KeyPair::from_bytes(&damaged);
    }
}
