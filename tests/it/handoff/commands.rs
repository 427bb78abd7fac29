//! The commands of every script: those of its shell and version, with the parameters that make it stop and rehearse.

use std::collections::BTreeSet;

use tree_sitter::Node;
use umcert::handoff::DialPlanMethod;
use umcert::plan::CertificateSharing;

use super::powershell::{nodes, parse, scripts};
use super::scenes::{all, handed_over, options};

/// Where a command comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// PowerShell itself. It sees the preferences of the script.
    Builtin,
    /// The shell of Exchange, of these versions.
    Exchange(&'static [&'static str]),
    /// The module of DNS.
    Dns,
    /// The shell of Lync.
    Lync,
}

/// What a command does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Reads,
    /// Changes something, and takes `-WhatIf`.
    Rehearses,
    /// Changes something, and stands after a check of `ShouldProcess` or `$WhatIfPreference`.
    Guarded,
}

use Effect::{Guarded, Reads, Rehearses};
use Source::{Builtin, Dns, Exchange, Lync};

const EVERY: &[&str] = &["2007", "2010", "2013", "2016"];
const OLD: &[&str] = &["2007", "2010"];
const NEW: &[&str] = &["2013", "2016"];

const COMMANDS: &[(&str, Source, Effect)] = &[
    ("Export-Csv", Builtin, Guarded),
    ("ForEach-Object", Builtin, Reads),
    ("Format-List", Builtin, Reads),
    ("Get-Command", Builtin, Reads),
    ("Get-Content", Builtin, Reads),
    ("Get-Service", Builtin, Reads),
    ("Import-Csv", Builtin, Reads),
    ("Import-Module", Builtin, Reads),
    ("Join-Path", Builtin, Reads),
    ("New-Object", Builtin, Reads),
    ("Out-Null", Builtin, Reads),
    ("Read-Host", Builtin, Reads),
    ("Remove-Item", Builtin, Guarded),
    ("Restart-Service", Builtin, Guarded),
    ("Select-Object", Builtin, Reads),
    ("Set-Content", Builtin, Guarded),
    ("Set-StrictMode", Builtin, Reads),
    ("Split-Path", Builtin, Reads),
    ("Test-Path", Builtin, Reads),
    ("Where-Object", Builtin, Reads),
    ("Write-Output", Builtin, Reads),
    ("Write-Warning", Builtin, Reads),
    ("Enable-ExchangeCertificate", Exchange(EVERY), Rehearses),
    ("Export-ExchangeCertificate", Exchange(EVERY), Rehearses),
    ("Get-ExchangeCertificate", Exchange(EVERY), Reads),
    ("Import-ExchangeCertificate", Exchange(EVERY), Rehearses),
    ("New-ExchangeCertificate", Exchange(EVERY), Rehearses),
    ("Disable-UMServer", Exchange(OLD), Rehearses),
    ("Enable-UMServer", Exchange(OLD), Rehearses),
    ("Get-UMServer", Exchange(OLD), Reads),
    ("Set-UMServer", Exchange(OLD), Rehearses),
    ("Get-ServerComponentState", Exchange(NEW), Reads),
    ("Get-UMCallRouterSettings", Exchange(NEW), Reads),
    ("Get-UMService", Exchange(NEW), Reads),
    ("Set-ServerComponentState", Exchange(NEW), Rehearses),
    ("Set-UMCallRouterSettings", Exchange(NEW), Rehearses),
    ("Set-UMService", Exchange(NEW), Rehearses),
    ("Add-DnsServerResourceRecordA", Dns, Guarded),
    ("Add-DnsServerResourceRecordAAAA", Dns, Guarded),
    ("Get-DnsServerResourceRecord", Dns, Reads),
    ("Remove-DnsServerResourceRecord", Dns, Guarded),
    ("Set-DnsServerResourceRecord", Dns, Guarded),
    ("Get-CsCertificate", Lync, Reads),
    ("Import-CsCertificate", Lync, Rehearses),
    ("Request-CsCertificate", Lync, Rehearses),
    ("Set-CsCertificate", Lync, Rehearses),
    ("Start-CsWindowsService", Lync, Guarded),
    ("Stop-CsWindowsService", Lync, Guarded),
];

