//! The guidelines that a deployment and its plan are held against, one small check a rule.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::outage::out;
use super::{
    Answer, CaProfile, CertificateSharing, Outage, OutageCause, PlanOptions, PlannedCertificate,
    SanPolicy,
};
use crate::deployment::{
    Deployment, DialPlan, Directory, ExchangeForest, ExchangeVersion, Listed, Role, ServerSet,
    StartupMode, UriType, VoipSecurity,
};
use crate::name::{DnsName, SanName};
use crate::rule::{Finding, Rule};

/// What a certificate takes besides its names: keys, signature and extensions of RSA 2048, rounded up.
const CERTIFICATE_BASE: usize = 1536;
/// The longest name of a dial plan, and the longest that leaves room for its mailbox policy (D26).
const MAX_DIAL_PLAN_NAME: usize = 64;
const LONG_DIAL_PLAN_NAME: usize = 50;
const FORBIDDEN_IN_DIAL_PLAN_NAME: &str = "\"/\\[]:;|=,+*?<>";

/// What the checks look at.
struct Facts<'a> {
    directory: &'a Directory<'a>,
    options: &'a PlanOptions,
    /// For each server whether it is a member of a dial plan, and of one that is secured.
    membership: Vec<Membership>,
}

#[derive(Clone, Copy, Default)]
struct Membership {
    any: bool,
    secured: bool,
}

/// Everything that the deployment and its plan break of the guidelines, in the order of a report.
pub(super) fn check(
    directory: &Directory<'_>,
    certificates: &[PlannedCertificate],
    outages: &[Outage],
    options: &PlanOptions,
) -> Vec<Finding> {
    let deployment = directory.deployment;
    let facts = Facts {
        directory,
        options,
        membership: memberships(directory),
    };
    let mut findings = Vec::new();
    findings.extend(no_lync_pool(deployment));
    check_forests(&facts, &mut findings);
    let mut certificates = certificates.iter();
    let mut servers = directory.servers.iter().zip(&facts.membership);
    for set in &deployment.server_sets {
        let count = match options.sharing {
            CertificateSharing::OnePerServer => set.servers.len(),
            CertificateSharing::OnePerSet => 1,
        };
        let (of_set, rest) = certificates
            .as_slice()
            .split_at_checked(count)
            .unwrap_or_default();
        certificates = rest.iter();
        check_set(set, of_set, options, &mut findings);
        for (listed, membership) in servers.by_ref().take(set.servers.len()) {
            check_server(&facts, listed, *membership, &mut findings);
        }
    }
    for (dial_plan, members) in deployment.dial_plans.iter().zip(&directory.members) {
        check_dial_plan(&facts, dial_plan, members, &mut findings);
    }
    findings.extend(san_ignored(directory, outages));
    findings.extend(unanswered_names(outages));
    findings.extend(unserved_dial_plans(deployment, outages));
    Finding::arrange(&mut findings);
    findings
}

fn memberships(directory: &Directory<'_>) -> Vec<Membership> {
    let mut memberships = vec![Membership::default(); directory.servers.len()];
    for (dial_plan, members) in directory
        .deployment
        .dial_plans
        .iter()
        .zip(&directory.members)
    {
        for number in members {
            if let Some(membership) = memberships.get_mut(*number) {
                membership.any = true;
                membership.secured |= dial_plan.security != VoipSecurity::Unsecured;
            }
        }
    }
    memberships
}

fn no_lync_pool(deployment: &Deployment) -> Option<Finding> {
    let lync = &deployment.lync;
    lync.pools.is_empty().then(|| {
        let detail = "the Lync side has neither a Front End pool nor a Standard Edition server";
        Finding::new(Rule::NoLyncPool, &lync.forest, detail)
    })
}

