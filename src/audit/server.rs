//! The audit of one server: one chain, and the sides that have to trust it.

use time::OffsetDateTime;

use super::diagnosis::{self, Fault, KnownIssuers};
use super::duties::Duties;
use super::identity;
use super::lifetime;
use super::profile;
use super::report::{RelyingParty, TrustVerdict};
use super::trust_store::{EndEntity, Path, PathFault, Revocation, TrustStore};
use super::wrong;
use crate::name::DnsName;
use crate::plan::{Plan, PlannedCertificate};
use crate::rule::{Finding, Rule, Severity};
use crate::sort::count_before;
use crate::x509::{Certificate, CertificateRequest, Chain};

/// What is the same for every server of an audit.
pub(super) struct Scope<'a> {
    pub(super) plan: &'a Plan,
    pub(super) duties: &'a Duties,
    pub(super) known: &'a KnownIssuers<'a>,
    pub(super) revocation: &'a Revocation<'a>,
    /// Whether the caller gave any CRL.
    pub(super) has_crls: bool,
    pub(super) at: OffsetDateTime,
    /// In seconds.
    pub(super) warn: i64,
}

/// What one server presents, and what it is to present.
#[derive(Clone, Copy)]
pub(super) struct Presented<'a> {
    pub(super) server: &'a DnsName,
    pub(super) expected: Expected<'a>,
    pub(super) chain: Option<&'a Chain>,
    /// What was asked of the CA, where that is known.
    pub(super) request: Option<&'a CertificateRequest>,
}

/// What a server's certificate is held against.
#[derive(Clone, Copy)]
pub(super) enum Expected<'a> {
    /// The plan for a UM server.
    Planned(&'a PlannedCertificate),
    /// The names of a Front End of this pool (D30).
    FrontEnd(&'a DnsName),
}

/// What the audit of one server found.
pub(super) struct Audited<'a> {
    pub(super) server: &'a DnsName,
    pub(super) verdicts: Vec<TrustVerdict>,
    pub(super) findings: Vec<Finding>,
    /// Until when every side trusts it, as far as dates go; `None` where some side does not.
    pub(super) until: Option<OffsetDateTime>,
}

impl Audited<'_> {
    /// Adds that this was found of the server.
    pub(super) fn add(&mut self, rule: Rule, detail: &str) {
        self.findings.push(Finding::new(rule, self.server, detail));
    }

    fn verdict(&mut self, side: &RelyingParty, root: Option<&Certificate>, refused_for: Vec<Rule>) {
        self.verdicts.push(TrustVerdict {
            server: self.server.clone(),
            side: side.clone(),
            trusted_through: root.cloned(),
            refused_for,
        });
    }
}

/// Audits what a server presents to these sides, which must trust it, each with its store.
pub(super) fn audit<'a>(
    presented: &Presented<'a>,
    sides: &[(RelyingParty, &TrustStore)],
    scope: &Scope<'_>,
) -> Audited<'a> {
    let mut audited = Audited {
        server: presented.server,
        verdicts: Vec::new(),
        findings: Vec::new(),
        until: None,
    };
    if let Some(rule) = chain(presented, sides, scope, &mut audited) {
        for (side, _) in sides {
            audited.verdict(side, None, vec![rule]);
        }
    }
    audited
}

/// Audits the chain that a server presents. Why no side trusts it, where that is for one reason.
fn chain(
    presented: &Presented<'_>,
    sides: &[(RelyingParty, &TrustStore)],
    scope: &Scope<'_>,
    audited: &mut Audited<'_>,
) -> Option<Rule> {
    let first = match presented.chain {
        Some(chain) => chain.end_entity(),
        None => None,
    };
    let (Some(chain), Some(first)) = (presented.chain, first) else {
        audited.add(Rule::NotPresented, "nothing was presented for it");
        return Some(Rule::NotPresented);
    };
    let mut is_whole = true;
    for (number, entry) in chain.entries().iter().enumerate() {
        if let Err(error) = entry {
            is_whole = false;
            let detail = format!("entry {} of its chain is {error}", number + 1);
            audited.add(Rule::MalformedCertificate, &detail);
        }
    }
    let sorted;
    let chain = match chain.disorder() {
        Some(disorder) => {
            identity::chain_order(&disorder, audited);
            sorted = chain.sorted();
            &sorted
        }
        None => chain,
    };
    let (Ok(_), Some(own)) = (first, chain.certificates().next()) else {
        return Some(Rule::MalformedCertificate);
    };
    let wrong = wrong::altogether(own, audited);
    if wrong.is_none() {
        let end_entity = EndEntity::new(own);
        identity::check(presented, scope, own, &end_entity, audited);
        let chain = Sorted { chain, is_whole };
        path(sides, &chain, own, &end_entity, scope, audited);
    }
    wrong
}

/// The chain of a server in its proper order.
pub(super) struct Sorted<'a> {
    pub(super) chain: &'a Chain,
    /// Whether each of its entries could be read.
    pub(super) is_whole: bool,
}

/// What one store makes of a chain.
pub(super) struct Judged<'a> {
    store: &'a TrustStore,
    pub(super) path: Option<Path<'a>>,
    faults: Vec<Fault>,
    /// The rules of every finding that speaks against it.
    rules: Vec<Rule>,
}

