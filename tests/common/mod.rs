//! What the tests share: the deployments of the guidelines, a fixed day, faulty certificates made with
//! raw rcgen, and OpenSSL as the second verifier.

#![allow(dead_code, reason = "each test file uses its part")]

pub(crate) mod folder;
pub(crate) mod program;

use std::path::Path;
use std::process::{Command, Output};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyUsagePurpose, RevocationReason,
    RevokedCertParams, SanType, SerialNumber,
};
use rustls_pki_types::CertificateDer;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use umcert::issue::TestCaOptions;
use umcert::{
    Audit, Bundle, Certificate, Chain, Crl, Deployment, DnsName, Finding, KeyKind, Plan,
    PlanOptions, Report, SanPolicy, TestCa,
};

/// The day on which the tests take place.
pub(crate) const TODAY: OffsetDateTime = datetime!(2026-11-23 00:00 UTC);

pub(crate) const EXAMPLE_1: &str = include_str!("../../examples/data/example-1.toml");
pub(crate) const EXAMPLE_2: &str = include_str!("../../examples/data/example-2.toml");

/// A key that both features generate, and at once.
pub(crate) const FAST: KeyKind = KeyKind::P256;

pub(crate) fn deployment(text: &str) -> Deployment {
    toml::from_str(text).unwrap()
}

pub(crate) fn plan(text: &str, san: SanPolicy) -> Plan {
    Plan::new(
        &deployment(text),
        &PlanOptions::default().san(san).key(FAST),
    )
    .unwrap()
}

pub(crate) fn name(text: &str) -> DnsName {
    text.parse().unwrap()
}

/// The names of UM server 1 to 4 of the examples.
pub(crate) fn um(number: usize) -> DnsName {
    name(&format!("um{number}.contoso.com"))
}

pub(crate) fn ca() -> TestCa {
    TestCa::with_options(
        "Contoso Test CA",
        &TestCaOptions::starting(TODAY - Duration::DAY),
    )
    .unwrap()
}

/// A bundle of a new CA of this name that begins then.
pub(crate) fn bundle_of(name: &str, not_before: OffsetDateTime, plan: &Plan) -> Bundle {
    let options = TestCaOptions::starting(not_before);
    TestCa::with_options(name, &options)
        .unwrap()
        .issue(plan)
        .unwrap()
}

/// A plan for some of the servers of Example 2.
pub(crate) fn with_servers(numbers: &[usize]) -> Plan {
    let mut deployment = deployment(EXAMPLE_2);
    let is_one = |fqdn: &DnsName| numbers.iter().any(|number| *fqdn == um(*number));
    for set in &mut deployment.server_sets {
        set.servers.retain(|server| is_one(&server.fqdn));
    }
    for dial_plan in &mut deployment.dial_plans {
        dial_plan.members.retain(|member| is_one(&member.server));
    }
    Plan::new(&deployment, &PlanOptions::default().key(FAST)).unwrap()
}

/// Everything that a test of the audit starts from: a plan, issued.
pub(crate) struct Scene {
    pub(crate) plan: Plan,
    pub(crate) ca: TestCa,
    pub(crate) bundle: Bundle,
}

impl Scene {
    pub(crate) fn new(text: &str, san: SanPolicy) -> Self {
        let plan = plan(text, san);
        let ca = ca();
        let bundle = ca.issue(&plan).unwrap();
        Self { plan, ca, bundle }
    }

    /// An audit in which all is well.
    pub(crate) fn audit(&self) -> Audit<'_> {
        Audit::new(&self.plan)
            .lync_roots(self.ca.roots())
            .exchange_roots(self.ca.roots())
            .presented_chains(self.bundle.chains())
    }

    pub(crate) fn chain(&self, server: &DnsName) -> Chain {
        self.bundle.server(server).unwrap().chain().clone()
    }
}

/// `error expired um1.contoso.com`, one a finding.
pub(crate) fn ids(findings: &[Finding]) -> Vec<String> {
    let id = |finding: &Finding| {
        format!(
            "{} {} {}",
            finding.severity(),
            finding.rule(),
            finding.subject()
        )
    };
    findings.iter().map(id).collect()
}

#[track_caller]
pub(crate) fn assert_finds(report: &Report, expected: &[&str]) {
    assert_eq!(ids(report.findings()), expected, "{report}");
}

/// A CA made with raw rcgen, to issue what umcert would not.
pub(crate) struct Forge {
    pub(crate) certificate: Certificate,
    issuer: Issuer<'static, rcgen::KeyPair>,
}

pub(crate) fn subject(cn: &str) -> DistinguishedName {
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, cn);
    subject
}

pub(crate) fn rcgen_key() -> rcgen::KeyPair {
    rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap()
}

pub(crate) fn certificate(rcgen: rcgen::Certificate) -> Certificate {
    Certificate::from_der(rcgen.into()).unwrap()
}

fn ca_params(cn: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = subject(cn);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = TODAY - Duration::days(1000);
    params.not_after = TODAY + Duration::days(1000);
    params
}

impl Forge {
    pub(crate) fn root(cn: &str) -> Self {
        Self::root_with(cn, |_| {})
    }

