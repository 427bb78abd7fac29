//! The chains that a CA returned for the plan's requests.

use std::collections::BTreeMap;

use super::file::HandoffFile;
use super::server::{HandoffServer, HandoffServers};
use crate::name::DnsName;
use crate::plan::{Plan, PlannedCertificate};
use crate::rule::{Finding, Rule};
use crate::text::join;
use crate::x509::{Certificate, Chain, write_pkcs7};

/// The chains that fit the plan, by the first server of the planned certificate.
pub(super) struct Answers<'a> {
    chains: BTreeMap<&'a DnsName, Answer>,
}

struct Answer {
    certificate: Certificate,
    issuers: Vec<Certificate>,
    /// The NetBIOS name of the server on which the request was created.
    requesting_server: String,
}

impl<'a> Answers<'a> {
    /// Creates no answers, before the CA has returned any.
    pub(super) fn none() -> Self {
        Self {
            chains: BTreeMap::new(),
        }
    }

    /// Selects the chains that fit `plan`, each given for a server, and returns a finding for every other one.
    pub(super) fn new(
        plan: &'a Plan,
        servers: &HandoffServers<'a>,
        chains: impl IntoIterator<Item = (DnsName, Chain)>,
    ) -> (Self, Vec<Finding>) {
        let mut answers = Self::none();
        let mut findings = Vec::new();
        for (name, chain) in chains {
            let Some(planned) = plan.certificate(&name) else {
                let detail = "a chain is supplied for this name, which is not a server of the plan";
                findings.push(Finding::new(Rule::NotInPlan, &name, detail));
                continue;
            };
            let chain = chain.sorted();
            match fitting_certificate(&name, planned, &chain) {
                Ok(certificate) => {
                    let first_server = planned.first_server();
                    let requesting = servers.get(first_server);
                    let requesting = requesting.map(|server| server.server.netbios_name());
                    let answer = Answer {
                        certificate,
                        issuers: chain.intermediates().cloned().collect(),
                        requesting_server: requesting.unwrap_or_default(),
                    };
                    // The requesting server's own file counts if several servers share the certificate.
                    if name == *first_server || !answers.chains.contains_key(first_server) {
                        answers.chains.insert(first_server, answer);
                    }
                }
                Err(found) => findings.extend(found),
            }
        }
        findings.sort();
        (answers, findings)
    }

    /// Returns the certificate of `server`.
    pub(super) fn of(&self, server: &HandoffServer<'_>) -> Option<&Certificate> {
        let answer = self.chains.get(server.certificate.first_server())?;
        Some(&answer.certificate)
    }

    /// Returns the certificates of CAs, each once.
    pub(super) fn issuers(&self) -> Vec<&Certificate> {
        let issuers = self.chains.values().flat_map(|answer| &answer.issuers);
        let by_thumbprint: BTreeMap<String, &Certificate> = issuers
            .map(|issuer| (issuer.thumbprint(), issuer))
            .collect();
        by_thumbprint.into_values().collect()
    }

    /// Returns the NetBIOS name of the server that holds the key of a shared certificate, if it is another than
    /// `server`.
    pub(super) fn requesting_server(&self, server: &HandoffServer<'_>) -> Option<String> {
        let answer = self.chains.get(server.certificate.first_server())?;
        (!server.requests()).then(|| answer.requesting_server.clone())
    }

    /// Returns the path of the file that is imported on `server`: `FQDN.p7b` if the CA returned intermediates, as it
    /// brings them along (D47).
    pub(super) fn installed_file(&self, server: &HandoffServer<'_>) -> String {
        let first_server = server.certificate.first_server();
        match self.chains.get(first_server) {
            Some(answer) if !answer.issuers.is_empty() => format!("{first_server}.p7b"),
            _ => format!("{first_server}.cer"),
        }
    }

    /// Returns every certificate as a file: those of servers as `FQDN.cer`, with their issuers as `FQDN.p7b`, and those
    /// of CAs as `ca-THUMBPRINT.cer`.
    pub(super) fn files(&self) -> Vec<HandoffFile> {
        let of_servers = self.chains.iter().map(|(server, answer)| {
            HandoffFile::windows(format!("{server}.cer"), &answer.certificate.to_pem())
        });
        let with_issuers = self.chains.iter().filter_map(|(server, answer)| {
            let certificates = [&answer.certificate].into_iter().chain(&answer.issuers);
            let path = format!("{server}.p7b");
            (!answer.issuers.is_empty())
                .then(|| HandoffFile::binary(path, write_pkcs7(certificates)))
        });
        let mut of_cas = BTreeMap::new();
        for issuer in self.chains.values().flat_map(|answer| &answer.issuers) {
            let path = format!("ca-{}.cer", issuer.thumbprint());
            let file = HandoffFile::windows(path.clone(), &issuer.to_pem());
            of_cas.insert(path, file);
        }
        of_servers
            .chain(with_issuers)
            .chain(of_cas.into_values())
            .collect()
    }
}

/// Returns the server certificate of `chain` if it has the planned CN and every planned name.
///
/// *Not* checked: its issuer, dates and key. An audit checks those.
fn fitting_certificate(
    name: &DnsName,
    planned: &PlannedCertificate,
    chain: &Chain,
) -> Result<Certificate, Vec<Finding>> {
    let certificate = match chain.end_entity() {
        Some(Ok(certificate)) => certificate,
        Some(Err(error)) => {
            let detail = format!("its certificate is {error}");
            return Err(vec![Finding::new(Rule::MalformedCertificate, name, detail)]);
        }
        None => {
            let detail = "its chain is empty";
            return Err(vec![Finding::new(Rule::NotPresented, name, detail)]);
        }
    };
    let mut findings = Vec::new();
    let subject = planned.subject();
    let has_subject = match certificate.common_names() {
        [cn] => cn.parse::<DnsName>().is_ok_and(|cn| cn == *subject),
        _ => false,
    };
    if !has_subject {
        let found = join(certificate.common_names(), "`, `");
        let detail = format!("the CN is `{found}`, expected `{subject}`");
        findings.push(Finding::new(Rule::SubjectNotServer, name, detail));
    }
    let names = certificate.dns_names();
    for missing in planned.names().filter(|name| !names.contains(name)) {
        let detail = format!("{missing} is not in the SAN, but is planned");
        findings.push(Finding::new(Rule::NameMissing, name, detail));
    }
    if findings.is_empty() {
        Ok(certificate.clone())
    } else {
        Err(findings)
    }
}
