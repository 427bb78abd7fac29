//! Checks CN, SAN, EKU and key of a presented certificate against the plan.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::{crl_location, key, key_usage, public_validity};
use crate::audit::context::{AuditContext, Expectation, PresentedChain};
use crate::audit::display::quoted_list;
use crate::audit::takeovers::Takeovers;
use crate::audit::trust_store::{EndEntity, PathError};
use crate::name::{DnsName, SanName};
use crate::plan::{OutageCause, Plan, PlannedCertificate, describe_outages};
use crate::rule::{Finding, Rule};
use crate::text::quote;
use crate::x509::Certificate;

/// Checks `certificate`, which a server presents. `end_entity` is the same certificate as webpki reads it.
pub(in crate::audit) fn check(
    presented: &PresentedChain<'_>,
    certificate: &Certificate,
    end_entity: &Result<EndEntity<'_>, PathError>,
    context: &AuditContext<'_>,
) -> Vec<Finding> {
    let check = IdentityCheck {
        server: presented.server,
        certificate,
        end_entity,
    };
    let mut findings = Vec::new();
    findings.extend(check.server_auth());
    findings.extend(key_usage::check(presented.server, certificate));
    findings.extend(crl_location::check(presented.server, certificate));
    findings.extend(key::check_kind(presented, certificate, context.plan));
    findings.extend(key::check_provider(presented, certificate));
    match presented.expectation {
        Expectation::Planned(planned) => {
            findings.extend(check.um_server(planned, presented, context));
        }
        Expectation::FrontEnd { pool, planned } => {
            findings.extend(check.front_end(pool, planned.is_some(), presented));
        }
    }
    findings
}

/// Reports an extended key usage that does not allow server authentication (RFC 5280 §4.2.1.12). `subject` is the
/// subject of the finding.
pub(in crate::audit) fn check_purpose(
    subject: &impl Display,
    certificate: &Certificate,
) -> Option<Finding> {
    if !certificate.has_extended_key_usage() || certificate.has_server_auth() {
        return None;
    }
    let detail = if certificate.has_any_extended_key_usage() {
        "its extended key usage allows any purpose but does not list server authentication, which Lync requires"
    } else {
        "its extended key usage lists other purposes, but not server authentication"
    };
    Some(Finding::new(Rule::NoServerAuth, subject, detail))
}

struct IdentityCheck<'a> {
    server: &'a DnsName,
    certificate: &'a Certificate,
    end_entity: &'a Result<EndEntity<'a>, PathError>,
}

