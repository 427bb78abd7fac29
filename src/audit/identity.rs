//! Whether a certificate says what the plan asks of it: CN, names, extended key usage.

use super::duties::Duties;
use super::listed::some;
use super::server::{Expected, Presented, Scope};
use super::trust_store::EndEntity;
use crate::deployment::ExchangeVersion;
use crate::name::{DnsName, NameSet, SanName, by_name};
use crate::plan::{Plan, PlannedCertificate, out};
use crate::rule::{Finding, Rule};
use crate::x509::{Certificate, CertificateRequest, Disorder, PublicKey};

/// What the certificate that a server presents lacks of what it is to hold. `end_entity` is the same
/// certificate as webpki reads it; `None` where it does not, and no side trusts it then.
pub(super) fn check(
    presented: &Presented<'_>,
    scope: &Scope<'_>,
    certificate: &Certificate,
    end_entity: Option<&EndEntity<'_>>,
) -> Vec<Finding> {
    let server = presented.server;
    let covers = Covers {
        names: certificate.dns_names(),
        end_entity,
    };
    let mut findings = Vec::new();
    findings.extend(server_auth(server, certificate));
    findings.extend(crl_distribution_point(server, certificate));
    match presented.expected {
        Expected::Planned(planned) => {
            findings.extend(key(planned, server, certificate, scope.plan));
            let request = presented.request;
            let mut found = um_server(planned, server, certificate, request, &covers, scope);
            findings.append(&mut found);
        }
        Expected::FrontEnd(pool) => {
            findings.extend(key_size(server, certificate, None));
            findings.append(&mut front_end(pool, server, certificate, &covers));
        }
    }
    findings
}

/// Which names a certificate covers. We and webpki must agree, so that no slip of ours calls a name covered.
struct Covers<'a> {
    names: &'a NameSet,
    end_entity: Option<&'a EndEntity<'a>>,
}

impl Covers<'_> {
    fn name(&self, name: &DnsName) -> bool {
        self.names.covering(name).is_some()
            && match self.end_entity {
                Some(end_entity) => end_entity.is_valid_for(name),
                None => true,
            }
    }
}

fn um_server(
    planned: &PlannedCertificate,
    server: &DnsName,
    presented: &Certificate,
    request: Option<&CertificateRequest>,
    covers: &Covers<'_>,
    scope: &Scope<'_>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(subject(scope.plan, planned, server, presented));
    if !findings.is_empty() && !covers.name(server) {
        // Another server's certificate altogether: one finding says it all.
        return findings;
    }
    if let Some(request) = request {
        findings.extend(key_mismatch(server, presented, request));
    }
    findings.append(&mut missing_names(server, scope.duties, covers));
    findings.extend(extra_names(planned, server, presented));
    // The certificate of another server of the plan has that one's order.
    if !is_of_another(scope.plan, planned, server, presented) {
        findings.extend(san_order(planned, server, presented));
    }
    findings
}

fn key_mismatch(
    server: &DnsName,
    presented: &Certificate,
    request: &CertificateRequest,
) -> Option<Finding> {
    if request.has_key_of(presented) {
        return None;
    }
    let detail = format!(
        "its certificate is for another key ({}) than the request that was made for it ({})",
        presented.public_key(),
        request.public_key(),
    );
    Some(Finding::new(Rule::KeyMismatch, server, detail))
}

