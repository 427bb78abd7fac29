//! Generated deployments and plan options.

use std::collections::BTreeSet;

use proptest::prelude::*;
use umcert::deployment::{
    DialPlan, DialPlanMember, ExchangeForest, ExchangeVersion, Failover, FrontEndPool, Lync,
    MediaEncryption, ServerSet, UmServer,
};
use umcert::plan::{CaProfile, CertificateSharing};
use umcert::{Deployment, Plan, PlanOptions, SanPolicy};

use super::deployments::FAST;

const DOMAINS: [&str; 4] = ["contoso.com", "eu.contoso.com", "fabrikam.org", "test"];

/// A generated server: its site and its domain, by index, and its version if it differs from the forest's.
#[derive(Debug, Clone)]
struct Server {
    site: u8,
    domain: usize,
    version: Option<ExchangeVersion>,
}

fn server(sites: u8) -> impl Strategy<Value = Server> {
    let version = prop::option::of(prop::sample::select(ExchangeVersion::ALL));
    (0..sites, 0..DOMAINS.len(), version).prop_map(|(site, domain, version)| Server {
        site,
        domain,
        version,
    })
}

fn encryption() -> impl Strategy<Value = Option<MediaEncryption>> {
    prop::option::of(prop::sample::select(MediaEncryption::ALL))
}

fn host(index: usize, server: &Server) -> String {
    format!("um{index}.{}", DOMAINS[server.domain])
}

/// The failover of a generated set: by DNS with these redirects (index to index), by dial plan, or none.
#[derive(Debug, Clone)]
pub(crate) enum Method {
    Dns(Vec<(usize, usize)>),
    DialPlan,
    None,
}

fn method() -> impl Strategy<Value = Method> {
    prop_oneof![
        3 => prop::collection::vec((0..12_usize, 0..12_usize), 0..12).prop_map(Method::Dns),
        1 => Just(Method::DialPlan),
        1 => Just(Method::None),
    ]
}

prop_compose! {
    pub(crate) fn a_deployment()(
        sets in prop::collection::vec(
            (prop::collection::vec(server(4), 1..7), method()),
            1..3,
        ),
        enabled in prop::collection::vec(any::<bool>(), 12),
        used in prop::collection::vec(any::<bool>(), 12),
        encryption in encryption(),
    ) -> Deployment {
        build(&sets, &enabled, &used, encryption)
    }
}

prop_compose! {
    /// A few servers, some of which fail over by DNS and some by dial plan, all in one dial plan.
    pub(crate) fn a_mixed_deployment()(
        by_dns in prop::collection::vec(server(3), 1..4),
        redirects in prop_oneof![
            prop::collection::vec((0..3_usize, 0..3_usize), 1..5),
            Just(vec![(0, 1), (1, 2)]),
        ],
        by_dial_plan in prop::collection::vec(server(3), 1..3),
        enabled in prop::collection::vec(prop::bool::weighted(0.7), 12),
        used in prop::collection::vec(any::<bool>(), 12),
        encryption in encryption(),
    ) -> Deployment {
        let sets = [(by_dns, Method::Dns(redirects)), (by_dial_plan, Method::DialPlan)];
        build(&sets, &enabled, &used, encryption)
    }
}

fn um_server(host: &str, server: &Server) -> UmServer {
    let mut um_server = UmServer::new(host, format!("Site {}", server.site)).unwrap();
    um_server.version = server.version;
    um_server
}

fn build(
    sets: &[(Vec<Server>, Method)],
    enabled: &[bool],
    used: &[bool],
    encryption: Option<MediaEncryption>,
) -> Deployment {
    let mut first = 0;
    let mut server_sets = Vec::new();
    let mut members = Vec::new();
    for (servers, method) in sets {
        let hosts: Vec<String> = servers
            .iter()
            .enumerate()
            .map(|(index, it)| host(first + index, it))
            .collect();
        let um_servers: Vec<UmServer> = hosts
            .iter()
            .zip(servers)
            .map(|(host, server)| um_server(host, server))
            .collect();
        for (index, host) in hosts
            .iter()
            .enumerate()
            .filter(|(index, _)| used[first + index])
        {
            let member = match enabled[first + index] {
                true => DialPlanMember::enabled(host.as_str()),
                false => DialPlanMember::disabled(host.as_str()),
            };
            members.push(member.unwrap());
        }
        server_sets.push(ServerSet::new(
            format!("set {first}"),
            um_servers,
            failover(&hosts, method),
        ));
        first += servers.len();
    }
    let mut lync = Lync::new("contoso.com").unwrap();
    let front_ends = ["fe1.contoso.com", "fe2.contoso.com"];
    let mut pool = FrontEndPool::new("pool.contoso.com", front_ends).unwrap();
    pool.encryption = encryption;
    let none: [&str; 0] = [];
    let standard_edition = FrontEndPool::new("std.eu.contoso.com", none).unwrap();
    lync.pools = vec![pool, standard_edition];
    let forest = ExchangeForest::new("contoso.com", ExchangeVersion::Exchange2016).unwrap();
    Deployment::new(
        lync,
        [forest],
        server_sets,
        [DialPlan::new("Users", members)],
    )
}

pub(crate) fn failover(hosts: &[String], method: &Method) -> Option<Failover> {
    let redirects = match method {
        Method::Dns(redirects) => redirects,
        Method::DialPlan => return Some(Failover::DialPlan),
        Method::None => return None,
    };
    let mut seen = BTreeSet::new();
    let redirects = redirects
        .iter()
        .map(|(from, to)| (from % hosts.len(), to % hosts.len()))
        .filter(|(from, _)| seen.insert(*from))
        .map(|(from, to)| (hosts[from].as_str(), hosts[to].as_str()));
    Some(Failover::dns(redirects).unwrap())
}

pub(crate) fn policy() -> impl Strategy<Value = SanPolicy> {
    prop::sample::select(SanPolicy::ALL)
}

/// Plans the deployment, with its Front Ends if `front_ends` is `true`.
pub(crate) fn planned(deployment: &Deployment, policy: SanPolicy, front_ends: bool) -> Plan {
    let options = PlanOptions::default()
        .san(policy)
        .key(FAST)
        .front_ends(front_ends);
    Plan::new(deployment, &options).unwrap()
}

/// Policy, sharing, CA and coverage of Front Ends in every combination.
pub(crate) fn options() -> impl Strategy<Value = PlanOptions> {
    let sharing = [
        CertificateSharing::OnePerServer,
        CertificateSharing::OnePerSet,
    ];
    let parts = (
        policy(),
        prop::sample::select(sharing.to_vec()),
        prop::sample::select(CaProfile::ALL),
        any::<bool>(),
    );
    parts.prop_map(|(san, sharing, ca, front_ends)| {
        PlanOptions::default()
            .san(san)
            .sharing(sharing)
            .ca(ca)
            .front_ends(front_ends)
            .key(FAST)
    })
}
