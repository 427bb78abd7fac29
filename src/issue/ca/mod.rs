//! A CA for tests: a root, its intermediates, and what they issue.

mod authority;
mod issue;
mod load;
mod options;
mod random_source;
mod revoke;
mod test_ca;

pub(super) use authority::Authority;
pub use options::{LeafExpiryPolicy, TestCaOptions};
pub(super) use random_source::RandomSource;
pub use test_ca::TestCa;