/// Only forests that some UM server lives in matter.
fn check_forests(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let mut servers: HashMap<&DnsName, (usize, bool)> = HashMap::new();
    // Neighbours mostly live in one forest.
    for neighbours in facts
        .directory
        .servers
        .chunk_by(|a, b| std::ptr::eq(a.forest, b.forest))
    {
        let Some(first) = neighbours.first() else {
            continue;
        };
        let (count, has_mailbox) = servers.entry(&first.forest.forest).or_default();
        *count += neighbours.len();
        *has_mailbox |= neighbours
            .iter()
            .any(|it| it.server.roles.contains(&Role::Mailbox));
    }
    for forest in &facts.directory.deployment.exchange {
        if let Some((count, has_mailbox)) = servers.get(&forest.forest) {
            check_forest(facts, forest, *count, *has_mailbox, findings);
        }
    }
}

fn check_forest(
    facts: &Facts<'_>,
    forest: &ExchangeForest,
    servers: usize,
    has_mailbox: bool,
    findings: &mut Vec<Finding>,
) {
    let ExchangeForest {
        forest: name,
        version,
        trusts_lync,
        trusted_by_lync,
        um_settings_in_lync_forest,
    } = forest;
    let (deployment, options) = (facts.directory.deployment, facts.options);
    let mut find = |rule, detail: String| findings.push(Finding::new(rule, name, detail));

    if *version >= ExchangeVersion::Exchange2013 && !has_mailbox {
        let detail = format!(
            "none of the {servers} UM servers of this {version} forest has the Mailbox role"
        );
        find(Rule::NoMailboxRole, detail);
    }
    if *version <= ExchangeVersion::Exchange2013 && options.key.rsa_bits().is_none() {
        let detail = format!(
            "the plan is for {} keys, and {version} serves RSA keys only",
            options.key
        );
        find(Rule::KeyNotRsa, detail);
    }
    if deployment.is_cross_forest(name) {
        let lync = &deployment.lync.forest;
        if !trusts_lync {
            find(
                Rule::ForestTrustMissing,
                format!("this forest does not trust the Lync forest {lync}"),
            );
        }
        if !trusted_by_lync {
            find(
                Rule::ForestTrustMissing,
                format!("the Lync forest {lync} does not trust this forest"),
            );
        }
        if !um_settings_in_lync_forest {
            let detail = format!(
                "the users' UM settings are not set on their user objects in the Lync forest {lync}"
            );
            find(Rule::UmSettingsNotInLyncForest, detail);
        }
    }
}

fn check_set(
    set: &ServerSet,
    certificates: &[PlannedCertificate],
    options: &PlanOptions,
    findings: &mut Vec<Finding>,
) {
    if set.failover.is_none() && set.servers.len() > 1 {
        let detail = format!(
            "none of its {} servers stands in for another",
            set.servers.len()
        );
        findings.push(Finding::new(Rule::NoFailover, &set.name, detail));
    }
    let unlisted = options
        .key
        .rsa_bits()
        .filter(|bits| ![2048, 4096].contains(bits));
    if let Some(bits) = unlisted {
        let detail =
            format!("the plan is for RSA keys of {bits} bits, and Lync lists 2048 and 4096");
        findings.push(Finding::new(Rule::KeySizeUnlisted, &set.name, detail));
    }
    findings.extend(too_many_names(set, certificates, options));
    findings.extend(shared_subject(set, certificates));
    findings.extend(own_names_left_out(set, certificates, options));
    if let (SanPolicy::Wildcard, Some(first)) = (options.san, certificates.first()) {
        check_wildcards(set, first, findings);
    }
}

/// One finding a set, for its largest certificate.
fn too_many_names(
    set: &ServerSet,
    certificates: &[PlannedCertificate],
    options: &PlanOptions,
) -> Option<Finding> {
    // Of neighbours that share their list of names the first speaks for all.
    let distinct = certificates.chunk_by(|a, b| Arc::ptr_eq(&a.others, &b.others));
    let sizes = distinct.filter_map(<[_]>::first).map(|certificate| {
        let lengths = certificate.names().map(|name| encoded_length(&name));
        let (count, length) =
            lengths.fold((0, 0), |(count, sum), length| (count + 1, sum + length));
        (count, CERTIFICATE_BASE + length, certificate)
    });
    let (count, size, certificate) = sizes.max_by_key(|(_, size, _)| *size)?;
    if count <= options.max_names && size <= options.max_size {
        return None;
    }
    let detail = format!(
        "the certificate of {} holds {count} names and takes about {} KiB",
        certificate.subject(),
        size.div_ceil(1024),
    );
    Some(Finding::new(Rule::TooManyNames, &set.name, detail))
}

