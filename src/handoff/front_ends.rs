//! The scripts for the Front Ends of Lync (D63 to D67).

use super::error::HandoffError;
use super::file::HandoffFile;
use super::install::RESTART;
use super::options::HandoffOptions;
use super::script::{Argument, Script};
use crate::name::DnsName;

const LYNC_SHELL: &str = include_str!("powershell/lync-shell.ps1");
const REQUEST: &str = include_str!("powershell/front-end-request.ps1");
const INSTALL: &str = include_str!("powershell/front-end-install.ps1");
/// The size of the RSA key of a Front End in bits: the default of Request-CsCertificate (D64).
const KEY_BITS: usize = 2048;

/// Returns the scripts that request and install the certificates of these Front Ends, if there are any. They contain no
/// names for the SAN, also if the plan covers Front Ends: Request-CsCertificate takes all names from the topology, and a
/// plan does not have simple URLs and `sip.<domain>` (D63).
pub(super) fn front_end_scripts<'a>(
    front_ends: impl IntoIterator<Item = &'a DnsName>,
    options: &HandoffOptions,
) -> Result<Vec<HandoffFile>, HandoffError> {
    let mut front_ends = front_ends.into_iter().peekable();
    if front_ends.peek().is_none() {
        return Ok(Vec::new());
    }
    let mut request = Script::new(&[LYNC_SHELL, REQUEST]);
    let mut install = Script::new(&[LYNC_SHELL, RESTART, INSTALL]);
    for fqdn in front_ends {
        let host = fqdn.first_label().to_ascii_uppercase();
        let friendly_name = options.friendly_name("Lync", &host)?;
        let fqdn = fqdn.to_string();
        request.call(
            "Request-FrontEndCertificate",
            &[
                ("Fqdn", Argument::Text(&fqdn)),
                ("FriendlyName", Argument::Text(&friendly_name)),
                ("KeySize", Argument::Number(KEY_BITS)),
            ],
        )?;
        install.call(
            "Install-FrontEndCertificate",
            &[("Fqdn", Argument::Text(&fqdn))],
        )?;
    }
    Ok(vec![
        request.into_file("request-front-ends.ps1"),
        install.into_file("install-front-ends.ps1"),
    ])
}
