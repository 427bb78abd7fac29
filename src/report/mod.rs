//! Text and Markdown for plans, diffs and audits. JSON comes from serde.

mod audit_text;
mod diagram;
mod diff_text;
mod escape;
mod findings;
mod markdown;
mod plan_text;
mod table;
mod wording;

pub(crate) use escape::escape as escape_markdown;

/// The maximum number of names that a page lists one by one. It counts the rest.
const MAX_NAMES: usize = 8;
