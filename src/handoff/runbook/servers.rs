//! The facts and commands of each server.

use std::collections::HashMap;

use super::super::generation::Generation;
use super::super::server::HandoffServer;
use super::context::{RunbookContext, list};
use crate::deployment::{ExchangeRole, StartupMode};
use crate::markdown::{Page, code, escape};
use crate::name::DnsName;
use crate::text::{Timestamp, join};

/// The port of TLS of a Call Router, of a UM service before Exchange 2013, and of a Front End (D110).
const SIP_TLS: u16 = 5061;
/// The port of TLS of a UM service since Exchange 2013 (D110).
const UM_TLS: u16 = 5063;
const TLS_1_0: &str = "-tls1 -cipher 'ALL:@SECLEVEL=0'";
const TLS_1_2: &str = "-tls1_2";
/// Maximum number of names of a certificate that the page lists.
const MAX_NAMES: usize = 100;

pub(super) fn page(context: &RunbookContext<'_>) -> Page {
    let mut page = Page::default();
    page.add_paragraph("## Servers");
    page.add_paragraph(
        "The first commands show what a server presents, without a login. Save the output as `presented\\FQDN.pem` and audit \
         the folder. A server logs a failed handshake each time. On Windows write `<NUL` in place of `</dev/null`. For a \
         server without TLS 1.2 write `-tls1 -cipher 'ALL:@SECLEVEL=0'` in place of `-tls1_2`. The last command checks the chain and its CRLs: run \
         it on a Front End, as only that machine sees what Lync sees.",
    );
    let dial_plans = dial_plans_by_server(context);
    for server in context.servers.iter() {
        let dial_plans = dial_plans.get(server.fqdn()).map_or(&[][..], Vec::as_slice);
        page.add_page(&server_page(server, dial_plans, context));
    }
    page.add_page(&front_ends_page(context));
    page
}

/// Returns the commands that fetch what the Front Ends present.
fn front_ends_page(context: &RunbookContext<'_>) -> Page {
    let mut page = Page::default();
    let front_ends = context.plan.pools().iter();
    let front_ends = front_ends.flat_map(|pool| pool.front_ends());
    let commands: Vec<String> = front_ends
        .map(|fqdn| fetch_command(fqdn, SIP_TLS, TLS_1_2))
        .collect();
    if !commands.is_empty() {
        page.add_paragraph("### Front Ends");
        page.add_code("sh", &commands);
    }
    page
}

fn server_page(
    server: &HandoffServer<'_>,
    dial_plans: &[String],
    context: &RunbookContext<'_>,
) -> Page {
    let mut page = Page::default();
    let fqdn = server.fqdn();
    page.add_paragraph(format_args!("### {}", code(fqdn)));
    page.add_header(&["fact", "value"]);
    page.add_row(&["version", server.version.product_name()]);
    page.add_row(&[
        "roles",
        &join(
            server.server.roles.iter().map(|role| role_name(*role)),
            ", ",
        ),
    ]);
    page.add_row(&["site", &escape(&server.server.site)]);
    page.add_row(&["NetBIOS name", &code(server.server.netbios_name())]);
    page.add_row(&["startup mode", startup_mode(server.server.startup_mode)]);
    page.add_row(&["dial plans", &join(dial_plans, ", ")]);
    let others = server.certificate.servers().iter();
    let others = list(others.filter(|other| *other != fqdn));
    if !others.is_empty() {
        page.add_row(&["certificate shared with", &others]);
    }
    page.add_row(&["CN", &code(server.certificate.subject())]);
    page.add_row(&["names", &names(server)]);
    if let Some(certificate) = context.answers.of(server) {
        page.add_row(&["thumbprint", &code(certificate.thumbprint())]);
        let (from, until) = (certificate.not_before(), certificate.not_after());
        let validity = format!("{} to {}", Timestamp(from), Timestamp(until));
        page.add_row(&["valid", &validity]);
    }
    page.add_code("sh", &commands(server));
    page
}

/// Returns the commands that fetch what each port presents (D110, D114), and check the chain (D123).
fn commands(server: &HandoffServer<'_>) -> Vec<String> {
    let fetch = ports(server).into_iter();
    let fetch = fetch.map(|port| fetch_command(server.fqdn(), port, tls_version(server)));
    let check = format!(
        "certutil -verify -urlfetch {}.cer",
        server.certificate.first_server()
    );
    fetch.chain([check]).collect()
}

/// Returns the command that shows what a port presents. The server may close the connection afterwards, because the
/// command has no certificate of its own (D112, D113).
fn fetch_command(fqdn: &DnsName, port: u16, version: &str) -> String {
    format!(
        "openssl s_client -connect {fqdn}:{port} -servername {fqdn} -showcerts {version} </dev/null"
    )
}

/// Returns the options for the version of TLS. Windows Server 2003 and 2008, on which Exchange 2007 runs, speak TLS 1.0
/// only, and OpenSSL does not any more unless its security level is 0 (D114, D117).
fn tls_version(server: &HandoffServer<'_>) -> &'static str {
    match server.generation() {
        Generation::Exchange2007 => TLS_1_0,
        _ => TLS_1_2,
    }
}

/// Returns the TLS ports of the server: that of the Call Router, and that of UM (D110).
fn ports(server: &HandoffServer<'_>) -> Vec<u16> {
    if !server.generation().has_call_router() {
        return vec![SIP_TLS];
    }
    let services = server.exchange_services();
    let has = |service: &str| services.iter().any(|other| other == service);
    let call_router = has("UMCallRouter").then_some(SIP_TLS);
    let um = has("UM").then_some(UM_TLS);
    call_router.into_iter().chain(um).collect()
}

fn role_name(role: ExchangeRole) -> &'static str {
    match role {
        ExchangeRole::Mailbox => "Mailbox",
        ExchangeRole::ClientAccess => "Client Access",
        ExchangeRole::UnifiedMessaging => "Unified Messaging",
    }
}

fn startup_mode(mode: StartupMode) -> &'static str {
    match mode {
        StartupMode::Tcp => "TCP",
        StartupMode::Tls => "TLS",
        StartupMode::Dual => "Dual",
    }
}

/// Returns the dial plans of each server, as code. A stand-by is marked.
fn dial_plans_by_server<'a>(context: &RunbookContext<'a>) -> HashMap<&'a DnsName, Vec<String>> {
    let mut by_server: HashMap<&DnsName, Vec<String>> = HashMap::new();
    for dial_plan in &context.plan.deployment().dial_plans {
        let name = code(&dial_plan.name);
        for member in &dial_plan.members {
            let text = if member.enabled {
                name.clone()
            } else {
                format!("{name} (stand-by)")
            };
            by_server.entry(&member.server).or_default().push(text);
        }
    }
    by_server
}

fn names(server: &HandoffServer<'_>) -> String {
    let all = server.certificate.names().count();
    let shown = server.certificate.names().take(MAX_NAMES);
    let shown = join(shown.map(code), ", ");
    match all.saturating_sub(MAX_NAMES) {
        0 => shown,
        omitted => format!("{shown} and {omitted} more, which are in its INF file"),
    }
}