    pub(crate) fn root_with(cn: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut params = ca_params(cn);
        change(&mut params);
        let key = rcgen_key();
        let certificate = certificate(params.self_signed(&key).unwrap());
        Self {
            certificate,
            issuer: Issuer::new(params, key),
        }
    }

    /// A CA below this one.
    pub(crate) fn intermediate(
        &self,
        cn: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Self {
        let mut params = ca_params(cn);
        change(&mut params);
        let key = rcgen_key();
        let certificate = certificate(params.signed_by(&key, &self.issuer).unwrap());
        Self {
            certificate,
            issuer: Issuer::new(params, key),
        }
    }

    /// A certificate of this CA for the key of another.
    pub(crate) fn cross(&self, other: &Self, cn: &str) -> Certificate {
        self.cross_with(other, cn, |_| {})
    }

    pub(crate) fn cross_with(
        &self,
        other: &Self,
        cn: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Certificate {
        let mut params = ca_params(cn);
        change(&mut params);
        certificate(params.signed_by(other.issuer.key(), &self.issuer).unwrap())
    }

    /// A CRL that revokes these certificates as of `TODAY`, less a day, and lasts for some days.
    pub(crate) fn crl(&self, revoked: &[&Certificate], days: i64) -> Crl {
        self.crl_with(revoked, |params| {
            params.next_update = TODAY + Duration::days(days);
        })
    }

    pub(crate) fn crl_with(
        &self,
        revoked: &[&Certificate],
        change: impl FnOnce(&mut CertificateRevocationListParams),
    ) -> Crl {
        let revoked = revoked.iter().map(|certificate| RevokedCertParams {
            serial_number: SerialNumber::from_slice(certificate.serial()),
            revocation_time: TODAY - Duration::DAY,
            reason_code: Some(RevocationReason::KeyCompromise),
            invalidity_date: None,
        });
        let mut params = CertificateRevocationListParams {
            this_update: TODAY - Duration::days(10),
            next_update: TODAY + Duration::days(10),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: rcgen::KeyIdMethod::Sha256,
        };
        change(&mut params);
        let list = params.signed_by(&self.issuer).unwrap();
        Crl::from_bytes(list.der()).unwrap()
    }

    /// The same CRL with a critical extension more, signed again: rcgen makes no such.
    pub(crate) fn with_critical(&self, crl: &Crl, oid: &[u8], value: &[u8]) -> Crl {
        let extension = [
            element(0x06, oid),
            element(0x01, &[0xff]),
            element(0x04, value),
        ];
        let parts = elements(content(crl.der()));
        let mut tbs = elements(content(&parts[0]));
        let extensions = tbs.pop().unwrap();
        let list = content(content(&extensions)).to_vec();
        let list = [list, element(0x30, &extension.concat())].concat();
        tbs.push(element(0xa0, &element(0x30, &list)));
        let tbs = element(0x30, &tbs.concat());
        let signature = rcgen::SigningKey::sign(self.issuer.key(), &tbs).unwrap();
        let signature = element(0x03, &[vec![0], signature].concat());
        Crl::from_bytes(&element(0x30, &[tbs, parts[1].clone(), signature].concat())).unwrap()
    }

    /// Whatever these parameters make, readable or not.
    pub(crate) fn raw(&self, params: &CertificateParams) -> CertificateDer<'static> {
        params.signed_by(&rcgen_key(), &self.issuer).unwrap().into()
    }

    /// A good certificate of UM server `number` for an RSA key of so many bits, which nobody has.
    pub(crate) fn server_with_rsa(&self, number: usize, bits: usize) -> Certificate {
        let mut modulus = vec![0xff; bits.div_ceil(8)];
        modulus[0] >>= modulus.len() * 8 - bits;
        if modulus[0] & 0x80 != 0 {
            modulus.insert(0, 0);
        }
        let key = [element(0x02, &modulus), element(0x02, &[1, 0, 1])].concat();
        let key = RsaKey(element(0x30, &key));
        let params = server_params(number);
        certificate(params.signed_by(&key, &self.issuer).unwrap())
    }

    /// A server certificate as the plan of Example 1 wants it, with one thing changed.
    pub(crate) fn server(
        &self,
        number: usize,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Certificate {
        let mut params = server_params(number);
        change(&mut params);
        certificate(params.signed_by(&rcgen_key(), &self.issuer).unwrap())
    }
}

/// A public key of RSA in PKCS #1, to issue for.
struct RsaKey(Vec<u8>);

impl rcgen::PublicKeyData for RsaKey {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_RSA_SHA256
    }
}

/// The parameters of a good certificate of UM server `number` of Example 1.
pub(crate) fn server_params(number: usize) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = subject(um(number).as_str());
    params.subject_alt_names = sans(&rotated(number));
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.is_ca = IsCa::ExplicitNoCa;
    params.use_authority_key_identifier_extension = true;
    params.crl_distribution_points = vec![rcgen::CrlDistributionPoint {
        uris: vec!["http://crl.contoso.com/ca.crl".to_owned()],
    }];
    params.not_before = TODAY - Duration::days(100);
    params.not_after = TODAY + Duration::days(100);
    params
}

