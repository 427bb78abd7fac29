//! Checks the order of a presented chain.

use crate::audit::display::list;
use crate::name::DnsName;
use crate::rule::{Finding, Rule};
use crate::x509::Chain;

/// Reports a chain that [`Chain::sorted`] changes: out of order, with duplicates, or with unrelated certificates.
pub(in crate::audit) fn check(server: &DnsName, chain: &Chain) -> Option<Finding> {
    let disorder = chain.disorder()?;
    let mut faults = Vec::new();
    if disorder.is_unordered {
        faults.push("is not in issuer order".to_owned());
    }
    match disorder.duplicates {
        0 => {}
        1 => faults.push("has 1 duplicate certificate".to_owned()),
        count => faults.push(format!("has {count} duplicate certificates")),
    }
    if !disorder.unrelated.is_empty() {
        let unrelated = list(&disorder.unrelated, "; ");
        faults.push(format!("has unrelated certificates ({unrelated})"));
    }
    let detail = format!("its chain {}", faults.join(", and "));
    Some(Finding::new(Rule::ChainOrder, server, detail))
}
