//! The files of a hand-off, and how their text is encoded.

/// A file of a hand-off: its path below the folder, with `/` between folders, and its contents.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HandoffFile {
    /// The path below the folder.
    pub path: String,
    /// The bytes of the file.
    pub contents: Vec<u8>,
}

impl HandoffFile {
    /// Creates a file that Windows reads: a script or an INF file. Lines end in CR LF. The file is ASCII if all of its
    /// text is, and otherwise UTF-8 with a byte order mark: without one Windows PowerShell reads the ANSI code page
    /// (D92).
    pub(super) fn windows(path: impl Into<String>, text: &str) -> Self {
        let mut contents = Vec::new();
        if !text.is_ascii() {
            contents.extend_from_slice("\u{feff}".as_bytes());
        }
        contents.extend_from_slice(text.replace('\n', "\r\n").as_bytes());
        Self {
            path: path.into(),
            contents,
        }
    }

    /// Returns the file in a folder.
    pub(super) fn in_folder(self, folder: &str) -> Self {
        Self {
            path: format!("{folder}/{}", self.path),
            ..self
        }
    }

    /// Creates a file that is not text.
    pub(super) fn binary(path: impl Into<String>, contents: Vec<u8>) -> Self {
        Self {
            path: path.into(),
            contents,
        }
    }

    /// Creates a page in UTF-8 with line feeds.
    pub(super) fn page(path: impl Into<String>, text: String) -> Self {
        Self {
            path: path.into(),
            contents: text.into_bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::HandoffFile;

    #[test]
    fn only_text_outside_ascii_gets_a_byte_order_mark() {
        assert_eq!(HandoffFile::windows("a", "x\n").contents, b"x\r\n");
        let marked = HandoffFile::windows("a", "\u{e9}\n").contents;
        assert_eq!(marked, "\u{feff}\u{e9}\r\n".as_bytes());
    }
}
