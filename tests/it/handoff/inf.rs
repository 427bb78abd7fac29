//! INF files, read back.

use umcert::handoff::Handoff;
use umcert::plan::CertificateSharing;
use umcert::{KeyKind, PlanOptions, SanPolicy};

use super::inf_reader::{Sections, read_inf, san, value};
use super::powershell::paths;
use super::scenes::{all, options, plan};
use crate::support::deployments::{EXAMPLE_2, deployment};

pub(super) fn inf(handoff: &Handoff, server: &str) -> Sections {
    let path = format!("{server}.inf");
    let file = handoff.files().iter().find(|file| file.path == path);
    let file = file.unwrap_or_else(|| panic!("no {path} in {:?}", paths(handoff)));
    let text = std::str::from_utf8(&file.contents).unwrap();
    assert!(text.is_ascii(), "{path}");
    read_inf(text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn inf_files_request_exactly_the_planned_names() {
    let sharing = [
        CertificateSharing::OnePerServer,
        CertificateSharing::OnePerSet,
    ];
    for (scene, deployment) in all() {
        for (policy, sharing) in SanPolicy::ALL
            .iter()
            .copied()
            .flat_map(|san| sharing.map(|it| (san, it)))
        {
            let plan = plan(
                &deployment,
                PlanOptions::default().san(policy).sharing(sharing),
            );
            let handoff = Handoff::new(&plan, &options()).unwrap();
            let found = paths(&handoff)
                .into_iter()
                .filter(|path| path.ends_with(".inf"));
            assert_eq!(
                found.count(),
                plan.certificates().len(),
                "{scene}, {policy}"
            );
            for certificate in plan.certificates() {
                let row = format!("{scene}, {policy}: {}", certificate.subject());
                let sections = inf(&handoff, certificate.subject().as_str());
                let planned: Vec<String> =
                    certificate.names().map(|name| name.to_string()).collect();
                assert_eq!(san(&sections), planned, "{row}");
                let subject = value(&sections, "NewRequest", "Subject");
                assert_eq!(
                    subject,
                    Some(format!("CN={}", certificate.subject()).as_str()),
                    "{row}"
                );
                let exportable = match certificate.servers().len() {
                    1 => "FALSE",
                    _ => "TRUE",
                };
                assert_eq!(
                    value(&sections, "NewRequest", "Exportable"),
                    Some(exportable),
                    "{row}"
                );
            }
        }
    }
}

#[test]
fn inf_file_makes_a_machine_key_in_a_csp() {
    for (key, length) in [(KeyKind::Rsa2048, "2048"), (KeyKind::Rsa4096, "4096")] {
        let plan = plan(&deployment(EXAMPLE_2), PlanOptions::default().key(key));
        let handoff = Handoff::new(&plan, &options().template("UM Servers")).unwrap();
        let sections = inf(&handoff, "um1.contoso.com");
        let rows = [
            ("Version", "Signature", "$Windows NT$"),
            ("NewRequest", "KeyAlgorithm", "RSA"),
            ("NewRequest", "KeyLength", length),
            ("NewRequest", "KeySpec", "1"),
            ("NewRequest", "KeyUsage", "0xA0"),
            ("NewRequest", "MachineKeySet", "TRUE"),
            (
                "NewRequest",
                "ProviderName",
                "Microsoft RSA SChannel Cryptographic Provider",
            ),
            ("NewRequest", "ProviderType", "12"),
            ("NewRequest", "HashAlgorithm", "sha256"),
            ("NewRequest", "SMIME", "FALSE"),
            ("NewRequest", "RequestType", "PKCS10"),
            ("NewRequest", "FriendlyName", "UM 2026-11 UM1"),
            ("EnhancedKeyUsageExtension", "OID", "1.3.6.1.5.5.7.3.1"),
            ("RequestAttributes", "CertificateTemplate", "UM Servers"),
        ];
        for (section, name, expected) in rows {
            assert_eq!(
                value(&sections, section, name),
                Some(expected),
                "{section} {name}"
            );
        }
        let attributes = sections
            .iter()
            .find(|(name, _)| name == "RequestAttributes");
        assert_eq!(attributes.unwrap().1.len(), 1, "no SAN attribute");
    }
}

#[test]
fn wildcard_plan_has_inf_files_only() {
    let plan = plan(
        &deployment(EXAMPLE_2),
        PlanOptions::default().san(SanPolicy::Wildcard),
    );
    let handoff = Handoff::new(&plan, &options()).unwrap();
    let requests: Vec<&str> = paths(&handoff)
        .into_iter()
        .filter(|path| path.ends_with(".inf") || path.starts_with("request-exchange"))
        .collect();
    let expected = ["um1", "um2", "um3", "um4"].map(|host| format!("{host}.contoso.com.inf"));
    assert_eq!(requests, expected);
}

#[test]
fn reader_refuses_what_is_not_quoted() {
    let rows = [
        ("[A]\r\nB = \"it%s\"\r\n", "percent"),
        ("[A]\r\nB = a b\r\n", "outside quotes"),
        ("[A]\r\nB = \"a\"b\"\r\n", "not doubled"),
        ("[A]\r\nB = \"a\" c\r\n", "after a quoted value"),
        ("[A]\r\nB = \"a\nC = b\"\r\n", "CR LF"),
        ("[A]\r\nB = a\\\r\n", "continued"),
        ("B = a\r\n", "no section"),
    ];
    for (text, reason) in rows {
        let error = read_inf(text).unwrap_err();
        assert!(error.contains(reason), "{text:?}: {error}");
    }
    let read = read_inf("; c\r\n[A]\r\nB = \"1%% ;\"\"x\"\"\" ; d\r\n").unwrap();
    assert_eq!(value(&read, "A", "B"), Some("1% ;\"x\""));
}
