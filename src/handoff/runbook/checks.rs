//! What the files cannot check, and notes on parts of the deployment.

use super::super::generation::Generation;
use super::super::server::HandoffServer;
use super::context::{RunbookContext, list};
use crate::deployment::Failover;
use crate::markdown::Page;
use crate::name::DnsName;

/// Returns what a person must look at (D125, D143, D149, D151, D152), and the notes.
pub(super) fn page(context: &RunbookContext<'_>) -> Page {
    let mut page = Page::default();
    page.add_paragraph("## Checks that files cannot make");
    page.add_points([
        "**The provider of the key.** `certutil -store -v my` on each server must name `Microsoft RSA SChannel \
         Cryptographic Provider`. With a key storage provider (CNG) incoming calls may work, but transfers and play on phone \
         fail.",
        "**The private key.** `HasPrivateKey` is `True` in `Get-ExchangeCertificate | Format-List`. Otherwise the \
         certificate was imported on another server than the request; `certutil -repairstore my SERIAL` joins it to a key \
         that is there.",
        "**Session tickets.** Lync Server 2013 on Windows Server 2012 R2 can refuse a perfect chain (events 32042 and \
         61045). Then set `EnableSessionTicket` to 2, a DWORD under \
         `HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL`, and restart.",
        "**Roots by group policy.** They can arrive after the services have started, so mutual TLS can fail once after a \
         restart of the machine.",
        "**Old certificates.** After a renewal, remove the old certificate: with two of the same name UM may present either.",
        "**Configuration.** UM reads its configuration every 10 minutes, and directories replicate. Wait before you test.",
    ]);
    page.add_page(&notes_page(context));
    page
}

fn notes_page(context: &RunbookContext<'_>) -> Page {
    let notes = [
        note_on_2007(context),
        note_on_wildcards(context),
        note_on_sharing(context),
        note_on_other_services(context),
        note_on_health(context),
    ];
    let notes: Vec<String> = notes.into_iter().flatten().collect();
    let mut page = Page::default();
    if !notes.is_empty() {
        page.add_paragraph("## Notes");
        page.add_points(notes);
    }
    page
}

/// States how Exchange 2007 finds its certificate (D28).
fn note_on_2007(context: &RunbookContext<'_>) -> Option<String> {
    let names = fqdns(context, |server| {
        server.generation() == Generation::Exchange2007
    })?;
    Some(format!(
        "**Exchange 2007** ({names}). Its shell manages certificates only on the server itself: copy the files and run the \
         scripts on each server. UM takes a valid certificate from the computer's store when it starts, if the CN is the \
         FQDN of the server."
    ))
}

/// States why a wildcard has no script (D43).
fn note_on_wildcards(context: &RunbookContext<'_>) -> Option<String> {
    let names = fqdns(context, |server| server.requests() && server.has_wildcard())?;
    Some(format!(
        "**Wildcards** ({names}). There is an INF file only, because `New-ExchangeCertificate` documents no wildcard."
    ))
}

/// States how a set gets one certificate (D14, D58).
fn note_on_sharing(context: &RunbookContext<'_>) -> Option<String> {
    let names = fqdns(context, |server| server.is_shared() && server.requests())?;
    Some(format!(
        "**Shared certificates** ({names}). The request is created on that server, with an exportable key. The installation \
         script copies the certificate and its key to the other servers of the set, and asks for a password that protects \
         them on the way. On Exchange 2007 the copy is a file: delete it once every server has the certificate."
    ))
}

/// States what else moves with the name of a server (D80).
fn note_on_other_services(context: &RunbookContext<'_>) -> Option<String> {
    let sets = &context.plan.deployment().server_sets;
    let moves = sets
        .iter()
        .any(|set| matches!(set.failover, Some(Failover::Dns { .. })));
    let has_other_roles = context.has_server(|server| !server.server.is_stand_alone());
    (moves && has_other_roles).then(|| {
        "**Names that move.** With the name of a server go all services that use it: SMTP, the shell, Kerberos and the \
         traffic of a database availability group. Check that the stand-in can do without them, or that they are down \
         anyway."
            .to_owned()
    })
}

/// States that Exchange watches its certificates (D150).
fn note_on_health(context: &RunbookContext<'_>) -> Option<String> {
    let names = fqdns(context, |server| server.generation().has_call_router())?;
    Some(format!(
        "**Expiry** ({names}). Exchange watches its UM certificates itself: the health sets `UM` and \
         `UM.CallRouter` report one that expires soon."
    ))
}

/// Returns the list of the servers that fulfil `condition`, if there are any.
fn fqdns(
    context: &RunbookContext<'_>,
    condition: impl Fn(&HandoffServer<'_>) -> bool,
) -> Option<String> {
    let servers = context.servers.iter().filter(|server| condition(server));
    let names: Vec<&DnsName> = servers.map(HandoffServer::fqdn).collect();
    (!names.is_empty()).then(|| list(names))
}
