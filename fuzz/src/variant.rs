//! Variants of plan options.

use umcert::plan::{CaProfile, CertificateSharing, OutageScope};
use umcert::{Deployment, Plan, PlanOptions, SanPolicy};

/// Returns variants in which each value of each option occurs, but not every combination.
const VARIANTS: &[(CertificateSharing, CaProfile, OutageScope)] = {
    use {CaProfile::*, CertificateSharing::*, OutageScope::*};
    &[
        (OnePerServer, Private, Single),
        (OnePerSet, AcmeLike, SitePairs),
        (OnePerServer, AcmeLike, Servers(3)),
        (OnePerSet, Private, Servers(2)),
        (OnePerServer, Public, SitePairs),
    ]
};

/// The options of a plan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variant {
    pub(crate) san: SanPolicy,
    pub(crate) sharing: CertificateSharing,
    pub(crate) ca: CaProfile,
    pub(crate) outages: OutageScope,
}

impl Variant {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
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

    pub(crate) fn plan(self, deployment: &Deployment) -> Plan {
        let options = PlanOptions::default().san(self.san).sharing(self.sharing);
        let options = options.ca(self.ca).outages(self.outages);
        Plan::new(deployment, &options).expect("what is accepted plans")
    }
}
