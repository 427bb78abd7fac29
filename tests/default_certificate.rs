//! Exchange's default certificates: those of its setup are recognised, and nothing that looks like one is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

mod common;
use common::*;
use time::macros::datetime;
use umcert::*;

#[test]
fn probe() {
    let mut lync = Lync::new("contoso.com").unwrap();
    lync.pools
        .push(Pool::new("lyncpool.contoso.com", ["fe1.contoso.com"]).unwrap());
    let deployment = Deployment::new(
        lync,
        [ExchangeForest::new("contoso.com", ExchangeVersion::Exchange2013).unwrap()],
        [ServerSet::new(
            "um",
            [UmServer::new("um1.contoso.com", "Tukwila").unwrap()],
            None,
        )],
        [DialPlan::new(
            "TukwilaUsers",
            [Member::enabled("um1.contoso.com").unwrap()],
        )],
    );
    let plan = Plan::new(&deployment, &PlanOptions::default()).unwrap();
    let day = datetime!(2024-07-01 00:00 UTC);
    for entry in std::fs::read_dir(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/data/default-certificates"
    ))
    .unwrap()
    {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|it| it != "pem") {
            continue;
        }
        let chain = Chain::from_bytes(&std::fs::read(&path).unwrap()).unwrap();
        eprintln!("===== {path:?}\n{:#?}", chain.default_certificate());
        let own: TrustStore = chain.certificates().cloned().collect();
        for roots in [TrustStore::default(), own] {
            let report = Audit::new(&plan)
                .lync_roots(&roots)
                .exchange_roots(&roots)
                .presented(um(1), chain.clone())
                .run(day);
            eprintln!("{report}\n{:?}", roots.verify(&chain, &um(1), day));
        }
    }
    let server = UmServer::new("um1.contoso.com", "Tukwila").unwrap();
    for kind in [KeyKind::P256, KeyKind::Rsa2048] {
        let Ok(key) = KeyPair::generate(kind) else {
            continue;
        };
        eprintln!(
            "{:#?}",
            faulty::exchange_default(&server, &key, day)
                .unwrap()
                .default_certificate()
        );
    }
}
