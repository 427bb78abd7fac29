//! Guidelines for dial plans.

use std::collections::HashSet;

use super::context::PlanContext;
use crate::deployment::{DialPlan, ExchangeVersion, UriType, VoipSecurity};
use crate::plan::topology::{DialPlanServers, Topology};
use crate::rule::{Finding, Rule};
use crate::text::quote;

/// The longest name of a dial plan in characters (D26).
const MAX_NAME: usize = 64;
/// The shortest name that leaves no room for the mailbox policy named after it, in characters (D26).
const LONG_NAME: usize = 50;
const FORBIDDEN_IN_NAME: &str = "\"/\\[]:;|=,+*?<>";
/// The most digits of an E.164 number.
const MAX_DIGITS: usize = 15;

pub(super) fn check(context: &PlanContext<'_>) -> Vec<Finding> {
    // Active Directory compares names without case.
    let lync_names = context.deployment.lync.dial_plans.iter();
    let lync_names: HashSet<String> = lync_names.map(|name| name.to_lowercase()).collect();
    let mut findings = Vec::new();
    let dial_plans = context.deployment.dial_plans.iter();
    for (dial_plan, servers) in dial_plans.zip(&context.topology.dial_plans) {
        findings.extend(check_name(dial_plan));
        findings.extend(check_uri_type(dial_plan));
        findings.extend(check_security(dial_plan));
        findings.extend(check_redundancy(dial_plan));
        findings.extend(check_coordination(
            dial_plan,
            servers,
            context.topology,
            &lync_names,
        ));
        findings.extend(check_number_presence(dial_plan));
        findings.extend(check_numbers(dial_plan));
    }
    findings
}

/// Checks the length and the characters of the name (D26).
fn check_name(dial_plan: &DialPlan) -> Option<Finding> {
    let name = &dial_plan.name;
    let length = name.chars().count();
    let (rule, detail) = if let Some(character) = name
        .chars()
        .find(|character| FORBIDDEN_IN_NAME.contains(*character))
    {
        (
            Rule::DialPlanNameInvalid,
            format!("its name contains `{character}`"),
        )
    } else if name.trim().is_empty() {
        (Rule::DialPlanNameInvalid, "its name is empty".to_owned())
    } else if length > MAX_NAME {
        (
            Rule::DialPlanNameInvalid,
            format!("its name has {length} characters"),
        )
    } else if length >= LONG_NAME {
        (
            Rule::DialPlanNameLong,
            format!("its name has {length} characters"),
        )
    } else {
        return None;
    };
    Some(Finding::new(rule, name, detail))
}

/// Checks that Lync can use the URI type (D25).
fn check_uri_type(dial_plan: &DialPlan) -> Option<Finding> {
    let uri_type = match dial_plan.uri_type {
        UriType::SipUri => return None,
        UriType::TelephoneExtension => "Telephone Extension",
        UriType::E164 => "E.164",
    };
    let detail = format!("its URI type is {uri_type}");
    Some(Finding::new(
        Rule::DialPlanNotSipUri,
        &dial_plan.name,
        detail,
    ))
}

/// Checks that the dial plan uses TLS (D25).
fn check_security(dial_plan: &DialPlan) -> Option<Finding> {
    let detail = "its VoIP security is Unsecured";
    (dial_plan.security == VoipSecurity::Unsecured)
        .then(|| Finding::new(Rule::DialPlanUnsecured, &dial_plan.name, detail))
}

/// Checks that a SIP URI dial plan has two servers (D2).
fn check_redundancy(dial_plan: &DialPlan) -> Option<Finding> {
    let detail = match (dial_plan.uri_type, dial_plan.members.as_slice()) {
        (UriType::SipUri, []) => "no server runs UM for it".to_owned(),
        (UriType::SipUri, [only]) => format!("only {} runs UM for it", only.server),
        _ => return None,
    };
    Some(Finding::new(
        Rule::DialPlanNotRedundant,
        &dial_plan.name,
        detail,
    ))
}

/// Checks that Lync has a dial plan of the same name if a member is older than Exchange 2010 SP1 (D9).
fn check_coordination(
    dial_plan: &DialPlan,
    servers: &DialPlanServers,
    topology: &Topology,
    lync_names: &HashSet<String>,
) -> Option<Finding> {
    let mut members = servers.members().map(|member| &topology.servers[member]);
    let old = members.find(|server| server.version < ExchangeVersion::Exchange2010Sp1)?;
    if lync_names.contains(&dial_plan.name.to_lowercase()) {
        return None;
    }
    let detail = format!(
        "Lync has no Enterprise Voice dial plan of this name, and {} is {}, older than Exchange 2010 SP1",
        old.fqdn,
        old.version.product_name(),
    );
    Some(Finding::new(
        Rule::DialPlanNameUncoordinated,
        &dial_plan.name,
        detail,
    ))
}

/// Checks that Outlook Voice Access and auto attendants have numbers (D8).
fn check_number_presence(dial_plan: &DialPlan) -> impl Iterator<Item = Finding> {
    let without_numbers = numbers(dial_plan)
        .into_iter()
        .filter(|(_, numbers)| numbers.is_empty());
    without_numbers.map(|(kind, _)| {
        let detail = format!("it has no number for {kind}");
        Finding::new(Rule::PhoneNumberMissing, &dial_plan.name, detail)
    })
}

/// Checks that each number is an E.164 number (D8).
fn check_numbers(dial_plan: &DialPlan) -> impl Iterator<Item = Finding> {
    let numbers = numbers(dial_plan).into_iter();
    let numbers =
        numbers.flat_map(|(kind, numbers)| numbers.iter().map(move |number| (kind, number)));
    numbers
        .filter(|(_, number)| !is_e164(number))
        .map(|(kind, number)| {
            let detail = format!(
                "its number {} for {kind} is not an E.164 number",
                quote(number)
            );
            Finding::new(Rule::PhoneNumberInvalid, &dial_plan.name, detail)
        })
}

/// Returns the numbers of a dial plan by purpose.
fn numbers(dial_plan: &DialPlan) -> [(&'static str, &[String]); 2] {
    [
        ("Outlook Voice Access", &dial_plan.outlook_voice_access),
        ("an auto attendant", &dial_plan.auto_attendants),
    ]
}

/// Returns `true` for a plus sign and up to 15 digits that do not start with zero (ITU-T E.164 §6).
fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (1..=MAX_DIGITS).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|digit| digit.is_ascii_digit())
    })
}
