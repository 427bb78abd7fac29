//! A page of GitHub Markdown.

use std::fmt::{Display, Write};

use crate::text::join;

/// The text of a page. What is added is Markdown: text from outside must be escaped before.
#[derive(Debug, Default)]
pub(crate) struct Page {
    text: String,
}

impl Page {
    /// Adds a line.
    pub(crate) fn add_line(&mut self, line: impl Display) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(self.text, "{line}");
    }

    /// Adds a heading or a paragraph, with a blank line before it unless the page is empty.
    pub(crate) fn add_paragraph(&mut self, text: impl Display) {
        self.add_blank_line();
        self.add_line(text);
    }

    /// Adds lines that end in a line break, with a blank line before them.
    pub(crate) fn add_block(&mut self, block: &str) {
        self.add_blank_line();
        self.text.push_str(block);
    }

    /// Adds another page, with a blank line before it. An empty one changes nothing.
    pub(crate) fn add_page(&mut self, page: &Self) {
        if !page.text.is_empty() {
            self.add_block(&page.text);
        }
    }

    /// Adds the head of a table after a blank line.
    pub(crate) fn add_header<T: AsRef<str>>(&mut self, cells: &[T]) {
        self.add_blank_line();
        self.add_row(cells);
        self.add_row(&vec!["---"; cells.len()]);
    }

    /// Adds a row of a table.
    pub(crate) fn add_row<T: AsRef<str>>(&mut self, cells: &[T]) {
        let cells = cells.iter().map(AsRef::as_ref);
        self.add_line(format_args!("| {} |", join(cells, " | ")));
    }

    /// Returns the text of the page.
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// Adds a blank line unless the page is empty.
    pub(crate) fn add_blank_line(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Page;

    #[test]
    fn blocks_are_separated_by_blank_lines() {
        let mut inner = Page::default();
        inner.add_paragraph("text");
        inner.add_header(&["a", "b"]);
        inner.add_row(&["1", "2"]);
        let mut page = Page::default();
        page.add_paragraph("# Title");
        page.add_page(&Page::default());
        page.add_page(&inner);
        assert_eq!(
            page.into_text(),
            "# Title\n\ntext\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n"
        );
    }
}