/// What an entry of a SAN takes in DER: its text, a tag, and one or two bytes of length.
fn encoded_length(name: &SanName) -> usize {
    let text = match name {
        SanName::Exact(name) => name.as_str().len(),
        SanName::Wildcard(domain) => domain.as_str().len() + 2,
    };
    text + if text < 128 { 2 } else { 3 }
}

fn shared_subject(set: &ServerSet, certificates: &[PlannedCertificate]) -> Option<Finding> {
    let certificate = certificates.iter().find(|it| it.servers().len() > 1)?;
    let detail = format!(
        "its certificate has the CN {}, which is not the FQDN of its {} other servers",
        certificate.subject(),
        certificate.servers().len() - 1,
    );
    Some(Finding::new(Rule::SharedSubject, &set.name, detail))
}

fn own_names_left_out(
    set: &ServerSet,
    certificates: &[PlannedCertificate],
    options: &PlanOptions,
) -> Option<Finding> {
    if options.ca != CaProfile::AcmeLike {
        return None;
    }
    let left_out = certificates.iter().filter(|it| !it.names_subject).count();
    let detail =
        format!("{left_out} of its certificates have their CN in the SAN under a wildcard alone");
    (left_out > 0).then(|| Finding::new(Rule::OwnNameLeftOut, &set.name, detail))
}

fn check_wildcards(set: &ServerSet, certificate: &PlannedCertificate, findings: &mut Vec<Finding>) {
    let mut wildcards = certificate.names().filter(SanName::is_wildcard).peekable();
    if wildcards.peek().is_some() {
        let detail = "Lync Phone Edition devices that connect to these servers refuse wildcards";
        findings.push(Finding::new(Rule::WildcardPhoneEdition, &set.name, detail));
    }
    for wildcard in wildcards {
        let detail = format!("{wildcard} covers every other host of its domain too");
        findings.push(Finding::new(Rule::WildcardReach, &set.name, detail));
    }
    for name in certificate.others.iter().filter_map(SanName::as_exact) {
        let detail =
            format!("{name} is listed: a wildcard over it would reach the hosts of strangers");
        findings.push(Finding::new(Rule::WildcardUnderSuffix, &set.name, detail));
    }
}

fn check_server(
    facts: &Facts<'_>,
    listed: &Listed<'_>,
    membership: Membership,
    findings: &mut Vec<Finding>,
) {
    let server = listed.server;
    let mut find = |rule, detail: String| findings.push(Finding::new(rule, &server.fqdn, detail));
    if let Some(detail) = ipv6_without_ucma4(listed) {
        find(Rule::Ipv6WithoutUcma4, detail);
    }
    if server.startup_mode == StartupMode::Tcp && membership.secured {
        let detail =
            "the UM service starts in TCP mode, and the server is a member of a secured dial plan";
        find(Rule::StartupModeTcp, detail.to_owned());
    }
    if !membership.any {
        let detail = "it is a member of no dial plan";
        find(Rule::ServerNotInDialPlan, detail.to_owned());
    }
    let stand_in = listed
        .redirect
        .and_then(|number| facts.directory.servers.get(number));
    if let Some(stand_in) = stand_in.filter(|stand_in| stand_in.server.site == server.site) {
        let detail = format!(
            "its name is redirected to {}, in the same site {}",
            stand_in.server.fqdn, server.site
        );
        find(Rule::FailoverWithinSite, detail);
    }
}

