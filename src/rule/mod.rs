//! What can be found: the table of rules, and the finding that names one of them.

mod finding;
mod table;

pub use finding::Finding;
pub use table::{Rule, Severity, UnknownRule};
