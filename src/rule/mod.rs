//! What can be found: the table of rules, and the finding that names one of them.

mod finding;
mod severity;
mod table;

pub use finding::Finding;
pub use severity::Severity;
pub use table::{Rule, UnknownRule};
