//! The audit of one server: one chain, and the sides that have to trust it.

use time::{Duration, OffsetDateTime};

use super::diagnosis::{self, Fault, KnownIssuers};
use super::duties::Duties;
use super::identity;
use super::lifetime;
use super::profile;
use super::report::{Report, Side, Verdict};
use super::trust_store::{EndEntity, Path, PathFault, Revocation, TrustStore};
use super::wrong;
use crate::name::DnsName;
use crate::plan::{Plan, PlannedCertificate};
use crate::rule::{Finding, Rule, Severity};
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

/// Audits what a server presents, and puts verdicts and findings into `report`. Returns until when every
/// side trusts it, as far as dates go; `None` where some side does not.
pub(super) fn audit(
    presented: &Presented<'_>,
    scope: &Scope<'_>,
    report: &mut Report,
) -> Option<OffsetDateTime> {
    let Presented {
        server,
        chain,
        sides,
        ..
    } = *presented;
    let Some((chain, first)) = chain.and_then(|chain| Some((chain, chain.end_entity()?))) else {
        let detail = "nothing was presented for it";
        report.add(Finding::new(Rule::NotPresented, server, detail));
        return None;
    };
    report.add_all(malformed(server, chain));
    first.as_ref().ok()?;
    let disorder = chain.disorder();
    let sorted = disorder.as_ref().map(|_| chain.sorted());
    report.add_all(disorder.map(|disorder| identity::chain_order(server, &disorder)));
    let chain = Sorted {
        chain: sorted.as_ref().unwrap_or(chain),
        is_whole: chain.entries().iter().all(Result::is_ok),
    };
    let certificate = chain.chain.certificates().next()?;
    if let Some(wrong) = wrong::altogether(server, certificate) {
        let rules = vec![wrong.rule()];
        report.add(wrong);
        for (side, _) in sides {
            report.judge(verdict(server, side, None, rules.clone()));
        }
        return None;
    }
    let end_entity = EndEntity::new(certificate);
    report.add_all(identity::check(
        presented,
        scope,
        certificate,
        end_entity.as_ref().ok(),
    ));
    path(presented, &chain, &end_entity, scope, report)
}

/// The chain of a server in its proper order.
struct Sorted<'a> {
    chain: &'a Chain,
    /// Whether each of its entries could be read.
    is_whole: bool,
}

/// Judges the path to a root for each side.
fn path(
    presented: &Presented<'_>,
    chain: &Sorted<'_>,
    end_entity: &Result<EndEntity<'_>, PathFault>,
    scope: &Scope<'_>,
    report: &mut Report,
) -> Option<OffsetDateTime> {
    let Presented { server, sides, .. } = *presented;
    let own = chain.chain.certificates().next()?;
    let intermediates: Vec<&Certificate> = chain.chain.intermediates().collect();
    let mut faults = Faults::default();
    let mut paths = Vec::new();
    for (side, store) in sides {
        let path = match end_entity {
            Ok(end_entity) => end_entity.verify(
                store,
                &intermediates,
                scope.revocation,
                scope.at,
                // Of two paths, no verifier is bound to the one with a fault.
                |path| diagnosis::beyond(&path.certificates(), true, scope.at).is_empty(),
            ),
            Err(fault) => Err(fault.clone()),
        };
        let (found, rules) = faults_of(&path, own, chain, store, scope);
        faults.add(side, found);
        let path = path.ok();
        report.judge(verdict(server, side, path.as_ref(), rules));
        paths.extend(path.map(|path| (side, path)));
    }
    report.add_all(faults.findings(server, own, sides.len(), scope.at));
    report.add_all(roots_differ(server, &paths));
    let paths: Vec<Path<'_>> = paths.into_iter().map(|(_, path)| path).collect();
    report.add_all(unknown_status(server, own, &paths, scope));
    report.add_all(lifetime::ends_soon(server, &paths, scope));
    // Where a path is refused, that is what to mend: the new certificate is looked at again.
    let is_refused = !faults.faults.is_empty();
    let profiled = if is_refused { &[][..] } else { &paths };
    report.add_all(profile::findings(server, profiled));
    (paths.len() == sides.len()).then(|| lifetime::first_end(&paths))?
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
        Ok(path) => diagnosis::beyond(&path.certificates(), true, scope.at),
        Err(_) if !chain.is_whole => {
            told = Some(Rule::MalformedCertificate);
            diagnosis::dates(chain.chain.certificates(), scope.at)
        }
        Err(PathFault::NoServerAuth) if !identity::serves(own) => {
            told = Some(Rule::NoServerAuth);
            diagnosis::diagnose(chain.chain, store, scope, None)
        }
        Err(fault) => diagnosis::diagnose(chain.chain, store, scope, Some(fault.clone())),
    };
    let rules = found.iter().map(Fault::rule).chain(told);
    let rules = rules.filter(|rule| rule.severity() == Severity::Error);
    let rules = rules.collect();
    (found, rules)
}

