//! Lists that strangers wrote, in texts for people.

use std::fmt;

/// How many entries of a list are shown.
const MAX_LISTED: usize = 10;

/// The first of these texts, with this between each two, and how many there are besides: a stranger may have
/// written thousands.
pub(super) struct Listed<'a>(pub(super) &'a [String], pub(super) &'a str);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(texts, separator) = self;
        for (place, text) in texts.iter().enumerate() {
            if place == MAX_LISTED {
                return write!(f, "{separator}and {} more", texts.len() - place);
            }
            if place > 0 {
                f.write_str(separator)?;
            }
            f.write_str(text)?;
        }
        Ok(())
    }
}
