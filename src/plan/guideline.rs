//! The guidelines that a deployment and its plan are held against, one small check a rule.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::outage::out;
use super::{
    Answer, CaProfile, CertificateSharing, OutageCause, Plan, PlanOptions, PlannedCertificate,
    SanPolicy,
};
use crate::deployment::{
    Deployment, DialPlan, ExchangeForest, ExchangeVersion, Role, ServerSet, StartupMode, UmServer,
    UriType, VoipSecurity,
};
use crate::name::{DnsName, SanName};
use crate::rule::{Finding, Rule};

/// What a certificate takes besides its names: keys, signature and extensions of RSA 2048, rounded up.
const CERTIFICATE_BASE: usize = 1536;
/// The longest name of a dial plan, and the longest that leaves room for its mailbox policy (D26).
const MAX_DIAL_PLAN_NAME: usize = 64;
const LONG_DIAL_PLAN_NAME: usize = 50;
const FORBIDDEN_IN_DIAL_PLAN_NAME: &str = "\"/\\[]:;|=,+*?<>";

/// Everything that `plan` breaks of the guidelines, in the order of a report.
pub(super) fn check(plan: &Plan, options: &PlanOptions) -> Vec<Finding> {
    let deployment = plan.deployment();
    let facts = Facts::new(plan);
    let mut findings = Vec::new();
    findings.extend(no_lync_pool(deployment));
    for forest in &deployment.exchange {
        check_forest(deployment, forest, &facts, options, &mut findings);
    }
    for set in &deployment.server_sets {
        check_set(plan, set, options, &facts, &mut findings);
    }
    for dial_plan in &deployment.dial_plans {
        check_dial_plan(deployment, dial_plan, &facts, &mut findings);
    }
    findings.extend(unanswered_names(plan));
    findings.extend(unserved_dial_plans(plan));
    Finding::arrange(&mut findings);
    findings
}

/// What several checks ask, gathered once.
struct Facts<'a> {
    /// The forest that each server lives in.
    forests: HashMap<&'a DnsName, &'a ExchangeForest>,
    servers: HashMap<&'a DnsName, &'a UmServer>,
    /// The servers that live in each forest.
    by_forest: HashMap<&'a DnsName, Vec<&'a UmServer>>,
    members: HashSet<&'a DnsName>,
    /// Members of a dial plan that is secured.
    secured: HashSet<&'a DnsName>,
}

impl<'a> Facts<'a> {
    fn new(plan: &'a Plan) -> Self {
        let deployment = plan.deployment();
        let forests: HashMap<&DnsName, &ExchangeForest> = deployment
            .exchange
            .iter()
            .map(|it| (&it.forest, it))
            .collect();
        let forests: HashMap<&DnsName, &ExchangeForest> = deployment
            .servers()
            .filter_map(|it| Some((&it.fqdn, *forests.get(plan.forest_of(&it.fqdn)?)?)))
            .collect();
        let mut by_forest: HashMap<&DnsName, Vec<&UmServer>> = HashMap::new();
        for server in deployment.servers() {
            if let Some(forest) = forests.get(&server.fqdn) {
                by_forest.entry(&forest.forest).or_default().push(server);
            }
        }
        let dial_plans = deployment.dial_plans.iter();
        let members = dial_plans.clone().flat_map(|dial_plan| &dial_plan.members);
        let secured = dial_plans.filter(|it| it.security != VoipSecurity::Unsecured);
        let secured = secured.flat_map(|dial_plan| &dial_plan.members);
        Self {
            forests,
            servers: deployment.servers().map(|it| (&it.fqdn, it)).collect(),
            by_forest,
            members: members.map(|member| &member.server).collect(),
            secured: secured.map(|member| &member.server).collect(),
        }
    }

    fn in_forest(&self, forest: &ExchangeForest) -> &[&'a UmServer] {
        self.by_forest
            .get(&forest.forest)
            .map_or(&[], Vec::as_slice)
    }
}

fn no_lync_pool(deployment: &Deployment) -> Option<Finding> {
    let lync = &deployment.lync;
    lync.pools.is_empty().then(|| {
        let detail = "the Lync side has neither a Front End pool nor a Standard Edition server";
        Finding::new(Rule::NoLyncPool, &lync.forest, detail)
    })
}

