//! What every text and every list of a deployment is asked for.

use super::error::DeploymentError;
use crate::index::Texts;
use crate::name::is_invisible;

/// The longest text that people read, in characters: what a finding shows of its subject. Whatever tells of
/// outages repeats such texts in each.
const MAX_TEXT: usize = 500;

/// Why people cannot be shown a text as it is: in a terminal, in a line of a table.
pub(super) enum TextFault {
    /// It holds this character.
    Invisible(char),
    /// It has so many characters.
    TooLong(usize),
}

impl TextFault {
    pub(super) fn of(text: &str) -> Option<Self> {
        let mut length = 0;
        for character in text.chars() {
            if is_invisible(character) {
                return Some(Self::Invisible(character));
            }
            length += 1;
        }
        (length > MAX_TEXT).then_some(Self::TooLong(length))
    }

    /// The error of the entry that the text is.
    pub(super) fn of_entry(self, entry: String) -> DeploymentError {
        match self {
            Self::Invisible(character) => DeploymentError::Invisible { entry, character },
            Self::TooLong(length) => DeploymentError::TooLong {
                entry,
                length,
                max: MAX_TEXT,
            },
        }
    }
}

/// Whether no two entries of a list have one name.
pub(super) fn check_distinct(list: &str, names: &[&str]) -> Result<(), DeploymentError> {
    let mut seen = Texts::default();
    for name in names {
        if !seen.insert(name) {
            return Err(DeploymentError::DuplicateEntry {
                list: list.to_owned(),
                name: (*name).to_owned(),
            });
        }
    }
    Ok(())
}
