//! Making what a plan asks for: keys, requests for a real CA, and a whole test PKI.
//!
//! The only user of `rcgen`. rcgen checks little of what it is told, so every field is set here and what
//! does not hold is refused here.

mod bundle;
mod ca;
mod error;
pub mod faulty;
mod files;
mod key;
mod parallel;
mod params;
mod request;
#[cfg(feature = "rustls")]
mod tls;

pub use bundle::{Bundle, Issued};
pub use ca::{TestCa, TestCaOptions};
pub use error::{IssueError, WriteError};
pub use key::{KeyPair, PrivateKeyPem};
