//! A PowerShell script: fixed text, then calls whose arguments come from the plan.

use super::error::HandoffError;
use super::file::HandoffFile;
use super::quote::{powershell_array, powershell_string};

/// The first part of a script for the Exchange Management Shell.
pub(super) const EXCHANGE_SHELL: &str = include_str!("powershell/exchange-shell.ps1");

/// An argument of a call.
pub(super) enum Argument<'a> {
    /// A string, in single quotes.
    Text(&'a str),
    /// An array of strings.
    Texts(Vec<String>),
    /// A number.
    Number(usize),
    /// `$true` or `$false`.
    Bool(bool),
}

/// A PowerShell script. The fixed parts are files of this crate; text from outside enters only as an [`Argument`].
pub(super) struct Script {
    text: String,
}

impl Script {
    /// Creates a script from fixed parts.
    pub(super) fn new(parts: &[&'static str]) -> Self {
        Self {
            text: parts.concat(),
        }
    }

    /// Adds a call of a function of the fixed parts: `Name -Parameter 'value'`.
    pub(super) fn call(
        &mut self,
        function: &'static str,
        arguments: &[(&'static str, Argument<'_>)],
    ) -> Result<(), HandoffError> {
        self.text.push_str(function);
        for (parameter, argument) in arguments {
            self.text.push_str(" -");
            self.text.push_str(parameter);
            self.text.push(' ');
            self.text.push_str(&argument.to_powershell()?);
        }
        self.text.push('\n');
        Ok(())
    }

    /// Adds fixed text.
    pub(super) fn add(&mut self, text: &'static str) {
        self.text.push_str(text);
    }

    pub(super) fn into_file(self, path: impl Into<String>) -> HandoffFile {
        HandoffFile::windows(path, &self.text)
    }
}

impl Argument<'_> {
    fn to_powershell(&self) -> Result<String, HandoffError> {
        match self {
            Self::Text(text) => powershell_string(text),
            Self::Texts(texts) => powershell_array(texts),
            Self::Number(number) => Ok(number.to_string()),
            Self::Bool(true) => Ok("$true".to_owned()),
            Self::Bool(false) => Ok("$false".to_owned()),
        }
    }
}
