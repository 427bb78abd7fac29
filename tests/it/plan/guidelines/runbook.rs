//! The guidelines for carrying out a failover by DNS.

use super::{NONE, Row, row, row_2, server};
use umcert::Deployment;

pub(super) fn runbook_rows() -> Vec<Row> {
    let rows = vec![
        row(
            "failover by DNS without addresses",
            |_| {},
            &[
                "note addresses-missing-for-runbook um",
                "note dynamic-registration-undoes-failover um",
            ],
        ),
        row(
            "failover by DNS without one address",
            |deployment| {
                list_addresses(deployment);
                server(deployment, 2).addresses.clear();
            },
            &[
                "note addresses-missing-for-runbook um",
                "note dynamic-registration-undoes-failover um",
            ],
        ),
        row(
            "failover by DNS with all addresses",
            list_addresses,
            &["note dynamic-registration-undoes-failover um"],
        ),
        row_2("failover by dial plan, which moves no name", |_| {}, NONE),
        row(
            "no failover, so no name moves",
            |deployment| deployment.server_sets[0].failover = None,
            &["warning no-failover um"],
        ),
    ];
    let about_notes = rows.into_iter().map(|row| Row {
        is_about_notes: true,
        ..row
    });
    about_notes.collect()
}

fn list_addresses(deployment: &mut Deployment) {
    for (server, number) in deployment.server_sets[0].servers.iter_mut().zip(1..) {
        server.addresses = vec![format!("192.0.2.{number}").parse().unwrap()];
    }
}
