//! The audit of one server: one chain, two sides.

use time::{Duration, OffsetDateTime};

use super::default_certificate::{self, DefaultCertificate, Mark};
use super::diagnosis::{self, Fault, KnownIssuers};
use super::identity;
use super::report::{Report, Side, Verdict};
use super::trust_store::{EndEntity, PathFault, TrustStore, TrustedPath};
use crate::name::DnsName;
use crate::plan::{Plan, PlannedCertificate};
use crate::rule::{Finding, Rule};
use crate::x509::{BasicConstraints, Certificate, Chain, SelfSignature};

/// What is the same for every server of an audit.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) plan: &'a Plan,
    pub(super) at: OffsetDateTime,
    pub(super) warn: Duration,
}

/// What one server presents, what was planned for it, and who has to trust it.
#[derive(Clone, Copy)]
pub(super) struct Presented<'a> {
    pub(super) planned: &'a PlannedCertificate,
    pub(super) server: &'a DnsName,
    pub(super) chain: Option<&'a Chain>,
    pub(super) sides: &'a [(Side, &'a TrustStore)],
}

/// Audits what a server presents, and puts verdicts and findings into `report`.
pub(super) fn audit(
    presented: &Presented<'_>,
    known: &KnownIssuers<'_>,
    scope: Scope<'_>,
    report: &mut Report,
) {
    let Presented {
        planned,
        server,
        chain,
        sides,
    } = *presented;
    let Some((chain, first)) = chain.and_then(|chain| Some((chain, chain.end_entity()?))) else {
        let detail = "nothing was presented for it";
        report.add(Finding::new(Rule::NotPresented, server, detail));
        return;
    };
    report.add_all(malformed(server, chain));
    let Ok(certificate) = first else {
        return;
    };
    if let Some(wrong) = wrong_altogether(server, certificate) {
        report.add(wrong);
        for (side, _) in sides {
            report.judge(verdict(server, side, None));
        }
        return;
    }
    let end_entity = EndEntity::new(certificate);
    report.add_all(identity::check(
        scope.plan,
        planned,
        server,
        certificate,
        end_entity.as_ref().ok(),
    ));

    let intermediates: Vec<&Certificate> = chain.intermediates().collect();
    let mut faults = Faults::default();
    let mut paths = Vec::new();
    for (side, store) in sides {
        let path = match &end_entity {
            Ok(end_entity) => end_entity.verify(store, &intermediates, scope.at),
            Err(fault) => Err(fault.clone()),
        };
        report.judge(verdict(server, side, path.as_ref().ok()));
        match path {
            Ok(path) => {
                // webpki does not look at the dates of a root; Windows does.
                faults.add(side, diagnosis::dates([path.root()].into_iter(), scope.at));
                paths.push((side, path));
            }
            Err(fault) if is_told(&fault, chain, certificate) => {
                let dated = diagnosis::dates(chain.certificates(), scope.at);
                faults.add(side, dated);
            }
            Err(fault) => {
                let found = diagnosis::diagnose(chain, store, known, fault, scope.at);
                faults.add(side, found);
            }
        }
    }
    report.add_all(faults.findings(server, scope.at));
    report.add_all(ends_soon(server, chain, &paths, scope));
    report.add_all(roots_differ(server, &paths));
}

fn verdict(server: &DnsName, side: &Side, path: Option<&TrustedPath>) -> Verdict {
    Verdict {
        server: server.clone(),
        side: side.clone(),
        trusted_through: path.map(|path| path.root().subject().to_owned()),
    }
}

