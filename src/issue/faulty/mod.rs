//! Chains that are faulty on purpose, to test monitors and audits with.
//!
//! [`TestCa::issue_faulty`](crate::TestCa::issue_faulty) issues for each [`Fault`] the chain that breaks its rule
//! and no other; a [`Specimen`] is a chain that no test CA can issue. Between them they break every rule of the
//! audit that what one server presents can break. Three it cannot: `not-presented` and `not-in-plan` speak of
//! servers that present nothing or are none of the plan's, and `roots-differ` of what each side holds.

mod exchange;
mod fault;
mod kit;
mod specimen;

pub use exchange::exchange_default;
pub use fault::Fault;
pub use kit::FaultyChain;
pub use specimen::Specimen;
