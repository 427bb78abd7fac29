//! The laws of the steps from one plan to another.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::generated::{Method, a_deployment, failover, options};
use proptest::prelude::*;
use umcert::deployment::{DialPlanMember, Failover, UmServer};
use umcert::plan::{MigrationStep, OutageScope};
use umcert::{Deployment, DnsName, KeyKind, Plan, PlannedCertificate, SanName};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn diff_of_a_plan_with_itself_is_empty(deployment in a_deployment(), options in options()) {
        let plan = Plan::new(&deployment, &options).unwrap();
        let diff = plan.diff(&plan.clone());
        prop_assert!(diff.is_empty(), "{}", diff);
        prop_assert_eq!(diff.keep().len(), plan.certificates().len());
    }

    #[test]
    fn diff_steps_lead_to_the_new_plan_and_keep_names_covered(
        old in a_deployment(),
        redirects in prop::option::of(prop::collection::vec((0..12_usize, 0..12_usize), 0..12)),
        enabled in prop::collection::vec(any::<bool>(), 12),
        grows in any::<bool>(),
        shrinks in prop::option::of(any::<bool>()),
        options in (options(), options()),
        scope in prop::sample::select(vec![OutageScope::Single, OutageScope::SitePairs, OutageScope::Servers(2)]),
    ) {
        let new = changed(&old, redirects.as_deref(), &enabled, grows, shrinks);
        let old_plan = Plan::new(&old, &options.0.outages(scope)).unwrap();
        let new_plan = Plan::new(&new, &options.1.outages(scope)).unwrap();
        let outages = outages(old.servers().chain(new.servers()), scope);
        let mut state = State::of(&old_plan, &old);
        let diff = old_plan.diff(&new_plan);
        for step in diff.steps() {
            state.apply(step);
            state.check(step, &outages).map_err(|error| TestCaseError::fail(format!("{error}\n{diff}")))?;
        }
        let expected = State::of(&new_plan, &new);
        prop_assert_eq!(&state.certificates, &expected.certificates, "{}", diff);
        // The certificate of a removed server does not matter.
        state.presents.retain(|server, _| expected.presents.contains_key(server));
        prop_assert_eq!(&state.presents, &expected.presents, "{}", diff);
        prop_assert_eq!(&state.redirects, &expected.redirects);
        prop_assert_eq!(&state.members, &expected.members);
    }
}

/// A deployment with one server more or less (the first or the last of its set), other redirects and other
/// members.
fn changed(
    old: &Deployment,
    redirects: Option<&[(usize, usize)]>,
    enabled: &[bool],
    grows: bool,
    shrinks: Option<bool>,
) -> Deployment {
    let mut new = old.clone();
    let set = &mut new.server_sets[0];
    if let Some(first) = shrinks.filter(|_| set.servers.len() > 1) {
        let position = if first { 0 } else { set.servers.len() - 1 };
        let gone = set.servers.remove(position).fqdn;
        if let Some(Failover::Dns { redirects, .. }) = &mut set.failover {
            redirects.retain(|(from, to)| *from != gone && *to != gone);
        }
        new.dial_plans[0]
            .members
            .retain(|member| member.server != gone);
    }
    let set = &mut new.server_sets[0];
    if grows {
        set.servers
            .push(UmServer::new("new.contoso.com", "Site 1").unwrap());
        new.dial_plans[0]
            .members
            .push(DialPlanMember::enabled("new.contoso.com").unwrap());
    }
    if let Some(redirects) = redirects {
        let hosts: Vec<String> = set.servers.iter().map(|it| it.fqdn.to_string()).collect();
        set.failover = failover(&hosts, &Method::Dns(redirects.to_vec()));
    }
    for (member, enabled) in new.dial_plans[0].members.iter_mut().zip(enabled) {
        member.enabled = *enabled;
    }
    new
}

/// The certificates and the configuration while a change is applied.
struct State {
    /// The names in the latest certificate of each first server.
    certificates: BTreeMap<DnsName, (Vec<SanName>, KeyKind)>,
    /// The certificate that each server presents: its first server and names.
    presents: BTreeMap<DnsName, (DnsName, Vec<SanName>)>,
    redirects: BTreeMap<DnsName, DnsName>,
    members: BTreeMap<(String, DnsName), bool>,
}

impl State {
    fn of(plan: &Plan, deployment: &Deployment) -> Self {
        let mut state = Self {
            certificates: BTreeMap::new(),
            presents: BTreeMap::new(),
            redirects: BTreeMap::new(),
            members: BTreeMap::new(),
        };
        for certificate in plan.certificates() {
            state.issue(certificate, certificate.names().collect());
        }
        for set in &deployment.server_sets {
            if let Some(Failover::Dns { redirects, .. }) = &set.failover {
                state.redirects.extend(redirects.clone());
            }
        }
        for dial_plan in &deployment.dial_plans {
            let members = dial_plan.members.iter();
            state.members.extend(
                members.map(|it| ((dial_plan.name.clone(), it.server.clone()), it.enabled)),
            );
        }
        state
    }

