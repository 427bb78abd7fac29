//! The texts of errors.

use std::error::Error;

/// Returns the texts of an error and its sources, the outermost first.
pub(crate) fn texts(error: &dyn Error) -> Vec<String> {
    let mut texts = vec![error.to_string()];
    let mut source = error.source();
    while let Some(error) = source {
        texts.push(error.to_string());
        source = error.source();
    }
    texts
}

/// Returns an error and its sources on one line, as `anyhow` and the example programs show them.
pub(crate) fn full_text(error: &dyn Error) -> String {
    texts(error).join(": ")
}
