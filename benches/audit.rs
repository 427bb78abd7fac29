//! The cost of an audit as a multiple of webpki and x509-parser alone, which do the unavoidable part.
//!
//! `cargo bench --bench audit` prints ratios of one run; absolute times depend on the machine.
//! The two alternate, so that both see the same load.

#![expect(
    clippy::print_stdout,
    reason = "a bench stops by panicking, and prints"
)]

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use time::OffsetDateTime;
use umcert::deployment::{
    DialPlan, DialPlanMember, ExchangeForest, ExchangeVersion, Failover, FrontEndPool, Lync,
    ServerSet, UmServer,
};
use umcert::issue::TestCaOptions;
use umcert::{
    Audit, Certificate, Chain, Deployment, KeyKind, Plan, PlanOptions, Report, TestCa, TrustStore,
};
use webpki::{EndEntityCert, KeyUsage};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

/// Servers of a set. Each is the stand-in of the one before.
const SET: usize = 4;
const ROUNDS: usize = 400;
const MANY_ROUNDS: usize = 12;
const TWO: NonZeroUsize = NonZeroUsize::new(2).unwrap();

fn main() {
    let kinds = [KeyKind::P256, KeyKind::Rsa2048];
    let made = kinds.map(|kind| (kind, ca(kind)));
    println!("a full audit of servers whose chains are read from DER, both sides under one root,");
    println!("as a multiple of one webpki path and one x509-parser parse a certificate");
    for (kind, ca) in &made {
        for servers in [1, SET] {
            let case = Case::new(servers, ca);
            let what = format!("{servers} under a CA with {kind}");
            compare(&what, ROUNDS, || case.read_and_audit(), || case.raw_parse());
        }
    }
    println!("1,000 servers under one intermediate, as a multiple of the webpki loop over them");
    for (kind, ca) in &made {
        let case = Case::new(1_000, ca);
        let audit = case.audit(case.chains());
        let what = format!("under a CA with {kind}");
        compare(&what, MANY_ROUNDS, || case.run(&audit), || case.raw());
    }
    println!("the same on one thread, as a multiple of two");
    for (kind, ca) in &made {
        let case = Case::new(1_000, ca);
        let one = case.audit(case.chains());
        let two = one.clone().threads(TWO);
        let what = format!("under a CA with {kind}");
        compare(&what, MANY_ROUNDS, || case.run(&one), || case.run(&two));
    }
}

/// Prints the minimum and the median of `ours` as multiples of those of `raw`.
fn compare<A, B>(what: &str, rounds: usize, ours: impl Fn() -> A, raw: impl Fn() -> B) {
    let mut times: [Vec<Duration>; 2] = [Vec::new(), Vec::new()];
    for _ in 0..rounds {
        let [our_times, raw_times] = &mut times;
        our_times.push(time(&ours));
        raw_times.push(time(&raw));
    }
    let [ours, raw] = times.map(|mut times| {
        times.sort();
        (*times.first().unwrap(), *times.get(rounds / 2).unwrap())
    });
    let ratio = |ours: Duration, raw: Duration| ours.as_secs_f64() / raw.as_secs_f64();
    let (least, median) = (ratio(ours.0, raw.0), ratio(ours.1, raw.1));
    println!("  {what}: least {least:.3}, median {median:.3}");
}

/// Measures `work`, without the drop of its result.
fn time<T>(work: impl Fn() -> T) -> Duration {
    let start = Instant::now();
    let made = black_box(work());
    let time = start.elapsed();
    drop(made);
    time
}

fn ca(kind: KeyKind) -> TestCa {
    let options = TestCaOptions::valid_from(OffsetDateTime::now_utc()).key(kind);
    TestCa::with_options("Contoso Test CA", &options).unwrap()
}

/// Servers without a fault, and the chains that they present.
struct Case {
    plan: Plan,
    roots: Vec<Certificate>,
    ders: Vec<Vec<CertificateDer<'static>>>,
    anchors: Vec<TrustAnchor<'static>>,
    at: OffsetDateTime,
}

