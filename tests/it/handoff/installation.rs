//! Installation scripts: only for chains that fit the plan, with their thumbprints as literals.

use umcert::handoff::Handoff;
use umcert::plan::CertificateSharing;
use umcert::{Chain, DnsName, PlanOptions};

use super::literals::lex;
use super::powershell::{calls, paths, script};
use super::scenes::{bundle, handed_over, options, plan};
use crate::support::deployments::{EXAMPLE_1, EXAMPLE_2, deployment, name, um};
use crate::support::scene::{ca, ids};

/// Hands Example 1 over with these chains.
fn with_chains(chains: Vec<(DnsName, Chain)>) -> Handoff {
    let plan = plan(&deployment(EXAMPLE_1), PlanOptions::default());
    Handoff::with_certificates(&plan, &options(), chains).unwrap()
}

fn chains() -> Vec<(DnsName, Chain)> {
    let deployment = deployment(EXAMPLE_1);
    bundle(&deployment, CertificateSharing::OnePerServer)
        .chains()
        .collect()
}

/// Returns the servers that the installation script installs on.
fn installed(handoff: &Handoff) -> Vec<String> {
    let path = "install-exchange-2013.ps1";
    if !paths(handoff).contains(&path) {
        return Vec::new();
    }
    let script = script(handoff, path);
    let calls = calls(&script).into_iter();
    calls.map(|call| lex(call).literals[0].clone()).collect()
}

#[test]
fn thumbprint_of_each_certificate_is_a_literal() {
    let chains = chains();
    let handoff = with_chains(chains.clone());
    assert!(handoff.findings().is_empty());
    let script = script(&handoff, "install-exchange-2013.ps1");
    let calls = calls(&script);
    assert_eq!(calls.len(), 4);
    for ((name, chain), call) in chains.iter().zip(calls) {
        let literals = lex(call).literals;
        let thumbprint = chain
            .end_entity()
            .unwrap()
            .as_ref()
            .unwrap()
            .thumbprint()
            .to_string();
        assert_eq!(literals[1], name.as_str());
        assert_eq!(literals[2], format!("{name}.p7b"));
        assert_eq!(literals[3], thumbprint);
    }
}

#[test]
fn without_chains_nothing_is_installed_on_exchange() {
    let handoff = with_chains(Vec::new());
    assert!(handoff.findings().is_empty());
    let paths = paths(&handoff);
    assert!(
        !paths
            .iter()
            .any(|path| path.starts_with("install-exchange")),
        "{paths:?}"
    );
}

#[test]
fn chain_that_does_not_fit_is_reported_and_not_installed() {
    let foreign = ca();
    let of = |cn: &str, names: &[&str]| {
        let names: Vec<DnsName> = [cn].iter().chain(names).map(|it| name(it)).collect();
        foreign.issue_names(names).unwrap().chain().clone()
    };
    let all = [
        "um1.contoso.com",
        "um2.contoso.com",
        "um3.contoso.com",
        "um4.contoso.com",
    ];
    let rows: [(&str, Chain, &[&str]); 4] = [
        ("all names", of(all[0], &all[1..]), &[]),
        (
            "one more",
            of(all[0], &[&all[1..], &["um5.contoso.com"]].concat()),
            &[],
        ),
        (
            "a name missing",
            of(all[0], &all[1..3]),
            &["error name-missing um1.contoso.com"],
        ),
        (
            "another's CN",
            of(all[1], &[all[0], all[2], all[3]]),
            &["error subject-not-server um1.contoso.com"],
        ),
    ];
    for (row, chain, expected) in rows {
        let mut chains = chains();
        chains[0].1 = chain;
        let handoff = with_chains(chains);
        assert_eq!(ids(handoff.findings()), expected, "{row}");
        let first = expected.is_empty().then_some("UM1");
        let servers: Vec<&str> = first.into_iter().chain(["UM2", "UM3", "UM4"]).collect();
        assert_eq!(installed(&handoff), servers, "{row}");
        assert_eq!(
            paths(&handoff).contains(&"um1.contoso.com.cer"),
            expected.is_empty(),
            "{row}"
        );
    }
}

