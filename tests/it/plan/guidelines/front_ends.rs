//! The guidelines for the certificates of Front Ends, which are checked only if the plan covers them.

use super::{NONE, Row, row, row_with};
use crate::support::deployments::name;
use umcert::plan::CaProfile;
use umcert::{Deployment, KeyKind};

/// A pool name of 65 characters.
const LONG: &str = "pool.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.contoso.com";

pub(super) fn front_end_rows() -> Vec<Row> {
    vec![
        row_with(
            "Front Ends without a fault",
            |options| options.front_ends(true),
            NONE,
        ),
        Row {
            options: |options| options.front_ends(true),
            ..row(
                "a pool with a CN of 65 characters",
                |deployment| rename_pool(deployment, LONG),
                &[
                    "error common-name-too-long pool.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.contoso.com",
                ],
            )
        },
        row(
            "a pool with a CN of 65 characters that is not covered",
            |deployment| rename_pool(deployment, LONG),
            NONE,
        ),
        Row {
            options: |options| options.front_ends(true),
            ..row(
                "a pool with a CN of 64 characters",
                |deployment| rename_pool(deployment, &LONG[1..]),
                NONE,
            )
        },
        row_with(
            "RSA 3072 on Front Ends too",
            |options| options.key(KeyKind::Rsa3072).front_ends(true),
            &[
                "warning key-size-unlisted lyncpool.contoso.com",
                "warning key-size-unlisted um",
            ],
        ),
        row_with(
            "a limit of one name on Front Ends too",
            |options| options.max_names(1).front_ends(true),
            &[
                "warning too-many-names lyncpool.contoso.com",
                "warning too-many-names um",
            ],
        ),
        Row {
            options: |options| options.max_names(3).front_ends(true),
            ..row(
                "a limit of three names, which Front Ends keep",
                |_| {},
                &["warning too-many-names um"],
            )
        },
        Row {
            options: |options| options.ca(CaProfile::Public).front_ends(true),
            ..row(
                "an internal Front End, at a public CA",
                |deployment| {
                    deployment.lync.pools[0].servers[1] = name("fe2.contoso.local");
                },
                &["error internal-name-public-ca lyncpool.contoso.com"],
            )
        },
        Row {
            options: |options| options.ca(CaProfile::Public).front_ends(true),
            ..row(
                "an internal pool, at a public CA",
                |deployment| rename_pool(deployment, "pool.contoso.local"),
                &["error internal-name-public-ca pool.contoso.local"],
            )
        },
        Row {
            options: |options| options.ca(CaProfile::Public),
            ..row(
                "an internal pool that is not covered, at a public CA",
                |deployment| rename_pool(deployment, "pool.contoso.local"),
                NONE,
            )
        },
    ]
}

fn rename_pool(deployment: &mut Deployment, fqdn: &str) {
    deployment.lync.pools[0].fqdn = name(fqdn);
}
