//! The blocks of TOML in the README.

use umcert::{Deployment, Plan, PlanOptions, Severity};

use super::{read, root};

/// The README shows a deployment, and a dependency on this version.
#[test]
fn readme_blocks_of_toml_are_valid() {
    let readme = read(&root().join("README.md"));
    let blocks: Vec<&str> = readme
        .split("```toml\n")
        .skip(1)
        .map(|rest| rest.split_once("```").unwrap().0)
        .collect();
    let [dependencies, deployment] = blocks[..] else {
        panic!("{blocks:?}");
    };
    let deployment: Deployment = toml::from_str(deployment).unwrap();
    let plan = Plan::new(&deployment, &PlanOptions::default()).unwrap();
    let errors = plan
        .findings()
        .iter()
        .filter(|it| it.severity() == Severity::Error);
    assert_eq!(errors.count(), 0, "{plan}");

    let dependencies: toml::Table = toml::from_str(dependencies).unwrap();
    let (version, _) = env!("CARGO_PKG_VERSION").rsplit_once('.').unwrap();
    assert_eq!(
        dependencies["dev-dependencies"]["umcert"].as_str(),
        Some(version)
    );
}
