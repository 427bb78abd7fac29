//! Certificates that can be combined in many ways, most of them wrong, and audits of them.

use std::sync::LazyLock;

use crate::support::deployments::{self, TODAY, um};
use crate::support::forge::{Forge, certificate, rcgen_key, server_params};
use proptest::prelude::*;
use proptest::sample::Index;
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose};
use time::{Duration, OffsetDateTime};
use umcert::{Audit, Certificate, Chain, Crl, Plan, Report, SanPolicy, TrustStore};

/// Certificates that can be combined in many ways, most of them wrong.
pub(crate) struct Pool {
    pub(crate) plan: Plan,
    /// The leaf certificates that UM server 1 may present.
    own: Vec<Certificate>,
    /// The CA certificates that may follow in the chain or be among the roots.
    authorities: Vec<Certificate>,
    pub(crate) crls: Vec<Crl>,
}

pub(crate) static POOL: LazyLock<Pool> = LazyLock::new(Pool::new);

fn ended(params: &mut CertificateParams) {
    params.not_after = TODAY - Duration::DAY;
}

impl Pool {
    fn new() -> Self {
        let root = Forge::root("Root");
        let namesake = Forge::root("Root");
        let old_root = Forge::root_with("Old Root", ended);
        let first = root.intermediate("First", |_| {});
        let first_namesake = namesake.intermediate("First", |_| {});
        let second = first.intermediate("Second", |it| it.not_after = TODAY + Duration::days(150));
        let old = root.intermediate("Old", ended);
        let no_ca = root.intermediate("No CA", |it| it.is_ca = IsCa::ExplicitNoCa);
        let no_usage = root.intermediate("No Usage", |it| {
            it.key_usages = vec![KeyUsagePurpose::CrlSign]
        });
        let clients = root.intermediate("Clients", |it| {
            it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        });
        let cross = old_root.cross(&first, "First");
        // A self-signed leaf: some administrators add it to the roots.
        let own_root = Forge::root_with("Own Root", |it| {
            it.is_ca = IsCa::NoCa;
            it.key_usages.clear();
        });
        let issuers = [
            &root,
            &namesake,
            &old_root,
            &first,
            &first_namesake,
            &second,
            &old,
            &no_ca,
            &no_usage,
            &clients,
            &own_root,
        ];
        let mut own: Vec<Certificate> = issuers.iter().map(|it| it.server(1, |_| {})).collect();
        own.push(first.server(1, ended));
        own.push(first.server(1, |it| {
            it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]
        }));
        own.push(certificate(
            server_params(1).self_signed(&rcgen_key()).unwrap(),
        ));
        // An impostor: its issuer has the same name and another key.
        let double = Forge::root(um(1).as_str());
        own.push(double.server(1, |_| {}));
        let mut authorities: Vec<Certificate> =
            issuers.iter().map(|it| it.certificate.clone()).collect();
        authorities.extend([cross, double.certificate.clone()]);
        authorities.extend(own.iter().skip(issuers.len()).cloned());
        let crls = vec![
            root.crl(&[&old.certificate], 5),
            first.crl(&[&own[3]], 5),
            namesake.crl(&[], -5),
            // A delta CRL to the CRL with number 1.
            first.with_critical(
                &first.crl(&[&second.certificate], 5),
                b"\x55\x1d\x1b",
                &[0x02, 0x01, 0x01],
            ),
        ];
        Self {
            plan: deployments::plan(ONE_SERVER, SanPolicy::EveryServer),
            own,
            authorities,
            crls,
        }
    }
}

const ONE_SERVER: &str = r#"
    lync = { forest = "contoso.com" }
    exchange = [{ forest = "contoso.com", version = "2016" }]
    server-sets = [{ name = "um", servers = [{ fqdn = "um1.contoso.com", site = "Tukwila" }] }]
"#;

/// The presented chain, the roots of each relying party, the CRLs, and the time of the audit.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) chain: Chain,
    pub(crate) lync: TrustStore,
    pub(crate) exchange: TrustStore,
    pub(crate) crls: Vec<Crl>,
    pub(crate) at: OffsetDateTime,
}

impl Case {
    pub(crate) fn run(&self) -> Report {
        Audit::new(&POOL.plan)
            .lync_roots(&self.lync)
            .exchange_roots(&self.exchange)
            .presented(um(1), self.chain.clone())
            .crls(self.crls.clone())
            .run(self.at)
    }
}

prop_compose! {
    pub(crate) fn a_case()(
        own in any::<Index>(),
        behind in prop::collection::vec(any::<Index>(), 0..6),
        // The good root and the first intermediate are usually present.
        likely in any::<[bool; 3]>(),
        lync in prop::collection::vec(any::<Index>(), 0..3),
        exchange in prop::collection::vec(any::<Index>(), 0..3),
        crls in prop::sample::subsequence(vec![0_usize, 1, 2, 3], 0..=4),
        days in prop::sample::select(vec![0_i64, 0, 0, -150, 120, 170]),
    ) -> Case {
        let of = |index: &Index| index.get(&POOL.authorities).clone();
        let root = || likely[0].then(|| POOL.authorities[0].clone());
        let first = likely[1].then(|| POOL.authorities[3].clone());
        let second = likely[2].then(|| POOL.authorities[5].clone());
        let chain = std::iter::once(own.get(&POOL.own).clone());
        Case {
            chain: chain.chain(behind.iter().map(of)).chain(second).chain(first).collect(),
            lync: lync.iter().map(of).chain(root()).collect(),
            exchange: exchange.iter().map(of).chain(root()).collect(),
            crls: crls.iter().map(|number| POOL.crls[*number].clone()).collect(),
            at: TODAY + Duration::days(days),
        }
    }
}
