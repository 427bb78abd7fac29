//! Aligned columns of text.

use std::fmt;

/// The maximum width to which a column is padded, in characters. Longer cells push the rest of their row to the
/// right.
const MAX_WIDTH: usize = 80;

/// Rows of cells. Each row is displayed on its own line, indented by two spaces, with aligned columns.
#[derive(Default)]
pub(super) struct Table {
    rows: Vec<[String; 2]>,
}

impl Table {
    pub(super) fn add_row(&mut self, cells: [String; 2]) {
        self.rows.push(cells);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.rows.iter().map(|[first, _]| first.chars().count());
        let width = widths.max().unwrap_or(0).min(MAX_WIDTH);
        for [first, second] in &self.rows {
            let line = format!("  {first:width$}  {second}");
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn first_column_is_padded_to_its_widest_cell() {
        let mut table = Table::default();
        table.add_row(["a".to_owned(), "one".to_owned()]);
        table.add_row(["bücher".to_owned(), "two".to_owned()]);
        table.add_row([String::new(), String::new()]);
        assert_eq!(table.to_string(), "  a       one\n  bücher  two\n\n");
    }
}
