//! Chains that are faulty on purpose, to test monitors and audits with.

mod exchange;
mod fault;
mod kit;

pub use exchange::exchange_default;
pub use fault::Fault;
pub use kit::Faulty;
