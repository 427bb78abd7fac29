//! Issues chains with one deliberate fault each, to test monitors and audits.
//!
//! [`TestCa::issue_faulty`](crate::TestCa::issue_faulty) issues for each [`Fault`] a chain that breaks the rule of the
//! fault and no other; [`TestCa::issue_faulty_names`](crate::TestCa::issue_faulty_names) issues them without a plan. A
//! [`FaultyChain`] has the key of its certificate, so that a test can serve it. A [`Specimen`] is a stored chain that
//! no test CA can issue.
//!
//! Together they break every rule of the audit that one presented chain can break. A chain cannot break `not-presented`
//! and `not-in-plan`, which are about servers that present no chain or are not in the plan, nor `roots-differ` and the
//! rules of root stores (`root-store-misplaced`, `issuer-list-too-long` and so on), which are about the trust stores of
//! the two sides.

mod chain;
mod fault;
mod issue;
mod issuer;
mod leaf;
mod setup_certificate;
mod specimen;
mod target;

pub use chain::FaultyChain;
pub use fault::Fault;
pub use setup_certificate::exchange_default;
pub use specimen::Specimen;
