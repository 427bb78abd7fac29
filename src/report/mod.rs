//! Rendering: plans and audits as pages for people. JSON comes from serde.

mod audit;
mod diff;
mod findings;
mod listed;
mod markdown;
mod plan;
mod table;