/// The certificates of the trusted paths for which no CRL speaks, where any was given.
fn unknown_status(
    server: &DnsName,
    own: &Certificate,
    paths: &[Path<'_>],
    scope: &Scope<'_>,
) -> Vec<Finding> {
    let mut unknown: Vec<&Certificate> = Vec::new();
    for path in paths.iter().filter(|_| scope.has_crls) {
        for certificate in scope.revocation.unknown(&path.certificates()) {
            if !unknown.contains(&certificate) {
                unknown.push(certificate);
            }
        }
    }
    let finding = |certificate: &Certificate| {
        let detail = format!(
            "none of the CRLs given is one of {}, which issued {}",
            certificate.issuer(),
            diagnosis::whose(own, certificate),
        );
        Finding::new(Rule::RevocationUnknown, server, detail)
    };
    unknown.into_iter().map(finding).collect()
}

fn verdict(
    server: &DnsName,
    side: &Side,
    path: Option<&Path<'_>>,
    mut rules: Vec<Rule>,
) -> Verdict {
    rules.sort_unstable_by_key(|rule| rule.id());
    rules.dedup();
    let trusted = path.filter(|_| rules.is_empty());
    Verdict {
        server: server.clone(),
        side: side.clone(),
        trusted_through: trusted.map(|path| path.root.clone()),
        refused_for: rules,
    }
}

fn malformed(server: &DnsName, chain: &Chain) -> Vec<Finding> {
    let entries = (1..).zip(chain.entries());
    let broken = entries.filter_map(|(number, entry)| Some((number, entry.as_ref().err()?)));
    broken
        .map(|(number, error)| {
            let number: usize = number;
            let detail = format!("entry {number} of its chain is {error}");
            Finding::new(Rule::MalformedCertificate, server, detail)
        })
        .collect()
}

/// Faults with the sides that suffer from them.
#[derive(Default)]
struct Faults<'a> {
    faults: Vec<(Fault, Vec<&'a Side>)>,
}

impl<'a> Faults<'a> {
    fn add(&mut self, side: &'a Side, faults: Vec<Fault>) {
        for fault in faults {
            match self.faults.iter_mut().find(|(known, _)| *known == fault) {
                Some((_, sides)) => sides.push(side),
                None => self.faults.push((fault, vec![side])),
            }
        }
    }

    /// A finding for each fault, of so many sides in all.
    fn findings(
        &self,
        server: &DnsName,
        own: &Certificate,
        all: usize,
        at: OffsetDateTime,
    ) -> Vec<Finding> {
        let faults = self.faults.iter();
        let finding = |(fault, sides): &(Fault, Vec<&Side>)| {
            let detail = diagnosis::detail(fault, own, (sides, all), at);
            Finding::new(fault.rule(), server, detail)
        };
        faults.map(finding).collect()
    }
}

fn roots_differ(server: &DnsName, paths: &[(&Side, Path<'_>)]) -> Option<Finding> {
    let (_, first) = paths.first()?;
    if paths.iter().all(|(_, path)| path.root == first.root) {
        return None;
    }
    // Names alone, where they tell the roots apart.
    let mut subjects = paths.iter().map(|(_, path)| path.root.subject());
    let is_one_name = subjects.all(|subject| subject == first.root.subject());
    let through = |(side, path): &(&Side, Path<'_>)| match is_one_name {
        true => format!(
            "{side} trusts it through {}",
            diagnosis::identified(path.root)
        ),
        false => format!("{side} trusts it through {}", path.root.subject()),
    };
    let detail: Vec<String> = paths.iter().map(through).collect();
    Some(Finding::new(Rule::RootsDiffer, server, detail.join(", ")))
}
