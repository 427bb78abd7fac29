//! Chains signed with ECDSA on P-521 and SHA-512, which OpenSSL creates with both cryptography libraries.

use std::path::Path;

use crate::support::deployments::{deployment, um};
use crate::support::forge::Forge;
use crate::support::openssl::openssl;
use crate::support::scene::ids;
use time::{Duration, OffsetDateTime};
use umcert::{Audit, Certificate, Chain, Crl, KeyKind, Plan, PlanOptions, Rule, TrustStore};

const ONE_SERVER: &str = r#"
    lync = { forest = "contoso.com" }
    exchange = [{ forest = "contoso.com", version = "2016" }]
    server-sets = [{ name = "um", servers = [{ fqdn = "um1.contoso.com", site = "Tukwila" }] }]
"#;

const KEY: &str = "-newkey ec -pkeyopt ec_paramgen_curve:P-521 -nodes -sha512";

const CRL_CONFIGURATION: &str = "[ca]\ndefault_ca=this\n[this]\ndatabase=index.txt\n\
    crlnumber=crlnumber.txt\ndefault_md=sha512\ndefault_crl_days=30\n";

/// A root, an intermediate and a server, and another root of the same name.
struct Pki {
    root: Certificate,
    namesake: Certificate,
    intermediate: Certificate,
    server: Certificate,
    /// CRLs of the root and of the intermediate without entries.
    empty_crls: Vec<Crl>,
    /// A CRL of the intermediate that lists the server.
    crl_of_server: Crl,
    /// A CRL of the root that lists the intermediate.
    crl_of_intermediate: Crl,
}

impl Pki {
    /// Creates the certificates. The server is valid for 10 days, the CAs for 3,000. Returns `None` without OpenSSL.
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let write = |file: &str, text: &str| std::fs::write(folder.join(file), text).unwrap();
        write(
            "ca.ext",
            "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\n\
             subjectKeyIdentifier=hash\n",
        );
        write(
            "server.ext",
            "subjectAltName=DNS:um1.contoso.com\nextendedKeyUsage=serverAuth\n\
             keyUsage=critical,digitalSignature\nbasicConstraints=critical,CA:false\n\
             authorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash\n\
             crlDistributionPoints=URI:http://crl.contoso.com/ca.crl\n",
        );
        for line in [
            format!("req -x509 {KEY} -subj /CN=Root -days 3000 -addext keyUsage=critical,keyCertSign,cRLSign -keyout root.key -out root.pem"),
            format!("req -x509 {KEY} -subj /CN=Root -days 3000 -addext keyUsage=critical,keyCertSign,cRLSign -keyout other.key -out other.pem"),
            format!("req -new {KEY} -subj /CN=Issuing -keyout ca.key -out ca.csr"),
            "x509 -req -sha512 -days 3000 -in ca.csr -CA root.pem -CAkey root.key -set_serial 2 -extfile ca.ext -out ca.pem".to_owned(),
            format!("req -new {KEY} -subj /CN=um1.contoso.com -keyout um1.key -out um1.csr"),
            "x509 -req -sha512 -days 10 -in um1.csr -CA ca.pem -CAkey ca.key -set_serial 3 -extfile server.ext -out um1.pem".to_owned(),
        ] {
            let arguments: Vec<&str> = line.split(' ').collect();
            let output = openssl(&arguments, folder)?;
            assert!(output.status.success(), "{line}\n{output:?}");
        }
        write("ca.cnf", CRL_CONFIGURATION);
        let crl = |ca: &str, revoked: Option<&str>| {
            write("index.txt", "");
            write("crlnumber.txt", "01\n");
            let base = format!("ca -config ca.cnf -keyfile {ca}.key -cert {ca}.pem");
            let revocation = revoked.map(|file| format!("{base} -revoke {file}.pem"));
            for line in revocation
                .into_iter()
                .chain([format!("{base} -gencrl -out ca.crl")])
            {
                let arguments: Vec<&str> = line.split(' ').collect();
                let output = openssl(&arguments, folder).unwrap();
                assert!(output.status.success(), "{line}\n{output:?}");
            }
            Crl::from_bytes(&std::fs::read(folder.join("ca.crl")).unwrap()).unwrap()
        };
        Some(Self {
            empty_crls: vec![crl("root", None), crl("ca", None)],
            crl_of_server: crl("ca", Some("um1")),
            crl_of_intermediate: crl("root", Some("ca")),
            root: read(folder, "root.pem"),
            namesake: read(folder, "other.pem"),
            intermediate: read(folder, "ca.pem"),
            server: read(folder, "um1.pem"),
        })
    }
}

