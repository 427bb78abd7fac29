//! The other steps of today: roots, dial plans, installation, Front Ends and tests.

use super::super::error::HandoffError;
use super::super::generation::Generation;
use super::super::quote::powershell_string;
use super::super::server::HandoffServer;
use super::context::{RunbookContext, list, paths};
use crate::deployment::{DialPlan, StartupMode, UriType, VoipSecurity};
use crate::markdown::{Page, code};
use crate::name::DnsName;

pub(super) fn page(context: &RunbookContext<'_>) -> Result<Page, HandoffError> {
    let mut page = root_page(context);
    page.add_page(&dial_plan_page(context)?);
    page.add_page(&exchange_page(context));
    page.add_page(&front_end_page(context));
    page.add_page(&test_page(context));
    Ok(page)
}

/// Returns the import of roots and intermediates (D129, D152).
fn root_page(context: &RunbookContext<'_>) -> Page {
    let mut page = Page::default();
    page.add_paragraph("### 4. Import the roots on both sides");
    page.add_paragraph(
        "Lync must trust the root of the UM servers, and Exchange that of the Front Ends. Import each root on every Front \
         End and every UM server, in an elevated command prompt, and each intermediate beside it:",
    );
    page.add_code(
        "bat",
        &[
            "certutil -addstore -f Root ROOT.cer",
            "certutil -addstore -f CA INTERMEDIATE.cer",
        ],
    );
    let issuers = context.answers.issuers();
    if !issuers.is_empty() {
        page.add_header(&["file", "store", "subject"]);
    }
    for issuer in issuers {
        let store = if issuer.is_self_issued() {
            "Root"
        } else {
            "CA"
        };
        page.add_row(&[
            code(format_args!("ca-{}.cer", issuer.thumbprint())),
            code(store),
            code(issuer.subject()),
        ]);
    }
    let forests = context
        .plan
        .forests()
        .chain([&context.plan.deployment().lync.forest]);
    let mut forests: Vec<&DnsName> = forests.collect();
    forests.sort();
    forests.dedup();
    page.add_points([
        "Only self-signed certificates belong in `Root`. With an intermediate there, Lync Server 2013 on Windows Server \
         2012 and later refuses mutual TLS."
            .to_owned(),
        format!(
            "For all computers of a forest ({}): a group policy (Public Key Policies, Trusted Root Certification \
             Authorities), or `certutil -dspublish -f ROOT.cer RootCA` as an administrator of the enterprise.",
            list(forests)
        ),
        "A root of a group policy can arrive after the services have started. Then restart them.".to_owned(),
    ]);
    page
}

/// Returns the settings that dial plans must have (D25, D52 to D55).
fn dial_plan_page(context: &RunbookContext<'_>) -> Result<Page, HandoffError> {
    let mut page = Page::default();
    let dial_plans = &context.plan.deployment().dial_plans;
    page.add_paragraph("### 5. Check the dial plans");
    let Some(first) = dial_plans.first() else {
        page.add_paragraph("The deployment lists no dial plan. Each one that Lync uses must be of the type SIP URI, and secured.");
        return Ok(page);
    };
    page.add_header(&[
        "dial plan",
        "URI type",
        "VoIP security",
        "members",
        "stand-bys",
    ]);
    for dial_plan in dial_plans {
        page.add_row(&[
            code(&dial_plan.name),
            uri_type(dial_plan).to_owned(),
            security(dial_plan).to_owned(),
            members(dial_plan, true),
            members(dial_plan, false),
        ]);
    }
    page.add_paragraph("In the Exchange Management Shell, for each of them:");
    page.add_code("powershell", &dial_plan_commands(first, context)?);
    page.add_points([
        "The security must fit the media encryption of Lync (`Get-CsMediaConfiguration`, `EncryptionLevel`): with \
         `RequireEncryption`, Lync's default, only `Secured` works.",
        "Since Exchange 2013 every Client Access and Mailbox server must be a member of every SIP URI dial plan. Outbound \
         calls of a server that is left out fail (play on phone). The last commands add one.",
        "Once per forest and after each new pool, `ExchUCUtil.ps1` makes the UM IP gateways, and `OcsUmUtil.exe` on a Front \
         End the contacts of Outlook Voice Access and the auto attendants.",
    ]);
    Ok(page)
}

