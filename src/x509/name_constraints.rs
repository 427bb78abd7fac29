//! Describes violations of the name constraints of a CA (RFC 5280 §4.2.1.10).
//!
//! webpki enforces the constraints on hosts and addresses, and refuses every certificate under constraints that it
//! cannot compare. This module finds the constraint that a name violates, or that webpki cannot compare. Only the
//! constraints on e-mail addresses in a subject, which webpki ignores, are decided here.

use x509_parser::extensions;

use super::directory_name::{Containment, DirectoryName};
use super::name::escape_non_ascii;
use super::subtree::{ConstrainedName, SubtreeBase};
use crate::text::{join, quote};

/// Maximum number of permitted subtrees that a text lists.
const MAX_LISTED: usize = 10;
/// Maximum number of pairs of a name and a subtree that are compared. webpki has the same limit
/// (`MaximumNameConstraintComparisonsExceeded`), because hostile certificates may contain thousands of both.
const MAX_COMPARISONS: usize = 250_000;

/// The name constraints of a CA.
pub(crate) struct NameConstraints {
    subtrees: Vec<Subtree>,
}

/// A permitted or excluded subtree of names.
struct Subtree {
    base: SubtreeBase,
    is_excluded: bool,
}

/// The names of one certificate to which constraints apply.
pub(crate) struct ConstrainedNames<'a> {
    pub(super) san_entries: &'a [String],
    pub(super) raw_subject: &'a [u8],
}

/// The reason why a certificate is refused under constraints. The text follows the name of the CA: "may issue only for
/// contoso.com, but …".
#[derive(Debug, PartialEq)]
pub(crate) enum ConstraintFault {
    /// A name violates a constraint.
    Violation(String),
    /// webpki cannot compare a name with a constraint, and no violation is found.
    NotJudged(String),
}

impl NameConstraints {
    pub(super) fn new(parsed: &extensions::NameConstraints<'_>) -> Self {
        let subtree = |parsed: &extensions::GeneralSubtree<'_>, is_excluded| Subtree {
            base: SubtreeBase::new(&parsed.base),
            is_excluded,
        };
        let permitted = parsed.permitted_subtrees.iter().flatten();
        let excluded = parsed.excluded_subtrees.iter().flatten();
        let subtrees = permitted
            .map(|parsed| subtree(parsed, false))
            .chain(excluded.map(|parsed| subtree(parsed, true)))
            .collect();
        Self { subtrees }
    }

    /// Returns `true` if there is no subtree.
    pub(crate) fn is_empty(&self) -> bool {
        self.subtrees.is_empty()
    }

    /// Returns the first DNS domain with a leading dot, which RFC 5280 does not allow.
    pub(crate) fn dotted_domain(&self) -> Option<&str> {
        self.subtrees
            .iter()
            .find_map(|subtree| match &subtree.base {
                SubtreeBase::Dns(domain) if domain.starts_with('.') => Some(domain.as_str()),
                _ => None,
            })
    }

    /// Returns the reason why webpki refuses a certificate with these names, one of `certificates` on a path, under
    /// the constraints. Returns `None` if no reason is found. `holder` is the wording for the certificate. E-mail
    /// addresses in the subject are not checked.
    pub(crate) fn check(
        &self,
        names: &ConstrainedNames<'_>,
        holder: &str,
        certificates: usize,
    ) -> Option<ConstraintFault> {
        let comparisons = MAX_COMPARISONS / certificates.max(1);
        let max_entries = comparisons / self.subtrees.len().max(1);
        let entries = names.san_entries.iter().take(max_entries);
        let faults: Vec<ConstraintFault> = entries
            .filter_map(|entry| self.check_entry(entry, &format!("the SAN of {holder}")))
            .chain(self.check_subject(names.raw_subject, holder))
            .collect();
        let is_violation = |fault: &ConstraintFault| matches!(fault, ConstraintFault::Violation(_));
        let index = faults.iter().position(is_violation).unwrap_or(0);
        faults.into_iter().nth(index)
    }

    /// Describes how an e-mail address in the subject violates the constraints, which apply to it if the SAN has no
    /// e-mail address (RFC 5280 §4.2.1.10).
    pub(crate) fn check_subject_emails(
        &self,
        names: &ConstrainedNames<'_>,
        holder: &str,
    ) -> Option<String> {
        let mut bases = self.subtrees.iter().map(|subtree| &subtree.base);
        let mut entries = names.san_entries.iter();
        if !bases.any(|base| matches!(base, SubtreeBase::Email(_)))
            || entries.any(|entry| entry.starts_with("email:"))
        {
            return None;
        }
        let subject = DirectoryName::from_der(names.raw_subject)?;
        let max_emails = MAX_COMPARISONS / self.subtrees.len().max(1);
        let mut emails = subject.emails().take(max_emails);
        emails.find_map(|email| {
            let entry = format!("email:{}", escape_non_ascii(email));
            match self.check_entry(&entry, &format!("the subject of {holder}"))? {
                ConstraintFault::Violation(reason) => Some(reason),
                ConstraintFault::NotJudged(_) => None,
            }
        })
    }

    /// Checks an entry of a SAN that [`text`](super::general_name::text) rendered. `place` is the wording for the SAN.
    fn check_entry(&self, entry: &str, place: &str) -> Option<ConstraintFault> {
        let name = ConstrainedName::parse(entry);
        let applying: Vec<&Subtree> = self
            .subtrees
            .iter()
            .filter(|subtree| subtree.base.applies_to(&name))
            .collect();
        let (excluded, permitted): (Vec<&Subtree>, Vec<&Subtree>) =
            applying.iter().partition(|subtree| subtree.is_excluded);
        let mut excluding = excluded.iter();
        if let Some(subtree) = excluding.find(|subtree| subtree.base.may_contain(&name)) {
            let base = subtree.base.text();
            return Some(ConstraintFault::Violation(format!(
                "must not issue for {base}, but {place} contains {}",
                quote(entry)
            )));
        }
        let is_permitted = |subtree: &&Subtree| subtree.base.contains(&name) != Some(false);
        if !permitted.is_empty() && !permitted.iter().any(is_permitted) {
            let bases = permitted.iter().map(|subtree| subtree.base.text());
            let permitted = join(bases.take(MAX_LISTED), ", ");
            return Some(ConstraintFault::Violation(format!(
                "may issue only for {permitted}, but {place} contains {}",
                quote(entry)
            )));
        }
        let is_compared = matches!(name, ConstrainedName::Dns { .. } | ConstrainedName::Ip(_));
        let subtree = applying.first().filter(|_| !is_compared)?;
        let base = subtree.base.text();
        Some(ConstraintFault::NotJudged(format!(
            "constrains names of this kind ({base}), which this crate does not process, and {place} contains {}",
            quote(entry)
        )))
    }

    /// Checks a subject. webpki refuses every certificate under a constraint on distinguished names.
    fn check_subject(&self, raw_subject: &[u8], holder: &str) -> Option<ConstraintFault> {
        let directories: Vec<(&DirectoryName, &str, bool)> = self
            .subtrees
            .iter()
            .filter_map(|subtree| match &subtree.base {
                SubtreeBase::Directory { name, text } => {
                    Some((name, text.as_str(), subtree.is_excluded))
                }
                _ => None,
            })
            .collect();
        let (_, first, _) = directories.first()?;
        let unjudged = format!(
            "constrains distinguished names ({}), which this crate does not process",
            quote(first)
        );
        let Some(subject) = DirectoryName::from_der(raw_subject).filter(|name| !name.is_empty())
        else {
            return Some(ConstraintFault::NotJudged(unjudged));
        };
        let mut excluded = directories.iter().filter(|(.., is_excluded)| *is_excluded);
        if let Some((_, text, _)) =
            excluded.find(|(base, ..)| subject.is_within(base) == Containment::Inside)
        {
            return Some(ConstraintFault::Violation(format!(
                "must not issue for names in {}, which contains the subject of {holder}",
                quote(text)
            )));
        }
        let mut permitted = directories
            .iter()
            .filter(|(.., is_excluded)| !is_excluded)
            .peekable();
        if let Some((_, text, _)) = permitted.peek().copied()
            && permitted.all(|(base, ..)| subject.is_within(base) == Containment::Outside)
        {
            return Some(ConstraintFault::Violation(format!(
                "may issue only for names in {}, but the subject of {holder} is not in it",
                quote(text)
            )));
        }
        Some(ConstraintFault::NotJudged(unjudged))
    }
}