/// The names of a Front End (D30): the pool's FQDN as the CN, and in the SAN with the server's own. What
/// else is in the SAN (simple URLs, say) is Lync's own business.
fn front_end(
    pool: &DnsName,
    server: &DnsName,
    presented: &Certificate,
    covers: &Covers<'_>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let is_pool = |cn: &str| cn.parse::<DnsName>().is_ok_and(|name| name == *pool);
    let shown = match presented.common_names() {
        [cn] if is_pool(cn) => None,
        [] => Some("the subject has no CN".to_owned()),
        names => Some(format!("the CN is {}", names.join(", "))),
    };
    if let Some(wildcard) = wildcard_cn(server, presented) {
        findings.push(wildcard);
    } else if let Some(shown) = shown {
        let detail =
            format!("{shown}, and that of a Front End is the FQDN of its pool, {pool} (D30)");
        findings.push(Finding::new(Rule::SubjectNotServer, server, detail));
        if !covers.name(server) {
            return findings;
        }
    }
    let names: &[&DnsName] = if pool == server {
        &[server]
    } else {
        &[pool, server]
    };
    for name in names {
        if covers.name(name) {
            continue;
        }
        let detail = format!(
            "{name} is not in the SAN, and that of a Front End holds the FQDN of its pool and its own (D30): calls from UM to it fail"
        );
        findings.push(Finding::new(Rule::NameMissing, server, detail));
    }
    findings
}

/// The note of a chain that had to be sorted out.
pub(super) fn chain_order(server: &DnsName, disorder: &Disorder) -> Finding {
    let Disorder {
        unordered,
        doubled,
        strangers,
    } = disorder;
    let mut what = Vec::new();
    if *unordered {
        what.push("it is not in the order of the issuers".to_owned());
    }
    match doubled {
        0 => {}
        1 => what.push("1 certificate stands in it twice".to_owned()),
        count => what.push(format!("{count} certificates stand in it again")),
    }
    if !strangers.is_empty() {
        what.push(format!("{} issued nothing in it", some(strangers, "; ")));
    }
    let detail = format!("its chain was sorted out: {}", what.join(", and "));
    Finding::new(Rule::ChainOrder, server, detail)
}

/// Whether a certificate is for servers by its own word.
pub(super) fn serves(certificate: &Certificate) -> bool {
    let usage = certificate.extended_key_usage();
    usage.is_some_and(|usage| usage.server_auth)
}

fn crl_distribution_point(server: &DnsName, presented: &Certificate) -> Option<Finding> {
    let detail = "its certificate does not say where its CRL is";
    let lacks = !presented.has_crl_distribution_point();
    lacks.then(|| Finding::new(Rule::NoCrlDistributionPoint, server, detail))
}

/// The key, where it is not the planned one: what is wrong with that the plan says itself.
fn key(
    planned: &PlannedCertificate,
    server: &DnsName,
    presented: &Certificate,
    plan: &Plan,
) -> Option<Finding> {
    let planned = planned.key().rsa_bits().map(usize::from);
    if let PublicKey::Rsa(_) = presented.public_key() {
        return key_size(server, presented, planned);
    }
    let version = plan.version_of(server)?;
    if planned.is_none() || version > ExchangeVersion::Exchange2013 {
        return None;
    }
    let detail = format!(
        "its key is {}, and {version} serves RSA keys only",
        presented.public_key()
    );
    Some(Finding::new(Rule::KeyNotRsa, server, detail))
}

fn key_size(server: &DnsName, presented: &Certificate, planned: Option<usize>) -> Option<Finding> {
    match presented.public_key() {
        // A smaller one is weak.
        PublicKey::Rsa(bits) if *bits > 2048 && *bits != 4096 && Some(*bits) != planned => {
            let detail = format!("its key is RSA {bits}, and 2048 and 4096 are the sizes listed");
            Some(Finding::new(Rule::KeySizeUnlisted, server, detail))
        }
        _ => None,
    }
}

fn server_auth(server: &DnsName, presented: &Certificate) -> Option<Finding> {
    let detail = match presented.extended_key_usage() {
        Some(usage) if usage.server_auth => return None,
        Some(usage) if usage.any => {
            "its extended key usage admits any purpose, and Lync asks for server authentication by name"
        }
        Some(_) => "its extended key usage lists other purposes, and not server authentication",
        None => "it has no extended key usage, and Lync asks for server authentication by name",
    };
    Some(Finding::new(Rule::NoServerAuth, server, detail))
}

