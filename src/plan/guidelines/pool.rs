//! Guidelines for the Front Ends of a pool, if the plan covers them.

use super::certificates;
use super::context::PlanContext;
use crate::name::DnsName;
use crate::rule::Finding;

pub(super) fn check(context: &PlanContext<'_>) -> Vec<Finding> {
    let pools = context.deployment.lync.pools.iter();
    let pools = pools.zip(context.front_ends);
    pools
        .flat_map(|(pool, pool_certificates)| {
            let names = std::iter::once(&pool.fqdn).chain(&pool.servers);
            let names: Vec<&DnsName> = names.collect();
            let owner = pool.fqdn.as_str();
            certificates::check(owner, &names, pool_certificates, context.options)
        })
        .collect()
}
