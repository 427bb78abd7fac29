//! Every form of every kind of file at every reader: it is read, or named for what it is.

use std::error::Error;

use crate::support::deployments::TODAY;
use crate::support::encoding::{content, element, elements, pkcs7};
use crate::support::forms::{forms, pem, serialized_store};
use crate::support::material::material;
use crate::support::scene::ca;
use proptest::prelude::{ProptestConfig, any, proptest};
use proptest::sample::Index;
use umcert::{Certificate, CertificateRequest, Chain, Crl, KeyPair, TrustStore};

/// What a reader makes of a file: the DER that it read, or its error.
type Outcome = Result<Vec<Vec<u8>>, Box<dyn Error>>;

/// The name of a reader, the kind that it expects, and the reader.
type Reader = (&'static str, Kind, fn(&[u8]) -> Outcome);

const READERS: [Reader; 5] = [
    ("Chain", Kind::Certificate, |bytes| {
        let chain = Chain::from_bytes(bytes)?;
        Ok(ders(chain.certificates()))
    }),
    ("TrustStore", Kind::Certificate, |bytes| {
        Ok(ders(TrustStore::from_bytes(bytes)?.roots().iter()))
    }),
    ("CertificateRequest", Kind::Request, |bytes| {
        Ok(vec![CertificateRequest::from_bytes(bytes)?.der().to_vec()])
    }),
    ("Crl", Kind::Crl, |bytes| {
        Ok(vec![Crl::from_bytes(bytes)?.der().to_vec()])
    }),
    ("KeyPair", Kind::Key, |bytes| {
        let key = KeyPair::from_bytes(bytes)?;
        Ok(vec![key.to_der().secret_pkcs8_der().to_vec()])
    }),
];

fn ders<'a>(certificates: impl Iterator<Item = &'a Certificate>) -> Vec<Vec<u8>> {
    certificates.map(|it| it.der().to_vec()).collect()
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Certificate,
    Request,
    Crl,
    Key,
    /// A kind that no reader reads.
    Other,
}

/// A structure, and what readers of its kind read in it.
struct Sample {
    kind: Kind,
    label: &'static str,
    /// The name in the errors of the other readers.
    name: &'static str,
    der: Vec<u8>,
    read: Vec<Vec<u8>>,
}

