//! Every law that an accepted deployment and its plans are held to.

use umcert::{
    CaProfile, CertificateSharing, Deployment, OutageScope, Plan, PlanOptions, SanPolicy,
};

use crate::certificates::assert_certificates;
use crate::diff::assert_way;
use crate::outages::assert_outages;

/// A plan names each server of a set in each of its certificates: more servers only slow a run down.
const MAX_SERVERS: usize = 200;

/// How every policy is planned: each value of each option comes up, though not with every other.
const VARIANTS: &[(CertificateSharing, CaProfile, OutageScope)] = {
    use {CaProfile::*, CertificateSharing::*, OutageScope::*};
    &[
        (OnePerServer, Private, Single),
        (OnePerSet, AcmeLike, SitePairs),
        (OnePerServer, AcmeLike, Servers(3)),
        (OnePerSet, Private, Servers(2)),
        (OnePerServer, Private, SitePairs),
    ]
};

/// What a plan was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variant {
    pub(crate) san: SanPolicy,
    pub(crate) sharing: CertificateSharing,
    pub(crate) ca: CaProfile,
    pub(crate) outages: OutageScope,
}

impl Variant {
    fn all() -> impl Iterator<Item = Self> {
        SanPolicy::ALL.iter().flat_map(|&san| {
            let variants = VARIANTS.iter();
            variants.map(move |&(sharing, ca, outages)| Self {
                san,
                sharing,
                ca,
                outages,
            })
        })
    }

    fn plan(self, deployment: &Deployment) -> Plan {
        let options = PlanOptions::default().san(self.san).sharing(self.sharing);
        let options = options.ca(self.ca).outages(self.outages);
        Plan::new(deployment, &options).expect("what is accepted plans")
    }
}

/// Holds `deployment`, which was read from text, to every law.
pub fn assert_lawful(deployment: &Deployment) {
    if deployment.servers().count() > MAX_SERVERS {
        return;
    }
    assert_eq!(deployment.validate(), Ok(()), "reading checks");
    assert_round_trip(deployment);
    let mut previous: Option<Plan> = None;
    for variant in Variant::all() {
        let plan = variant.plan(deployment);
        assert_eq!(plan, variant.plan(deployment), "planning is pure");
        assert_shown(&plan);
        assert_certificates(deployment, &plan, variant);
        assert_outages(deployment, &plan, variant.outages);
        assert_way(previous.as_ref().unwrap_or(&plan), &plan);
        previous = Some(plan);
    }
}

fn assert_round_trip(deployment: &Deployment) {
    let json = serde_json::to_string(deployment).expect("a deployment serialises");
    let read: Deployment = serde_json::from_str(&json).expect("what was written reads back");
    assert_eq!(*deployment, read, "{json}");
}

fn assert_shown(plan: &Plan) {
    assert!(plan.to_string().starts_with("Plan: "));
    serde_json::to_string(plan).expect("a plan serialises");
    assert!(plan.findings().is_sorted(), "worst first");
}
