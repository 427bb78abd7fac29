//! The scripts that install what the CA returned, and the certificates that they install (D47 to D51, D58).

use super::answers::Answers;
use super::error::HandoffError;
use super::file::HandoffFile;
use super::script::{Argument, EXCHANGE_SHELL, Script};
use super::server::{HandoffServer, HandoffServers};
use crate::deployment::StartupMode;

const INSTALL: &str = include_str!("powershell/install.ps1");
pub(super) const RESTART: &str = include_str!("powershell/restart.ps1");

/// Returns one installation script for each shell that has a server with an answer, and the
/// certificates. The thumbprint of each certificate is a literal in its script.
pub(super) fn install_files(
    servers: &HandoffServers<'_>,
    answers: &Answers<'_>,
) -> Result<Vec<HandoffFile>, HandoffError> {
    let mut files = Vec::new();
    for shell in servers.shells() {
        let generation = shell.generation;
        let answered: Vec<&HandoffServer<'_>> = servers
            .of(shell)
            .filter(|server| answers.of(server).is_some())
            .collect();
        if answered.is_empty() {
            continue;
        }
        let mut script = Script::new(&[
            EXCHANGE_SHELL,
            generation.certificate_store(),
            generation.startup(),
            RESTART,
            INSTALL,
        ]);
        if answered.iter().any(|server| !server.requests()) {
            script.add(generation.share());
        }
        for server in answered {
            add_installation(&mut script, server, answers)?;
        }
        files.push(script.into_file(format!("install-{shell}.ps1")));
    }
    files.extend(answers.files());
    Ok(files)
}

/// Adds the installation on one server. A server that shares the certificate of another gets a copy first.
fn add_installation(
    script: &mut Script,
    server: &HandoffServer<'_>,
    answers: &Answers<'_>,
) -> Result<(), HandoffError> {
    let Some(certificate) = answers.of(server) else {
        return Ok(());
    };
    let thumbprint = certificate.thumbprint().to_string();
    let netbios_name = server.server.netbios_name();
    if let Some(source) = answers.requesting_server(server) {
        script.call(
            "Copy-UmCertificate",
            &[
                ("From", Argument::Text(&source)),
                ("To", Argument::Text(&netbios_name)),
                ("Thumbprint", Argument::Text(&thumbprint)),
            ],
        )?;
    }
    script.call(
        "Install-UmCertificate",
        &[
            ("Server", Argument::Text(&netbios_name)),
            ("Fqdn", Argument::Text(server.fqdn().as_str())),
            ("File", Argument::Text(&answers.installed_file(server))),
            ("Thumbprint", Argument::Text(&thumbprint)),
            ("StartupMode", Argument::Text(startup_mode(server))),
            (
                "ExchangeService",
                Argument::Texts(server.exchange_services()),
            ),
            ("WindowsService", Argument::Texts(server.windows_services())),
        ],
    )
}

/// Returns the startup mode to set. UM in TCP mode accepts no certificate (D49), so Dual is set instead (D50).
fn startup_mode(server: &HandoffServer<'_>) -> &'static str {
    match server.server.startup_mode {
        StartupMode::Tls => "TLS",
        StartupMode::Tcp | StartupMode::Dual => "Dual",
    }
}
