//! The first steps of today: the requests, the CA and the audit of its answers.

use super::super::generation::Generation;
use super::super::server::HandoffServer;
use super::super::shell::Shell;
use super::context::{RunbookContext, list};
use crate::markdown::{Page, code};
use crate::name::DnsName;
use crate::text::plural;

pub(super) fn page(context: &RunbookContext<'_>) -> Page {
    let mut page = request_page(context);
    page.add_page(&submission_page(context));
    page.add_page(&audit_page(context));
    page
}

/// Returns the two ways to a request (D41, D43).
fn request_page(context: &RunbookContext<'_>) -> Page {
    let mut page = Page::default();
    page.add_paragraph("### 1. Create the requests");
    let shells = context.servers.shells();
    let scripts: Vec<[String; 4]> = shells
        .into_iter()
        .filter_map(|shell| script_row(context, shell))
        .collect();
    let choice = if scripts.is_empty() {
        "Create the request of each server with certreq."
    } else {
        "Choose one of two ways for each server, not both: each creates a private key."
    };
    page.add_paragraph(format_args!(
        "{choice} The key stays on the server, so the certificate is installed on the server that created the request."
    ));
    page.add_header(&["way", "file", "run it", "servers"]);
    page.add_rows(&scripts);
    let requesting = context.servers.iter().filter(|server| server.requests());
    page.add_row(&[
        "certreq".to_owned(),
        "`FQDN.inf`".to_owned(),
        "in an elevated command prompt on the server itself".to_owned(),
        list(requesting.map(HandoffServer::fqdn)),
    ]);
    if let Some(example) = context.example() {
        let fqdn = example.fqdn();
        page.add_paragraph("With certreq, on the server:");
        let command = format!("certreq -new -machine {fqdn}.inf {fqdn}.req");
        page.add_code("bat", &[command]);
    }
    page.add_paragraph("The request is `FQDN.req`.");
    page
}

/// Returns the row of the request script of a shell, if it has one.
fn script_row(context: &RunbookContext<'_>, shell: Shell<'_>) -> Option<[String; 4]> {
    let servers = context.servers.of(shell);
    let servers = servers.filter(|server| server.requests() && !server.has_wildcard());
    let servers: Vec<&DnsName> = servers.map(HandoffServer::fqdn).collect();
    if servers.is_empty() {
        return None;
    }
    let product = shell.generation.product_name();
    let place = match (shell.generation, shell.forest) {
        (Generation::Exchange2007, _) => "on each server itself".to_owned(),
        (_, Some(forest)) => format!("on any server of the forest {}", code(forest)),
        (_, None) => "on any server of its forest".to_owned(),
    };
    Some([
        "script".to_owned(),
        code(format_args!("request-{shell}.ps1")),
        format!("in the Exchange Management Shell of {product}, {place}"),
        list(servers),
    ])
}

/// Returns how a CA gets the requests (D37, D41, D125).
fn submission_page(context: &RunbookContext<'_>) -> Page {
    let mut page = Page::default();
    page.add_paragraph("### 2. Send the requests to the CA");
    let Some(example) = context.example() else {
        return page;
    };
    if context.plan.ca().is_public() {
        page.add_paragraph(
            "Send each `FQDN.req` to the public CA as it asks for it. Save what it returns as `answers\\FQDN.p7b`, with the \
             intermediates.",
        );
        return page;
    }
    let fqdn = example.fqdn();
    let template = &context.options.template;
    page.add_paragraph(
        "For an Active Directory CA, once for each request. `certutil` without arguments prints the name of a CA as \
         `Config`.",
    );
    page.add_code(
        "bat",
        &[
            "mkdir answers".to_owned(),
            format!(
                "certreq -submit -config \"CAHOST\\CA Name\" -attrib \"CertificateTemplate:{template}\" ^"
            ),
            format!("    {fqdn}.req {fqdn}.cer answers\\{fqdn}.p7b"),
        ],
    );
    page.add_paragraph("A request that waits for approval gets a number. Once it is approved:");
    page.add_code(
        "bat",
        &[format!(
            "certreq -retrieve -config \"CAHOST\\CA Name\" NUMBER {fqdn}.cer answers\\{fqdn}.p7b"
        )],
    );
    page.add_points([
        "The template must allow the subject and the SAN of the request, and server authentication.",
        "A template of version 3 can put the key into a provider that UM cannot use. Use version 2.",
        "Do not switch on SAN attributes at the CA (`EDITF_ATTRIBUTESUBJECTALTNAME2`): the names are in the request, and \
         the switch lets any requester claim any name.",
    ]);
    page
}

fn audit_page(context: &RunbookContext<'_>) -> Page {
    let mut page = Page::default();
    page.add_paragraph("### 3. Audit the answers");
    page.add_paragraph(
        "Copy the requests to `requests`, and the roots that each side trusts to a file. Then check the answers before \
         anything is installed, with the options of the plan:",
    );
    page.add_code(
        "sh",
        &[
            "cargo run --example audit -- DEPLOYMENT --presented answers --requests requests \\",
            "    --lync-roots lync-roots.pem --exchange-roots exchange-roots.pem",
        ],
    );
    let missing = context.servers.iter().filter(|server| server.requests());
    let missing = missing.filter(|server| context.answers.of(server).is_none());
    let missing: Vec<&DnsName> = missing.map(HandoffServer::fqdn).collect();
    if missing.is_empty() {
        page.add_paragraph(
            "This hand-off was written with a certificate for each server. Each has the CN and the names of the plan. The \
             audit checks whether both sides trust them.",
        );
        return page;
    }
    page.add_paragraph(format_args!(
        "Then write the hand-off again, into a new folder and with `--certificates answers`: it then has the installation \
         scripts. {} missing: {}.",
        plural_are(missing.len()),
        list(missing)
    ));
    page
}

fn plural_are(count: usize) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    format!("{} {verb}", plural(count, "certificate"))
}
