//! Whether a certificate says what the plan asks of it: CN, names, extended key usage.

use std::collections::BTreeMap;

use super::duties::Duties;
use super::listed::Listed;
use super::server::{Audited, Expected, Presented, Scope};
use super::trust_store::{EndEntity, PathFault};
use crate::deployment::ExchangeVersion;
use crate::name::{DnsName, SanName};
use crate::plan::{OutageCause, Plan, PlannedCertificate, describe_outages};
use crate::rule::Rule;
use crate::x509::{Certificate, CertificateRequest, ChainDisorder, PublicKey};

/// Looks at what the certificate that a server presents lacks of what it is to hold. `end_entity` is the same
/// certificate as webpki reads it; where it does not, no side trusts it.
pub(super) fn check(
    presented: &Presented<'_>,
    scope: &Scope<'_>,
    certificate: &Certificate,
    end_entity: &Result<EndEntity<'_>, PathFault>,
    audited: &mut Audited<'_>,
) {
    let covers = Covers {
        names: certificate.dns_names(),
        end_entity,
    };
    server_auth(certificate, audited);
    if !certificate.has_crl_distribution_point() {
        let detail = "its certificate does not say where its CRL is";
        audited.add(Rule::NoCrlDistributionPoint, detail);
    }
    match presented.expected {
        Expected::Planned(planned) => {
            key(planned, certificate, scope.plan, audited);
            let request = presented.request;
            um_server(planned, certificate, request, &covers, scope, audited);
        }
        Expected::FrontEnd(pool) => {
            key_size(certificate, None, audited);
            front_end(pool, certificate, &covers, audited);
        }
    }
}

/// Which names a certificate covers. We and webpki must agree, so that no slip of ours calls a name covered.
struct Covers<'a> {
    names: &'a [SanName],
    end_entity: &'a Result<EndEntity<'a>, PathFault>,
}

impl Covers<'_> {
    fn name(&self, name: &DnsName) -> bool {
        SanName::find_covering(self.names, name).is_some()
            && match self.end_entity {
                Ok(end_entity) => end_entity.is_valid_for(name),
                Err(_) => true,
            }
    }
}

fn um_server(
    planned: &PlannedCertificate,
    presented: &Certificate,
    request: Option<&CertificateRequest>,
    covers: &Covers<'_>,
    scope: &Scope<'_>,
    audited: &mut Audited<'_>,
) {
    if subject(scope.plan, planned, presented, audited) && !covers.name(audited.server) {
        // Another server's certificate altogether: one finding says it all.
        return;
    }
    if let Some(request) = request
        && !request.has_key_of(presented)
    {
        let detail = format!(
            "its certificate is for another key ({}) than the request that was made for it ({})",
            presented.public_key(),
            request.public_key(),
        );
        audited.add(Rule::KeyMismatch, &detail);
    }
    missing_names(scope.duties, covers, audited);
    extra_names(planned, presented, audited);
    // The certificate of another server of the plan has that one's order.
    if !is_of_another(scope.plan, planned, audited.server, presented) {
        san_order(planned, presented, audited);
    }
}

/// The names of a Front End (D30): the pool's FQDN as the CN, and in the SAN with the server's own. What
/// else is in the SAN (simple URLs, say) is Lync's own business.
fn front_end(
    pool: &DnsName,
    presented: &Certificate,
    covers: &Covers<'_>,
    audited: &mut Audited<'_>,
) {
    let server = audited.server;
    if !wildcard_cn(presented, audited) {
        let names = presented.common_names();
        let is_pool = match names {
            [cn] => match cn.parse::<DnsName>() {
                Ok(name) => name == *pool,
                Err(_) => false,
            },
            _ => false,
        };
        if !is_pool {
            let what = match names {
                [] => "the subject has no CN",
                _ => "the CN is ",
            };
            let detail = format!(
                "{what}{}, and that of a Front End is the FQDN of its pool, {pool} (D30)",
                names.join(", "),
            );
            audited.add(Rule::SubjectNotServer, &detail);
            if !covers.name(server) {
                return;
            }
        }
    }
    // A Standard Edition server is its own pool: what is found twice stands in the report once.
    for name in &[pool, server] {
        if !covers.name(name) {
            let detail = format!(
                "{name} is not in the SAN, and that of a Front End holds the FQDN of its pool and its own (D30): calls from UM to it fail"
            );
            audited.add(Rule::NameMissing, &detail);
        }
    }
}

/// The note of a chain that had to be sorted out.
pub(super) fn chain_order(disorder: &ChainDisorder, audited: &mut Audited<'_>) {
    let mut what = Vec::new();
    if disorder.is_unordered {
        what.push("it is not in the order of the issuers".to_owned());
    }
    match disorder.duplicates {
        0 => {}
        1 => what.push("1 certificate stands in it twice".to_owned()),
        count => what.push(format!("{count} certificates stand in it again")),
    }
    if !disorder.unrelated.is_empty() {
        let strangers = Listed(&disorder.unrelated, "; ");
        what.push(format!("{strangers} issued nothing in it"));
    }
    let detail = format!("its chain was sorted out: {}", what.join(", and "));
    audited.add(Rule::ChainOrder, &detail);
}