impl Case {
    fn new(servers: usize, ca: &TestCa) -> Self {
        let options = PlanOptions::default().key(KeyKind::P256);
        let plan = Plan::new(&deployment(servers), &options).unwrap();
        let bundle = ca.issue(&plan).unwrap();
        let certificates = plan.certificates().iter();
        let chains =
            certificates.map(|planned| bundle.certificate(planned.subject()).unwrap().chain());
        let ders = chains.map(|chain| chain.certificates().map(|it| it.der().clone()).collect());
        let ders: Vec<Vec<_>> = ders.collect();
        let anchors = ca.roots().iter();
        let anchors = anchors.map(|root| webpki::anchor_from_trusted_cert(root.der()).unwrap());
        let case = Self {
            ders,
            roots: ca.roots().to_vec(),
            anchors: anchors.map(|anchor| anchor.to_owned()).collect(),
            at: OffsetDateTime::now_utc(),
            plan,
        };
        let report = case.read_and_audit();
        assert!(
            report.is_trusted() && case.ders.len() == servers,
            "{report}"
        );
        case
    }

    fn chains(&self) -> Vec<Chain> {
        let ders = self.ders.iter();
        ders.map(|ders| ders.iter().cloned().collect()).collect()
    }

    fn audit(&self, chains: Vec<Chain>) -> Audit<'_> {
        let servers = self.plan.certificates().iter().map(|it| it.subject());
        Audit::new(&self.plan).presented_chains(servers.cloned().zip(chains))
    }

    /// Runs `audit` with a new store, which remembers no signature yet.
    fn run(&self, audit: &Audit<'_>) -> Report {
        let store = TrustStore::from(self.roots.as_slice());
        let audit = audit.clone().lync_roots(&store).exchange_roots(store);
        audit.run(self.at)
    }

    fn read_and_audit(&self) -> Report {
        self.run(&self.audit(self.chains()))
    }

    /// Verifies each chain with webpki alone.
    fn raw(&self) {
        let since = u64::try_from(self.at.unix_timestamp()).unwrap();
        let at = UnixTime::since_unix_epoch(Duration::from_secs(since));
        for ders in &self.ders {
            let (own, intermediates) = ders.split_first().unwrap();
            let own = EndEntityCert::try_from(own).unwrap();
            let path = own.verify_for_usage(
                webpki::ALL_VERIFICATION_ALGS,
                &self.anchors,
                intermediates,
                at,
                KeyUsage::server_auth(),
                None,
                None,
            );
            black_box(path.unwrap());
        }
    }

    fn raw_parse(&self) {
        for der in self.ders.iter().flatten() {
            black_box(X509Certificate::from_der(der).unwrap());
        }
        self.raw();
    }
}

fn host(number: usize) -> String {
    format!("um{number}.contoso.com")
}

/// Returns a deployment of `count` servers in sets of four on two sites, in one dial plan, that satisfies the
/// guidelines.
fn deployment(servers: usize) -> Deployment {
    let numbers: Vec<usize> = (0..servers).collect();
    let server =
        |number: &usize| UmServer::new(host(*number), format!("Site {}", number % 2)).unwrap();
    let sets = numbers.chunks(SET).zip(1..).map(|(numbers, set)| {
        let next = numbers.iter().cycle().skip(1);
        let redirects = numbers
            .iter()
            .zip(next)
            .map(|(from, to)| (host(*from), host(*to)));
        let failover = Failover::dns(redirects.filter(|(from, to)| from != to)).unwrap();
        ServerSet::new(format!("um{set}"), numbers.iter().map(server), failover)
    });
    let mut lync = Lync::new("contoso.com").unwrap();
    lync.pools
        .push(FrontEndPool::new("lyncpool.contoso.com", ["fe1.contoso.com"]).unwrap());
    let members = numbers
        .iter()
        .map(|number| DialPlanMember::enabled(host(*number)).unwrap());
    let mut dial_plan = DialPlan::new("Users", members);
    dial_plan.outlook_voice_access = vec!["+14255550100".to_owned()];
    dial_plan.auto_attendants = vec!["+14255550101".to_owned()];
    Deployment::new(
        lync,
        [ExchangeForest::new("contoso.com", ExchangeVersion::Exchange2013).unwrap()],
        sets,
        [dial_plan],
    )
}
