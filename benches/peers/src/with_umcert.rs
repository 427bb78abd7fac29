//! The jobs with umcert.

use std::fs;
use std::path::Path;

use time::{Duration, OffsetDateTime};
use umcert::issue::CertificateOptions;
use umcert::name::GeneralName;
use umcert::rustls::{ClientConfig, ServerConfig};
use umcert::{CertificateRequest, Chain, IssuedCertificate, KeyPair, Plan, TestCa, TrustStore};

use crate::Result;

// job: ca
pub fn ca() -> Result<TestCa> {
    Ok(TestCa::new("my tests")?)
}
// end

// job: tls
pub fn tls(ca: &TestCa) -> Result<(ServerConfig, ClientConfig)> {
    let server = ca.issue_names(["localhost"])?.rustls_server_one_way()?;
    let client = ca.rustls_client_one_way()?;
    Ok((server, client))
}
// end

// job: client
pub fn client(ca: &TestCa) -> Result<(ServerConfig, ClientConfig)> {
    let server = ca.issue_names(["localhost"])?.rustls_server_for_clients(ca.roots())?;
    let client = ca.issue_client("alice")?.rustls_client(ca.roots())?;
    Ok((server, client))
}
// end

// job: expired
pub fn expired(ca: &TestCa) -> Result<IssuedCertificate> {
    let now = OffsetDateTime::now_utc();
    let options =
        CertificateOptions::default().validity(now - Duration::days(2), now - Duration::DAY);
    Ok(ca.issue_names_with(["localhost"], &options)?)
}
// end

// job: files
pub fn files(ca: &TestCa, folder: &Path) -> Result<()> {
    ca.issue_names(["um1.contoso.com"])?.write(folder)?;
    fs::write(folder.join("root.pem"), ca.roots()[0].to_pem())?;
    Ok(())
}
// end

// job: request
pub fn request(plan: &Plan) -> Result<(CertificateRequest, KeyPair)> {
    let planned = plan.certificates().first().ok_or("an empty plan")?;
    let key = KeyPair::generate(planned.key())?;
    Ok((planned.request(&key)?, key))
}
// end

// job: verify
pub fn verify(chain: &Chain, name: &str, roots: &TrustStore) -> Result<bool> {
    let name: GeneralName = name.parse()?;
    Ok(roots.verify(chain, name, OffsetDateTime::now_utc()).is_ok())
}
// end
