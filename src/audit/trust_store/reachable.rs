//! The certificates of a chain that a path from its server certificate can use.

use std::collections::{HashMap, VecDeque};

use crate::x509::Certificate;

/// Maximum number of intermediates that webpki searches. It stops a path after six; the others are alternatives, such
/// as cross certificates. An attacker can present thousands, and webpki reads each of them at every step.
const MAX_INTERMEDIATES: usize = 32;
/// Maximum number of intermediates with one subject.
pub(in crate::audit) const MAX_NAMESAKES: usize = 16;

/// The intermediates that a walk by name from a server certificate reaches.
pub(super) struct Reachable<'a> {
    pub(super) intermediates: Vec<&'a Certificate>,
    /// `true` if a limit left out others. A path that is not found may then exist.
    pub(super) is_cut: bool,
}

impl<'a> Reachable<'a> {
    /// Walks from `server_certificate` to the certificates whose subject is its issuer, and on from each of them. Among
    /// certificates of one subject, those with the key identifier that the issued certificate names come first.
    pub(super) fn new(server_certificate: &Certificate, intermediates: &[&'a Certificate]) -> Self {
        let mut by_subject: HashMap<&[u8], Vec<&'a Certificate>> = HashMap::new();
        for certificate in intermediates {
            let same_subject = by_subject.entry(certificate.raw_subject()).or_default();
            same_subject.push(certificate);
        }
        let mut reachable = Self {
            intermediates: Vec::new(),
            is_cut: false,
        };
        let mut issued = VecDeque::from([server_certificate]);
        while let Some(certificate) = issued.pop_front() {
            // Each subject is visited once.
            let Some(mut issuers) = by_subject.remove(certificate.raw_issuer()) else {
                continue;
            };
            issuers.sort_by_key(|issuer| !has_named_key(certificate, issuer));
            let room = MAX_INTERMEDIATES - reachable.intermediates.len();
            let room = room.min(MAX_NAMESAKES);
            reachable.is_cut |= issuers.len() > room;
            issuers.truncate(room);
            issued.extend(&issuers);
            reachable.intermediates.extend(issuers);
        }
        reachable
    }
}

/// Returns `true` if the authority key identifier of `certificate` is the subject key identifier of `issuer` (RFC 5280
/// §4.2.1.1).
fn has_named_key(certificate: &Certificate, issuer: &Certificate) -> bool {
    let named = certificate.authority_key_identifier();
    let named = named.and_then(|identifier| identifier.key_identifier.as_deref());
    named.is_some() && named == issuer.subject_key_identifier()
}

#[cfg(test)]
mod tests {
    use super::{MAX_NAMESAKES, Reachable};
    use crate::TestCa;
    use crate::x509::Certificate;

    /// Returns CAs of one name, each with a key of its own.
    fn namesakes(count: usize) -> Vec<TestCa> {
        let namesakes = (0..count).map(|_| TestCa::new("Contoso Test CA"));
        namesakes.map(Result::unwrap).collect()
    }

    fn intermediates(cas: &[TestCa]) -> Vec<&Certificate> {
        cas.iter().flat_map(|ca| ca.intermediates()).collect()
    }

    #[test]
    fn certificates_that_no_path_can_use_are_left_out() {
        let cas = namesakes(1);
        let issued = cas[0].issue_names(["um1.contoso.com"]).unwrap();
        let server_certificate = issued.chain().certificates().next().unwrap();
        let other = TestCa::new("Fabrikam Test CA").unwrap();
        let mut presented = intermediates(&cas);
        presented.extend(other.intermediates());
        presented.extend(other.roots());
        let reachable = Reachable::new(server_certificate, &presented);
        assert_eq!(reachable.intermediates, intermediates(&cas));
        assert!(!reachable.is_cut);
    }

    #[test]
    fn the_named_issuer_is_reached_behind_its_namesakes() {
        let cas = namesakes(3 * MAX_NAMESAKES);
        let last = &cas[cas.len() - 1];
        let issued = last.issue_names(["um1.contoso.com"]).unwrap();
        let presented = intermediates(&cas);
        let server_certificate = issued.chain().certificates().next().unwrap();
        let reachable = Reachable::new(server_certificate, &presented);
        assert_eq!(reachable.intermediates.len(), MAX_NAMESAKES);
        assert_eq!(reachable.intermediates[0], &last.intermediates()[0]);
        assert!(reachable.is_cut);
    }
}
