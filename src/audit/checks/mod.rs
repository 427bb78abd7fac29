//! The checks of one presented certificate or chain. Each returns its findings.

pub(super) mod certificate_kind;
pub(super) mod chain_order;
pub(super) mod identity;
mod key;
pub(super) mod lifetime;
pub(super) mod profile;
pub(super) mod revocation;
