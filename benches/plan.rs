//! The growth of planning with the number of servers, and its cost compared with issuing.
//!
//! `cargo bench --bench plan` prints ratios of one run; absolute times depend on the machine.
//! Each figure is the minimum of several runs.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::as_conversions,
    clippy::indexing_slicing,
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
const SIZES: [usize; 4] = [4, 1_000, 10_000, 100_000];

fn main() {
    memory();
    keep_freed_memory();
    growth();
    beside_issuing();
}

fn host(number: usize) -> String {
    format!("um{number}.contoso.com")
}

/// Returns a deployment of `count` servers in ten sites, each redirected to the next, all in one dial plan. It satisfies
/// the guidelines, so that no finding is rendered.
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

/// Makes glibc keep what is freed: it gives the end of its memory back to the system as soon as that is twice as
/// large as the largest piece that was freed before, and then a large plan alone would wait for it again.
fn keep_freed_memory() {
    // Larger ones than 32 MiB do not count.
    drop(black_box(vec![1_u8; 31 << 20]));
}

/// The cost of a plan as a multiple of the cost of one of the size before. The smaller plans are made as
/// often as it takes to plan as many servers and are kept as long, so that both sides ask the system for
/// as much memory: a small plan alone would get again what the run before gave back, and a large one
/// would have to wait for the system to clear each page of it.
fn growth() {
    println!("\nplanning, the cost of each size as a multiple of the size before");
    for policy in SanPolicy::ALL {
        for scope in [
            OutageScope::Single,
            OutageScope::SitePairs,
            OutageScope::Servers(3),
        ] {
            let options = PlanOptions::default().san(*policy).outages(scope);
            let shown: Vec<String> = SIZES
                .windows(2)
                .map(|sizes| {
                    let (small, large) = (sizes[0], sizes[1]);
                    let multiple = multiple(small, large, &options);
                    format!("{small} → {large}: {multiple:.1}")
                })
                .collect();
            println!("  {policy:12} {scope:?}: {}", shown.join(", "));
        }
    }
}

fn multiple(small: usize, large: usize, options: &PlanOptions) -> f64 {
    let times = large / small;
    let (few, many) = (deployment(small), deployment(large));
    let plan = |deployment: &Deployment| Plan::new(deployment, options).unwrap();
    let runs = (1_000_000 / large).max(30);
    let (mut of_small, mut of_large) = (Duration::MAX, Duration::MAX);
    // Alternate, so that both see the same load.
    for _ in 0..runs {
        of_small = of_small.min(least(1, || {
            let mut plans = Vec::with_capacity(times);
            plans.extend(std::iter::repeat_with(|| plan(&few)).take(times));
            plans
        }));
        of_large = of_large.min(least(1, || plan(&many)));
    }
    ratio(of_large, of_small) * times as f64
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
