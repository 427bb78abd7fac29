//! Reading what others wrote: certificates, chains, requests and revocation lists, from PEM or DER.
//!
//! The only user of `x509-parser`. What is read becomes owned facts in standard types, so no parser's
//! type leaves this room.

// The bytes are hostile here: nothing in this room may panic on them.
#![warn(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod algorithm;
mod certificate;
mod chain;
mod crl;
mod crl_scope;
mod der;
mod extensions;
mod facts;
mod found;
mod key;
mod later;
mod likeness;
mod malformed;
mod name;
mod name_constraints;
mod order;
mod pem;
mod pkcs7;
mod profile;
mod read;
mod request;
mod signature;
mod template;

pub use certificate::Certificate;
pub use chain::{Chain, Entry};
pub use crl::{Crl, RevocationReason, RevokedCertificate};
pub use facts::{BasicConstraints, ExtendedKeyUsage, KeyUsage, PublicKey, SelfSignature};
pub use malformed::{MalformedError, MalformedReason};
pub use read::{ReadError, SignatureFault};
pub use request::{CertificateRequest, RequestLabel};
pub use template::{CertificateTemplate, InvalidTemplate};

pub(crate) use der::{split_element, whole_element};
pub(crate) use key::{FoundKey, private_key};
pub(crate) use order::Disorder;
pub(crate) use pem::pem;
pub(crate) use signature::Signature;
pub(crate) use template::{Template, arcs};
