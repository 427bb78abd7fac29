//! The growth of planning with the number of servers, and its cost compared with issuing.
//!
//! `cargo bench --bench plan` prints times and ratios of one run; times depend on the machine. Each figure is the minimum
//! of several runs.

#![expect(
    clippy::print_stdout,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "a bench stops by panicking, and prints"
)]

use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use umcert::deployment::{
    DialPlan, DialPlanMember, ExchangeForest, ExchangeVersion, Failover, FrontEndPool, Lync,
    ServerSet, UmServer,
};
use umcert::plan::OutageScope;
use umcert::{Deployment, Plan, PlanOptions, SanPolicy};

const SITES: usize = 10;

fn main() {
    memory();
    growth();
    beside_issuing();
}

fn host(number: usize) -> String {
    format!("um{number}.contoso.com")
}

/// Returns a deployment of `count` servers in ten sites, each redirected to the next, all in one dial plan. It has
/// no errors.
fn deployment(count: usize) -> Deployment {
    let servers = (0..count)
        .map(|number| UmServer::new(host(number), format!("Site {}", number % SITES)).unwrap());
    let members = (0..count).map(|number| DialPlanMember::enabled(host(number)).unwrap());
    let redirects = (0..count).map(|number| (host(number), host((number + 1) % count)));
    let mut lync = Lync::new("contoso.com").unwrap();
    lync.pools
        .push(FrontEndPool::new("lyncpool.contoso.com", ["fe1.contoso.com"]).unwrap());
    let mut dial_plan = DialPlan::new("Users", members);
    dial_plan.outlook_voice_access = vec!["+14255550100".to_owned()];
    dial_plan.auto_attendants = vec!["+14255550101".to_owned()];
    Deployment::new(
        lync,
        [ExchangeForest::new("contoso.com", ExchangeVersion::Exchange2013).unwrap()],
        [ServerSet::new(
            "um",
            servers,
            Failover::dns(redirects).unwrap(),
        )],
        [dial_plan],
    )
}

/// Returns the minimum time of several runs, without the drop of the result.
fn least<T>(runs: usize, mut work: impl FnMut() -> T) -> Duration {
    let time = |()| {
        let start = Instant::now();
        let made = black_box(work());
        let time = start.elapsed();
        drop(made);
        time
    };
    std::iter::repeat_n((), runs).map(time).min().unwrap()
}

fn ratio(of: Duration, to: Duration) -> f64 {
    of.as_secs_f64() / to.as_secs_f64()
}

/// Returns the resident memory of this process in KiB, on Linux.
fn resident() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Measures memory before any freed memory can be reused.
fn memory() {
    let deployment = deployment(10_000);
    let Some(before) = resident() else {
        println!("memory: this system does not tell");
        return;
    };
    let plan = Plan::new(&deployment, &PlanOptions::default()).unwrap();
    let grown = resident().unwrap().saturating_sub(before);
    println!(
        "memory of planning 10,000 servers, every-server: {:.1} MiB",
        grown as f64 / 1024.0
    );
    black_box(plan);
}

/// Prints the time of plans of 1,000 and 10,000 servers, and their ratio.
fn growth() {
    println!("\nplanning 1,000 and 10,000 servers");
    for policy in SanPolicy::ALL {
        for scope in [
            OutageScope::Single,
            OutageScope::SitePairs,
            OutageScope::Servers(2),
            OutageScope::Servers(8),
        ] {
            let options = PlanOptions::default().san(*policy).outages(scope);
            let [small, large] = [1_000, 10_000].map(|count| {
                let deployment = deployment(count);
                least(10, || Plan::new(&deployment, &options).unwrap())
            });
            println!(
                "  {policy:12} {scope:?}: {:.2} ms, {:.2} ms, ratio {:.1}",
                small.as_secs_f64() * 1e3,
                large.as_secs_f64() * 1e3,
                ratio(large, small)
            );
        }
    }
}

/// Issues the same names with P-256 keys by rcgen alone.
fn beside_issuing() {
    println!("\nplanning as a share of issuing the plan with P-256 keys (raw rcgen)");
    for policy in SanPolicy::ALL {
        for size in [4, 1_000] {
            let deployment = deployment(size);
            let options = PlanOptions::default().san(*policy);
            let plan = Plan::new(&deployment, &options).unwrap();
            let runs = if size < 1_000 { 200 } else { 3 };
            let issuing = least(runs, || issue(&plan));
            let planning = least(10 * runs, || Plan::new(&deployment, &options).unwrap());
            let share = ratio(planning, issuing) * 100.0;
            println!("  {policy:12} {size} servers: {share:.2} %");
        }
    }
}

fn issue(plan: &Plan) {
    let algorithm = &rcgen::PKCS_ECDSA_P256_SHA256;
    let ca_key = rcgen::KeyPair::generate_for(algorithm).unwrap();
    let issuer = rcgen::Issuer::new(rcgen::CertificateParams::default(), ca_key);
    for certificate in plan.certificates() {
        let names: Vec<String> = certificate.names().map(|name| name.to_string()).collect();
        let key = rcgen::KeyPair::generate_for(algorithm).unwrap();
        let params = rcgen::CertificateParams::new(names).unwrap();
        black_box(params.signed_by(&key, &issuer).unwrap());
    }
}
