//! The jobs with rcgen and rustls.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertificateSigningRequest, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use time::{Duration, OffsetDateTime};

use crate::Result;

pub struct Ca {
    pub root: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

// job: ca
pub fn ca() -> Result<Ca> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "my tests");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate()?;
    let root = params.self_signed(&key)?;
    Ok(Ca { root, issuer: Issuer::new(params, key) })
}
// end

// job: tls
pub fn tls(ca: &Ca) -> Result<(ServerConfig, ClientConfig)> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(["localhost".to_owned()])?;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let leaf = params.signed_by(&key, &ca.issuer)?;
    let key = PrivateKeyDer::try_from(key.serialize_der())?;
    let server = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)?;
    let mut roots = RootCertStore::empty();
    roots.add(ca.root.der().clone())?;
    let client = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    Ok((server, client))
}
// end

// job: client
pub fn client(ca: &Ca) -> Result<(ServerConfig, ClientConfig)> {
    let mut roots = RootCertStore::empty();
    roots.add(ca.root.der().clone())?;
    let roots = Arc::new(roots);
    let server_key = KeyPair::generate()?;
    let mut params = CertificateParams::new(["localhost".to_owned()])?;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let server_leaf = params.signed_by(&server_key, &ca.issuer)?;
    let verifier = WebPkiClientVerifier::builder(roots.clone()).build()?;
    let server_key = PrivateKeyDer::try_from(server_key.serialize_der())?;
    let server = ServerConfig::builder()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![server_leaf.der().clone()], server_key)?;
    let client_key = KeyPair::generate()?;
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "alice");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let client_leaf = params.signed_by(&client_key, &ca.issuer)?;
    let client_key = PrivateKeyDer::try_from(client_key.serialize_der())?;
    let client = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_client_auth_cert(vec![client_leaf.der().clone()], client_key)?;
    Ok((server, client))
}
// end

// job: expired
pub fn expired(ca: &Ca) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(["localhost".to_owned()])?;
    let now = OffsetDateTime::now_utc();
    params.not_before = now - Duration::days(2);
    params.not_after = now - Duration::days(1);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let leaf = params.signed_by(&key, &ca.issuer)?;
    Ok((vec![leaf.der().clone()], PrivateKeyDer::try_from(key.serialize_der())?))
}
// end

// job: files
pub fn files(ca: &Ca, folder: &Path) -> Result<()> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(["um1.contoso.com".to_owned()])?;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let leaf = params.signed_by(&key, &ca.issuer)?;
    fs::write(folder.join("root.pem"), ca.root.pem())?;
    fs::write(folder.join("um1.contoso.com.chain.pem"), leaf.pem())?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(folder.join("um1.contoso.com.key.pem"))?;
    file.write_all(key.serialize_pem().as_bytes())?;
    Ok(())
}
// end

// job: request
pub fn request() -> Result<(CertificateSigningRequest, KeyPair)> {
    let key = KeyPair::generate()?;
    let names = ["um1.contoso.com".to_owned(), "um3.contoso.com".to_owned()];
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "um1.contoso.com");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok((params.serialize_request(&key)?, key))
}
// end

// job: verify
pub fn verify(chain: &[CertificateDer<'_>], name: &str, root: &CertificateDer<'_>) -> Result<bool> {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone().into_owned())?;
    let verifier = WebPkiServerVerifier::builder(Arc::new(roots)).build()?;
    let name = ServerName::try_from(name)?;
    let (leaf, intermediates) = chain.split_first().ok_or("an empty chain")?;
    let verified = verifier.verify_server_cert(leaf, intermediates, &name, &[], UnixTime::now());
    Ok(verified.is_ok())
}
// end
