//! Certificates that must be refused.

use rustls::ServerConfig;
use time::{Duration, OffsetDateTime};
use umcert::faulty::Fault;
use umcert::issue::CertificateOptions;
use umcert::name::GeneralName;
use umcert::{Audit, Crl, DnsName, IssuedCertificate, Plan, Rule, TestCa, TrustStore};

use crate::support::{Result, plan};
use crate::tls::greeting;

// recipe: faulty
fn rules_of(plan: &Plan, ca: &TestCa, fault: Fault) -> Result<Vec<Rule>> {
    let now = OffsetDateTime::now_utc();
    let planned = &plan.certificates()[0];
    let faulty = ca.issue_faulty(planned, fault, now)?;
    let audit = Audit::new(plan).lync_roots(ca.roots()).exchange_roots(ca.roots());
    let audit = audit.presented(planned.subject(), faulty.chain().clone());
    let findings = audit.run(now).findings().to_vec().into_iter();
    Ok(findings.map(|finding| finding.rule()).collect())
}
// end

#[test]
fn faulty() -> Result<()> {
    let (plan, ca) = (plan(), TestCa::new("my tests")?);
    let rules = rules_of(&plan, &ca, Fault::Expired)?;
    assert!(rules.contains(&Rule::Expired), "{rules:?}");
    let rules = rules_of(&plan, &ca, Fault::NameMissing)?;
    assert!(rules.contains(&Rule::NameMissing), "{rules:?}");
    assert!(!rules.contains(&Rule::Expired), "{rules:?}");
    Ok(())
}

// recipe: served-fault
fn expired_server(ca: &TestCa) -> Result<ServerConfig> {
    let now = OffsetDateTime::now_utc();
    let faulty = ca.issue_faulty_names(["localhost"], Fault::Expired, now)?;
    Ok(faulty.rustls_server_one_way()?)
}
// end

#[test]
fn served_fault() -> Result<()> {
    let ca = TestCa::new("my tests")?;
    let client = ca.rustls_client_one_way()?;
    let refused = greeting(expired_server(&ca)?, client.clone(), "localhost").unwrap_err();
    assert!(refused.to_string().contains("expired"), "{refused}");
    let good = ca.issue_names(["localhost"])?.rustls_server_one_way()?;
    assert_eq!(greeting(good, client, "localhost")?, "hello");
    Ok(())
}

// recipe: dates
fn of_last_week(ca: &TestCa) -> Result<IssuedCertificate> {
    let now = OffsetDateTime::now_utc();
    let options =
        CertificateOptions::default().validity(now - 2 * Duration::WEEK, now - Duration::WEEK);
    Ok(ca.issue_names_with(["localhost"], &options)?)
}
// end

#[test]
fn dates() -> Result<()> {
    let ca = TestCa::new("my tests")?;
    let roots = TrustStore::from(ca.roots());
    let (issued, now) = (of_last_week(&ca)?, OffsetDateTime::now_utc());
    let name: GeneralName = "localhost".parse()?;
    assert!(roots.verify(issued.chain(), name.clone(), now).is_err());
    let leaf = issued.chain().certificates().next().ok_or("an empty chain")?;
    assert_eq!((leaf.not_after() - leaf.not_before()).whole_days(), 7);
    Ok(())
}

// recipe: crls
fn refused_once_revoked(ca: &TestCa, name: &DnsName) -> Result<bool> {
    let now = OffsetDateTime::now_utc();
    let (chain, roots) = (ca.issue_names([name])?.chain().clone(), TrustStore::from(ca.roots()));
    roots.verify_with_crls(&chain, name, now, &ca.crls(now, [])?)?;
    let leaf = chain.certificates().next().ok_or("an empty chain")?;
    let crls: Vec<Crl> = ca.crls(now, [leaf])?;
    Ok(roots.verify_with_crls(&chain, name, now, &crls).is_err())
}
// end

#[test]
fn crls() -> Result<()> {
    let ca = TestCa::new("my tests")?;
    assert!(refused_once_revoked(&ca, &"um1.contoso.com".parse()?)?);
    Ok(())
}
