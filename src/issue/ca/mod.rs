//! A CA for tests: a root and its intermediates, which issue certificates and CRLs.

mod authority;
mod certificate_options;
mod issue;
mod load;
mod names;
mod options;
mod random_source;
mod revoke;
mod test_ca;

pub(super) use authority::Authority;
pub use certificate_options::CertificateOptions;
pub use options::{LeafExpiryPolicy, TestCaOptions};
pub(super) use random_source::RandomSource;
pub use test_ca::TestCa;
