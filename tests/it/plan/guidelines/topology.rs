//! The guidelines for the pools, roles, forests and addresses of the servers.

use super::{NONE, NOTHING, Row, cross_forest, old, row, row_2, server};
use crate::support::deployments::name;
use umcert::deployment::{ExchangeForest, ExchangeRole, ExchangeVersion, FrontEndPool};

pub(super) fn topology_rows() -> Vec<Row> {
    vec![
        row("Example 1 unchanged", |_| {}, NONE),
        row_2("Example 2 unchanged", |_| {}, NONE),
        row(
            "no pool",
            |deployment| deployment.lync.pools.clear(),
            &["error no-lync-pool contoso.com"],
        ),
        row(
            "only a Standard Edition server",
            |deployment| {
                deployment.lync.pools = vec![FrontEndPool::new("se.contoso.com", NOTHING).unwrap()]
            },
            NONE,
        ),
        row(
            "only Client Access on every server",
            |deployment| {
                let servers = deployment.server_sets[0].servers.iter_mut();
                servers.for_each(|server| server.roles = [ExchangeRole::ClientAccess].into());
            },
            &["error no-mailbox-role contoso.com"],
        ),
        row(
            "Mailbox on one server only",
            |deployment| {
                let servers = deployment.server_sets[0].servers.iter_mut().skip(1);
                servers.for_each(|server| server.roles = [ExchangeRole::ClientAccess].into());
            },
            NONE,
        ),
        row(
            "no Mailbox role before Exchange 2013",
            |deployment| {
                old(deployment, ExchangeVersion::Exchange2010Sp1);
                let servers = deployment.server_sets[0].servers.iter_mut();
                servers.for_each(|server| {
                    server.roles =
                        [ExchangeRole::ClientAccess, ExchangeRole::UnifiedMessaging].into();
                });
            },
            NONE,
        ),
        row(
            "the Mailbox role only on a server older than Exchange 2013",
            |deployment| {
                let servers = deployment.server_sets[0].servers.iter_mut().skip(1);
                servers.for_each(|server| server.roles = [ExchangeRole::ClientAccess].into());
                server(deployment, 1).version = Some(ExchangeVersion::Exchange2010Sp1);
            },
            &["error no-mailbox-role contoso.com"],
        ),
        row(
            "the Unified Messaging role on a server older than its forest",
            |deployment| {
                let server = server(deployment, 1);
                server.version = Some(ExchangeVersion::Exchange2010Sp1);
                server.roles = [ExchangeRole::ClientAccess, ExchangeRole::UnifiedMessaging].into();
            },
            NONE,
        ),
        row(
            "Lync in another forest, with all trusts",
            cross_forest,
            NONE,
        ),
        row(
            "Lync's forest is not trusted",
            |deployment| {
                cross_forest(deployment);
                deployment.exchange[0].trusts_lync = false;
            },
            &["error forest-trust-missing contoso.com"],
        ),
        row(
            "Lync's forest does not trust",
            |deployment| {
                cross_forest(deployment);
                deployment.exchange[0].trusted_by_lync = false;
            },
            &["error forest-trust-missing contoso.com"],
        ),
        row(
            "no UM settings in Lync's forest",
            |deployment| {
                cross_forest(deployment);
                deployment.exchange[0].um_settings_in_lync_forest = false;
            },
            &["warning um-settings-not-in-lync-forest contoso.com"],
        ),
        row(
            "another forest without UM servers needs no trust",
            |deployment| {
                let forest =
                    ExchangeForest::new("other.com", ExchangeVersion::Exchange2013).unwrap();
                deployment.exchange.push(forest);
                let servers = deployment.server_sets[0].servers.iter_mut();
                servers.for_each(|server| server.forest = Some(name("contoso.com")));
            },
            NONE,
        ),
        row(
            "two forests, of which only the one without Lync needs trusts",
            |deployment| {
                let forest = ExchangeForest::new("other.com", ExchangeVersion::Exchange2013);
                deployment.exchange.push(forest.unwrap());
                let servers = deployment.server_sets[0].servers.iter_mut().zip(1..);
                servers.for_each(|(server, number)| {
                    let forest = if number < 3 {
                        "contoso.com"
                    } else {
                        "other.com"
                    };
                    server.forest = Some(name(forest));
                });
            },
            &[
                "error forest-trust-missing other.com",
                "error forest-trust-missing other.com",
                "warning um-settings-not-in-lync-forest other.com",
            ],
        ),
        row(
            "IPv6 with UCMA 3",
            |deployment| {
                server(deployment, 1).addresses = vec!["2001:db8::1".parse().unwrap()];
                server(deployment, 1).ucma = Some(3);
            },
            &["error ipv6-without-ucma4 um1.contoso.com"],
        ),
        row(
            "IPv6 with UCMA 4, and IPv4 with UCMA 3",
            |deployment| {
                server(deployment, 1).addresses = vec!["2001:db8::1".parse().unwrap()];
                server(deployment, 1).ucma = Some(4);
                server(deployment, 2).addresses = vec!["192.0.2.2".parse().unwrap()];
                server(deployment, 2).ucma = Some(3);
                server(deployment, 3).addresses = vec!["2001:db8::3".parse().unwrap()];
            },
            NONE,
        ),
        row(
            "IPv6 on a server with Exchange 2010 in a forest of Exchange 2013",
            |deployment| {
                server(deployment, 1).addresses = vec!["2001:db8::1".parse().unwrap()];
                server(deployment, 1).version = Some(ExchangeVersion::Exchange2010Sp1);
                server(deployment, 2).addresses = vec!["2001:db8::2".parse().unwrap()];
            },
            &["error ipv6-without-ucma4 um1.contoso.com"],
        ),
        row(
            "IPv6 with the UCMA of Exchange 2010",
            |deployment| {
                old(deployment, ExchangeVersion::Exchange2010Sp1);
                server(deployment, 1).addresses = vec!["2001:db8::1".parse().unwrap()];
            },
            &["error ipv6-without-ucma4 um1.contoso.com"],
        ),
    ]
}
