//! Certificates that must be refused.

use time::OffsetDateTime;
use umcert::faulty::Fault;
use umcert::{Audit, Crl, DnsName, Plan, Rule, TestCa, TrustStore};

use crate::support::{Result, plan};

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
