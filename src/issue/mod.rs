//! Making what a plan asks for: keys, requests for a real CA, and a whole test PKI.
//!
//! The only user of `rcgen`. rcgen checks little of what it is told, so every field is set here and what
//! does not hold is refused here.

mod authority;
mod bundle;
mod ca;
mod ca_options;
mod der;
mod error;
pub(crate) mod faulty;
mod files;
mod key;
#[cfg(feature = "encrypted-keys")]
mod key_encrypted;
mod key_error;
mod key_read;
mod load;
mod names;
mod params;
#[cfg(feature = "pkcs12")]
mod pkcs12;
mod request;
mod revoke;
mod seed;
#[cfg(feature = "seeded-p256")]
mod seed_p256;
mod sign;
mod source;
#[cfg(feature = "rustls")]
mod tls;

pub use bundle::{Bundle, IssuedCertificate};
pub use ca::TestCa;
pub use ca_options::{LeafExpiryPolicy, TestCaOptions};
pub use error::IssueError;
pub use files::{WriteError, WriteOutcome};
pub use key::{KeyPair, PrivateKeyPem};
pub use key_error::KeyError;
pub use load::CaFault;
#[cfg(feature = "pkcs12")]
pub use pkcs12::Pkcs12Encryption;
pub use request::RequestOptions;
