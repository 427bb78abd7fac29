//! The checks of one presented certificate or chain. Each returns its findings.

pub(super) mod certificate_kind;
pub(super) mod chain_order;
pub(super) mod crl;
mod crl_location;
pub(super) mod identity;
mod key;
pub(super) mod key_usage;
pub(super) mod lifetime;
pub(super) mod profile;
mod public_validity;
pub(super) mod revocation;
pub(super) mod root_store;
pub(super) mod signature;
pub(super) mod skipped_sections;
pub(super) mod supplied_intermediate;
