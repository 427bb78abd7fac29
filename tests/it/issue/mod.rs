//! Issuing: keys, requests, the test CA and its bundles.

mod bundle;
mod front_ends;
mod key_shapes;
mod keys;
mod laws;
mod load;
#[cfg(feature = "pkcs12")]
mod pkcs12;
mod seeded;
mod test_ca;
