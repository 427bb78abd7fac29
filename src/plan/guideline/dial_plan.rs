//! Guidelines of dial plans.

use super::Facts;
use crate::deployment::{
    DialPlan, ExchangeForest, ExchangeVersion, Members, UriType, VoipSecurity,
};
use crate::rule::{Finding, Rule};

/// The longest name of a dial plan, and the longest that leaves room for its mailbox policy (D26).
const MAX_DIAL_PLAN_NAME: usize = 64;
const LONG_DIAL_PLAN_NAME: usize = 50;
/// The most digits of an E.164 number.
const MAX_DIGITS: usize = 15;
const FORBIDDEN_IN_DIAL_PLAN_NAME: &str = "\"/\\[]:;|=,+*?<>";

pub(super) fn check(
    facts: &Facts<'_>,
    dial_plan: &DialPlan,
    members: &Members,
    findings: &mut Vec<Finding>,
) {
    let mut find =
        |rule, detail: String| findings.push(Finding::new(rule, &dial_plan.name, detail));
    if let Some((rule, detail)) = dial_plan_name(&dial_plan.name) {
        find(rule, detail);
    }
    let other_type = match dial_plan.uri_type {
        UriType::SipUri => None,
        UriType::TelephoneExtension => Some("Telephone Extension"),
        UriType::E164 => Some("E.164"),
    };
    if let Some(other) = other_type {
        find(Rule::DialPlanNotSipUri, format!("its URI type is {other}"));
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
    check_numbers(dial_plan, &mut find);
}

fn dial_plan_name(name: &str) -> Option<(Rule, String)> {
    let mut length = 0;
    for character in name.chars() {
        if FORBIDDEN_IN_DIAL_PLAN_NAME.contains(character) {
            let detail = format!("its name holds the character {character}");
            return Some((Rule::DialPlanNameInvalid, detail));
        }
        length += 1;
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

fn uncoordinated(facts: &Facts<'_>, dial_plan: &DialPlan, members: &Members) -> Option<String> {
    let old = to_coordinate(facts, members)?;
    if facts
        .lync_dial_plans
        .contains(&dial_plan.name.to_lowercase())
    {
        return None;
    }
    Some(format!(
        "Lync has no Enterprise Voice dial plan of this name, and {} is {}, older than Exchange 2010 SP1",
        old.forest,
        old.version.product_name(),
    ))
}

/// The forest of the first member that needs the dial plan to have the name of one of Lync's.
fn to_coordinate<'a>(facts: &Facts<'a>, members: &Members) -> Option<&'a ExchangeForest> {
    for number in members.all() {
        let forest = facts.directory.forest_of(number.get());
        if let Some(forest) = forest
            && needs_coordination(forest.version)
        {
            return Some(forest);
        }
    }
    None
}

/// Whether dial plans of this Exchange and of Lync have to have the same names (D9).
pub(super) fn needs_coordination(version: ExchangeVersion) -> bool {
    version < ExchangeVersion::Exchange2010Sp1
}

fn check_numbers(dial_plan: &DialPlan, find: &mut dyn FnMut(Rule, String)) {
    let kinds = [
        ("Outlook Voice Access", &dial_plan.outlook_voice_access),
        ("an auto attendant", &dial_plan.auto_attendants),
    ];
    for (kind, numbers) in &kinds {
        if numbers.is_empty() {
            find(
                Rule::PhoneNumberMissing,
                format!("it has no number for {kind}"),
            );
        }
        for number in *numbers {
            if !is_e164(number) {
                let detail = format!("{number:?}, its number for {kind}, is no E.164 number");
                find(Rule::PhoneNumberInvalid, detail);
            }
        }
    }
}

/// A plus sign and some digits, the first of them not zero (ITU-T E.164 §6).
fn is_e164(number: &str) -> bool {
    let [b'+', digits @ ..] = number.as_bytes() else {
        return false;
    };
    for digit in digits {
        if !digit.is_ascii_digit() {
            return false;
        }
    }
    digits.first() != Some(&b'0') && !digits.is_empty() && digits.len() <= MAX_DIGITS
}
