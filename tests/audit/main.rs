//! The audit: a good deployment is trusted, each fault brings its own rule for the right server, and the
//! verdict is never looser than that of others.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

#[path = "../common/mod.rs"]
mod common;

mod chains;
mod findings;
mod issuers;
mod laws;
mod paths;
mod pool;
mod profile;
mod program;
mod report;
mod revocation;
mod several;
mod sides;
mod signatures;
mod together;
