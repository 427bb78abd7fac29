//! Which roots each side holds (D24).

use super::report::RelyingParty;
use super::server::{Expected, Presented};
use super::trust_store::TrustStore;
use crate::name::DnsName;
use crate::plan::Plan;
use crate::sort::count_before;

/// The stores of all sides. Sides that hold the same roots have the very same store here, so that what is
/// found out for one holds for the others.
pub(super) struct Stores<'a> {
    lync: &'a TrustStore,
    /// That of the forests which have none of their own.
    exchange: &'a TrustStore,
    /// Those of the others, by name.
    forests: Vec<(&'a DnsName, &'a TrustStore)>,
    each: Vec<&'a TrustStore>,
}

impl<'a> Stores<'a> {
    pub(super) fn new(
        lync: &'a TrustStore,
        exchange: &'a TrustStore,
        mut forests: Vec<(&'a DnsName, &'a TrustStore)>,
    ) -> Self {
        let mut each: Vec<&TrustStore> = Vec::new();
        let mut once = |store: &'a TrustStore| {
            for known in &each {
                if known.holds_the_same(store) {
                    return *known;
                }
            }
            each.push(store);
            store
        };
        let (lync, exchange) = (once(lync), once(exchange));
        for (_, store) in &mut forests {
            *store = once(store);
        }
        Self {
            lync,
            exchange,
            forests,
            each,
        }
    }

    fn of_forest(&self, forest: &DnsName) -> &'a TrustStore {
        let place = count_before(&self.forests, |(own, _)| *own < forest);
        match self.forests.get(place) {
            Some((name, own)) if *name == forest => own,
            _ => self.exchange,
        }
    }

    /// Each of them once.
    pub(super) fn each(&self) -> &[&'a TrustStore] {
        &self.each
    }

    /// The sides that must trust a server, each with its store: Lync and its own forest a UM server, every
    /// forest a Front End.
    pub(super) fn sides(
        &self,
        presented: &Presented<'_>,
        plan: &Plan,
    ) -> Vec<(RelyingParty, &'a TrustStore)> {
        let forest = |forest: &DnsName| {
            (
                RelyingParty::Exchange(forest.clone()),
                self.of_forest(forest),
            )
        };
        match presented.expected {
            Expected::Planned(_) => {
                let mut sides = vec![(RelyingParty::Lync, self.lync)];
                if let Some(own) = plan.forest_of(presented.server) {
                    sides.push(forest(own));
                }
                sides
            }
            Expected::FrontEnd(_) => {
                let mut sides = Vec::new();
                for each in plan.forests() {
                    sides.push(forest(each));
                }
                sides
            }
        }
    }
}
