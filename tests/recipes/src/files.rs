//! Files that a test or another program reads.

use std::path::Path;

use umcert::issue::Pkcs12Encryption;
use umcert::{Bundle, DnsName, IssuedCertificate, KeyPair, Plan, TestCa, TrustStore};

use crate::support::{Result, plan};

// recipe: build-script
fn build(plan: &Plan, out_dir: &Path) -> Result<()> {
    let bundle = TestCa::new("my-crate tests")?.issue(plan)?;
    let written = bundle.write_if_changed(out_dir.join("pki"))?; // keeps valid files
    print!("{}", written.rerun_if_changed());
    Ok(())
}
// end

#[test]
fn build_script() -> Result<()> {
    let out_dir = tempfile::tempdir()?;
    build(&plan(), out_dir.path())?;
    let chain = out_dir.path().join("pki/um1.contoso.com.chain.pem");
    let first = std::fs::read(&chain)?;
    build(&plan(), out_dir.path())?;
    assert_eq!(std::fs::read(&chain)?, first);
    Ok(())
}

// recipe: temporary-folder
fn temporary_pki(plan: &Plan) -> Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?; // deleted when it is dropped
    TestCa::new("my tests")?.issue(plan)?.write(folder.path().join("pki"))?;
    Ok(folder)
}
// end

#[test]
fn temporary_folder() -> Result<()> {
    let folder = temporary_pki(&plan())?;
    let path = folder.path().to_owned();
    assert!(path.join("pki/root.pem").exists());
    drop(folder);
    assert!(!path.exists());
    Ok(())
}

// recipe: one-certificate
fn write_for_nginx(ca: &TestCa, folder: &Path) -> Result<()> {
    ca.issue_names(["localhost"])?.write(folder)?; // localhost.chain.pem, localhost.key.pem (0600)
    std::fs::write(folder.join("root.pem"), ca.roots()[0].to_pem())?;
    Ok(())
}
// end

#[test]
fn one_certificate() -> Result<()> {
    let folder = tempfile::tempdir()?;
    write_for_nginx(&TestCa::new("my tests")?, folder.path())?;
    for file in ["localhost.chain.pem", "localhost.key.pem", "root.pem"] {
        assert!(folder.path().join(file).exists(), "{file}");
    }
    Ok(())
}

// recipe: read-bundle
fn roots_and_key(folder: &Path, server: &DnsName) -> Result<(TrustStore, KeyPair)> {
    let bundle = Bundle::read(folder)?;
    let issued = bundle.certificate(server).ok_or("not in the bundle")?;
    Ok((bundle.roots().into(), issued.key().clone_key()))
}
// end

#[test]
fn read_bundle() -> Result<()> {
    let folder = temporary_pki(&plan())?;
    let pki = folder.path().join("pki");
    let (roots, _) = roots_and_key(&pki, &"um1.contoso.com".parse()?)?;
    assert_eq!(roots.roots().len(), 1);
    assert!(roots_and_key(&pki, &"um9.contoso.com".parse()?).is_err());
    Ok(())
}

// recipe: pfx
fn pfx(issued: &IssuedCertificate, password: &str) -> Result<Vec<u8>> {
    Ok(issued.to_pkcs12(password, Pkcs12Encryption::Aes256)?)
}
// end

#[test]
fn pfx_opens_with_its_password_only() -> Result<()> {
    let issued = TestCa::new("my tests")?.issue_names(["um1.contoso.com"])?;
    let pfx = openssl::pkcs12::Pkcs12::from_der(&pfx(&issued, "correct")?)?;
    assert!(pfx.parse2("correct")?.cert.is_some());
    assert!(pfx.parse2("wrong").is_err());
    Ok(())
}

// recipe: seeded
fn same_in_every_run() -> Result<IssuedCertificate> {
    let ca = TestCa::seeded("my tests")?;
    Ok(ca.issue_names(["um1.contoso.com"])?)
}
// end

#[test]
fn seeded() -> Result<()> {
    let (one, other) = (same_in_every_run()?, same_in_every_run()?);
    assert_eq!(one.chain().to_pem(), other.chain().to_pem());
    Ok(())
}