/// Judges the path to a root for each side.
fn path(
    sides: &[(RelyingParty, &TrustStore)],
    chain: &Sorted<'_>,
    own: &Certificate,
    end_entity: &Result<EndEntity<'_>, PathFault>,
    scope: &Scope<'_>,
    audited: &mut Audited<'_>,
) {
    let judged = judge(sides, chain, own, end_entity, scope);
    let mut by_side: Vec<(&RelyingParty, &Judged<'_>)> = Vec::new();
    for (side, store) in sides {
        for of_store in &judged {
            if std::ptr::eq(of_store.store, *store) {
                audited.verdict(side, trusted_root(of_store), of_store.rules.clone());
                by_side.push((side, of_store));
            }
        }
    }
    let mut is_refused = false;
    for of_store in &judged {
        for fault in &of_store.faults {
            is_refused = true;
            let mut suffering = Vec::new();
            for (side, judged) in &by_side {
                let mut suffers = false;
                for other in &judged.faults {
                    suffers |= other == fault;
                }
                if suffers {
                    suffering.push(format!("{side}"));
                }
            }
            // What several stores have in common is told again for each, and stands in the report once.
            let detail = diagnosis::detail(fault, &suffering, sides.len());
            audited.add(fault.rule, &detail);
        }
    }
    roots_differ(&by_side, audited);
    unknown_status(own, &judged, scope, audited);
    lifetime::ends_soon(own, &judged, scope, audited);
    // Where a path is refused, that is what to mend: the new certificate is looked at again.
    if !is_refused {
        profile::check(&judged, audited);
    }
    audited.until = lifetime::first_end(&judged);
}

/// What each store of these sides makes of a chain. Most often it is one store: Lync and Exchange are to
/// share a CA.
fn judge<'p>(
    sides: &[(RelyingParty, &'p TrustStore)],
    chain: &Sorted<'p>,
    own: &'p Certificate,
    end_entity: &Result<EndEntity<'p>, PathFault>,
    scope: &Scope<'_>,
) -> Vec<Judged<'p>> {
    let mut intermediates: Vec<&Certificate> = Vec::new();
    intermediates.extend(chain.chain.intermediates());
    let mut judged: Vec<Judged<'p>> = Vec::new();
    for (_, store) in sides {
        let mut is_known = false;
        for known in &judged {
            is_known |= std::ptr::eq(known.store, *store);
        }
        if is_known {
            continue;
        }
        // Of two paths, no verifier is bound to the one with a fault.
        let good = |path: &Path<'_>| diagnosis::beyond(path, scope.at).is_empty();
        let path = match end_entity {
            Ok(end_entity) => {
                end_entity.verify(store, &intermediates, scope.revocation, scope.at, &good)
            }
            Err(fault) => Err(fault.clone()),
        };
        let mut rules = Vec::new();
        let faults = match &path {
            Ok(path) if path.is_good => Vec::new(),
            Ok(path) => diagnosis::beyond(path, scope.at),
            Err(fault) => {
                // What is told already is not told again.
                let fault = match fault {
                    _ if !chain.is_whole => {
                        add_error(&mut rules, Rule::MalformedCertificate);
                        None
                    }
                    PathFault::NoServerAuth if !own.has_server_auth() => {
                        add_error(&mut rules, Rule::NoServerAuth);
                        None
                    }
                    fault => Some(fault),
                };
                diagnosis::diagnose(own, chain, store, scope, fault)
            }
        };
        for fault in &faults {
            add_error(&mut rules, fault.rule);
        }
        judged.push(Judged {
            store,
            path: path.ok(),
            faults,
            rules,
        });
    }
    judged
}

/// Puts `rule` in its place among these, which are in the order of their ids, if it is an error and not there
/// yet. There are few.
fn add_error(by_id: &mut Vec<Rule>, rule: Rule) {
    let place = count_before(by_id, |known| known.id() < rule.id());
    if rule.severity() == Severity::Error && by_id.get(place) != Some(&rule) {
        by_id.insert(place, rule);
    }
}

/// The certificates of the trusted paths for which no CRL speaks, where any was given.
fn unknown_status(
    own: &Certificate,
    judged: &[Judged<'_>],
    scope: &Scope<'_>,
    audited: &mut Audited<'_>,
) {
    if !scope.has_crls {
        return;
    }
    let mut told: Vec<&Certificate> = Vec::new();
    for of_store in judged {
        let Some(path) = &of_store.path else {
            continue;
        };
        for pair in path.certificates.windows(2) {
            if let [certificate, issuer] = pair
                && !scope.revocation.speaks_for(certificate, issuer)
                && !told.contains(certificate)
            {
                told.push(certificate);
                let silent = scope.revocation.silent(certificate, issuer);
                let detail = diagnosis::unknown(own, certificate, &silent);
                audited.add(Rule::RevocationUnknown, &detail);
            }
        }
    }
}

/// The root through which a store trusts the chain, where nothing speaks against that.
fn trusted_root<'a>(judged: &Judged<'a>) -> Option<&'a Certificate> {
    match &judged.path {
        Some(path) if judged.rules.is_empty() => Some(path.root),
        _ => None,
    }
}

fn roots_differ(by_side: &[(&RelyingParty, &Judged<'_>)], audited: &mut Audited<'_>) {
    let mut first: Option<&Certificate> = None;
    let (mut differ, mut is_one_name) = (false, true);
    for (_, judged) in by_side {
        match (first, trusted_root(judged)) {
            (Some(first), Some(root)) => {
                differ |= root != first;
                is_one_name &= root.subject() == first.subject();
            }
            (None, root) => first = root,
            (Some(_), None) => {}
        }
    }
    if !differ {
        return;
    }
    let mut through = String::new();
    for (side, judged) in by_side {
        if let Some(root) = trusted_root(judged) {
            // Names alone, where they tell the roots apart.
            let before = if through.is_empty() { "" } else { ", " };
            let subject = root.subject();
            through = format!("{through}{before}{side} trusts it through {subject}");
            if is_one_name {
                through = format!("{through} ({})", diagnosis::Fingerprints(root));
            }
        }
    }
    audited.add(Rule::RootsDiffer, &through);
}