fn samples() -> Vec<Sample> {
    let ca = ca();
    let issued = ca.issue_names(["um1.contoso.com"]).unwrap();
    let sample = |kind, label, name, der: &[u8]| Sample {
        kind,
        label,
        name,
        der: der.to_vec(),
        read: vec![der.to_vec()],
    };
    let chain: Vec<&Certificate> = issued.chain().certificates().collect();
    let chain_ders = ders(chain.iter().copied());
    let many = |label, name, der: Vec<u8>| Sample {
        kind: Kind::Certificate,
        label,
        name,
        der,
        read: chain_ders.clone(),
    };
    let whole = pkcs7(&chain);
    let encrypted = element(
        0x30,
        &[
            element(0x30, b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d"),
            element(0x04, &[7; 200]),
        ]
        .concat(),
    );
    let pfx = [
        &b"\x30\x82\x01\x00\x02\x01\x03"[..],
        &element(0x30, &[0x04; 250]),
    ]
    .concat();
    let store = serialized_store(&[&chain_ders[0], &chain_ders[1]]);
    vec![
        sample(
            Kind::Certificate,
            "CERTIFICATE",
            "a certificate",
            chain[0].der(),
        ),
        sample(
            Kind::Request,
            "NEW CERTIFICATE REQUEST",
            "a certificate request",
            issued.request().der(),
        ),
        sample(
            Kind::Crl,
            "X509 CRL",
            "a CRL",
            ca.crls(TODAY, []).unwrap()[0].der(),
        ),
        sample(
            Kind::Key,
            "PRIVATE KEY",
            "a private key",
            issued.key().to_der().secret_pkcs8_der(),
        ),
        many("CMS", "a PKCS #7 file (.p7b)", indefinite(&whole)),
        many("PKCS7", "a PKCS #7 file (.p7b)", whole),
        many("CERTIFICATE", "a certificate", store),
        sample(
            Kind::Other,
            "ENCRYPTED PRIVATE KEY",
            "an encrypted private key",
            &encrypted,
        ),
        sample(Kind::Other, "PKCS12", "a PKCS #12 file (.pfx)", &pfx),
    ]
}

/// Returns a PKCS #7 structure with indefinite lengths outside of its certificates, as Java writes it.
fn indefinite(pkcs7: &[u8]) -> Vec<u8> {
    let wrap = |tag: u8, content: &[u8]| [&[tag, 0x80], content, &[0, 0]].concat();
    let info = elements(content(pkcs7));
    let signed_data = elements(content(content(&info[1])));
    let fields = signed_data.iter().map(|field| match field[0] {
        tag @ (0x30 | 0x31 | 0xa0) => wrap(tag, content(field)),
        _ => field.clone(),
    });
    let fields: Vec<u8> = fields.flatten().collect();
    let explicit = wrap(0xa0, &wrap(0x30, &fields));
    wrap(0x30, &[&info[0][..], &explicit].concat())
}

#[test]
fn every_form_is_read_or_named_by_every_reader() {
    for sample in samples() {
        let serialized_store = sample.der[0] == 0;
        for (form, bytes) in forms(sample.label, &sample.der) {
            // The length of a store is not known at the last line of a dump, where characters follow the digits.
            if serialized_store && TABLES.contains(&form) {
                continue;
            }
            for (reader, expected, read) in READERS {
                let case = format!("{} as {form} at {reader}", sample.name);
                match read(&bytes) {
                    Ok(ders) => {
                        assert!(expected == sample.kind, "{case}");
                        assert_eq!(ders, sample.read, "{case}");
                    }
                    Err(error) => {
                        assert!(
                            expected != sample.kind || sample.kind == Kind::Other,
                            "{case}: {error}"
                        );
                        assert!(
                            error.to_string().contains(sample.name)
                                || error.to_string().contains("is encrypted"),
                            "{case}: {error}"
                        );
                    }
                }
            }
        }
    }
}

/// The forms with characters beside digits.
const TABLES: [&str; 4] = ["certutil -encodehex", "xxd", "hexdump -C", "Format-Hex"];

#[test]
fn other_bytes_after_a_structure_are_trailing_data() {
    let issued = ca().issue_names(["um1.contoso.com"]).unwrap();
    let end_entity = issued.chain().certificates().next().unwrap();
    let trailing = [&end_entity.der()[..], b"\r\nx"].concat();
    for bytes in [trailing.clone(), pem("CERTIFICATE", &trailing).into()] {
        let chain = Chain::from_bytes(&bytes).unwrap();
        let error = chain.entries()[0].as_ref().unwrap_err();
        assert!(
            error.to_string().contains("3 bytes of trailing data"),
            "{error}"
        );
    }
    // Another structure is another section.
    let joined = [&end_entity.der()[..], &issued.request().der()[..], b"\n"].concat();
    let chain = Chain::from_bytes(&joined).unwrap();
    assert_eq!(chain.entries().len(), 1);
    let skipped: Vec<String> = chain.skipped().iter().map(ToString::to_string).collect();
    assert_eq!(
        skipped,
        [
            "section 2 is followed by 1 blank or zero byte",
            "section 2 is a certificate request"
        ]
    );
}

#[test]
fn damaged_serialized_store_is_named() {
    let issued = ca().issue_names(["um1.contoso.com"]).unwrap();
    let chain = ders(issued.chain().certificates());
    let whole = serialized_store(&[&chain[0]]);
    assert!(Chain::from_bytes(&whole).is_ok());
    let mut too_long = whole.clone();
    too_long[16] = 0xff;
    let damaged = [
        whole[..whole.len() - 1].to_vec(),
        whole[..9].to_vec(),
        [&whole[..], &[1]].concat(),
        too_long,
        serialized_store(&[]),
    ];
    for bytes in damaged {
        for (reader, _, read) in READERS {
            let error = read(&bytes).unwrap_err().to_string();
            assert!(
                error.contains("serialized certificate store (.sst)"),
                "{reader}: {error}"
            );
        }
    }
}

#[test]
fn unreadable_file_is_named_with_what_to_do() {
    let issued = ca().issue_names(["um1.contoso.com"]).unwrap();
    let text = issued.chain().to_pem();
    let without_begin = text.replace("-----BEGIN CERTIFICATE-----", "");
    let without_dashes = text.replace("-----", "--");
    let escaped = text.replace(' ', "%20").replace('\n', "%0A");
    let dump = "30 82 01 0a 02 82 01 01 00 c0 ff\n";
    let openssh = pem("OPENSSH PRIVATE KEY", b"openssh-key-v1\0\0\0\0\x04none");
    let rows: [(&str, &[u8], &str); 10] = [
        ("no BEGIN", without_begin.as_bytes(), "`-----BEGIN …-----`"),
        ("no dashes", without_dashes.as_bytes(), "five dashes"),
        ("URL", escaped.as_bytes(), "percent-encoded"),
        ("cut dump", dump.as_bytes(), "`certutil -decodehex`"),
        ("ZIP", b"PK\x03\x04\x14\0", "ZIP archive"),
        (
            "Java",
            b"\xfe\xed\xfe\xed\0\0\0\x02",
            "`keytool -exportcert",
        ),
        ("text copy", "0\u{fffd}\u{3}".as_bytes(), "saved as text"),
        ("JSON", b"{ \"a\": 1 }", "JSON"),
        ("page", b" <html>", "HTML"),
        ("OpenSSH", openssh.as_bytes(), "a private key of OpenSSH"),
    ];
    for (case, bytes, fact) in rows {
        for (reader, _, read) in READERS {
            let error = read(bytes).unwrap_err().to_string();
            assert!(error.contains(fact), "{case} at {reader}: {error}");
        }
    }
}

/// The signature of a certificate covers its bytes, so a certificate in BER is not converted.
#[test]
fn certificate_in_ber_stays_malformed() {
    let issued = ca().issue_names(["um1.contoso.com"]).unwrap();
    let end_entity = issued.chain().certificates().next().unwrap();
    let ber = [b"\x30\x80", content(end_entity.der()), b"\0\0"].concat();
    let chain = Chain::from_bytes(&ber).unwrap();
    let error = chain.entries()[0].as_ref().unwrap_err().to_string();
    assert!(error.contains("a length that is not in DER"), "{error}");
}

/// A label that is not followed by base64 is skipped only if it promises nothing that this crate reads.
#[test]
fn section_of_another_program_is_listed() {
    let issued = ca().issue_names(["um1.contoso.com"]).unwrap();
    let chain = issued.chain().to_pem();
    let signed = format!(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{chain}-----BEGIN PGP SIGNATURE-----\nVersion: 2\n\niQ==\n=abcd\n-----END PGP SIGNATURE-----\n"
    );
    let read = Chain::from_bytes(signed.as_bytes()).unwrap();
    assert_eq!(&read, issued.chain());
    let skipped: Vec<String> = read.skipped().iter().map(ToString::to_string).collect();
    assert_eq!(
        skipped,
        [
            "section 1 is a PEM section `PGP SIGNED MESSAGE`",
            "section 4 is a PEM section `PGP SIGNATURE`"
        ]
    );
    let damaged = chain.replacen("MII", "M!I", 1);
    assert!(Chain::from_bytes(damaged.as_bytes()).is_err());
}

/// Files of real servers, and a store that was written after MS-OSHARED.
#[test]
fn samples_of_windows_are_read() {
    let Some(folder) = material("UMCERT_SAMPLES") else {
        return;
    };
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let store = Chain::from_bytes(&read("synthetic.sst")).unwrap();
    let wmsvc = Chain::from_bytes(&read("default-wmsvc-no-san.pem")).unwrap();
    assert_eq!(store.entries().len(), 2);
    assert!(store.entries().contains(&wmsvc.entries()[0]));
    let request = CertificateRequest::from_bytes(&read("exchange-2016.req")).unwrap();
    let wide = CertificateRequest::from_bytes(&read("exchange-2016-utf16le-no-bom.req"));
    assert_eq!(wide.unwrap(), request);
}

/// Sections, lines and elements that never end are each looked at once. Quadratic work would take minutes.
#[test]
fn large_hostile_file_takes_linear_time() {
    const SIZE: usize = 512 * 1024;
    let parts: [&[u8]; 10] = [
        b"-----BEGIN X-----",
        b"-----BEGIN CERTIFICATE-----",
        b"-----BEGIN ",
        b"-----END X-----",
        b"\\\\",
        b"30 ",
        b"3080",
        b"\x30\x80",
        b"\x30\x03\x02\x01\x00",
        b"\x30\x05\x30\x03\x06\x01\x00",
    ];
    for part in parts {
        let bytes = part.repeat(SIZE / part.len());
        let labelled = [b"-----BEGIN CERTIFICATE-----\n", &bytes[40..]].concat();
        for (_, _, read) in READERS {
            assert!(read(&bytes).is_err());
            assert!(read(&labelled).is_err());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever happens to a file, every reader answers without a panic and without the words of a parser.
    #[test]
    fn mutated_form_is_answered(
        sample: Index,
        form: Index,
        edits in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..4),
        cut: Index,
        keeps_all: bool,
    ) {
        let samples = samples_once();
        let forms = &samples[sample.index(samples.len())];
        let mut bytes = forms[form.index(forms.len())].clone();
        for (place, byte) in edits {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if !keeps_all {
            bytes.truncate(cut.index(bytes.len()));
        }
        for (reader, _, read) in READERS {
            let Err(error) = read(&bytes) else { continue };
            let text = format!("{error} {error:?}");
            for word in ["nom", "BER error", "Some(", "Unexpected", "Parse"] {
                assert!(!text.contains(word), "{reader}: {text}");
            }
            assert!(error.to_string().len() < 1000, "{reader}: {text}");
        }
    }
}

fn samples_once() -> &'static [Vec<Vec<u8>>] {
    static FORMS: std::sync::OnceLock<Vec<Vec<Vec<u8>>>> = std::sync::OnceLock::new();
    FORMS.get_or_init(|| {
        let of_sample = |sample: &Sample| {
            let forms = forms(sample.label, &sample.der).into_iter();
            forms.map(|(_, bytes)| bytes).collect()
        };
        samples().iter().map(of_sample).collect()
    })
}