/// Whether another finding tells already why webpki says no.
fn is_told(fault: &PathFault, chain: &Chain, certificate: &Certificate) -> bool {
    let lacks_server_auth = !certificate
        .extended_key_usage()
        .is_some_and(|usage| usage.server_auth);
    let is_malformed = chain.entries().iter().any(Result::is_err);
    (*fault == PathFault::NoServerAuth && lacks_server_auth) || is_malformed
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

/// The one finding of a certificate that is the wrong one altogether.
fn wrong_altogether(server: &DnsName, certificate: &Certificate) -> Option<Finding> {
    if let Some(default) = default_certificate::detect(certificate) {
        return Some(Finding::new(
            Rule::DefaultSelfSigned,
            server,
            evidence(&default),
        ));
    }
    let subject = certificate.subject();
    if certificate.basic_constraints() == BasicConstraints::Ca {
        let detail = format!("it presents the certificate of the CA {subject} as its own");
        return Some(Finding::new(Rule::CaAsServer, server, detail));
    }
    if certificate.self_signature() == SelfSignature::Valid {
        let detail = format!("its certificate {subject} is signed by its own key, and by no CA");
        return Some(Finding::new(Rule::SelfSigned, server, detail));
    }
    None
}

/// "… CN=UM1, signed by its own key; key, key usage … as setup makes them; unlike setup's: validity 90 days".
fn evidence(default: &DefaultCertificate) -> String {
    let (fit, differ): (Vec<&Mark>, Vec<&Mark>) =
        default.marks().iter().partition(|mark| mark.fits);
    let fit: Vec<&str> = fit.iter().map(|mark| mark.property).collect();
    let differ: Vec<String> = differ
        .iter()
        .map(|mark| format!("{} {}", mark.property, mark.found))
        .collect();
    let unlike = match differ.is_empty() {
        true => String::new(),
        false => format!("; unlike setup's: {}", differ.join(", ")),
    };
    format!(
        "it presents the certificate \"{}\" that Exchange's setup makes, {} signed by its own key (as setup makes it: {}{unlike})",
        default.kind(),
        default.subject(),
        fit.join(", "),
    )
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

    fn findings(&self, server: &DnsName, at: OffsetDateTime) -> Vec<Finding> {
        let faults = self.faults.iter();
        faults
            .map(|(fault, sides)| finding(server, fault, sides, at))
            .collect()
    }
}

fn finding(server: &DnsName, fault: &Fault, sides: &[&Side], at: OffsetDateTime) -> Finding {
    let (rule, detail) = match fault {
        Fault::Expired(certificate) => (
            Rule::Expired,
            format!(
                "{} ended on {}, {} before the audit",
                whose(server, certificate),
                date(certificate.not_after()),
                days(at - certificate.not_after()),
            ),
        ),
        Fault::NotYetValid(certificate) => (
            Rule::NotYetValid,
            format!(
                "{} begins on {}, {} after the audit",
                whose(server, certificate),
                date(certificate.not_before()),
                days(certificate.not_before() - at),
            ),
        ),
        Fault::MissingIntermediate(certificate) => (
            Rule::MissingIntermediate,
            format!(
                "{} was issued by {}, which the server does not present and {}",
                whose(server, certificate),
                certificate.issuer(),
                nobody(sides, "holds as a root", "does not hold as a root"),
            ),
        ),
        Fault::UntrustedRoot(root) => (
            Rule::UntrustedRoot,
            format!(
                "its chain ends in the root {root}, which {}",
                nobody(sides, "holds", "does not hold"),
            ),
        ),
        Fault::BadSignature(certificate) => (
            Rule::BadSignature,
            format!(
                "the signature of {} does not verify under the key of the issuer {} that is at hand for {}",
                whose(server, certificate),
                certificate.issuer(),
                list(sides),
            ),
        ),
        Fault::PathInvalid(fault) => (
            Rule::PathInvalid,
            format!("{} cannot trust its chain: {fault}", list(sides)),
        ),
    };
    Finding::new(rule, server, detail)
}

/// "its certificate", or which other certificate of the path.
fn whose(server: &DnsName, certificate: &Certificate) -> String {
    let own = [server.to_string()];
    if certificate.common_names() == own {
        return "its certificate".to_owned();
    }
    match certificate.basic_constraints() {
        BasicConstraints::Ca => format!("the CA certificate {}", certificate.subject()),
        _ => format!("the certificate {}", certificate.subject()),
    }
}

/// "neither Lync nor Exchange (contoso.com) holds", or "Lync does not hold" for one side alone.
fn nobody(sides: &[&Side], both: &str, one: &str) -> String {
    match sides {
        [first, second] => format!("neither {first} nor {second} {both}"),
        sides => format!("{} {one}", list(sides)),
    }
}

fn list(sides: &[&Side]) -> String {
    let sides: Vec<String> = sides.iter().map(|side| side.to_string()).collect();
    sides.join(" and ")
}

/// RFC 3339 in UTC, as in the JSON report.
fn date(at: OffsetDateTime) -> String {
    let format = time::format_description::well_known::Rfc3339;
    at.format(&format).unwrap_or_else(|_| at.to_string())
}

fn days(duration: Duration) -> String {
    match duration.whole_days() {
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

/// Certificates of the trusted paths that end within the window. Those that have ended are errors.
fn ends_soon(
    server: &DnsName,
    chain: &Chain,
    paths: &[(&Side, TrustedPath)],
    scope: Scope<'_>,
) -> Vec<Finding> {
    let mut certificates: Vec<&Certificate> = Vec::new();
    for (_, path) in paths {
        let presented = chain.certificates().enumerate();
        let passed = presented.filter(|(index, it)| *index == 0 || path.passes(it));
        let passed = passed
            .map(|(_, certificate)| certificate)
            .chain([path.root()]);
        for certificate in passed {
            if !certificates.contains(&certificate) {
                certificates.push(certificate);
            }
        }
    }
    let soon = |certificate: &&Certificate| {
        let left = certificate.not_after() - scope.at;
        !left.is_negative() && left < scope.warn
    };
    let certificates = certificates.into_iter().filter(soon);
    certificates
        .map(|certificate| {
            let detail = format!(
                "{} ends on {}, in {}: from then on no call gets through, nor a failover to this server",
                whose(server, certificate),
                date(certificate.not_after()),
                days(certificate.not_after() - scope.at),
            );
            Finding::new(Rule::ExpiresSoon, server, detail)
        })
        .collect()
}

fn roots_differ(server: &DnsName, paths: &[(&Side, TrustedPath)]) -> Option<Finding> {
    let [(first_side, first), (second_side, second)] = paths else {
        return None;
    };
    if first.root() == second.root() {
        return None;
    }
    let detail = format!(
        "{first_side} trusts it through {}, {second_side} through {}",
        first.root().subject(),
        second.root().subject(),
    );
    Some(Finding::new(Rule::RootsDiffer, server, detail))
}
