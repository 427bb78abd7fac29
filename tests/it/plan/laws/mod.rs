//! The laws of planning, as properties over generated deployments. Each outage is computed again by brute
//! force, and each change is applied step by step.

mod coverage;
mod diff;
mod shape;

use proptest::prelude::*;
use umcert::plan::OutageScope;

fn scope() -> impl Strategy<Value = OutageScope> {
    prop_oneof![
        Just(OutageScope::Single),
        Just(OutageScope::SitePairs),
        (0..=3_u8).prop_map(OutageScope::Servers),
        Just(OutageScope::Servers(OutageScope::MAX_SERVERS)),
    ]
}
