//! Variants of plan options.

use umcert::plan::{CaProfile, CertificateSharing, OutageScope};
use umcert::{Deployment, Plan, PlanOptions, SanPolicy};

/// Returns variants in which each value of each option occurs, but not every combination.
const VARIANTS: &[(CertificateSharing, CaProfile, OutageScope, bool)] = {
    use {CaProfile::*, CertificateSharing::*, OutageScope::*};
    &[
        (OnePerServer, Private, Single, false),
        (OnePerSet, AcmeLike, SitePairs, true),
        (OnePerServer, AcmeLike, Servers(3), true),
        (OnePerSet, Private, Servers(2), false),
        (OnePerServer, Public, SitePairs, true),
    ]
};

/// The options of a plan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variant {
    pub(crate) san: SanPolicy,
    pub(crate) sharing: CertificateSharing,
    pub(crate) ca: CaProfile,
    pub(crate) outages: OutageScope,
    pub(crate) front_ends: bool,
}

impl Variant {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        SanPolicy::ALL.iter().flat_map(|&san| {
            let variants = VARIANTS.iter();
            variants.map(move |&(sharing, ca, outages, front_ends)| Self {
                san,
                sharing,
                ca,
                outages,
                front_ends,
            })
        })
    }

    pub(crate) fn plan(self, deployment: &Deployment) -> Plan {
        let options = PlanOptions::default().san(self.san).sharing(self.sharing);
        let options = options.ca(self.ca).outages(self.outages);
        let options = options.front_ends(self.front_ends);
        Plan::new(deployment, &options).expect("what is accepted plans")
    }
}
