//! What every list and every text of a deployment is asked for.

use super::error::DeploymentError;
use crate::index::Texts;
use crate::name::is_invisible;

/// The longest text that people read, in characters: what a finding shows of its subject. Whatever tells of
/// outages repeats such texts in each.
const MAX_TEXT: usize = 500;

pub(super) fn not_empty<T>(list: &[T], name: &dyn Fn() -> String) -> Result<(), DeploymentError> {
    if list.is_empty() {
        return Err(DeploymentError::Empty { list: name() });
    }
    Ok(())
}

pub(super) fn not_blank(text: &str, entry: &dyn Fn() -> String) -> Result<(), DeploymentError> {
    if text.trim().is_empty() {
        return Err(DeploymentError::Blank { entry: entry() });
    }
    Ok(())
}

/// Whether people can be shown `text` as it is: in a terminal, in a line of a table.
pub(super) fn check_text(text: &str, entry: &dyn Fn() -> String) -> Result<(), DeploymentError> {
    let is_plain = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
    if text.len() <= MAX_TEXT && text.bytes().all(is_plain) {
        return Ok(());
    }
    if let Some(character) = text.chars().find(|it| is_invisible(*it)) {
        let entry = entry();
        return Err(DeploymentError::Invisible { entry, character });
    }
    match text.chars().count() {
        length if length > MAX_TEXT => Err(DeploymentError::TooLong {
            entry: entry(),
            length,
            max: MAX_TEXT,
        }),
        _ => Ok(()),
    }
}

/// Whether no two entries of a list have one name; `name_of` gives that of each position.
pub(super) fn distinct<'a>(
    list: &str,
    name_of: &dyn Fn(usize) -> Option<&'a str>,
) -> Result<(), DeploymentError> {
    // Most deployments have one forest, one set, one dial plan.
    if name_of(1).is_none() {
        return Ok(());
    }
    let mut seen = Texts::default();
    for name in (0..).map_while(name_of) {
        if !seen.insert(name) {
            return Err(DeploymentError::DuplicateEntry {
                list: list.to_owned(),
                name: name.to_owned(),
            });
        }
    }
    Ok(())
}
