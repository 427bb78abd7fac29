//! Rendering: plans and audits as pages for people. JSON comes from serde.

mod audit;
mod findings;
mod plan;
mod table;
