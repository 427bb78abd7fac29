//! Reads files. Errors name the file.

use std::error::Error;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::error::{MAX_FILE_SIZE, ReadError};
use crate::text::escape_path;

type Reason = Box<dyn Error + Send + Sync>;

/// A file or folder that cannot be read.
///
/// [`source`](Error::source) is the reason: an [`io::Error`](std::io::Error), or the error of the reader, such as
/// [`ReadError`]. It contains no part of a private key.
///
/// ```
/// use umcert::Chain;
/// use umcert::x509::ReadError;
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("um1.contoso.com.pem");
/// std::fs::write(&path, "<html>404</html>")?;
/// let error = Chain::from_file(&path).unwrap_err();
/// assert_eq!(error.path(), path);
///
/// let reason = std::error::Error::source(&error).ok_or("no source")?;
/// assert_eq!(reason.to_string(), "expected a certificate, found an HTML or XML page");
/// assert!(matches!(reason.downcast_ref(), Some(ReadError::NoCertificate { .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[error("cannot read `{}`", escape_path(path))]
pub struct ReadFileError {
    path: PathBuf,
    #[source]
    reason: Reason,
}

impl ReadFileError {
    pub(crate) fn new(path: &Path, reason: impl Into<Reason>) -> Self {
        Self {
            path: path.to_owned(),
            reason: reason.into(),
        }
    }

    /// Returns the path of the file or folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Reads a file of at most 4 MiB and parses its contents. The memory of the contents is cleared: they may be a key.
pub(crate) fn read_file<T, E: Into<Reason>>(
    path: &Path,
    parse: impl FnOnce(&[u8]) -> Result<T, E>,
) -> Result<T, ReadFileError> {
    let contents = read_contents(path);
    let parsed = contents.and_then(|contents| parse(&contents).map_err(Into::into));
    parsed.map_err(|reason| ReadFileError::new(path, reason))
}

fn read_contents(path: &Path) -> Result<Zeroizing<Vec<u8>>, Reason> {
    let file = File::open(path)?;
    let size = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    if size > MAX_FILE_SIZE {
        return Err(ReadError::TooLarge { size }.into());
    }
    // The buffer does not grow, which would leave a copy. A pipe has no size, and the parser refuses what is too large.
    let mut contents = Zeroizing::new(Vec::with_capacity(size + 1));
    let max = u64::try_from(MAX_FILE_SIZE).unwrap_or(u64::MAX);
    file.take(max.saturating_add(1))
        .read_to_end(&mut contents)?;
    Ok(contents)
}
