//! The scripts that create the requests in the Exchange Management Shell (D43, D44).

use super::error::HandoffError;
use super::file::HandoffFile;
use super::generation::Generation;
use super::script::{Argument, EXCHANGE_SHELL, Script};
use super::server::{HandoffServer, HandoffServers};
use super::shell::Shell;
use crate::name::SanName;

/// Returns one request script for each shell. A server with a wildcard in its SAN has an INF file
/// only, because `-DomainName` documents no wildcard (D43).
pub(super) fn request_scripts(
    servers: &HandoffServers<'_>,
) -> Result<Vec<HandoffFile>, HandoffError> {
    let mut files = Vec::new();
    for shell in servers.shells() {
        let requesting: Vec<&HandoffServer<'_>> = servers
            .of(shell)
            .filter(|server| server.requests() && !server.has_wildcard())
            .collect();
        if requesting.is_empty() {
            continue;
        }
        let mut script = new_script(shell.generation);
        for server in requesting {
            let names: Vec<SanName> = server.certificate.names().collect();
            add_request(&mut script, server, &names)?;
        }
        files.push(script.into_file(script_path(shell)));
    }
    Ok(files)
}

/// Returns the script that creates one request, with `names` in its SAN. Returns `None` if a name is a wildcard.
pub(super) fn request_script(
    server: &HandoffServer<'_>,
    names: &[SanName],
) -> Result<Option<HandoffFile>, HandoffError> {
    if names.iter().any(SanName::is_wildcard) {
        return Ok(None);
    }
    let mut script = new_script(server.generation());
    add_request(&mut script, server, names)?;
    Ok(Some(script.into_file(script_path(server.shell))))
}

fn new_script(generation: Generation) -> Script {
    Script::new(&[
        EXCHANGE_SHELL,
        generation.certificate_store(),
        generation.request(),
    ])
}

fn script_path(shell: Shell<'_>) -> String {
    format!("request-{shell}.ps1")
}

fn add_request(
    script: &mut Script,
    server: &HandoffServer<'_>,
    names: &[SanName],
) -> Result<(), HandoffError> {
    let names = names.iter().map(|name| name.to_string());
    script.call(
        "Request-UmCertificate",
        &[
            ("Server", Argument::Text(&server.server.netbios_name())),
            ("Fqdn", Argument::Text(server.fqdn().as_str())),
            ("DomainName", Argument::Texts(names.collect())),
            ("KeySize", Argument::Number(usize::from(server.rsa_bits()?))),
            ("Exportable", Argument::Bool(server.is_shared())),
            ("FriendlyName", Argument::Text(&server.friendly_name)),
        ],
    )
}