/// The four servers, this one first.
fn rotated(first: usize) -> Vec<String> {
    let others = (1..=4).filter(|number| *number != first);
    std::iter::once(first)
        .chain(others)
        .map(|number| um(number).to_string())
        .collect()
}

pub(crate) fn sans(names: &[impl AsRef<str>]) -> Vec<SanType> {
    let dns = |name: &str| SanType::DnsName(name.try_into().unwrap());
    names.iter().map(|name| dns(name.as_ref())).collect()
}

/// `text` as PowerShell's `>` writes it, mark and all.
pub(crate) fn utf16(text: &str, big_endian: bool) -> Vec<u8> {
    let bytes = |unit: u16| {
        if big_endian {
            unit.to_be_bytes()
        } else {
            unit.to_le_bytes()
        }
    };
    std::iter::once(0xfeff)
        .chain(text.encode_utf16())
        .flat_map(bytes)
        .collect()
}

/// Runs OpenSSL; `None` where it is not installed, which is an error in CI.
pub(crate) fn openssl(arguments: &[&str], folder: &Path) -> Option<Output> {
    match Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
    {
        Ok(output) => Some(output),
        Err(error) => {
            assert!(
                std::env::var_os("CI").is_none(),
                "openssl is needed in CI: {error}"
            );
            eprintln!("skipped: no openssl here ({error})");
            None
        }
    }
}

/// A deployment whose servers present certificates of a CA made with raw rcgen.
pub(crate) struct Forged {
    pub(crate) scene: Scene,
    pub(crate) root: Forge,
    pub(crate) intermediate: Forge,
}

impl Forged {
    pub(crate) fn new() -> Self {
        let root = Forge::root("Root");
        let intermediate = root.intermediate("Intermediate", |_| {});
        Self {
            scene: Scene::new(EXAMPLE_1, SanPolicy::EveryServer),
            root,
            intermediate,
        }
    }

    pub(crate) fn roots(&self) -> [Certificate; 1] {
        [self.root.certificate.clone()]
    }

    pub(crate) fn chain(&self, end_entity: Certificate) -> Chain {
        [end_entity, self.intermediate.certificate.clone()]
            .into_iter()
            .collect()
    }

    /// An audit in which all is well.
    pub(crate) fn audit(&self) -> Audit<'_> {
        let mut audit = Audit::new(&self.scene.plan)
            .lync_roots(&self.roots()[..])
            .exchange_roots(&self.roots()[..]);
        for number in 1..=4 {
            let end_entity = self.intermediate.server(number, |_| {});
            audit = audit.presented(um(number), self.chain(end_entity));
        }
        audit
    }

    /// What is found where UM server 1 presents this certificate behind the intermediate.
    pub(crate) fn with_um1(&self, change: impl FnOnce(&mut CertificateParams)) -> Report {
        let end_entity = self.intermediate.server(1, change);
        self.audit()
            .presented(um(1), self.chain(end_entity))
            .run(TODAY)
    }
}

/// One element of DER, its length in the shortest form.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let short = match length {
        0..=0x7f => vec![u8::try_from(length).unwrap()],
        0x80..=0xff => vec![0x81, u8::try_from(length).unwrap()],
        _ => [&[0x82], &u16::try_from(length).unwrap().to_be_bytes()[..]].concat(),
    };
    [&[tag], &short[..], content].concat()
}

/// The length of the head of the first element of some DER, and that of its content.
fn head(der: &[u8]) -> (usize, usize) {
    match der[1] {
        short @ 0..=0x7f => (2, usize::from(short)),
        long => {
            let digits = &der[2..2 + usize::from(long - 0x80)];
            let length = digits
                .iter()
                .fold(0, |sum, it| sum * 256 + usize::from(*it));
            (2 + digits.len(), length)
        }
    }
}

/// The content of an element of DER.
fn content(der: &[u8]) -> &[u8] {
    &der[head(der).0..]
}

/// The elements of some content, each whole.
fn elements(mut content: &[u8]) -> Vec<Vec<u8>> {
    let mut elements = Vec::new();
    while !content.is_empty() {
        let (head, length) = head(content);
        let (element, behind) = content.split_at(head + length);
        elements.push(element.to_vec());
        content = behind;
    }
    elements
}

/// A PKCS #7 file of these certificates and nothing else.
pub(crate) fn pkcs7(certificates: &[&Certificate]) -> Vec<u8> {
    let set: Vec<u8> = certificates
        .iter()
        .flat_map(|it| it.der().to_vec())
        .collect();
    let signed_data = [
        element(0x02, &[1]),
        element(0x31, &[]),
        element(0x30, b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"),
        if set.is_empty() {
            Vec::new()
        } else {
            element(0xa0, &set)
        },
        element(0x31, &[]),
    ];
    let content = element(0xa0, &element(0x30, &signed_data.concat()));
    let oid = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
    element(0x30, &[&oid[..], &content].concat())
}

/// These certificates, in this order.
pub(crate) fn chain_of(certificates: &[&Certificate]) -> Chain {
    certificates.iter().copied().cloned().collect()
}