fn subject(
    plan: &Plan,
    planned: &PlannedCertificate,
    server: &DnsName,
    presented: &Certificate,
) -> Option<Finding> {
    if let Some(wildcard) = wildcard_cn(server, presented) {
        return Some(wildcard);
    }
    let detail = match presented.common_names() {
        [] => format!("the subject has no CN ({})", shown(presented.subject())),
        [cn] if cn == server.as_str() => return None,
        [cn] => match cn.parse::<DnsName>() {
            // A certificate that a set was planned to share has the CN of one server.
            Ok(name) if name == *server || name == *planned.subject() => return None,
            Ok(name) if plan.certificate(&name).is_some() => {
                format!("the CN is {name}: it is the certificate of that server")
            }
            _ => format!("the CN is {cn}"),
        },
        several => format!("the subject has several CNs: {}", several.join(", ")),
    };
    Some(Finding::new(Rule::SubjectNotServer, server, detail))
}

/// Whether the CN is that of another server of the plan.
fn is_of_another(
    plan: &Plan,
    planned: &PlannedCertificate,
    server: &DnsName,
    presented: &Certificate,
) -> bool {
    for cn in presented.common_names() {
        if cn != server.as_str()
            && let Ok(name) = cn.parse::<DnsName>()
            && name != *server
            && name != *planned.subject()
            && plan.certificate(&name).is_some()
        {
            return true;
        }
    }
    false
}

fn wildcard_cn(server: &DnsName, presented: &Certificate) -> Option<Finding> {
    let mut names = presented.common_names().iter();
    let wildcard = names.find(|cn| cn.starts_with("*."))?;
    let detail = format!("the CN is {wildcard}");
    Some(Finding::new(Rule::SubjectWildcard, server, detail))
}

fn shown(subject: &str) -> &str {
    if subject.is_empty() {
        "it is empty"
    } else {
        subject
    }
}

/// One finding a name: the own one always matters, the others in the outages that bring them here.
fn missing_names(server: &DnsName, duties: &Duties, covers: &Covers<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !covers.name(server) {
        let detail = "its own name is not in the SAN: every call fails, on any day";
        findings.push(Finding::new(Rule::NameMissing, server, detail));
    }
    let mut brought = Vec::new();
    for duty in duties.of_server(server) {
        // The own name was looked at above; a name that moves can come back to its own server.
        if let Some(name) = &duty.name
            && name != server
        {
            brought.push((name, &duty.cause));
        }
    }
    for (name, causes) in by_name(brought) {
        if covers.name(name) {
            continue;
        }
        let detail = format!(
            "{name} is not in the SAN: calls to it fail here when {}",
            out(&causes),
        );
        findings.push(Finding::new(Rule::NameMissing, server, detail));
    }
    findings
}

fn extra_names(
    planned: &PlannedCertificate,
    server: &DnsName,
    presented: &Certificate,
) -> Option<Finding> {
    let (names, entries) = (presented.dns_names(), presented.san_entries());
    let is_planned = names.iter().all(|name| planned.holds(name));
    if is_planned && names.len() == entries.len() {
        return None;
    }
    let mut extra = Vec::new();
    for entry in entries {
        match entry.parse::<SanName>() {
            Ok(name) if planned.holds(&name) => {}
            _ => extra.push(entry.clone()),
        }
    }
    if extra.is_empty() {
        return None;
    }
    let detail = format!("the SAN also holds {}", some(&extra, ", "));
    Some(Finding::new(Rule::NameExtra, server, detail))
}

fn san_order(
    planned: &PlannedCertificate,
    server: &DnsName,
    presented: &Certificate,
) -> Option<Finding> {
    let names = presented.dns_names();
    let mut has_wildcard = false;
    for name in names.iter() {
        if has_wildcard && !name.is_wildcard() {
            let detail = "a wildcard stands before an exact name in the SAN";
            return Some(Finding::new(Rule::SanOrder, server, detail));
        }
        has_wildcard |= name.is_wildcard();
    }
    let first = names.iter().next()?;
    let own = SanName::from(server);
    let is_proper = *first == own || *first == SanName::from(planned.subject());
    if is_proper || !names.contains(&own) {
        return None;
    }
    let detail = format!("the first name in the SAN is {first}, not the server's own");
    Some(Finding::new(Rule::SanOrder, server, detail))
}
