//! An integration test with a test PKI.

use integration_test::looks_like_a_chain;
use umcert::{Audit, KeyKind, Plan, PlanOptions, TestCa};

#[test]
fn what_is_issued_is_trusted_and_by_nobody_else() {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../deployment.toml"));
    let options = PlanOptions::default().key(KeyKind::P256);
    let plan = Plan::new(&toml::from_str(text).unwrap(), &options).unwrap();
    let ca = TestCa::new("Test CA").unwrap();
    let bundle = ca.issue(&plan).unwrap();
    assert!(
        bundle
            .chains()
            .all(|(_, chain)| looks_like_a_chain(&chain.to_pem()))
    );
    let audit = Audit::new(&plan)
        .lync_roots(ca.roots())
        .exchange_roots(ca.roots())
        .presented_chains(bundle.chains());
    let now = time::OffsetDateTime::now_utc();
    let report = audit.run(now);
    assert!(report.is_trusted(), "{report}");
    let other = TestCa::new("Another CA").unwrap();
    assert!(!audit.lync_roots(other.roots()).run(now).is_trusted());
}
