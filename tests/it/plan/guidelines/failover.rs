//! The guidelines for failover: within the site, without an answer, and in larger outages.

use super::{NONE, Row, redirect, row, row_2, row_with, server};
use crate::support::deployments::um;
use umcert::deployment::{DialPlanMember, ExchangeVersion, UmServer};
use umcert::plan::OutageScope;

pub(super) fn failover_rows() -> Vec<Row> {
    vec![
        row(
            "no failover",
            |deployment| deployment.server_sets[0].failover = None,
            &["warning no-failover um"],
        ),
        row(
            "no failover for a single server",
            |deployment| {
                let mut set = deployment.server_sets[0].clone();
                set.name = "other".into();
                set.servers = vec![UmServer::new("um9.contoso.com", "Oslo").unwrap()];
                set.failover = None;
                deployment.server_sets.push(set);
                deployment.dial_plans[0]
                    .members
                    .push(DialPlanMember::enabled("um9.contoso.com").unwrap());
            },
            NONE,
        ),
        row(
            "failover within the site, and on to the other one",
            |deployment| redirect(deployment, &[(1, 2), (2, 4), (3, 1), (4, 2)]),
            &["warning failover-within-site um1.contoso.com"],
        ),
        row(
            "a name without a redirect",
            |deployment| redirect(deployment, &[(1, 3), (3, 1), (4, 2)]),
            &["error unanswered-name um2.contoso.com"],
        ),
        row(
            "a loop within the site",
            |deployment| redirect(deployment, &[(1, 2), (2, 1), (3, 1), (4, 2)]),
            &[
                "error unanswered-name um1.contoso.com",
                "error unanswered-name um2.contoso.com",
                "warning failover-within-site um1.contoso.com",
                "warning failover-within-site um2.contoso.com",
            ],
        ),
        row_2(
            "no member left to enable",
            |deployment| {
                deployment.dial_plans[0].members.truncate(2);
                let others = deployment.dial_plans[0].clone();
                deployment.dial_plans.push(others);
                deployment.dial_plans[1].name = "Others".into();
                deployment.dial_plans[1].members = (1..=4)
                    .map(|n| DialPlanMember::enabled(um(n)).unwrap())
                    .collect();
            },
            &["error unanswered-name TukwilaUsers"],
        ),
        row_2(
            "every member disabled",
            |deployment| {
                deployment.dial_plans[0]
                    .members
                    .iter_mut()
                    .for_each(|member| member.enabled = false)
            },
            &["error unanswered-name TukwilaUsers"],
        ),
        row_with(
            "both sites out at once",
            |options| options.outages(OutageScope::SitePairs),
            &[
                "error unanswered-name um1.contoso.com",
                "error unanswered-name um2.contoso.com",
                "error unanswered-name um3.contoso.com",
                "error unanswered-name um4.contoso.com",
            ],
        ),
        Row {
            options: |options| options.outages(OutageScope::SitePairs),
            ..row_2(
                "no member left if both sites are out",
                |_| {},
                &["error unanswered-name TukwilaUsers"],
            )
        },
        Row {
            options: |options| options.outages(OutageScope::Servers(3)),
            ..row_2(
                "four members, and three servers out",
                |_| {},
                &["note more-servers-than-tried TukwilaUsers"],
            )
        },
        Row {
            options: |options| options.outages(OutageScope::Servers(2)),
            ..row_2("four members, and two servers out", |_| {}, NONE)
        },
        Row {
            options: |options| options.outages(OutageScope::Servers(3)),
            ..row_2(
                "three members, and three servers out, so that no member is up",
                |deployment| {
                    deployment.dial_plans[0].members.pop();
                    deployment.server_sets[0].servers.pop();
                },
                &["error unanswered-name TukwilaUsers"],
            )
        },
        row_2(
            "three of four members at one site",
            |deployment| server(deployment, 3).site = "Tukwila".into(),
            &["note more-servers-than-tried TukwilaUsers"],
        ),
        Row {
            options: |options| options.outages(OutageScope::SitePairs),
            ..row_2(
                "three of four members at two of three sites",
                |deployment| server(deployment, 4).site = "Oslo".into(),
                &["note more-servers-than-tried TukwilaUsers"],
            )
        },
        row_2(
            "three of four members at two of three sites, of which one is out",
            |deployment| server(deployment, 4).site = "Oslo".into(),
            NONE,
        ),
        row(
            "three of four members at one site, whose names move",
            |deployment| {
                let members =
                    [1, 2, 3, 4].map(|number| DialPlanMember::enabled(um(number)).unwrap());
                deployment.dial_plans[0].members = members.to_vec();
                server(deployment, 3).site = "Tukwila".into();
                redirect(deployment, &[(1, 4), (2, 4), (3, 4), (4, 1)]);
            },
            NONE,
        ),
        row_2(
            "an older stand-by",
            |deployment| {
                server(deployment, 3).version = Some(ExchangeVersion::Exchange2010Sp1);
            },
            &["warning standby-older-version TukwilaUsers"],
        ),
        row_2(
            "one newer stand-by beside an older one",
            |deployment| {
                server(deployment, 3).version = Some(ExchangeVersion::Exchange2016);
            },
            &["warning standby-older-version TukwilaUsers"],
        ),
        row_2(
            "a stand-by of the same major version before its service pack",
            |deployment| {
                deployment.exchange[0].version = ExchangeVersion::Exchange2010Sp1;
                server(deployment, 3).version = Some(ExchangeVersion::Exchange2010);
            },
            NONE,
        ),
        row_2(
            "an older member that is not a stand-by",
            |deployment| {
                server(deployment, 1).version = Some(ExchangeVersion::Exchange2010Sp1);
            },
            NONE,
        ),
        row(
            "an older disabled member, and failover by DNS",
            |deployment| {
                let disabled = DialPlanMember::disabled(um(3)).unwrap();
                deployment.dial_plans[0].members.push(disabled);
                server(deployment, 3).version = Some(ExchangeVersion::Exchange2010Sp1);
            },
            NONE,
        ),
        Row {
            options: |options| options.outages(OutageScope::Servers(4)),
            ..row_2(
                "four members, and all of them out",
                |_| {},
                &[
                    "error unanswered-name TukwilaUsers",
                    "note more-servers-than-tried TukwilaUsers",
                ],
            )
        },
    ]
}