#[test]
fn chain_for_another_name_is_reported() {
    let mut chains = chains();
    chains[3].0 = name("um9.contoso.com");
    let handoff = with_chains(chains);
    assert_eq!(
        ids(handoff.findings()),
        ["note not-in-plan um9.contoso.com"]
    );
    assert_eq!(installed(&handoff), ["UM1", "UM2", "UM3"]);
}

#[test]
fn certificate_files_are_read_back_with_intermediates() {
    use umcert::TestCa;
    use umcert::issue::TestCaOptions;

    let deployment = deployment(EXAMPLE_2);
    let options_of_ca =
        TestCaOptions::valid_from(crate::support::deployments::TODAY).intermediates(1);
    let ca = TestCa::with_options("Contoso Test CA", &options_of_ca).unwrap();
    let fast = PlanOptions::default().key(crate::support::deployments::FAST);
    let bundle = ca.issue(&plan(&deployment, fast)).unwrap();
    let plan = plan(&deployment, PlanOptions::default());
    let handoff = Handoff::with_certificates(&plan, &options(), bundle.chains()).unwrap();
    for (server, chain) in bundle.chains() {
        let read = |ending: &str| {
            let path = format!("{server}.{ending}");
            let file = handoff.files().iter().find(|file| file.path == path);
            Chain::from_bytes(&file.unwrap_or_else(|| panic!("no {path}")).contents).unwrap()
        };
        let sent: Vec<&[u8]> = chain.certificates().map(|it| it.der().as_ref()).collect();
        assert_eq!(sent.len(), 2);
        let whole = read("p7b").sorted();
        assert_eq!(
            whole
                .certificates()
                .map(|it| it.der().as_ref())
                .collect::<Vec<_>>(),
            sent
        );
        let own = read("cer");
        assert_eq!(
            own.certificates()
                .map(|it| it.der().as_ref())
                .collect::<Vec<_>>(),
            sent[..1]
        );
    }
    let script = script(&handoff, "install-exchange-2013.ps1");
    let literals = lex(calls(&script)[0]).literals;
    assert_eq!(literals[2], "um1.contoso.com.p7b");
    let intermediate = ca.intermediates()[0].thumbprint();
    assert!(paths(&handoff).contains(&format!("ca-{intermediate}.cer").as_str()));
}

#[test]
fn startup_mode_is_set_explicitly_and_never_to_tcp() {
    use umcert::deployment::StartupMode;

    for (mode, expected) in [
        (StartupMode::Tcp, "Dual"),
        (StartupMode::Dual, "Dual"),
        (StartupMode::Tls, "TLS"),
    ] {
        let mut deployment = deployment(EXAMPLE_2);
        deployment.server_sets[0].servers[0].startup_mode = mode;
        let handoff = handed_over(&deployment, CertificateSharing::OnePerServer, &options());
        let script = script(&handoff, "install-exchange-2013.ps1");
        let call = calls(&script)[0].to_owned();
        assert!(
            call.contains(&format!("-StartupMode '{expected}'")),
            "{call}"
        );
        let (mode, enable) = (
            script.find("Set-StartupMode -Server"),
            script.find("Enable-UmCertificate -Server"),
        );
        assert!(mode < enable, "the mode comes first");
    }
}

#[test]
fn services_follow_the_roles_of_exchange_2013() {
    use umcert::deployment::ExchangeRole::{ClientAccess, Mailbox};

    for (roles, expected) in [
        (
            vec![Mailbox, ClientAccess],
            "-ExchangeService @('UM', 'UMCallRouter') -WindowsService @('MSExchangeUM', 'MSExchangeUMCR')",
        ),
        (
            vec![Mailbox],
            "-ExchangeService @('UM') -WindowsService @('MSExchangeUM')",
        ),
        (
            vec![ClientAccess],
            "-ExchangeService @('UMCallRouter') -WindowsService @('MSExchangeUMCR')",
        ),
    ] {
        let mut deployment = deployment(EXAMPLE_2);
        deployment.server_sets[0].servers[0].roles = roles.into_iter().collect();
        let handoff = handed_over(&deployment, CertificateSharing::OnePerServer, &options());
        let script = script(&handoff, "install-exchange-2013.ps1");
        let call = calls(&script)[0];
        assert!(call.ends_with(expected), "{call}");
        assert!(call.contains(&format!("-Fqdn '{}'", um(1))), "{call}");
    }
}