/// The key, where it is not the planned one: what is wrong with that the plan says itself.
fn key(
    planned: &PlannedCertificate,
    presented: &Certificate,
    plan: &Plan,
    audited: &mut Audited<'_>,
) {
    let planned = planned.key().rsa_bits().map(usize::from);
    let key = presented.public_key();
    if let PublicKey::Rsa(_) = key {
        key_size(presented, planned, audited);
    } else if planned.is_some()
        && let Some(version) = plan.version_of(audited.server)
        && version <= ExchangeVersion::Exchange2013
    {
        let detail = format!(
            "its key is {key}, and {} serves RSA keys only",
            version.product_name()
        );
        audited.add(Rule::KeyNotRsa, &detail);
    }
}

fn key_size(presented: &Certificate, planned: Option<usize>, audited: &mut Audited<'_>) {
    // A smaller one is weak.
    if let PublicKey::Rsa(bits) = presented.public_key()
        && *bits > 2048
        && *bits != 4096
        && Some(*bits) != planned
    {
        let detail = format!("its key is RSA {bits}, and 2048 and 4096 are the sizes listed");
        audited.add(Rule::KeySizeUnlisted, &detail);
    }
}

fn server_auth(presented: &Certificate, audited: &mut Audited<'_>) {
    let detail = if presented.has_server_auth() {
        return;
    } else if presented.has_any_extended_key_usage() {
        "its extended key usage admits any purpose, and Lync asks for server authentication by name"
    } else if presented.has_extended_key_usage() {
        "its extended key usage lists other purposes, and not server authentication"
    } else {
        "it has no extended key usage, and Lync asks for server authentication by name"
    };
    audited.add(Rule::NoServerAuth, detail);
}

/// Looks at the CN, and says whether anything is wrong with it.
fn subject(
    plan: &Plan,
    planned: &PlannedCertificate,
    presented: &Certificate,
    audited: &mut Audited<'_>,
) -> bool {
    if wildcard_cn(presented, audited) {
        return true;
    }
    let server = audited.server;
    let detail = match presented.common_names() {
        [] => match presented.subject() {
            "" => "the subject has no CN (it is empty)".to_owned(),
            subject => format!("the subject has no CN ({subject})"),
        },
        [cn] if cn == server.as_str() => return false,
        [cn] => match cn.parse::<DnsName>() {
            // A certificate that a set was planned to share has the CN of one server.
            Ok(name) if name == *server || name == *planned.subject() => return false,
            Ok(name) if plan.certificate(&name).is_some() => {
                format!("the CN is {name}: it is the certificate of that server")
            }
            _ => format!("the CN is {cn}"),
        },
        several => format!("the subject has several CNs: {}", several.join(", ")),
    };
    audited.add(Rule::SubjectNotServer, &detail);
    true
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

/// Looks for a CN that is a wildcard, and says whether there is one.
fn wildcard_cn(presented: &Certificate, audited: &mut Audited<'_>) -> bool {
    for cn in presented.common_names() {
        if cn.starts_with("*.") {
            audited.add(Rule::SubjectWildcard, &format!("the CN is {cn}"));
            return true;
        }
    }
    false
}

/// One finding a name: the own one always matters, the others in the outages that bring them here.
fn missing_names(duties: &Duties, covers: &Covers<'_>, audited: &mut Audited<'_>) {
    let server = audited.server;
    if !covers.name(server) {
        let detail = "its own name is not in the SAN: every call fails, on any day";
        audited.add(Rule::NameMissing, detail);
    }
    let mut brought: BTreeMap<&DnsName, Vec<&OutageCause>> = BTreeMap::new();
    for duty in duties.of_server(server) {
        // The own name was looked at above; a name that moves can come back to its own server.
        if let Some(name) = &duty.name
            && name != server
        {
            brought.entry(name).or_default().push(&duty.cause);
        }
    }
    for (name, causes) in &brought {
        if !covers.name(name) {
            let when = describe_outages(causes);
            let detail = format!("{name} is not in the SAN: calls to it fail here when {when}");
            audited.add(Rule::NameMissing, &detail);
        }
    }
}

fn extra_names(planned: &PlannedCertificate, presented: &Certificate, audited: &mut Audited<'_>) {
    let (names, entries) = (presented.dns_names(), presented.san_entries());
    let mut is_planned = names.len() == entries.len();
    for name in names.iter() {
        is_planned = is_planned && planned.has_entry(name);
    }
    if is_planned {
        return;
    }
    let mut extra = Vec::new();
    for entry in entries {
        match entry.parse::<SanName>() {
            Ok(name) if planned.has_entry(&name) => {}
            _ => extra.push(entry.clone()),
        }
    }
    if !extra.is_empty() {
        let detail = format!("the SAN also holds {}", Listed(&extra, ", "));
        audited.add(Rule::NameExtra, &detail);
    }
}

fn san_order(planned: &PlannedCertificate, presented: &Certificate, audited: &mut Audited<'_>) {
    let names = presented.dns_names();
    let mut has_wildcard = false;
    for name in names.iter() {
        if has_wildcard && !name.is_wildcard() {
            let detail = "a wildcard stands before an exact name in the SAN";
            audited.add(Rule::SanOrder, detail);
            return;
        }
        has_wildcard |= name.is_wildcard();
    }
    let own = SanName::from(audited.server);
    if let Some(first) = names.iter().next()
        && *first != own
        && *first != SanName::from(planned.subject())
        && names.contains(&own)
    {
        let detail = format!("the first name in the SAN is {first}, not the server's own");
        audited.add(Rule::SanOrder, &detail);
    }
}
