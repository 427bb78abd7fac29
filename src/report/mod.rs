//! Text and Markdown for plans, diffs and audits. JSON comes from serde.

mod audit_text;
mod diff_text;
mod findings;
mod markdown;
mod plan_text;
mod table;
mod wording;

/// The maximum number of names that a page lists one by one. It counts the rest.
const MAX_NAMES: usize = 8;
