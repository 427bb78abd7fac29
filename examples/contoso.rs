//! Example 1 of the guidelines, told as a story: from Exchange's own certificates, which Lync does not trust, to
//! a failover that works.
//!
//! `cargo run --example contoso`

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program prints its result"
)]

use std::error::Error;
use std::process::ExitCode;

use time::{Duration, OffsetDateTime};
use umcert::plan::{OutageCause, RouteTarget};
use umcert::{Audit, Deployment, KeyKind, KeyPair, Plan, PlanOptions, Report, TestCa, faulty};

fn main() -> ExitCode {
    match story() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("contoso: {error}");
            ExitCode::FAILURE
        }
    }
}

fn story() -> Result<(), Box<dyn Error>> {
    let now = OffsetDateTime::now_utc();
    let deployment: Deployment = toml::from_str(include_str!("data/example-1.toml"))?;

    chapter("1. The names that each certificate must contain, and why");
    let plan = Plan::new(&deployment, &PlanOptions::default().key(key_kind()))?;
    print!("{plan}");

    chapter("2. The day after setup: every server presents the certificate that Exchange made");
    // Both sides already trust the company's CA, but no server presents its certificates yet.
    let ca = TestCa::new("Contoso Test CA")?;
    let audit = Audit::new(&plan)
        .lync_roots(ca.roots())
        .exchange_roots(ca.roots());
    print!("{}", with_defaults(&audit, &deployment, now)?);

    chapter("3. Requests, and the chains that the company's CA issues for them");
    let bundle = ca.issue(&plan)?;
    for issued in bundle.certificates() {
        let request = issued.request().der().len();
        let chain = issued.chain().entries().len();
        println!(
            "  {}: a request of {request} bytes, a chain of {chain} certificates",
            issued.subject()
        );
    }
    println!("\nThe request for the first server, as an administrator sends it to the CA:\n");
    if let Some(issued) = bundle.certificates().first() {
        print!("{}", issued.request().to_pem());
    }

    chapter("4. The same audit with the new certificates");
    let report = audit.presented_chains(bundle.chains()).run(now);
    print!("{report}");

    chapter("5. Tukwila is out");
    tukwila_is_out(&plan, &bundle)?;
    if report.is_trusted() {
        Ok(())
    } else {
        Err("the issued chains are not trusted".into())
    }
}

fn chapter(title: &str) {
    println!("\n== {title}\n");
}

/// Returns RSA, which Exchange needs (D23), or P-256 if this build cannot generate RSA keys.
fn key_kind() -> KeyKind {
    if cfg!(feature = "aws-lc-rs") {
        KeyKind::Rsa2048
    } else {
        KeyKind::P256
    }
}

fn with_defaults(
    audit: &Audit<'_>,
    deployment: &Deployment,
    now: OffsetDateTime,
) -> Result<Report, Box<dyn Error>> {
    let mut audit = audit.clone();
    for server in deployment.servers() {
        let key = KeyPair::generate(key_kind())?;
        let chain = faulty::exchange_default(server, &key, now - Duration::DAY)?;
        audit = audit.presented(&server.fqdn, chain);
    }
    Ok(audit.run(now))
}

/// Prints who answers to each name during the outage, by the names in the issued certificates rather than the
/// planned ones.
fn tukwila_is_out(plan: &Plan, bundle: &umcert::Bundle) -> Result<(), Box<dyn Error>> {
    let mut outages = plan.outages_under(|server| {
        let end_entity = bundle
            .certificate(server)?
            .chain()
            .end_entity()?
            .as_ref()
            .ok()?;
        Some(end_entity.dns_names())
    });
    let is_tukwila =
        |cause: &OutageCause| matches!(cause, OutageCause::Site(site) if &**site == "Tukwila");
    let outage = outages
        .find(|outage| is_tukwila(&outage.cause))
        .ok_or("no such site")?;
    for route in &outage.routes {
        match &route.answer {
            RouteTarget::Server {
                server,
                covered_by: Some(entry),
                ..
            } => {
                println!(
                    "  Lync dials {}: {server} answers, and its certificate covers the name with {entry}",
                    route.name
                );
            }
            _ => {
                return Err(format!(
                    "no server answers to {} with a matching certificate",
                    route.name
                )
                .into());
            }
        }
    }
    println!("\nEvery name is still covered, so calls continue.");
    Ok(())
}
