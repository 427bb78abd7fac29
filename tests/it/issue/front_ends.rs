//! Bundles of plans that cover Front Ends: one CN for a whole pool, and keys and files for each server.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use crate::support::deployments::{EXAMPLE_1, FAST, TODAY, deployment, name, um};
use crate::support::folder::{assert_whole, contents, manifest, names};
use crate::support::openssl::{openssl, verifies_server};
use crate::support::scene::{bundle_of, ca};
use tempfile::tempdir;
use umcert::audit::Comparison;
use umcert::deployment::FrontEndPool;
use umcert::{Bundle, Chain, DnsName, KeyKind, KeyPair, Plan, PlanOptions, TestCa};

const SERVERS: [&str; 3] = ["fe1.contoso.com", "fe2.contoso.com", "std.contoso.com"];

/// Plans Example 1, whose pool has two Front Ends, with a Standard Edition server.
fn planned(key: KeyKind, front_ends: bool) -> Plan {
    let mut deployment = deployment(EXAMPLE_1);
    let none: [&str; 0] = [];
    let standard_edition = FrontEndPool::new("std.contoso.com", none).unwrap();
    deployment.lync.pools.push(standard_edition);
    let options = PlanOptions::default().key(key).front_ends(front_ends);
    Plan::new(&deployment, &options).unwrap()
}

fn bundle(plan: &Plan) -> Bundle {
    ca().issue(plan).unwrap()
}

#[test]
fn each_front_end_has_its_own_key_and_chain() {
    let plan = planned(FAST, true);
    let bundle = bundle(&plan);
    assert_eq!(bundle.certificates().len(), 7);
    let mut keys = HashSet::new();
    for (server, cn) in
        SERVERS
            .iter()
            .zip(["lyncpool.contoso.com", "lyncpool.contoso.com", SERVERS[2]])
    {
        let issued = bundle.certificate(&name(server)).unwrap();
        assert_eq!(issued.subject(), cn);
        assert_eq!(issued.servers(), [name(server)]);
        let certificate = issued.chain().certificates().next().unwrap();
        assert!(issued.key().is_key_of(certificate));
        assert!(keys.insert(issued.key().to_pem().as_str().to_owned()));
        // The request and the certificate contain what is planned.
        let planned = plan.certificate(&name(server)).unwrap();
        let comparison = Comparison::new(planned);
        let comparison = comparison
            .request(issued.request())
            .certificate(certificate);
        assert_eq!(comparison.differences(), []);
        assert_eq!(certificate.common_names(), [cn]);
        assert!(planned.names().eq(certificate.dns_names().iter().cloned()));
    }
    assert!(bundle.certificate(&name("lyncpool.contoso.com")).is_none());
    let presented: Vec<DnsName> = bundle.chains().map(|(server, _)| server).collect();
    assert_eq!(presented[4..], SERVERS.map(name));
}

#[test]
fn request_of_a_front_end_names_pool_and_server() {
    let plan = planned(FAST, true);
    for (server, expected) in [
        (SERVERS[0], vec!["lyncpool.contoso.com", SERVERS[0]]),
        (SERVERS[2], vec![SERVERS[2]]),
    ] {
        let planned = plan.certificate(&name(server)).unwrap();
        let request = planned.request(&KeyPair::generate(FAST).unwrap()).unwrap();
        assert_eq!(request.subject(), format!("CN={}", expected[0]));
        let names = request.dns_names().iter().map(ToString::to_string);
        assert_eq!(names.collect::<Vec<_>>(), expected);
    }
}

#[test]
fn files_are_named_for_the_server_of_a_front_end() {
    let folder = tempdir().unwrap();
    bundle(&planned(FAST, true)).write(folder.path()).unwrap();
    let servers = SERVERS.iter().map(|server| (*server).to_owned());
    let um_servers = (1..=4).map(|number| um(number).to_string());
    let mut expected: Vec<String> = servers
        .chain(um_servers)
        .flat_map(|server| ["chain", "csr", "key"].map(|kind| format!("{server}.{kind}.pem")))
        .chain(["root.pem".to_owned(), "umcert.json".to_owned()])
        .collect();
    expected.sort();
    assert_eq!(names(folder.path()), expected);
    assert_whole(folder.path());
    let manifest = manifest(folder.path());
    let fe2 = &manifest["certificates"][5];
    assert_eq!(fe2["subject"], "lyncpool.contoso.com");
    assert_eq!(fe2["servers"], serde_json::json!(["fe2.contoso.com"]));
    assert_eq!(fe2["key"]["file"], "fe2.contoso.com.key.pem");
    for server in SERVERS {
        assert_openssl_verifies(folder.path(), server);
    }
}