/// Returns the commands that show and correct the settings of a dial plan, and add a member to it.
fn dial_plan_commands(
    dial_plan: &DialPlan,
    context: &RunbookContext<'_>,
) -> Result<Vec<String>, HandoffError> {
    let name = powershell_string(&dial_plan.name)?;
    let mut commands = vec![
        format!("Get-UMDialPlan -Identity {name} | Format-List Name, URIType, VoIPSecurity"),
        format!("Set-UMDialPlan -Identity {name} -VoIPSecurity Secured"),
    ];
    let mut servers = context.servers.iter();
    if let Some(server) = servers.find(|server| server.generation().has_call_router()) {
        let (netbios_name, fqdn) = (server.server.netbios_name(), server.fqdn());
        commands.push(format!(
            "Set-UMService -Identity {} -DialPlans @{{Add={name}}}",
            powershell_string(&netbios_name)?
        ));
        commands.push(format!(
            "Set-UMCallRouterSettings -Server {} -DialPlans @{{Add={name}}}",
            powershell_string(fqdn.as_str())?
        ));
    }
    Ok(commands)
}

fn uri_type(dial_plan: &DialPlan) -> &'static str {
    match dial_plan.uri_type {
        UriType::SipUri => "SIP URI",
        UriType::TelephoneExtension => "telephone extension (Lync needs SIP URI)",
        UriType::E164 => "E.164 (Lync needs SIP URI)",
    }
}

fn security(dial_plan: &DialPlan) -> &'static str {
    match dial_plan.security {
        VoipSecurity::Unsecured => "unsecured (no mutual TLS with Lync)",
        VoipSecurity::SipSecured => "SIP secured",
        VoipSecurity::Secured => "secured",
    }
}

fn members(dial_plan: &DialPlan, enabled: bool) -> String {
    let members = dial_plan.members.iter();
    let members = members.filter(|member| member.enabled == enabled);
    list(members.map(|member| &member.server))
}

/// Returns the installation on UM servers (D48, D49, D51).
fn exchange_page(context: &RunbookContext<'_>) -> Page {
    let mut page = Page::default();
    page.add_paragraph("### 6. Install on the UM servers");
    let mut steps = Vec::new();
    if let Some(example) = context.example() {
        let fqdn = example.fqdn();
        steps.push(format!(
            "If the request was created with certreq: on that server, `certreq -accept -machine {fqdn}.cer`."
        ));
    }
    let scripts: Vec<&str> = paths(&context.files.installation, ".ps1").collect();
    steps.push(if scripts.is_empty() {
        "Run the installation scripts. They are written once the CA has answered (step 3).".to_owned()
    } else {
        format!(
            "Run {} in the Exchange Management Shell of that version. Every `.cer` and `.p7b` file must be beside it.",
            list(scripts)
        )
    });
    steps.push(
        "Check what it prints: `Services` has UM (and UMCallRouter since Exchange 2013), and `Status` is `Valid`."
            .to_owned(),
    );
    page.add_steps(steps);
    page.add_paragraph(
        "For each server the script sets the startup mode, imports the certificate, assigns it to UM, and restarts the \
         services: **calls in progress drop**. The order matters: UM accepts a certificate only if its startup mode is TLS \
         or Dual. The script assigns nothing to SMTP or IIS.",
    );
    page.add_points(["If the script stops, remove the cause and run it again. It skips what is done, and makes up for a restart that \
                      failed: a file `FQDN.restart` beside it notes that."]);
    let is_old = |server: &HandoffServer<'_>| server.generation() == Generation::Exchange2007;
    if context.servers.iter().any(is_old) {
        page.add_points(["Exchange 2007: run the script on each server itself, with PowerShell 2.0. A shared certificate is exported \
                          to `THUMBPRINT.pfx` on the first server. Copy the folder to the other servers, run the script \
                          there, and delete the file."]);
    }
    let tcp = context
        .servers
        .iter()
        .filter(|server| server.server.startup_mode == StartupMode::Tcp);
    let tcp: Vec<&DnsName> = tcp.map(HandoffServer::fqdn).collect();
    if !tcp.is_empty() {
        page.add_paragraph(format_args!(
            "The startup mode of {} is TCP in the deployment. The script sets it to Dual.",
            list(tcp)
        ));
    }
    page
}