fn read(folder: &Path, file: &str) -> Certificate {
    let chain = Chain::from_bytes(&std::fs::read(folder.join(file)).unwrap()).unwrap();
    chain.certificates().next().unwrap().clone()
}

/// Audits um1, which presents these certificates, for sides that trust `held`.
fn audit(presented: &[&Certificate], held: &Certificate, at: OffsetDateTime) -> Vec<String> {
    audit_with_crls(presented, held, at, &[])
}

fn audit_with_crls(
    presented: &[&Certificate],
    held: &Certificate,
    at: OffsetDateTime,
    crls: &[Crl],
) -> Vec<String> {
    let options = PlanOptions::default().key(KeyKind::P256);
    let plan = Plan::new(&deployment(ONE_SERVER), &options).unwrap();
    let store = TrustStore::from(std::slice::from_ref(held));
    let report = Audit::new(&plan)
        .lync_roots(&store)
        .exchange_roots(&store)
        .presented(um(1), presented.iter().copied().cloned().collect())
        .crls(crls.iter().cloned())
        .warn_days(0)
        .run(at);
    // A P-521 key usually signs with SHA-512, which is a finding of its own.
    let others = report.findings().iter();
    let others = others.filter(|finding| finding.rule() != Rule::Sha512Signature);
    ids(&others.cloned().collect::<Vec<_>>())
}

/// With aws-lc-rs each fault has one finding, as on any curve. ring cannot verify the signatures, which is no proof that
/// they are bad.
#[test]
fn fault_of_a_p521_chain_causes_one_finding() {
    let Some(pki) = Pki::new() else {
        return;
    };
    let now = OffsetDateTime::now_utc();
    let another = Forge::root("Another").certificate;
    let short = [&pki.server, &pki.intermediate];
    let full = [&pki.server, &pki.intermediate, &pki.root];
    let rows: [(&str, Vec<String>, &[&str]); 5] = [
        ("good", audit(&short, &pki.root, now), &[]),
        (
            "expired leaf",
            audit(&short, &pki.root, now + Duration::days(20)),
            &["error expired um1.contoso.com"],
        ),
        (
            "root presented but not trusted",
            audit(&full, &another, now),
            &["error untrusted-root um1.contoso.com"],
        ),
        (
            "root of the same name with another key",
            audit(&short, &pki.namesake, now),
            &["error bad-signature um1.contoso.com"],
        ),
        (
            "intermediate missing",
            audit(&[&pki.server], &pki.root, now),
            &["error missing-intermediate um1.contoso.com"],
        ),
    ];
    for (what, found, expected) in rows {
        if cfg!(feature = "aws-lc-rs") {
            assert_eq!(found, expected, "{what}");
        } else {
            let bad_signature = "error bad-signature um1.contoso.com".to_owned();
            assert!(!found.contains(&bad_signature), "{what}: {found:?}");
        }
    }
}

/// With ring the path is not trusted anyway.
#[test]
fn crl_of_a_p521_ca_revokes() {
    let Some(pki) = Pki::new() else {
        return;
    };
    let now = OffsetDateTime::now_utc();
    let presented = [&pki.server, &pki.intermediate];
    let audit = |crls: &[Crl]| audit_with_crls(&presented, &pki.root, now, crls);
    let store = TrustStore::from(std::slice::from_ref(&pki.root));
    let chain: Chain = presented.into_iter().cloned().collect();
    let with = |crl: &Crl| [&pki.empty_crls[..], std::slice::from_ref(crl)].concat();
    let rows: [(&str, Vec<Crl>, &[&str]); 3] = [
        ("none", pki.empty_crls.clone(), &[]),
        (
            "the server",
            with(&pki.crl_of_server),
            &["error revoked um1.contoso.com"],
        ),
        (
            "the intermediate",
            with(&pki.crl_of_intermediate),
            &["error revoked um1.contoso.com"],
        ),
    ];
    for (what, crls, expected) in rows {
        let verdict = store.verify_with_crls(&chain, um(1), now, &crls);
        if cfg!(feature = "aws-lc-rs") {
            assert_eq!(audit(&crls), expected, "{what}");
            assert_eq!(verdict.is_ok(), expected.is_empty(), "{what}");
        } else {
            assert!(verdict.is_err(), "{what}");
            assert!(!audit(&crls).is_empty(), "{what}");
        }
    }
}