/// Each stand-alone server that some outage brings a name to.
fn san_ignored(directory: &Directory<'_>, outages: &[Outage]) -> Vec<Finding> {
    let servers = directory.servers.iter().map(|listed| listed.server);
    let alone: HashSet<&DnsName> = servers
        .filter(|it| it.is_stand_alone())
        .map(|it| &it.fqdn)
        .collect();
    if alone.is_empty() {
        return Vec::new();
    }
    let mut brought: BTreeMap<&DnsName, (&DnsName, &OutageCause)> = BTreeMap::new();
    for outage in outages {
        for route in &outage.routes {
            if let Answer::Server { server, .. } = &route.answer
                && alone.contains(server)
            {
                brought
                    .entry(server)
                    .or_insert((&route.name, &outage.cause));
            }
        }
    }
    let finding = |(server, (name, cause)): (&DnsName, (&DnsName, &OutageCause))| {
        let detail = format!(
            "{name} points here when {}, and a stand-alone UM server does not use the SAN",
            out(&[cause])
        );
        Finding::new(Rule::SanIgnoredStandAlone, server, detail)
    };
    brought.into_iter().map(finding).collect()
}

fn ipv6_without_ucma4(listed: &Listed<'_>) -> Option<String> {
    let Listed { server, forest, .. } = listed;
    let address = server.addresses.iter().find(|address| address.is_ipv6())?;
    let version = forest.version;
    match server.ucma {
        Some(ucma) if ucma < 4 => {
            Some(format!("it has the IPv6 address {address} and UCMA {ucma}"))
        }
        None if version < ExchangeVersion::Exchange2013 => Some(format!(
            "it has the IPv6 address {address}, and {version} comes with an UCMA older than 4; say `ucma` if it was updated"
        )),
        _ => None,
    }
}

fn check_dial_plan(
    facts: &Facts<'_>,
    dial_plan: &DialPlan,
    members: &[usize],
    findings: &mut Vec<Finding>,
) {
    let mut find =
        |rule, detail: String| findings.push(Finding::new(rule, &dial_plan.name, detail));
    if let Some((rule, detail)) = dial_plan_name(&dial_plan.name) {
        find(rule, detail);
    }
    match dial_plan.uri_type {
        UriType::SipUri => {}
        UriType::TelephoneExtension => find(
            Rule::DialPlanNotSipUri,
            "its URI type is Telephone Extension".to_owned(),
        ),
        UriType::E164 => find(Rule::DialPlanNotSipUri, "its URI type is E.164".to_owned()),
    }
    if dial_plan.security == VoipSecurity::Unsecured {
        find(
            Rule::DialPlanUnsecured,
            "its VoIP security is Unsecured".to_owned(),
        );
    }
    if dial_plan.uri_type == UriType::SipUri && dial_plan.members.len() < 2 {
        let detail = match dial_plan.members.first() {
            Some(only) => format!("{} alone runs UM for it", only.server),
            None => "no server runs UM for it".to_owned(),
        };
        find(Rule::DialPlanNotRedundant, detail);
    }
    if let Some(detail) = uncoordinated(facts, dial_plan, members) {
        find(Rule::DialPlanNameUncoordinated, detail);
    }
    check_numbers(dial_plan, find);
}

fn dial_plan_name(name: &str) -> Option<(Rule, String)> {
    let length = name.chars().count();
    let forbidden = |character: &char| FORBIDDEN_IN_DIAL_PLAN_NAME.contains(*character);
    if let Some(character) = name.chars().find(forbidden) {
        let detail = format!("its name holds the character {character}");
        return Some((Rule::DialPlanNameInvalid, detail));
    }
    if name.trim().is_empty() {
        return Some((Rule::DialPlanNameInvalid, "its name is empty".to_owned()));
    }
    if length < LONG_DIAL_PLAN_NAME {
        return None;
    }
    let rule = match length > MAX_DIAL_PLAN_NAME {
        true => Rule::DialPlanNameInvalid,
        false => Rule::DialPlanNameLong,
    };
    Some((rule, format!("its name has {length} characters")))
}

