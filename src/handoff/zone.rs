//! The DNS zones of host names.

use crate::deployment::Deployment;
use crate::name::DnsName;

/// The zones of a deployment.
pub(super) struct Zones<'a> {
    /// The longest first.
    zones: Vec<&'a DnsName>,
}

/// A host in its zone.
pub(super) struct ZonedHost {
    pub(super) zone: String,
    /// The name relative to the zone; `@` for the zone itself.
    pub(super) name: String,
}

impl<'a> Zones<'a> {
    /// Returns the zones that `deployment` lists, or the names of its forests.
    pub(super) fn new(deployment: &'a Deployment) -> Self {
        let mut zones: Vec<&DnsName> = deployment.dns_zones.iter().collect();
        if zones.is_empty() {
            let exchange = deployment.exchange.iter().map(|forest| &forest.forest);
            zones = exchange.chain([&deployment.lync.forest]).collect();
        }
        zones.sort_by_key(|zone| std::cmp::Reverse(zone.as_str().len()));
        Self { zones }
    }

    /// Returns the zone of `host`: the longest that is a suffix of it, or its parent domain.
    pub(super) fn host(&self, host: &DnsName) -> ZonedHost {
        let host = host.as_str();
        for zone in &self.zones {
            let zone = zone.as_str();
            if host == zone {
                return ZonedHost::new(zone, "@");
            }
            let name = host
                .strip_suffix(zone)
                .and_then(|name| name.strip_suffix('.'));
            if let Some(name) = name {
                return ZonedHost::new(zone, name);
            }
        }
        match host.split_once('.') {
            Some((name, zone)) => ZonedHost::new(zone, name),
            None => ZonedHost::new(host, "@"),
        }
    }
}

impl ZonedHost {
    fn new(zone: &str, name: &str) -> Self {
        Self {
            zone: zone.to_owned(),
            name: name.to_owned(),
        }
    }
}
