//! The audit of one server: one chain, and the sides that have to trust it.

use time::{Duration, OffsetDateTime};

use super::diagnosis::{self, Fault, KnownIssuers};
use super::duties::Duties;
use super::identity;
use super::lifetime;
use super::profile;
use super::report::{Side, Verdict};
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
    pub(super) warn: Duration,
}

/// What one server presents, what it is to present, and who has to trust it.
#[derive(Clone, Copy)]
pub(super) struct Presented<'a> {
    pub(super) server: &'a DnsName,
    pub(super) expected: Expected<'a>,
    pub(super) chain: Option<&'a Chain>,
    /// What was asked of the CA, where that is known.
    pub(super) request: Option<&'a CertificateRequest>,
    pub(super) sides: &'a [(Side, &'a TrustStore)],
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
#[derive(Default)]
pub(super) struct Audited {
    pub(super) verdicts: Vec<Verdict>,
    pub(super) findings: Vec<Finding>,
    /// Until when every side trusts it, as far as dates go; `None` where some side does not.
    pub(super) until: Option<OffsetDateTime>,
}

impl Audited {
    /// That no side trusts a server, for one reason.
    fn refused_by_all(&mut self, presented: &Presented<'_>, rule: Rule) {
        for (side, _) in presented.sides {
            let verdict = verdict(presented.server, side, None, &[rule]);
            self.verdicts.push(verdict);
        }
    }
}

/// Audits what a server presents.
pub(super) fn audit(presented: &Presented<'_>, scope: &Scope<'_>) -> Audited {
    let mut audited = Audited::default();
    let server = presented.server;
    let chain = presented.chain;
    let Some((chain, first)) = chain.and_then(|chain| Some((chain, chain.end_entity()?))) else {
        let detail = "nothing was presented for it";
        let finding = Finding::new(Rule::NotPresented, server, detail);
        audited.findings.push(finding);
        audited.refused_by_all(presented, Rule::NotPresented);
        return audited;
    };
    audited.findings.append(&mut malformed(server, chain));
    let sorted;
    let chain = Sorted {
        chain: match chain.disorder() {
            Some(disorder) => {
                let finding = identity::chain_order(server, &disorder);
                audited.findings.push(finding);
                sorted = chain.sorted();
                &sorted
            }
            None => chain,
        },
        is_whole: chain.entries().iter().all(Result::is_ok),
    };
    match (first, chain.chain.certificates().next()) {
        (Ok(_), Some(own)) => certificate(presented, &chain, own, scope, &mut audited),
        _ => audited.refused_by_all(presented, Rule::MalformedCertificate),
    }
    audited
}

/// Audits the certificate that a server presents as its own, and its path.
fn certificate(
    presented: &Presented<'_>,
    chain: &Sorted<'_>,
    own: &Certificate,
    scope: &Scope<'_>,
    audited: &mut Audited,
) {
    if let Some(wrong) = wrong::altogether(presented.server, own) {
        audited.refused_by_all(presented, wrong.rule());
        audited.findings.push(wrong);
        return;
    }
    let end_entity = EndEntity::new(own);
    let read = end_entity.as_ref().ok();
    let mut findings = identity::check(presented, scope, own, read);
    audited.findings.append(&mut findings);
    path(presented, chain, own, &end_entity, scope, audited);
}

/// The chain of a server in its proper order.
pub(super) struct Sorted<'a> {
    pub(super) chain: &'a Chain,
    /// Whether each of its entries could be read.
    pub(super) is_whole: bool,
}

/// What one store makes of a chain.
struct Judged<'a> {
    store: &'a TrustStore,
    path: Option<Path<'a>>,
    faults: Vec<Fault>,
    /// The rules of every finding that speaks against it.
    rules: Vec<Rule>,
}

