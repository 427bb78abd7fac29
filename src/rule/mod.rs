//! What can be found: the table of rules, and the finding that names one of them.

mod finding;
mod parse_id_error;
mod severity;
mod table;

pub use finding::Finding;
pub use parse_id_error::ParseIdError;
pub(crate) use parse_id_error::{impl_text_id, parse_id};
pub use severity::Severity;
pub use table::Rule;