impl IdentityCheck<'_> {
    fn finding(&self, rule: Rule, detail: impl AsRef<str>) -> Finding {
        Finding::new(rule, self.server, detail)
    }

    /// Returns `true` if a SAN entry covers `name`. This crate and webpki must agree. If webpki cannot read the
    /// certificate, no relying party trusts it anyway.
    fn covers(&self, name: &DnsName) -> bool {
        SanName::find_covering(self.certificate.dns_names(), name).is_some()
            && match self.end_entity {
                Ok(end_entity) => end_entity.is_valid_for(name.as_str()),
                Err(_) => true,
            }
    }

    fn um_server(
        &self,
        planned: &PlannedCertificate,
        presented: &PresentedChain<'_>,
        context: &AuditContext<'_>,
    ) -> Vec<Finding> {
        if let Some(finding) = self.swap(planned, context) {
            return vec![finding];
        }
        let mut findings = Vec::new();
        let wrong_subject = self.subject(planned, context.plan);
        let is_unrelated = wrong_subject.is_some() && !self.covers(self.server);
        findings.extend(wrong_subject);
        if is_unrelated {
            // The certificate belongs to another server: one finding is enough.
            return findings;
        }
        findings.extend(key::check_request(presented, self.certificate));
        if context.plan.ca().is_public() {
            findings.extend(public_validity::check(self.server, self.certificate));
        }
        findings.extend(self.missing_names(context.takeovers));
        findings.extend(self.extra_names(planned));
        // The certificate of another server of the plan has that server's order.
        if self.other_server(planned, context.plan).is_none() {
            findings.extend(self.san_order(planned));
        }
        findings
    }

    /// Checks the names of a Front End (D30): the CN is the FQDN of the pool, and the SAN contains it and the server's
    /// own FQDN. Other entries, such as simple URLs, are not checked. The key is compared with that of the request if the
    /// server is planned.
    fn front_end(
        &self,
        pool: &DnsName,
        is_planned: bool,
        presented: &PresentedChain<'_>,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some(finding) = self.wildcard_subject(pool) {
            findings.push(finding);
        } else if let Some(finding) = self.front_end_subject(pool) {
            findings.push(finding);
            if !self.covers(self.server) {
                return findings;
            }
        }
        if is_planned {
            findings.extend(key::check_request(presented, self.certificate));
        }
        // A Standard Edition server is its own pool.
        let mut names = vec![pool, self.server];
        names.dedup();
        for name in names {
            if !self.covers(name) {
                let detail = format!(
                    "{name} is not covered by the SAN, which for a Front End must contain its own FQDN and that of its pool (D30): calls from UM to it fail"
                );
                findings.push(self.finding(Rule::NameMissing, detail));
            }
        }
        findings
    }

    fn front_end_subject(&self, pool: &DnsName) -> Option<Finding> {
        let names = self.certificate.common_names();
        let subject = match names {
            [cn] if cn.parse().is_ok_and(|name: DnsName| name == *pool) => return None,
            [] => "the subject has no CN".to_owned(),
            [cn] => format!("the CN is {}", quote(cn)),
            several => format!("the subject has several CNs, {}", quoted_list(several)),
        };
        let detail = format!(
            "{subject}, but the CN of a Front End must be the FQDN of its pool, `{pool}` (D30)"
        );
        Some(self.finding(Rule::SubjectNotServer, detail))
    }

    fn server_auth(&self) -> Option<Finding> {
        if self.certificate.has_extended_key_usage() {
            return check_purpose(self.server, self.certificate);
        }
        let detail = "it has no extended key usage, but Lync requires server authentication";
        Some(self.finding(Rule::NoServerAuth, detail))
    }

    /// Reports that another server presents the certificate of this one, and this one the certificate of the other.
    fn swap(&self, planned: &PlannedCertificate, context: &AuditContext<'_>) -> Option<Finding> {
        if self
            .certificate
            .common_names()
            .iter()
            .any(|cn| self.is_own_name(cn, planned))
        {
            return None;
        }
        let other = self.other_server(planned, context.plan)?;
        let mut names = context.presented.get(&other)?.common_names().iter();
        if !names.any(|cn| self.is_own_name(cn, planned)) {
            return None;
        }
        let server = self.server;
        let detail = format!(
            "it presents the certificate of {other}, and {other} presents the one of {server}"
        );
        let remedy = "exchange the certificates of the two servers: install each with its private key on the server in its CN, and assign it there to the UM services";
        Some(
            self.finding(Rule::SubjectNotServer, detail)
                .with_remedy(remedy),
        )
    }

    fn subject(&self, planned: &PlannedCertificate, plan: &Plan) -> Option<Finding> {
        let expected = planned.subject();
        if let Some(finding) = self.wildcard_subject(expected) {
            return Some(finding);
        }
        let detail = match self.certificate.common_names() {
            [] => match self.certificate.subject() {
                "" => format!("the subject is empty, so it has no CN; expected `{expected}`"),
                subject => format!(
                    "the subject {} has no CN; expected `{expected}`",
                    quote(subject)
                ),
            },
            [cn] if self.is_own_name(cn, planned) => return None,
            [cn] => match self.other_server(planned, plan) {
                Some(other) => format!(
                    "the CN is `{other}`, which is another server of the plan, instead of `{expected}`"
                ),
                None => format!("the CN is {} instead of `{expected}`", quote(cn)),
            },
            several => format!(
                "the subject has several CNs, {}, instead of only `{expected}`",
                quoted_list(several)
            ),
        };
        Some(self.finding(Rule::SubjectNotServer, detail))
    }

    fn wildcard_subject(&self, expected: &DnsName) -> Option<Finding> {
        let mut names = self.certificate.common_names().iter();
        let wildcard = names.find(|cn| cn.starts_with("*."))?;
        let detail = format!("the CN is {} instead of `{expected}`", quote(wildcard));
        Some(self.finding(Rule::SubjectWildcard, detail))
    }

    /// Returns `true` if a CN is the server's own name, or that of the server for which a shared certificate is
    /// planned.
    fn is_own_name(&self, cn: &str, planned: &PlannedCertificate) -> bool {
        let name = cn.parse::<DnsName>();
        name.is_ok_and(|name| name == *self.server || name == *planned.subject())
    }

    /// Returns the first CN that is the name of another UM server of the plan.
    fn other_server(&self, planned: &PlannedCertificate, plan: &Plan) -> Option<DnsName> {
        let others = self.certificate.common_names().iter();
        others
            .filter(|cn| !self.is_own_name(cn, planned))
            .filter_map(|cn| cn.parse::<DnsName>().ok())
            .find(|name| plan.forest_of(name).is_some())
    }

    /// Reports each name that the server must answer to and that the SAN does not cover: its own name, and the names
    /// that it takes over in an outage.
    fn missing_names(&self, takeovers: &Takeovers) -> Vec<Finding> {
        let mut findings = Vec::new();
        if !self.covers(self.server) {
            let detail = "its own name is not covered by the SAN: every call fails";
            findings.push(self.finding(Rule::NameMissing, detail));
        }
        let mut causes_by_name: BTreeMap<&DnsName, Vec<&OutageCause>> = BTreeMap::new();
        for takeover in takeovers.of(self.server) {
            // A name that moves can come back to its own server.
            if let Some(name) = &takeover.name
                && name != self.server
            {
                causes_by_name
                    .entry(name)
                    .or_default()
                    .push(&takeover.cause);
            }
        }
        for (name, causes) in causes_by_name {
            if !self.covers(name) {
                let causes = describe_outages(&causes);
                let detail = format!(
                    "{name} is not covered by the SAN: calls to that name fail when {causes}"
                );
                findings.push(self.finding(Rule::NameMissing, detail));
            }
        }
        findings
    }

    fn extra_names(&self, planned: &PlannedCertificate) -> Option<Finding> {
        let is_planned = |entry: &str| {
            let name = entry.parse::<SanName>();
            name.is_ok_and(|name| planned.has_entry(&name))
        };
        let entries = self.certificate.san_entries().iter();
        let extra: Vec<&String> = entries.filter(|entry| !is_planned(entry)).collect();
        let detail = format!(
            "the SAN has names that are not planned: {}",
            quoted_list(&extra)
        );
        (!extra.is_empty()).then(|| self.finding(Rule::NameExtra, detail))
    }

    /// Checks that exact names come before wildcards (D12), and that the server's own name comes first.
    fn san_order(&self, planned: &PlannedCertificate) -> Option<Finding> {
        let names = self.certificate.dns_names();
        if !names.iter().is_sorted_by_key(|name| name.is_wildcard()) {
            let detail = "the SAN has a wildcard before an exact name";
            return Some(self.finding(Rule::SanOrder, detail));
        }
        let own = SanName::from(self.server);
        let first = names.iter().next()?;
        if *first == own || *first == SanName::from(planned.subject()) || !names.contains(&own) {
            return None;
        }
        let detail = format!(
            "the first name in the SAN is `{first}` instead of the server's own, `{}`",
            self.server
        );
        Some(self.finding(Rule::SanOrder, detail))
    }
}
