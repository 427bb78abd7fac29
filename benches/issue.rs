//! The cost of issuing as a multiple of rcgen alone, which does the same work.
//!
//! `cargo bench --bench issue` prints ratios of one run; absolute times depend on the machine.
//! The two alternate, so that both see the same load.

#![expect(
    clippy::print_stdout,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "a bench stops by panicking, and prints"
)]

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use rcgen::{
    BasicConstraints, CertificateParams, CrlDistributionPoint, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyUsagePurpose, SerialNumber,
};
use time::OffsetDateTime;
use umcert::issue::TestCaOptions;
use umcert::{Deployment, KeyKind, KeyPair, Plan, PlanOptions, PlannedCertificate, TestCa};

/// Number of measurements, and of certificates in each.
const ROUNDS: usize = 60;
const BATCH: usize = 20;
/// Number of times that all servers are issued.
const SETS: usize = 6;
const SERVERS: usize = 64;
const TWO: NonZeroUsize = NonZeroUsize::new(2).unwrap();

fn main() {
    one_with_a_given_key();
    if cfg!(feature = "aws-lc-rs") {
        all_on_two_cores();
    }
}

fn deployment() -> Deployment {
    toml::from_str(include_str!("../examples/data/example-1.toml")).unwrap()
}

fn time<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    let made = black_box(work());
    let time = start.elapsed();
    drop(made);
    time
}

/// Returns the minimum and the median of the first as multiples of those of the second.
fn ratios(mut ours: Vec<Duration>, mut raw: Vec<Duration>) -> String {
    ours.sort();
    raw.sort();
    let ratio = |ours: &Duration, raw: &Duration| ours.as_secs_f64() / raw.as_secs_f64();
    let least = ratio(ours.first().unwrap(), raw.first().unwrap());
    let median = ratio(
        ours.get(ours.len() / 2).unwrap(),
        raw.get(raw.len() / 2).unwrap(),
    );
    let each = raw.first().unwrap().as_secs_f64() / BATCH as f64 * 1e6;
    format!("least {least:.3}, median {median:.3} (rcgen: {each:.0} µs)")
}

fn one_with_a_given_key() {
    println!("one server's request, and its request and certificate, as a multiple of rcgen alone");
    for kind in [
        KeyKind::Rsa2048,
        KeyKind::P256,
        KeyKind::P384,
        KeyKind::Ed25519,
    ] {
        let Ok(key) = KeyPair::generate(kind) else {
            println!("  {kind}: this build does not generate it");
            continue;
        };
        let plan = Plan::new(&deployment(), &PlanOptions::default().key(kind)).unwrap();
        let planned = plan.certificates().first().unwrap();
        let (ca, raw_ca) = (TestCa::new("Contoso Test CA").unwrap(), RawCa::new());
        let raw_key = rcgen::KeyPair::try_from(&key.to_der()).unwrap();
        // The first signature with a key takes longer, so each key signs once before the measurement.
        let copy = |_| KeyPair::from_bytes(key.to_pem().as_str().as_bytes()).unwrap();
        let raw_copy = |_| rcgen::KeyPair::try_from(&key.to_der()).unwrap();

        let (mut ours, mut raw) = (Vec::new(), Vec::new());
        let (mut our_pairs, mut raw_pairs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push(time(|| batch(|_| planned.request(&key).unwrap())));
            raw.push(time(|| batch(|_| raw_request(planned, &raw_key))));
            let mut keys = batch(copy).into_iter();
            our_pairs.push(time(|| {
                batch(|_| ca.issue_planned(planned, keys.next().unwrap()).unwrap())
            }));
            let mut keys = batch(raw_copy).into_iter();
            raw_pairs.push(time(|| {
                batch(|_| {
                    let key = keys.next().unwrap();
                    let made = raw_ca.issue(planned, &key);
                    (made, key)
                })
            }));
        }
        println!("  {kind:8} request: {}", ratios(ours, raw));
        println!(
            "  {kind:8} request and certificate: {}",
            ratios(our_pairs, raw_pairs)
        );
    }
}

fn batch<T>(make: impl FnMut(usize) -> T) -> Vec<T> {
    (0..BATCH).map(make).collect()
}

