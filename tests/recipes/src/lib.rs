//! The recipes of `docs/recipes.md`, compiled and run. The code between `// recipe:` and `// end` is on that page.

#[cfg(test)]
mod adcs;
#[cfg(test)]
mod audits;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod files;
#[cfg(test)]
mod http;
#[cfg(test)]
mod plans;
#[cfg(test)]
mod tls;

#[cfg(test)]
mod support {
    use std::error::Error;

    use umcert::{KeyKind, Plan, PlanOptions};

    pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

    pub(crate) const DEPLOYMENT: &str = include_str!("../../../examples/data/example-1.toml");

    /// Returns the plan of example 1 with keys that are generated fast.
    pub(crate) fn plan() -> Plan {
        let deployment = toml::from_str(DEPLOYMENT).unwrap();
        Plan::new(&deployment, &PlanOptions::default().key(KeyKind::P256)).unwrap()
    }
}
