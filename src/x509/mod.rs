//! Reading what others wrote: certificates and chains, from PEM or DER.
//!
//! The only user of `x509-parser`. What is read becomes owned facts in standard types, so no parser's
//! type leaves this room.

mod algorithm;
mod certificate;
mod chain;
mod extensions;
mod facts;
mod malformed;
mod name;
mod read;

pub use certificate::Certificate;
pub use chain::{Chain, Entry};
pub use facts::{BasicConstraints, ExtendedKeyUsage, KeyUsage, PublicKey, SelfSignature};
pub use malformed::{MalformedCertificate, MalformedReason};
pub use read::ReadError;

pub(crate) use read::pem;