/// OpenSSL accepts the chain for the server and its pool, and for no other Front End.
fn assert_openssl_verifies(folder: &Path, server: &str) {
    let scratch = tempdir().unwrap();
    let copy = |from: &str, to: &str| fs::copy(folder.join(from), scratch.path().join(to)).unwrap();
    copy("root.pem", "root.pem");
    copy(&format!("{server}.chain.pem"), "chain.pem");
    copy(&format!("{server}.csr.pem"), "csr.pem");
    let arguments = ["req", "-in", "csr.pem", "-verify", "-noout", "-subject"];
    let Some(request) = openssl(&arguments, scratch.path()) else {
        return;
    };
    assert!(request.status.success(), "{server}: {request:?}");
    let pool = ["lyncpool.contoso.com", server][usize::from(server == SERVERS[2])];
    let subject = String::from_utf8_lossy(&request.stdout).into_owned();
    assert_eq!(subject.trim(), format!("subject=CN = {pool}"), "{server}");
    for host in SERVERS.into_iter().chain(["lyncpool.contoso.com"]) {
        let more = ["-no_check_time", "-verify_hostname", host];
        let is_covered = host == server || host == pool;
        assert_eq!(
            verifies_server(scratch.path(), &more),
            Some(is_covered),
            "{server} as {host}"
        );
    }
}

#[test]
fn set_with_front_ends_is_kept_until_coverage_changes() {
    let folder = tempdir().unwrap();
    let issue = |front_ends| bundle_of("Contoso", TODAY, &planned(FAST, front_ends));
    let write = |front_ends| issue(front_ends).write_if_changed(folder.path()).unwrap();
    assert!(!write(true).was_kept());
    let before = contents(folder.path());
    assert!(write(true).was_kept());
    assert_eq!(contents(folder.path()), before);
    // Without Front Ends the set is another one, and their keys are set aside.
    let without = write(false);
    assert!(!without.was_kept());
    let aside = without.set_aside().unwrap();
    for server in SERVERS {
        let key = format!("{server}.key.pem");
        assert!(!folder.path().join(&key).exists(), "{key}");
        assert_eq!(fs::read(aside.join(&key)).unwrap(), before[&key]);
    }
    assert!(!write(true).was_kept());
    assert_whole(folder.path());
}

/// A swap of the files of two Front Ends is noticed, although their CNs are equal.
#[test]
fn swapped_front_ends_are_written_anew() {
    let folder = tempdir().unwrap();
    let bundle = bundle(&planned(FAST, true));
    bundle.write(folder.path()).unwrap();
    let chain = |server: &str| folder.path().join(format!("{server}.chain.pem"));
    let [first, second] = [SERVERS[0], SERVERS[1]].map(|it| fs::read(chain(it)).unwrap());
    assert_ne!(
        Chain::from_bytes(&first).unwrap(),
        Chain::from_bytes(&second).unwrap()
    );
    fs::write(chain(SERVERS[0]), &second).unwrap();
    fs::write(chain(SERVERS[1]), &first).unwrap();
    assert!(!bundle.write_if_changed(folder.path()).unwrap().was_kept());
    assert_whole(folder.path());
}

/// The bytes of UM servers are a contract, and a seed gives each Front End a key of its own.
#[test]
fn seeded_keys_belong_to_servers_not_to_pools() {
    let issue = |front_ends| {
        let plan = planned(KeyKind::Ed25519, front_ends);
        TestCa::seeded("front ends").unwrap().issue(&plan).unwrap()
    };
    let (with, again, without) = (issue(true), issue(true), issue(false));
    let chains = |bundle: &Bundle| bundle.chains().collect::<Vec<_>>();
    assert_eq!(chains(&with), chains(&again));
    assert_eq!(chains(&with)[..4], chains(&without));
    let keys = with.certificates().iter().map(|it| it.key().to_pem());
    let keys: HashSet<String> = keys.map(|key| key.as_str().to_owned()).collect();
    assert_eq!(keys.len(), 7);
}
