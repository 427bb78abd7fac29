//! The names of a certificate that is issued without a plan.

use super::error::IssueError;
use crate::name::{GeneralName, NameError};

/// The names of a certificate.
pub(super) struct LeafNames {
    /// The first host that is not a wildcard, or else the first IP address, or else the first e-mail address.
    pub(super) cn: String,
    /// The entries of the SAN, each once.
    pub(super) names: Vec<GeneralName>,
}

impl LeafNames {
    /// Parses `names` and removes duplicates.
    ///
    /// # Errors
    ///
    /// Returns [`IssueError::InvalidName`] if a name is invalid, and [`IssueError::NoCommonName`] if there are only
    /// wildcards or no names.
    pub(super) fn parse<N>(names: impl IntoIterator<Item = N>) -> Result<Self, IssueError>
    where
        N: TryInto<GeneralName, Error: Into<NameError>>,
    {
        let mut distinct = Vec::new();
        for name in names {
            let name = name.try_into().map_err(Into::into)?;
            if !distinct.contains(&name) {
                distinct.push(name);
            }
        }
        Ok(Self {
            cn: common_name(&distinct).ok_or(IssueError::NoCommonName)?,
            names: distinct,
        })
    }
}

fn common_name(names: &[GeneralName]) -> Option<String> {
    let names = names.iter().filter(|name| !name.is_wildcard());
    // The first of several with the same rank.
    let first = names.min_by_key(|name| match name {
        GeneralName::Dns(_) | GeneralName::Host(_) => 0,
        GeneralName::Ip(_) => 1,
        GeneralName::Email(_) => 2,
    });
    first.map(GeneralName::to_string)
}
