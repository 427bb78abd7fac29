//! An integration test with a test PKI.

use integration_test::looks_like_a_chain;
use umcert::{Audit, Deployment, Plan, TestCa};

#[test]
fn issued_chains_are_trusted_by_their_ca_only() {
    let deployment: Deployment = toml::from_str(include_str!("../../deployment.toml")).unwrap();
    let plan = Plan::new(&deployment, &deployment.plan).unwrap();
    let ca = TestCa::new("Test CA").unwrap();
    let chains: Vec<_> = ca.issue(&plan).unwrap().chains().collect();
    assert!(chains.iter().all(|(_, chain)| looks_like_a_chain(&chain.to_pem())));

    let audit = Audit::new(&plan).presented_chains(chains);
    let audit = audit.lync_roots(ca.roots()).exchange_roots(ca.roots());
    let now = time::OffsetDateTime::now_utc();
    let report = audit.run(now);
    assert!(report.is_trusted(), "{report}");
    let other = TestCa::new("Another CA").unwrap();
    assert!(!audit.lync_roots(other.roots()).run(now).is_trusted());
}