/// Compares a sequential loop with rcgen with the same servers issued on two threads. The time for one RSA key
/// varies; over 64 keys it averages out to some percent. On a busy machine the minimum says more than the sum.
fn all_on_two_cores() {
    let mut deployment = deployment();
    let set = deployment.server_sets.first_mut().unwrap();
    let server = set.servers.first().unwrap().clone();
    set.failover = None;
    set.servers = (0..SERVERS)
        .map(|number| {
            let mut server = server.clone();
            server.fqdn = format!("um{number}.contoso.com").parse().unwrap();
            server
        })
        .collect();
    deployment.server_sets.truncate(1);
    deployment.dial_plans.clear();
    let options = PlanOptions::default().key(KeyKind::Rsa2048);
    let plan = Plan::new(&deployment, &options).unwrap();
    let options = TestCaOptions::valid_from(OffsetDateTime::now_utc()).threads(TWO);
    let ca = TestCa::with_options("Contoso Test CA", &options).unwrap();
    let raw_ca = RawCa::new();
    let (mut ours, mut raw) = (Vec::new(), Vec::new());
    for _ in 0..SETS {
        ours.push(time(|| ca.issue(&plan).unwrap()));
        raw.push(time(|| {
            let issue = |planned| {
                let algorithm = &rcgen::PKCS_RSA_SHA256;
                let key = rcgen::KeyPair::generate_for(algorithm).unwrap();
                raw_ca.issue(planned, &key)
            };
            plan.certificates().iter().map(issue).collect::<Vec<_>>()
        }));
    }
    let faster = |raw: Duration, ours: Duration| raw.as_secs_f64() / ours.as_secs_f64();
    let least = faster(*raw.iter().min().unwrap(), *ours.iter().min().unwrap());
    let sums = faster(raw.iter().sum(), ours.iter().sum());
    println!(
        "\n{SERVERS} servers with RSA-2048 keys on two threads, as a multiple of the speed of one by one"
    );
    println!("  least {least:.2}, sums {sums:.2}");
}

/// An issuing CA like that of `TestCa`, by rcgen alone.
struct RawCa {
    issuer: Issuer<'static, rcgen::KeyPair>,
}

impl RawCa {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name = common_name("Contoso Test CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        Self {
            issuer: Issuer::new(params, key),
        }
    }

    fn issue(
        &self,
        planned: &PlannedCertificate,
        key: &rcgen::KeyPair,
    ) -> (rcgen::CertificateSigningRequest, rcgen::Certificate) {
        let request = raw_request(planned, key);
        let mut params = raw_params(planned, key);
        params.not_before = OffsetDateTime::now_utc();
        params.not_after = params.not_before + time::Duration::days(365);
        params.serial_number = Some(SerialNumber::from_slice(&serial()));
        params.is_ca = IsCa::ExplicitNoCa;
        params.use_authority_key_identifier_extension = true;
        params.crl_distribution_points = vec![CrlDistributionPoint {
            uris: vec!["http://crl.invalid/test-ca.crl".to_owned()],
        }];
        (request, params.signed_by(key, &self.issuer).unwrap())
    }
}

fn raw_request(
    planned: &PlannedCertificate,
    key: &rcgen::KeyPair,
) -> rcgen::CertificateSigningRequest {
    raw_params(planned, key).serialize_request(key).unwrap()
}

fn raw_params(planned: &PlannedCertificate, key: &rcgen::KeyPair) -> CertificateParams {
    let names: Vec<String> = planned.names().map(|name| name.to_string()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = common_name(planned.subject().as_str());
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    if key.algorithm() == &rcgen::PKCS_RSA_SHA256 {
        params.key_usages.push(KeyUsagePurpose::KeyEncipherment);
    }
    params
}

fn common_name(cn: &str) -> DistinguishedName {
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, cn);
    subject
}

/// Returns sixteen random bytes from the library that rcgen signs with.
fn serial() -> [u8; 16] {
    #[cfg(feature = "aws-lc-rs")]
    use aws_lc_rs::rand;
    use rand::SecureRandom;
    #[cfg(not(feature = "aws-lc-rs"))]
    use ring::rand;

    let mut bytes = [0; 16];
    rand::SystemRandom::new().fill(&mut bytes).unwrap();
    bytes
}
