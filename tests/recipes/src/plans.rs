//! Plans and the test PKI that is issued for them.

use time::OffsetDateTime;
use umcert::audit::ReportDocument;
use umcert::{Audit, Deployment, Plan, PlanOptions, Rule, SanPolicy, Severity, TestCa};

use crate::support::{DEPLOYMENT, Result, plan};

// recipe: test-pki
#[test]
fn issued_chains_are_trusted() -> Result<()> {
    let plan = plan(); // Plan::new(&toml::from_str(text)?, &options)
    let ca = TestCa::new("my tests")?;
    let bundle = ca.issue(&plan)?;
    let audit = Audit::new(&plan).lync_roots(ca.roots()).exchange_roots(ca.roots());
    let report = audit.presented_chains(bundle.chains()).run(OffsetDateTime::now_utc());
    assert!(report.is_trusted(), "{report}");
    Ok(())
}
// end

// recipe: ci-check
fn check_deployment(text: &str) -> Result<()> {
    let deployment: Deployment = toml::from_str(text)?;
    let plan = Plan::new(&deployment, &deployment.plan)?; // the table [plan]
    let findings = plan.findings().iter();
    let errors = findings.filter(|it| it.severity() == Severity::Error);
    let errors: Vec<String> = errors.map(ToString::to_string).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors.join("\n").into()) }
}
// end

#[test]
fn ci_check() {
    check_deployment(DEPLOYMENT).unwrap();
    // A name that is pointed at itself is a failover that cannot work.
    let to_itself = DEPLOYMENT.replace(
        "\"um1.contoso.com\" = \"um3.contoso.com\"",
        "\"um1.contoso.com\" = \"um1.contoso.com\"",
    );
    check_deployment(&to_itself).unwrap_err();
    check_deployment("").unwrap_err();
}

// recipe: change
fn steps(deployment: &Deployment) -> Result<Vec<String>> {
    let old = Plan::new(deployment, &PlanOptions::default())?;
    let new = Plan::new(deployment, &PlanOptions::default().san(SanPolicy::Minimal))?;
    // In an order in which no call fails.
    Ok(old.diff(&new).steps().iter().map(ToString::to_string).collect())
}
// end

#[test]
fn change() -> Result<()> {
    let steps = steps(&toml::from_str(DEPLOYMENT)?)?;
    assert!(steps[0].contains("um1.contoso.com"), "{steps:?}");
    Ok(())
}

// recipe: json
fn to_json(report: &umcert::Report) -> Result<String> {
    Ok(serde_json::to_string_pretty(report)?)
}

fn expired_servers(json: &str) -> Result<Vec<String>> {
    let report: ReportDocument = serde_json::from_str(json)?; // data, no verdict of this crate
    let findings = report.findings.iter();
    let expired = findings.filter(|finding| finding.rule() == Rule::Expired);
    Ok(expired.map(|finding| finding.subject().to_owned()).collect())
}
// end

#[test]
fn json() -> Result<()> {
    let plan = plan();
    let ca = TestCa::new("my tests")?;
    let bundle = ca.issue(&plan)?;
    let audit = Audit::new(&plan).lync_roots(ca.roots()).exchange_roots(ca.roots());
    let later = OffsetDateTime::now_utc() + time::Duration::days(4000);
    let report = audit.presented_chains(bundle.chains()).run(later);
    let expired = expired_servers(&to_json(&report)?)?;
    assert!(expired.contains(&"um1.contoso.com".to_owned()), "{expired:?}");
    Ok(())
}
