//! Issues the contents of a plan: keys, CSRs for a real CA, and a whole test PKI.
//!
//! This is the only module that uses `rcgen`. rcgen checks little of its input and has its own defaults, so this module
//! sets every field and refuses invalid input.

mod bundle;
mod ca;
mod error;
pub(crate) mod faulty;
mod files;
mod key;
mod leaf_names;
mod params;
#[cfg(feature = "pkcs12")]
mod pkcs12;
mod request;
#[cfg(feature = "rustls")]
mod rustls;
mod subject;
mod tbs;
mod validity;

pub use bundle::{Bundle, IssuedCertificate};
pub use ca::{CertificateOptions, LeafExpiryPolicy, TestCa, TestCaOptions};
pub use error::{IssueError, KeyError};
pub use files::{BundleError, KeyFileError, WriteError, WriteOutcome};
pub use key::{KeyPair, PrivateKeyPem};
#[cfg(feature = "pkcs12")]
pub use pkcs12::Pkcs12Encryption;
pub use request::RequestOptions;