fn check_forest(
    deployment: &Deployment,
    forest: &ExchangeForest,
    facts: &Facts<'_>,
    options: &PlanOptions,
    findings: &mut Vec<Finding>,
) {
    let ExchangeForest {
        forest: name,
        version,
        trusts_lync,
        trusted_by_lync,
        um_settings_in_lync_forest,
    } = forest;
    let servers = facts.in_forest(forest);
    if servers.is_empty() {
        return;
    }
    let mut find = |rule, detail: String| findings.push(Finding::new(rule, name, detail));

    let has_mailbox = servers.iter().any(|it| it.roles.contains(&Role::Mailbox));
    if *version >= ExchangeVersion::Exchange2013 && !has_mailbox {
        let detail = format!(
            "none of the {} UM servers of this {version} forest has the Mailbox role",
            servers.len()
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
    plan: &Plan,
    set: &ServerSet,
    options: &PlanOptions,
    facts: &Facts<'_>,
    findings: &mut Vec<Finding>,
) {
    if set.failover.is_none() && set.servers.len() > 1 {
        let detail = format!(
            "none of its {} servers stands in for another",
            set.servers.len()
        );
        findings.push(Finding::new(Rule::NoFailover, &set.name, detail));
    }
    if let Some(bits) = options
        .key
        .rsa_bits()
        .filter(|bits| ![2048, 4096].contains(bits))
    {
        let detail =
            format!("the plan is for RSA keys of {bits} bits, and Lync lists 2048 and 4096");
        findings.push(Finding::new(Rule::KeySizeUnlisted, &set.name, detail));
    }
    findings.extend(too_many_names(plan, set, options));
    findings.extend(shared_subject(plan, set, options));
    findings.extend(own_names_left_out(plan, set, options));
    if options.san == SanPolicy::Wildcard {
        check_wildcards(plan, set, findings);
    }
    for server in &set.servers {
        check_server(plan, set, server, facts, findings);
    }
}

/// One finding a set, for its largest certificate.
fn too_many_names(plan: &Plan, set: &ServerSet, options: &PlanOptions) -> Option<Finding> {
    let sizes = distinct_certificates(plan, set).map(|certificate| {
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

/// The certificates of `set`, of neighbours that share their list of names only the first.
fn distinct_certificates<'a>(
    plan: &'a Plan,
    set: &'a ServerSet,
) -> impl Iterator<Item = &'a PlannedCertificate> {
    let certificates = set
        .servers
        .iter()
        .filter_map(|it| plan.certificate(&it.fqdn));
    let mut previous: Option<&PlannedCertificate> = None;
    certificates.filter(move |certificate| {
        let shares = previous.is_some_and(|it| Arc::ptr_eq(&it.others, &certificate.others));
        previous = Some(certificate);
        !shares
    })
}

/// What an entry of a SAN takes in DER: its text, a tag, and one or two bytes of length.
fn encoded_length(name: &SanName) -> usize {
    let text = match name {
        SanName::Exact(name) => name.as_str().len(),
        SanName::Wildcard(domain) => domain.as_str().len() + 2,
    };
    text + if text < 128 { 2 } else { 3 }
}

fn shared_subject(plan: &Plan, set: &ServerSet, options: &PlanOptions) -> Option<Finding> {
    let certificate = plan.certificate(&set.servers.first()?.fqdn)?;
    let others = certificate.servers().len().saturating_sub(1);
    if options.sharing == CertificateSharing::OnePerServer || others == 0 {
        return None;
    }
    let detail = format!(
        "its certificate has the CN {}, which is not the FQDN of its {others} other servers",
        certificate.subject(),
    );
    Some(Finding::new(Rule::SharedSubject, &set.name, detail))
}

fn own_names_left_out(plan: &Plan, set: &ServerSet, options: &PlanOptions) -> Option<Finding> {
    if options.ca != CaProfile::AcmeLike {
        return None;
    }
    let certificates = set
        .servers
        .iter()
        .filter_map(|it| plan.certificate(&it.fqdn));
    let left_out = certificates.filter(|it| !it.names_subject).count();
    let detail =
        format!("{left_out} of its servers have their FQDN in the SAN under a wildcard alone");
    (left_out > 0).then(|| Finding::new(Rule::OwnNameLeftOut, &set.name, detail))
}

fn check_wildcards(plan: &Plan, set: &ServerSet, findings: &mut Vec<Finding>) {
    let first = set.servers.first();
    let Some(certificate) = first.and_then(|server| plan.certificate(&server.fqdn)) else {
        return;
    };
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
    plan: &Plan,
    set: &ServerSet,
    server: &UmServer,
    facts: &Facts<'_>,
    findings: &mut Vec<Finding>,
) {
    let mut find = |rule, detail: String| findings.push(Finding::new(rule, &server.fqdn, detail));
    if let Some(detail) = ipv6_without_ucma4(facts, server) {
        find(Rule::Ipv6WithoutUcma4, detail);
    }
    if server.startup_mode == StartupMode::Tcp && facts.secured.contains(&server.fqdn) {
        let detail =
            "the UM service starts in TCP mode, and the server is a member of a secured dial plan";
        find(Rule::StartupModeTcp, detail.to_owned());
    }
    if !facts.members.contains(&server.fqdn) {
        find(
            Rule::ServerNotInDialPlan,
            "it is a member of no dial plan".to_owned(),
        );
    }
    let stand_in = set
        .failover
        .as_ref()
        .and_then(|it| it.redirect(&server.fqdn));
    let stand_in = stand_in.and_then(|stand_in| facts.servers.get(stand_in));
    if let Some(stand_in) = stand_in.filter(|stand_in| stand_in.site == server.site) {
        let detail = format!(
            "its name is redirected to {}, in the same site {}",
            stand_in.fqdn, server.site
        );
        find(Rule::FailoverWithinSite, detail);
    }
    let brought = plan
        .certificate(&server.fqdn)
        .and_then(|it| it.stand_ins().next());
    if let Some((name, outage)) = brought.filter(|_| server.is_stand_alone()) {
        let detail = format!(
            "{name} points here when {}, and a stand-alone UM server does not use the SAN",
            out(&[outage])
        );
        find(Rule::SanIgnoredStandAlone, detail);
    }
}

fn ipv6_without_ucma4(facts: &Facts<'_>, server: &UmServer) -> Option<String> {
    let address = server.addresses.iter().find(|address| address.is_ipv6())?;
    let version = facts.forests.get(&server.fqdn)?.version;
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
    deployment: &Deployment,
    dial_plan: &DialPlan,
    facts: &Facts<'_>,
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
    if let Some(detail) = uncoordinated(deployment, dial_plan, facts) {
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

fn uncoordinated(
    deployment: &Deployment,
    dial_plan: &DialPlan,
    facts: &Facts<'_>,
) -> Option<String> {
    let lync = &deployment.lync.dial_plans;
    // Active Directory compares names without case.
    if lync
        .iter()
        .any(|name| name.eq_ignore_ascii_case(&dial_plan.name))
    {
        return None;
    }
    let members = dial_plan.members.iter();
    let mut forests = members.filter_map(|member| facts.forests.get(&member.server));
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
fn unanswered_names(plan: &Plan) -> Vec<Finding> {
    let mut unanswered: BTreeMap<&DnsName, (Vec<&OutageCause>, &Answer)> = BTreeMap::new();
    for outage in plan.outages() {
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

fn unserved_dial_plans(plan: &Plan) -> Vec<Finding> {
    let mut unserved: BTreeMap<&str, Vec<&OutageCause>> = BTreeMap::new();
    for outage in plan.outages() {
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
    let dial_plans = plan.deployment().dial_plans.iter();
    let asleep =
        dial_plans.filter(|it| !it.members.is_empty() && it.members.iter().all(|m| !m.enabled));
    findings.extend(asleep.map(|dial_plan| {
        let detail = "every member is disabled, so nobody takes its calls on any day";
        Finding::new(Rule::UnansweredName, &dial_plan.name, detail)
    }));
    findings
}
