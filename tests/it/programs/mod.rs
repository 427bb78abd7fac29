//! The programs in `examples/`, run as a person would run them.

mod audit;
mod examples;
mod front_ends;
mod handoff;
