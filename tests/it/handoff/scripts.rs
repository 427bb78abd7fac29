//! The scripts of both examples.

use umcert::handoff::{Handoff, HandoffOptions};
use umcert::{Plan, PlanOptions};

use super::powershell::{assert_parses, scripts};
use crate::support::deployments::{EXAMPLE_1, EXAMPLE_2};

#[test]
fn every_script_of_the_examples_parses() {
    for example in [EXAMPLE_1, EXAMPLE_2] {
        let plan = Plan::new(&toml::from_str(example).unwrap(), &PlanOptions::default()).unwrap();
        let handoff = Handoff::new(&plan, &HandoffOptions::default()).unwrap();
        let scripts = scripts(&handoff);
        assert!(!scripts.is_empty(), "{example}");
        for (path, script) in scripts {
            assert_parses(path, &script);
        }
    }
}