/// Returns the certificates of Front Ends (D63 to D67), and their restart (D51).
fn front_end_page(context: &RunbookContext<'_>) -> Page {
    let mut page = Page::default();
    page.add_paragraph("### 7. Renew the Front Ends, and restart them");
    let is_written = !context.files.front_ends.is_empty();
    if is_written {
        page.add_paragraph(
            "If a Front End has no certificate of a CA that Exchange trusts, in the Management Shell of Lync, on one Front \
             End after the other:",
        );
        page.add_steps([
            "Run `request-front-ends.ps1`. It writes `FQDN.req`.",
            "Send the request to the CA as in step 2. Save the answer beside the scripts as `FQDN.cer`.",
            "Run `install-front-ends.ps1`. It imports and assigns the certificate, and restarts the Front End service.",
        ]);
        page.add_paragraph(
            "The scripts name no names. `Request-CsCertificate` takes them from the topology: the pool, the server, \
             `sip.<domain>` and the simple URLs. A list in a script would go out of date.",
        );
    } else {
        page.add_paragraph(
            "The deployment lists no Front Ends. `Request-CsCertificate` and `Set-CsCertificate` on each of them request and \
             assign certificates. They take all names from the topology.",
        );
    }
    page.add_paragraph(
        "A Front End reads its list of UM servers when it starts. So after every change of certificates or dial plans, \
         restart the Front End service, one server after the other:",
    );
    page.add_code(
        "powershell",
        &[
            "Stop-CsWindowsService -Name RTCSRV",
            "Start-CsWindowsService -Name RTCSRV",
        ],
    );
    page
}

/// Returns the tests from Lync and on each server (D56, D70).
fn test_page(context: &RunbookContext<'_>) -> Page {
    let mut page = Page::default();
    page.add_paragraph("### 8. Test");
    let pools = context
        .plan
        .pools()
        .iter()
        .map(|pool| pool.fqdn.to_string());
    let mut pools: Vec<String> = pools.collect();
    if pools.is_empty() {
        pools.push("POOL".to_owned());
    }
    page.add_paragraph("From Lync, in its Management Shell (Lync Server 2013 and later):");
    let commands = pools.iter().flat_map(|pool| {
        [
            format!("Test-CsExUMConnectivity -TargetFqdn {pool}"),
            format!("Test-CsExUMVoiceMail -TargetFqdn {pool} -ReceiverSipAddress sip:USER"),
        ]
    });
    page.add_code("powershell", &commands.collect::<Vec<_>>());
    page.add_paragraph(
        "The commands from Lync reach one server of a dial plan. So test each UM server on the server itself too, in the \
         Exchange Management Shell, with the thumbprint of its certificate. This is the main test on Exchange 2010; since \
         Exchange 2013 the cmdlet tests less, and Exchange tests itself.",
    );
    page.add_code(
        "powershell",
        &["Test-UMConnectivity -Secured $true -CertificateThumbprint THUMBPRINT"],
    );
    page.add_points([
        "Event 1112 of UM names the certificate in use.",
        "Call Outlook Voice Access and an auto attendant from Lync, leave a voice message, and play one on a phone.",
    ]);
    page
}
