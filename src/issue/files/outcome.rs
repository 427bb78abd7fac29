//! The outcome of writing a bundle.

use std::path::{Path, PathBuf};

use super::bundle_files::{Contents, MANIFEST, ROOT};

/// The files of a bundle or certificate that was written or kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteOutcome {
    files: Vec<PathBuf>,
    kept: bool,
    set_aside: Option<PathBuf>,
}

impl WriteOutcome {
    pub(super) fn written(folder: &Path, files: &Contents, set_aside: Option<PathBuf>) -> Self {
        let names = files.keys().map(String::as_str);
        let names = names.filter(|name| *name != MANIFEST);
        // A single certificate has no manifest in the folder.
        let manifest = files.contains_key(ROOT).then_some(MANIFEST);
        let names = names.chain(manifest);
        Self {
            files: names.map(|name| folder.join(name)).collect(),
            kept: false,
            set_aside,
        }
    }

    pub(super) fn kept(folder: &Path, files: &Contents) -> Self {
        Self {
            kept: true,
            ..Self::written(folder, files, None)
        }
    }

    /// Returns the paths of the files. The manifest of a bundle is the last one.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// Returns `true` if the existing files were kept and nothing was written.
    #[must_use]
    pub fn was_kept(&self) -> bool {
        self.kept
    }

    /// Returns the new folder that received the files in the way, or `None` if there were none.
    #[must_use]
    pub fn set_aside(&self) -> Option<&Path> {
        self.set_aside.as_deref()
    }

    /// Returns the lines that a build script prints so that Cargo runs it again when a file of the bundle
    /// changes or disappears: `cargo::rerun-if-changed=PATH`, one line per file.
    ///
    /// A build script must also print lines for its own inputs: after the first such line, Cargo no longer watches the
    /// rest of the package. After a run that wrote files, Cargo runs the script once more, because the files are newer
    /// than that run. A path that contains a control character or is not UTF-8 cannot be passed to Cargo and is
    /// omitted.
    #[must_use]
    pub fn rerun_if_changed(&self) -> String {
        self.files
            .iter()
            .filter_map(|path| path.to_str())
            .filter(|path| !path.contains(char::is_control))
            .map(|path| format!("cargo::rerun-if-changed={path}\n"))
            .collect()
    }
}