/// Judges the path to a root for each side.
fn path(
    presented: &Presented<'_>,
    chain: &Sorted<'_>,
    own: &Certificate,
    end_entity: &Result<EndEntity<'_>, PathFault>,
    scope: &Scope<'_>,
    audited: &mut Audited,
) {
    let Presented { server, sides, .. } = *presented;
    let judged = judge(sides, chain, own, end_entity, scope);
    let mut by_side: Vec<(&Side, &Judged<'_>)> = Vec::new();
    for (side, store) in sides {
        let of_store = judged.iter().find(|it| std::ptr::eq(it.store, *store));
        if let Some(judged) = of_store {
            let verdict = verdict(server, side, trusted_root(judged), &judged.rules);
            audited.verdicts.push(verdict);
            by_side.push((side, judged));
        }
    }
    let mut paths: Vec<&Path<'_>> = Vec::new();
    for judged in &judged {
        if let Some(path) = &judged.path {
            paths.push(path);
        }
    }
    let findings = &mut audited.findings;
    let mut is_refused = false;
    for of_store in &judged {
        for fault in &of_store.faults {
            is_refused = true;
            let mut suffering: Vec<&Side> = Vec::new();
            for (side, judged) in &by_side {
                if judged.faults.contains(fault) {
                    suffering.push(side);
                }
            }
            // What several stores have in common is told again for each, and stands in the report once.
            let detail = diagnosis::detail(fault, &suffering, sides.len());
            findings.push(Finding::new(fault.rule, server, detail));
        }
    }
    findings.extend(roots_differ(server, &by_side));
    findings.append(&mut unknown_status(server, own, &paths, scope));
    findings.append(&mut lifetime::ends_soon(server, own, &paths, scope));
    // Where a path is refused, that is what to mend: the new certificate is looked at again.
    if !is_refused {
        findings.append(&mut profile::findings(server, &paths));
    }
    if paths.len() == judged.len() {
        audited.until = lifetime::first_end(&paths);
    }
}

/// What each store of these sides makes of a chain. Most often it is one store: Lync and Exchange are to
/// share a CA.
fn judge<'p>(
    sides: &[(Side, &'p TrustStore)],
    chain: &Sorted<'p>,
    own: &'p Certificate,
    end_entity: &Result<EndEntity<'p>, PathFault>,
    scope: &Scope<'_>,
) -> Vec<Judged<'p>> {
    let mut intermediates: Vec<&Certificate> = Vec::new();
    intermediates.extend(chain.chain.intermediates());
    let mut judged: Vec<Judged<'p>> = Vec::new();
    for (_, store) in sides {
        if judged.iter().any(|it| std::ptr::eq(it.store, *store)) {
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
        let (faults, rules) = faults_of(&path, own, chain, store, scope);
        judged.push(Judged {
            store,
            path: path.ok(),
            faults,
            rules,
        });
    }
    judged
}

/// What is wrong with a path, and the rules of every finding that speaks against it.
fn faults_of(
    path: &Result<Path<'_>, PathFault>,
    own: &Certificate,
    chain: &Sorted<'_>,
    store: &TrustStore,
    scope: &Scope<'_>,
) -> (Vec<Fault>, Vec<Rule>) {
    let mut told = None;
    let found = match path {
        Ok(path) if path.is_good => Vec::new(),
        Ok(path) => diagnosis::beyond(path, scope.at),
        Err(_) if !chain.is_whole => {
            told = Some(Rule::MalformedCertificate);
            diagnosis::diagnose(own, chain, store, scope, None)
        }
        Err(PathFault::NoServerAuth) if !identity::serves(own) => {
            told = Some(Rule::NoServerAuth);
            diagnosis::diagnose(own, chain, store, scope, None)
        }
        Err(fault) => diagnosis::diagnose(own, chain, store, scope, Some(fault)),
    };
    let mut rules = Vec::new();
    if let Some(rule) = told {
        add_error(&mut rules, rule);
    }
    for fault in &found {
        add_error(&mut rules, fault.rule);
    }
    (found, rules)
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
    server: &DnsName,
    own: &Certificate,
    paths: &[&Path<'_>],
    scope: &Scope<'_>,
) -> Vec<Finding> {
    let mut told: Vec<&Certificate> = Vec::new();
    let mut findings = Vec::new();
    if !scope.has_crls {
        return findings;
    }
    for path in paths {
        for unknown in &scope.revocation.unknown(&path.certificates) {
            if !told.contains(&unknown.certificate) {
                told.push(unknown.certificate);
                let detail = diagnosis::unknown(unknown, own);
                findings.push(Finding::new(Rule::RevocationUnknown, server, detail));
            }
        }
    }
    findings
}

fn verdict(server: &DnsName, side: &Side, root: Option<&Certificate>, rules: &[Rule]) -> Verdict {
    Verdict {
        server: server.clone(),
        side: side.clone(),
        trusted_through: root.cloned(),
        refused_for: rules.to_vec(),
    }
}

fn malformed(server: &DnsName, chain: &Chain) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, entry) in (1_usize..).zip(chain.entries()) {
        if let Err(error) = entry {
            let detail = format!("entry {number} of its chain is {error}");
            findings.push(Finding::new(Rule::MalformedCertificate, server, detail));
        }
    }
    findings
}

/// The root through which a store trusts the chain, where nothing speaks against that.
fn trusted_root<'a>(judged: &Judged<'a>) -> Option<&'a Certificate> {
    match &judged.path {
        Some(path) if judged.rules.is_empty() => Some(path.root),
        _ => None,
    }
}

fn roots_differ(server: &DnsName, by_side: &[(&Side, &Judged<'_>)]) -> Option<Finding> {
    let (mut first, mut differ, mut is_one_name) = (None, false, true);
    for (_, judged) in by_side {
        if let Some(root) = trusted_root(judged) {
            let first = *first.get_or_insert(root);
            differ |= root != first;
            is_one_name &= root.subject() == first.subject();
        }
    }
    if !differ {
        return None;
    }
    let mut through = Vec::new();
    for (side, judged) in by_side {
        if let Some(root) = trusted_root(judged) {
            // Names alone, where they tell the roots apart.
            let root = match is_one_name {
                true => diagnosis::identified(root),
                false => root.subject().to_owned(),
            };
            through.push(format!("{side} trusts it through {root}"));
        }
    }
    let detail = through.join(", ");
    Some(Finding::new(Rule::RootsDiffer, server, detail))
}
