//! A page of GitHub Markdown.

use std::fmt::{Display, Write};

use crate::text::join;

/// The shortest fence of a block of code, in backquotes.
const MIN_FENCE: usize = 3;

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

    /// Adds a list of steps, if there are any.
    pub(crate) fn add_steps(&mut self, steps: impl IntoIterator<Item = impl Display>) {
        for (number, step) in (1..).zip(steps) {
            if number == 1 {
                self.add_blank_line();
            }
            self.add_line(format_args!("{number}. {step}"));
        }
    }

    /// Adds a list of points.
    pub(crate) fn add_points(&mut self, points: impl IntoIterator<Item = impl Display>) {
        self.add_blank_line();
        for point in points {
            self.add_line(format_args!("- {point}"));
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

    /// Adds rows of a table.
    pub(crate) fn add_rows<const N: usize>(&mut self, rows: &[[String; N]]) {
        for row in rows {
            self.add_row(row);
        }
    }

    /// Adds a block of code after a blank line. The lines are shown as they are, and must not contain line breaks.
    pub(crate) fn add_code(&mut self, language: &'static str, lines: &[impl AsRef<str>]) {
        let runs = lines
            .iter()
            .flat_map(|line| line.as_ref().split(|character| character != '`'));
        let longest = runs.map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(MIN_FENCE.max(longest + 1));
        self.add_paragraph(format_args!("{fence}{language}"));
        for line in lines {
            self.add_line(line.as_ref());
        }
        self.add_line(fence);
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
        page.add_steps(["one", "two"]);
        page.add_points(["three"]);
        assert_eq!(
            page.into_text(),
            "# Title\n\ntext\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n1. one\n2. two\n\n- three\n"
        );
    }

    #[test]
    fn fence_is_longer_than_any_run_of_backquotes() {
        for (line, fence) in [("a", "```"), ("``", "```"), ("a ``` b", "````")] {
            let mut page = Page::default();
            page.add_code("sh", &[line]);
            let expected = format!("{fence}sh\n{line}\n{fence}\n");
            assert_eq!(page.into_text(), expected, "{line}");
        }
    }
}
