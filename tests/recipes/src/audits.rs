//! Audits of what servers present.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use time::OffsetDateTime;
use umcert::{Audit, Chain, DnsName, Plan, Rule, TestCa, TrustStore};

use crate::support::{Result, plan};
use crate::tls::serve_once_with_openssl;

// recipe: monitor
fn monitor(plan: &Plan, roots: &Path, presented: &Path) -> Result<ExitCode> {
    let roots = TrustStore::from_file(roots)?;
    let audit = Audit::new(plan).lync_roots(&roots).exchange_roots(&roots);
    let chains = Chain::from_folder(presented)?; // um1.contoso.com.cer, um2.contoso.com.p7b …
    let report = audit.presented_chains(chains).run(OffsetDateTime::now_utc());
    println!("{report}");
    Ok(ExitCode::from(u8::from(!report.is_trusted())))
}
// end

#[test]
fn monitor_exits_with_0_or_1() -> Result<()> {
    let plan = plan();
    let folder = tempfile::tempdir()?;
    let pki = folder.path().join("pki");
    TestCa::new("my tests")?.issue(&plan)?.write(&pki)?;
    let code = monitor(&plan, &pki.join("root.pem"), &pki)?;
    assert_eq!(code, ExitCode::SUCCESS);

    let other = folder.path().join("other.pem");
    std::fs::write(&other, TestCa::new("Another CA")?.roots()[0].to_pem())?;
    assert_eq!(monitor(&plan, &other, &pki)?, ExitCode::from(1));
    assert!(monitor(&plan, &folder.path().join("none.pem"), &pki).is_err());
    Ok(())
}

// recipe: s-client
fn presented_at(address: &str) -> Result<Chain> {
    let mut command = Command::new("openssl");
    command.args(["s_client", "-showcerts", "-connect", address]);
    let output = command.stdin(Stdio::null()).output()?;
    Ok(Chain::from_bytes(&output.stdout)?) // reads past the text between the certificates
}
// end

#[test]
fn s_client() -> Result<()> {
    if Command::new("openssl").arg("version").output().is_err() {
        eprintln!("skipped: no openssl");
        return Ok(());
    }
    let ca = TestCa::new("my tests")?;
    let issued = ca.issue_names(["localhost"])?;
    let address = serve_once_with_openssl(&issued)?;
    let presented = presented_at(&address.to_string())?;
    assert_eq!(presented.to_pem(), issued.chain().to_pem());
    Ok(())
}

// recipe: verify
fn is_trusted(chain: &Chain, name: &DnsName, roots: &TrustStore) -> bool {
    match roots.verify(chain, name, OffsetDateTime::now_utc()) {
        Ok(path) => !path.root().subject().is_empty(),
        Err(error) => {
            eprintln!("{name}: {error}");
            false
        }
    }
}
// end

#[test]
fn verify() -> Result<()> {
    let ca = TestCa::new("my tests")?;
    let roots = TrustStore::from(ca.roots());
    let chain = ca.issue_names(["um1.contoso.com"])?.chain().clone();
    assert!(is_trusted(&chain, &"um1.contoso.com".parse()?, &roots));
    assert!(!is_trusted(&chain, &"um2.contoso.com".parse()?, &roots));
    Ok(())
}

// recipe: accept
fn accept_until_march(audit: Audit<'_>) -> umcert::Report {
    // The report shows the reason. A verdict that is not trusted stays as it is.
    let reason = "um1 is retired in March, no failover until then";
    let audit = audit.accept(Rule::NameMissing, "um1.contoso.com", reason);
    audit.run(OffsetDateTime::now_utc())
}
// end

#[test]
fn accept() -> Result<()> {
    let (plan, ca) = (plan(), TestCa::new("my tests")?);
    let own_name_only = ca.issue_names(["um1.contoso.com"])?.chain().clone();
    let audit = Audit::new(&plan).lync_roots(ca.roots()).exchange_roots(ca.roots());
    let audit = audit
        .presented_chains(ca.issue(&plan)?.chains())
        .presented("um1.contoso.com".parse::<DnsName>()?, own_name_only);
    assert!(!audit.run(OffsetDateTime::now_utc()).is_trusted());
    let report = accept_until_march(audit);
    assert!(report.is_trusted(), "{report}");
    Ok(())
}

// recipe: default-certificate
fn is_left_from_setup(chain: &Chain) -> bool {
    use umcert::audit::CertificateKind;
    let kind = chain.certificate_kind();
    matches!(kind, Some(CertificateKind::ExchangeDefault { .. }))
}
// end

#[test]
fn default_certificate() -> Result<()> {
    let issued = TestCa::new("my tests")?.issue_names(["um1.contoso.com"])?;
    assert!(!is_left_from_setup(issued.chain()));
    let plan = plan();
    let (server, now) = (&plan.certificates()[0], OffsetDateTime::now_utc());
    let fault = umcert::faulty::Fault::ExchangeDefault;
    let faulty = TestCa::new("my tests")?.issue_faulty(server, fault, now)?;
    assert!(is_left_from_setup(faulty.chain()));
    Ok(())
}
