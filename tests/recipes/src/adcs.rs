//! Certificates from Active Directory Certificate Services.

use std::path::Path;

use time::OffsetDateTime;
use umcert::audit::Comparison;
use umcert::handoff::{Handoff, HandoffOptions};
use umcert::issue::RequestOptions;
use umcert::x509::CertificateTemplate;
use umcert::{
    Audit, CertificateRequest, Chain, KeyPair, Plan, PlanOptions, PlannedCertificate, TestCa,
    TrustStore,
};

use crate::support::{DEPLOYMENT, Result, plan};

// recipe: adcs-request
fn request(planned: &PlannedCertificate, keys: &Path) -> Result<CertificateRequest> {
    let file = keys.join(format!("{}.key.pem", planned.subject()));
    let key = KeyPair::load_or_generate(file, planned.key())?; // on disk before the request leaves
    let template = CertificateTemplate::named("WebServer")?;
    let options = RequestOptions::default().template(template);
    Ok(planned.request_with(&key, &options)?) // `to_pem()` is what certreq -submit takes
}
// end

// recipe: adcs-answer
fn lost_by_the_ca(
    planned: &PlannedCertificate,
    request: &CertificateRequest,
    answer: &[u8], // a .cer or .p7b file
) -> Result<Vec<String>> {
    let chain = Chain::from_bytes(answer)?;
    let certificate = chain.certificates().next().ok_or("no certificate")?;
    let comparison = Comparison::new(planned).request(request).certificate(certificate);
    Ok(comparison.differences().iter().map(ToString::to_string).collect())
}
// end

// recipe: adcs-audit
fn may_be_installed(
    plan: &Plan,
    planned: &PlannedCertificate,
    request: &CertificateRequest,
    chain: &Chain,
    roots: &TrustStore,
) -> bool {
    let server = planned.subject();
    let audit = Audit::new(plan).lync_roots(roots).exchange_roots(roots);
    let audit = audit.requested(server, request.clone()).presented(server, chain.clone());
    let report = audit.run(OffsetDateTime::now_utc());
    let of_server = |it: &&umcert::audit::TrustVerdict| it.server == *server;
    report.verdicts().iter().filter(of_server).all(|it| it.verdict.is_trusted())
}
// end

#[test]
fn adcs_round_trip() -> Result<()> {
    let plan = plan();
    let planned = &plan.certificates()[0];
    let keys = tempfile::tempdir()?;
    let request = request(planned, keys.path())?;
    let ca = TestCa::new("Contoso Issuing CA")?;
    let answer = ca.issue_request(&request)?;
    let lost = lost_by_the_ca(planned, &request, answer.to_pem().as_bytes())?;
    assert!(lost.is_empty(), "{lost:?}");
    let roots = TrustStore::from(ca.roots());
    assert!(may_be_installed(&plan, planned, &request, &answer, &roots));

    let other = ca.issue_names([planned.subject()])?;
    let lost = lost_by_the_ca(planned, &request, other.chain().to_pem().as_bytes())?;
    assert!(lost[0].contains("lacks the names"), "{lost:?}");
    let foreign = TestCa::new("Another CA")?;
    let roots = TrustStore::from(foreign.roots());
    assert!(!may_be_installed(&plan, planned, &request, &answer, &roots));
    Ok(())
}

// recipe: handoff
fn hand_off(text: &str, folder: &Path) -> Result<()> {
    let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default())?;
    let options = HandoffOptions::default().label("2026-11");
    let handoff = Handoff::new(&plan, &options)?; // or with_certificates
    Ok(handoff.write(folder)?)
}
// end

#[test]
fn handoff() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path().join("handoff");
    hand_off(DEPLOYMENT, &folder)?;
    assert!(folder.join("um1.contoso.com.inf").exists());
    Ok(())
}
