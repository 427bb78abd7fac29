//! The guidelines for the pools, roles, forests and addresses of the servers.

use super::{NONE, NOTHING, Row, cross_forest, old, row, row_2, server};
use crate::support::deployments::name;
use umcert::deployment::{ExchangeForest, ExchangeRole, ExchangeVersion, FrontEndPool};

pub(super) fn topology_rows() -> Vec<Row> {
    vec![
        row("Example 1 as it stands", |_| {}, NONE),
        row_2("Example 2 as it stands", |_| {}, NONE),
        row(
            "no pool",
            |it| it.lync.pools.clear(),
            &["error no-lync-pool contoso.com"],
        ),
        row(
            "a Standard Edition server alone",
            |it| it.lync.pools = vec![FrontEndPool::new("se.contoso.com", NOTHING).unwrap()],
            NONE,
        ),
        row(
            "Client Access alone on every server",
            |it| {
                let servers = it.server_sets[0].servers.iter_mut();
                servers.for_each(|it| it.roles = [ExchangeRole::ClientAccess].into());
            },
            &["error no-mailbox-role contoso.com"],
        ),
        row(
            "Mailbox on one server only",
            |it| {
                let servers = it.server_sets[0].servers.iter_mut().skip(1);
                servers.for_each(|it| it.roles = [ExchangeRole::ClientAccess].into());
            },
            NONE,
        ),
        row(
            "no Mailbox role before Exchange 2013",
            |it| {
                old(it, ExchangeVersion::Exchange2010Sp1);
                let servers = it.server_sets[0].servers.iter_mut();
                servers.for_each(|it| {
                    it.roles = [ExchangeRole::ClientAccess, ExchangeRole::UnifiedMessaging].into();
                });
            },
            NONE,
        ),
        row(
            "Lync in another forest, all trusts there",
            cross_forest,
            NONE,
        ),
        row(
            "Lync's forest is not trusted",
            |it| {
                cross_forest(it);
                it.exchange[0].trusts_lync = false;
            },
            &["error forest-trust-missing contoso.com"],
        ),
        row(
            "Lync's forest does not trust",
            |it| {
                cross_forest(it);
                it.exchange[0].trusted_by_lync = false;
            },
            &["error forest-trust-missing contoso.com"],
        ),
        row(
            "no UM settings in Lync's forest",
            |it| {
                cross_forest(it);
                it.exchange[0].um_settings_in_lync_forest = false;
            },
            &["warning um-settings-not-in-lync-forest contoso.com"],
        ),
        row(
            "another forest without UM servers needs no trust",
            |it| {
                let forest =
                    ExchangeForest::new("other.com", ExchangeVersion::Exchange2013).unwrap();
                it.exchange.push(forest);
                let servers = it.server_sets[0].servers.iter_mut();
                servers.for_each(|it| it.forest = Some(name("contoso.com")));
            },
            NONE,
        ),
        row(
            "of two forests the one that is not Lync's needs trusts",
            |it| {
                let forest = ExchangeForest::new("other.com", ExchangeVersion::Exchange2013);
                it.exchange.push(forest.unwrap());
                let servers = it.server_sets[0].servers.iter_mut().zip(1..);
                servers.for_each(|(it, number)| {
                    let forest = if number < 3 {
                        "contoso.com"
                    } else {
                        "other.com"
                    };
                    it.forest = Some(name(forest));
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
            |it| {
                server(it, 1).addresses = vec!["2001:db8::1".parse().unwrap()];
                server(it, 1).ucma = Some(3);
            },
            &["error ipv6-without-ucma4 um1.contoso.com"],
        ),
        row(
            "IPv6 with UCMA 4, and IPv4 with UCMA 3",
            |it| {
                server(it, 1).addresses = vec!["2001:db8::1".parse().unwrap()];
                server(it, 1).ucma = Some(4);
                server(it, 2).addresses = vec!["192.0.2.2".parse().unwrap()];
                server(it, 2).ucma = Some(3);
                server(it, 3).addresses = vec!["2001:db8::3".parse().unwrap()];
            },
            NONE,
        ),
        row(
            "IPv6 with the UCMA of Exchange 2010",
            |it| {
                old(it, ExchangeVersion::Exchange2010Sp1);
                server(it, 1).addresses = vec!["2001:db8::1".parse().unwrap()];
            },
            &["error ipv6-without-ucma4 um1.contoso.com"],
        ),
    ]
}