fn uncoordinated(facts: &Facts<'_>, dial_plan: &DialPlan, members: &[usize]) -> Option<String> {
    let lync = &facts.directory.deployment.lync.dial_plans;
    // Active Directory compares names without case.
    if lync
        .iter()
        .any(|name| name.eq_ignore_ascii_case(&dial_plan.name))
    {
        return None;
    }
    let listed = members
        .iter()
        .filter_map(|number| facts.directory.servers.get(*number));
    let mut forests = listed.map(|listed| listed.forest);
    let old = forests.find(|forest| forest.version < ExchangeVersion::Exchange2010Sp1)?;
    Some(format!(
        "Lync has no Enterprise Voice dial plan of this name, and {} is {}, older than Exchange 2010 SP1",
        old.forest, old.version,
    ))
}

fn check_numbers(dial_plan: &DialPlan, mut find: impl FnMut(Rule, String)) {
    let kinds = [
        ("Outlook Voice Access", &dial_plan.outlook_voice_access),
        ("an auto attendant", &dial_plan.auto_attendants),
    ];
    for (kind, numbers) in kinds {
        if numbers.is_empty() {
            find(
                Rule::PhoneNumberMissing,
                format!("it has no number for {kind}"),
            );
        }
        for number in numbers.iter().filter(|number| !is_e164(number)) {
            let detail = format!("{number:?}, its number for {kind}, is no E.164 number");
            find(Rule::PhoneNumberInvalid, detail);
        }
    }
}

/// A plus sign and up to fifteen digits, the first of them not zero (ITU-T E.164 §6).
fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (1..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// One finding a name, however many outages show it.
fn unanswered_names(outages: &[Outage]) -> Vec<Finding> {
    let mut unanswered: BTreeMap<&DnsName, (Vec<&OutageCause>, &Answer)> = BTreeMap::new();
    for outage in outages {
        for route in &outage.routes {
            if !matches!(route.answer, Answer::Server { .. }) {
                let entry = unanswered.entry(&route.name);
                let (causes, _) = entry.or_insert_with(|| (Vec::new(), &route.answer));
                causes.push(&outage.cause);
            }
        }
    }
    let finding = |(name, (causes, answer)): (&DnsName, (Vec<&OutageCause>, &Answer))| {
        let why = match answer {
            Answer::DeadEnd(last) if last == name => {
                "its name is redirected to no server".to_owned()
            }
            Answer::DeadEnd(last) => format!("its redirects end at {last}, which is out too"),
            _ => "its redirects run in a loop of servers that are out".to_owned(),
        };
        let detail = format!("nobody answers to this name when {}: {why}", out(&causes));
        Finding::new(Rule::UnansweredName, name, detail)
    };
    unanswered.into_iter().map(finding).collect()
}

fn unserved_dial_plans(deployment: &Deployment, outages: &[Outage]) -> Vec<Finding> {
    let mut unserved: BTreeMap<&str, Vec<&OutageCause>> = BTreeMap::new();
    for outage in outages {
        for shift in outage.dial_plans.iter().filter(|shift| !shift.is_served()) {
            unserved
                .entry(&shift.dial_plan)
                .or_default()
                .push(&outage.cause);
        }
    }
    let mut findings: Vec<Finding> = unserved
        .into_iter()
        .map(|(dial_plan, causes)| {
            let detail = format!("no member is left to enable when {}", out(&causes));
            Finding::new(Rule::UnansweredName, dial_plan, detail)
        })
        .collect();
    let dial_plans = deployment.dial_plans.iter();
    let asleep =
        dial_plans.filter(|it| !it.members.is_empty() && it.members.iter().all(|m| !m.enabled));
    findings.extend(asleep.map(|dial_plan| {
        let detail = "every member is disabled, so nobody takes its calls on any day";
        Finding::new(Rule::UnansweredName, &dial_plan.name, detail)
    }));
    findings
}