    /// Issues a certificate with these names, and installs it on its servers.
    fn issue(&mut self, certificate: &PlannedCertificate, names: Vec<SanName>) {
        let held = (names, certificate.key());
        let subject = certificate.servers()[0].clone();
        self.certificates.insert(subject.clone(), held);
        self.install(&subject, certificate.servers());
    }

    fn install(&mut self, subject: &DnsName, servers: &[DnsName]) {
        let held = (subject.clone(), self.certificates[subject].0.clone());
        self.presents
            .extend(servers.iter().map(|it| (it.clone(), held.clone())));
    }

    fn apply(&mut self, step: &MigrationStep) {
        match step {
            MigrationStep::Issue(certificate) => {
                self.issue(certificate, certificate.names().collect())
            }
            MigrationStep::Reissue(reissue) => {
                let has_reason = reissue.is_reordered()
                    || reissue.added().next().is_some()
                    || reissue.dropped().next().is_some()
                    || reissue.key_change().is_some();
                assert!(has_reason, "{reissue}");
                let certificate = reissue.certificate();
                self.issue(certificate, certificate.names().collect());
            }
            MigrationStep::Extend {
                certificate, kept, ..
            } => {
                assert!(!kept.is_empty());
                self.issue(certificate, step.issued_names().unwrap());
            }
            MigrationStep::Install {
                subject, servers, ..
            } => self.install(subject, servers),
            MigrationStep::Redirect { name, to, .. } => {
                self.redirects.insert(name.clone(), to.clone());
            }
            MigrationStep::RemoveRedirect { name, .. } => {
                self.redirects.remove(name).unwrap();
            }
            MigrationStep::RedirectTogether { redirects, .. } => {
                assert!(redirects.len() > 1, "{step}");
                for (name, to) in redirects {
                    match to {
                        Some(to) => self.redirects.insert(name.clone(), to.clone()),
                        None => self.redirects.remove(name),
                    };
                }
            }
            MigrationStep::Enable {
                dial_plan, server, ..
            } => {
                self.members
                    .insert((dial_plan.clone(), server.clone()), true);
            }
            MigrationStep::Disable {
                dial_plan, server, ..
            } => {
                self.members
                    .insert((dial_plan.clone(), server.clone()), false);
            }
            MigrationStep::RemoveMember {
                dial_plan, server, ..
            } => {
                self.members
                    .remove(&(dial_plan.clone(), server.clone()))
                    .unwrap();
            }
            MigrationStep::Retire { subject, .. } => {
                self.certificates.remove(subject).unwrap();
                self.presents
                    .retain(|_, (presented, _)| presented != subject);
            }
            other => panic!("{other:?}"),
        }
    }

    /// Checks that in each of these outages a server that answers to a name holds it, and that every server
    /// holds its own name.
    fn check(
        &self,
        step: &MigrationStep,
        outages: &[BTreeSet<DnsName>],
    ) -> Result<(), TestCaseError> {
        let holds = |server: &DnsName, name: &DnsName| {
            let presented = self.presents.get(server);
            presented.is_some_and(|(_, names)| names.iter().any(|it| it.covers(name)))
        };
        for down in outages {
            for name in down {
                let Some(end) = self.end(name, down) else {
                    continue;
                };
                prop_assert!(
                    holds(end, name),
                    "{name} at {end} without {down:?} after: {step}"
                );
            }
        }
        for ((_, server), enabled) in &self.members {
            prop_assert!(
                !enabled || holds(server, server),
                "{} after: {}",
                server,
                step
            );
        }
        Ok(())
    }

    fn end<'a>(&'a self, name: &'a DnsName, down: &BTreeSet<DnsName>) -> Option<&'a DnsName> {
        let mut at = name;
        for _ in 0..=down.len() {
            if !down.contains(at) {
                return Some(at);
            }
            at = self.redirects.get(at)?;
        }
        None
    }
}

/// Returns which of these servers are down in each outage of this scope.
fn outages<'a>(
    servers: impl Iterator<Item = &'a UmServer>,
    scope: OutageScope,
) -> Vec<BTreeSet<DnsName>> {
    let mut sites: BTreeMap<&str, BTreeSet<DnsName>> = BTreeMap::new();
    for server in servers {
        let of_site = sites.entry(&server.site).or_default();
        of_site.insert(server.fqdn.clone());
    }
    let mut outages: Vec<BTreeSet<DnsName>> = sites.into_values().collect();
    let singles = outages.iter().flatten();
    let singles: Vec<_> = singles.map(|it| BTreeSet::from([it.clone()])).collect();
    let pairs_of = |them: &[BTreeSet<DnsName>]| -> Vec<BTreeSet<DnsName>> {
        let pairs = them.iter().flat_map(|a| them.iter().map(move |b| a | b));
        pairs.collect()
    };
    match scope {
        OutageScope::SitePairs => outages = pairs_of(&outages),
        OutageScope::Servers(_) => outages.extend(pairs_of(&singles)),
        _ => {}
    }
    outages.extend(singles);
    outages
}
