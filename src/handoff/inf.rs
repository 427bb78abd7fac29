//! The INF files of certreq (D31 to D42).

use super::error::HandoffError;
use super::file::HandoffFile;
use super::options::HandoffOptions;
use super::quote::inf_value;
use super::server::HandoffServer;
use crate::name::SanName;

/// Returns the INF file from which certreq creates the request of `server` with `names` in its SAN: `FQDN.inf`.
///
/// The private key is created in a cryptographic service provider (D33) of the machine, not of the user (D32).
/// The subject is the CN alone, as D10 needs no more (D40). A SAN entry has a line of its own that ends in `&` (D35).
/// There is no SAN attribute: a CA that accepts it lets any requester claim any name (D37).
pub(super) fn inf_file(
    server: &HandoffServer<'_>,
    names: &[SanName],
    options: &HandoffOptions,
) -> Result<HandoffFile, HandoffError> {
    let subject = server.certificate.subject();
    let exportable = if server.is_shared() { "TRUE" } else { "FALSE" };
    let mut text = format!(
        "\
; On the server itself, in an elevated command prompt; FQDN is the name of this file:
;   certreq -new -machine FQDN.inf FQDN.req
; Send FQDN.req to the CA. After its answer was audited:
;   certreq -accept -machine FQDN.cer
[Version]
Signature = \"$Windows NT$\"

[NewRequest]
Subject = {subject_value}
KeyAlgorithm = RSA
KeyLength = {bits}
KeySpec = 1
KeyUsage = 0xA0
MachineKeySet = TRUE
Exportable = {exportable}
ProviderName = \"Microsoft RSA SChannel Cryptographic Provider\"
ProviderType = 12
HashAlgorithm = sha256
SMIME = FALSE
RequestType = PKCS10
FriendlyName = {friendly_name}

[EnhancedKeyUsageExtension]
OID = 1.3.6.1.5.5.7.3.1

[Extensions]
2.5.29.17 = \"{{text}}\"
",
        subject_value = inf_value(&format!("CN={subject}"))?,
        bits = server.rsa_bits()?,
        friendly_name = inf_value(&server.friendly_name)?,
    );
    for name in names {
        let entry = inf_value(&format!("dns={name}&"))?;
        text.push_str(&format!("_continue_ = {entry}\n"));
    }
    let template = inf_value(&options.template)?;
    text.push_str(&format!(
        "\n[RequestAttributes]\nCertificateTemplate = {template}\n"
    ));
    Ok(HandoffFile::windows(format!("{subject}.inf"), &text))
}
