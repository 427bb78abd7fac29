//! Trust stores, and the verification that a chain leads to a root of a store.

mod entries;
mod issuer_crls;
mod path;
mod path_error;
mod reachable;
mod revocation;
mod signature_memory;
mod store;
mod webpki;

pub use self::entries::UnusableRoot;
pub(super) use self::issuer_crls::{RevocationStatus, RevokedBy};
pub(super) use self::path::Path;
pub use self::path::TrustedPath;
pub(super) use self::path_error::PathError;
pub(super) use self::reachable::MAX_NAMESAKES;
pub(super) use self::revocation::Revocation;
pub use self::store::TrustStore;
pub(super) use self::webpki::EndEntity;