/// Returns every script of every scene, with both methods and both kinds of sharing.
fn every_script() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (scene, deployment) in all() {
        for (sharing, method) in [
            (
                CertificateSharing::OnePerServer,
                DialPlanMethod::ComponentState,
            ),
            (CertificateSharing::OnePerSet, DialPlanMethod::Membership),
        ] {
            let options = options().dial_plan_method(method);
            let handoff = handed_over(&deployment, sharing, &options);
            for (path, script) in scripts(&handoff) {
                found.push((format!("{scene}, {method:?}: {path}"), script));
            }
        }
    }
    assert!(found.len() > 100, "{}", found.len());
    found
}

/// Checks one command of a script.
#[track_caller]
fn check_command(path: &str, script: &str, command: Node<'_>, functions: &BTreeSet<&str>) {
    let name = command.child_by_field_name("command_name").unwrap();
    let name = &script[name.byte_range()];
    let text = &script[command.byte_range()];
    let row = format!("{path}: {text}");
    if functions.contains(name) {
        return;
    }
    let known = COMMANDS.iter().find(|(known, ..)| *known == name);
    let (_, source, effect) = known.unwrap_or_else(|| panic!("unknown command: {row}"));
    match source {
        Builtin => {}
        Exchange(versions) => {
            let fits = versions
                .iter()
                .any(|version| path.ends_with(&format!("exchange-{version}.ps1")));
            assert!(fits, "of another version: {row}");
        }
        Dns => assert!(path.contains("dns-"), "{row}"),
        Lync => assert!(path.contains("front-ends"), "{row}"),
    }
    if *source != Builtin {
        assert!(text.contains("-ErrorAction Stop"), "{row}");
    }
    match effect {
        Reads => {}
        Rehearses => assert!(text.contains("-WhatIf:$WhatIfPreference"), "{row}"),
        Guarded => {
            let mut enclosing = command;
            while let Some(parent) = enclosing
                .parent()
                .filter(|_| enclosing.kind() != "function_statement")
            {
                enclosing = parent;
            }
            let before = &script[enclosing.start_byte()..command.start_byte()];
            let is_guarded = ["$PSCmdlet.ShouldProcess(", "-not $WhatIfPreference"]
                .iter()
                .any(|guard| before.contains(guard));
            assert!(is_guarded, "{row}");
        }
    }
    // A server's name, never its FQDN, identifies it for UM. The Call Router has no identity.
    if name.contains("-UMCallRouterSettings") {
        assert!(text.contains("-Server $Fqdn "), "{row}");
    } else if name.contains("-UMSer") || name.contains("ComponentState") {
        assert!(text.contains("-Identity $Server "), "{row}");
    }
    let is_local = path.ends_with("exchange-2007.ps1");
    if name.ends_with("-ExchangeCertificate") {
        assert_eq!(text.contains(" -Server "), !is_local, "{row}");
    }
}

#[test]
fn every_command_is_of_its_shell_stops_and_rehearses() {
    for (path, script) in every_script() {
        let tree = parse(&path, &script);
        let nodes = nodes(tree.root_node());
        let functions = nodes.iter().filter(|node| node.kind() == "function_name");
        let functions: BTreeSet<&str> = functions.map(|node| &script[node.byte_range()]).collect();
        for command in nodes.iter().filter(|node| node.kind() == "command") {
            check_command(&path, &script, *command, &functions);
        }
    }
}

#[test]
fn every_script_rehearses_stops_and_holds_no_password() {
    for (path, script) in every_script() {
        assert!(
            script.contains("[CmdletBinding(SupportsShouldProcess = $true)]\nparam("),
            "{path}"
        );
        assert!(
            script.contains("\n$ErrorActionPreference = 'Stop'\n"),
            "{path}"
        );
        assert!(script.contains("\n#Requires -Version "), "{path}");
        assert!(!script.contains("ConvertTo-SecureString"), "{path}");
        let lower = script.to_lowercase();
        assert!(!lower.contains("private key-----"), "{path}");
        for (number, line) in (1..).zip(script.lines()) {
            assert!(!line.ends_with(' '), "{path}: line {number}");
        }
    }
}

#[test]
fn no_text_of_a_plan_is_in_a_comment() {
    for (path, script) in every_script() {
        for comment in super::literals::lex(&script).comments {
            for outside in ["contoso", "fabrikam", "Tukwila", "Dublin", "2026-11"] {
                assert!(!comment.contains(outside), "{path}: {comment}");
            }
        }
    }
}
