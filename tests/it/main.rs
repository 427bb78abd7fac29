//! The integration tests, one module per theme. One binary is linked once.

#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

mod api;
mod audit;
mod conversions;
mod docs;
mod errors;
mod files;
mod handoff;
mod issue;
mod markdown;
mod names;
mod plan;
mod programs;
mod rules;
mod support;
mod texts;
mod tls;
mod x509;
