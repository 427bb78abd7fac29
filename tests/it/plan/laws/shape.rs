//! The law of the shape of certificates: their names, and the order of the names.

use std::collections::BTreeSet;

use crate::support::generated::{a_deployment, options};
use proptest::prelude::*;
use umcert::deployment::FrontEndPool;
use umcert::plan::CaProfile;
use umcert::{Plan, PlannedCertificate, SanName};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Law 2.
    #[test]
    fn shape_own_name_first_then_exact_names_then_wildcards(
        deployment in a_deployment(),
        options in options(),
        ca in prop::sample::select(CaProfile::ALL),
    ) {
        let plan = Plan::new(&deployment, &options.ca(ca)).unwrap();
        for certificate in plan.certificates() {
            let names: Vec<SanName> = certificate.names().collect();
            match certificate.pool() {
                None => prop_assert_eq!(Some(certificate.subject()), certificate.servers().first()),
                // The pool and the server (D30), which are one for a Standard Edition server.
                Some(pool) => {
                    let mut expected = vec![SanName::from(pool), SanName::from(&certificate.servers()[0])];
                    expected.dedup();
                    prop_assert_eq!((certificate.subject(), &names), (pool, &expected));
                }
            }
            let subject = SanName::from(certificate.subject());
            let is_beside = |name: &SanName| {
                let covers = |it: &SanName| it.is_wildcard() && name.as_exact().is_some_and(|name| it.covers(name));
                names.iter().any(covers)
            };
            match ca {
                CaProfile::AcmeLike => {
                    // Exactly the names that a wildcard covers are left out.
                    prop_assert!(names[0] == subject || (!names.contains(&subject) && is_beside(&subject)), "{:?}", names);
                    prop_assert!(!names.iter().any(is_beside), "{:?}", names);
                }
                _ => prop_assert_eq!(&names[0], &subject),
            }
            prop_assert!(names.is_sorted_by_key(SanName::is_wildcard), "{:?}", names);
            let distinct: BTreeSet<&SanName> = names.iter().collect();
            prop_assert_eq!(distinct.len(), names.len(), "{:?}", names);
            for name in names.iter().filter(|name| name.is_wildcard()) {
                prop_assert!(name.to_string().matches('.').count() >= 2, "{}", name);
            }
            prop_assert!(certificate.servers().iter().all(|it| certificate.covering(it).is_some()));
            prop_assert!(certificate.planned_names().map(|planned| planned.name).eq(certificate.names()));
            prop_assert!(certificate.planned_names().all(|planned| !planned.reasons.is_empty()));
        }
        let servers = plan.certificates().iter().flat_map(PlannedCertificate::servers);
        let um_servers = deployment.servers().map(|it| &it.fqdn);
        let front_ends = deployment.lync.pools.iter().flat_map(FrontEndPool::front_ends);
        let front_ends = front_ends.filter(|_| !plan.omits_front_ends());
        prop_assert!(servers.eq(um_servers.chain(front_ends)));
    }
}
