//! What a call that writes tells of what it did.

use std::path::{Path, PathBuf};

use super::BundleFile;

/// What was written, or kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteOutcome {
    files: Vec<PathBuf>,
    kept: bool,
    set_aside: Option<PathBuf>,
}

impl WriteOutcome {
    pub(super) fn new(folder: &Path, files: &[BundleFile], set_aside: Option<PathBuf>) -> Self {
        let mut paths = Vec::with_capacity(files.len());
        for file in files {
            paths.push(folder.join(&file.name));
        }
        Self {
            files: paths,
            kept: false,
            set_aside,
        }
    }

    pub(super) fn kept(folder: &Path, files: &[BundleFile]) -> Self {
        Self {
            kept: true,
            ..Self::new(folder, files, None)
        }
    }

    /// The files of the bundle, the manifest last.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// Whether what was there was kept, and nothing written.
    #[must_use]
    pub fn was_kept(&self) -> bool {
        self.kept
    }

    /// The new folder into which files moved that stood in the way; `None` where there were none.
    #[must_use]
    pub fn set_aside(&self) -> Option<&Path> {
        self.set_aside.as_deref()
    }

    /// The lines that a build script prints so that Cargo runs it again when a file of the bundle is
    /// changed or gone: `cargo::rerun-if-changed=PATH`, one a file, each with a line feed.
    ///
    /// The build script prints lines for its own inputs besides: with the first such line, Cargo stops
    /// looking at the rest of the package. After a run that wrote, Cargo runs the script once more, as
    /// the files are newer than that run; then it finds them kept. A path with a line feed, or one that
    /// is not UTF-8, cannot be told to Cargo and is left out.
    #[must_use]
    pub fn rerun_if_changed(&self) -> String {
        let mut lines = String::new();
        for path in &self.files {
            match path.to_str() {
                Some(path) if !path.contains(char::is_control) => {
                    lines.push_str("cargo::rerun-if-changed=");
                    lines.push_str(path);
                    lines.push('\n');
                }
                _ => {}
            }
        }
        lines
    }
}