#[cfg(test)]
mod tests {
    use super::{ConstrainedNames, ConstraintFault, NameConstraints, Subtree};
    use crate::x509::subtree::{ConstrainedName, SubtreeBase};

    fn constraints(subtrees: Vec<(SubtreeBase, bool)>) -> NameConstraints {
        let subtrees = subtrees.into_iter();
        let subtree = |(base, is_excluded)| Subtree { base, is_excluded };
        NameConstraints {
            subtrees: subtrees.map(subtree).collect(),
        }
    }

    fn check(constraints: &NameConstraints, entry: &str) -> Option<ConstraintFault> {
        let names = ConstrainedNames {
            san_entries: &[entry.to_owned()],
            raw_subject: b"\x30\x00",
        };
        constraints.check(&names, "the server's certificate", 1)
    }

    fn network(network: [u8; 4], mask: [u8; 4]) -> SubtreeBase {
        SubtreeBase::Ip {
            network: network.into(),
            mask: mask.into(),
        }
    }

    #[test]
    fn address_is_compared_under_the_mask() {
        let base = network([10, 1, 0, 0], [255, 255, 0, 0]);
        let contains = |name| base.contains(&ConstrainedName::parse(name));
        assert_eq!(contains("IP:10.1.2.3"), Some(true));
        assert_eq!(contains("IP:10.2.2.3"), Some(false));
        assert_eq!(contains("IP:2001:db8::1"), Some(false));
        assert_eq!(contains("10.1.2.3"), None);
        let constraints = constraints(vec![(base, false)]);
        assert_eq!(check(&constraints, "IP:10.1.2.3"), None);
        assert!(matches!(
            check(&constraints, "IP:10.2.2.3"),
            Some(ConstraintFault::Violation(_))
        ));
    }

    #[test]
    fn leading_dot_means_hosts_below_the_domain() {
        let base = SubtreeBase::Dns(".contoso.com".to_owned());
        let contains = |name| base.contains(&ConstrainedName::parse(name));
        assert_eq!(contains("UM1.contoso.com"), Some(true));
        assert_eq!(contains("contoso.com"), Some(false));
        assert_eq!(contains("um1.notcontoso.com"), Some(false));
        let constraints = constraints(vec![(base, false)]);
        assert_eq!(constraints.dotted_domain(), Some(".contoso.com"));
    }

    #[test]
    fn constraints_are_empty_without_subtrees() {
        assert!(constraints(Vec::new()).is_empty());
        let base = SubtreeBase::Dns(String::new());
        assert!(!constraints(vec![(base, true)]).is_empty());
    }
}
