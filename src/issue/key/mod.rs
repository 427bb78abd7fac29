//! Private keys: generating, parsing, encrypting them, and deriving them from a seed.

mod conversions;
#[cfg(feature = "encrypted-keys")]
mod encrypted;
mod key_pair;
mod parse;
mod seed;
#[cfg(feature = "seeded-p256")]
mod seeded_p256;

pub use key_pair::{KeyPair, PrivateKeyPem};
pub(super) use seed::Seed;
