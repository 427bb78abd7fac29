//! Mermaid diagrams.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

use crate::text::{is_invisible, plural};

/// The maximum number of arrows in a diagram. Larger diagrams are not readable.
const MAX_ARROWS: usize = 60;

/// A flowchart of arrows between nodes. Nodes are numbered, so that no untrusted text becomes an identifier.
#[derive(Default)]
pub(super) struct Diagram {
    /// The number of each node by its text.
    nodes: BTreeMap<String, usize>,
    arrows: Vec<String>,
    omitted_arrows: usize,
}

impl Diagram {
    /// Adds an arrow with a text. A dotted arrow marks a failure.
    pub(super) fn add_arrow(&mut self, from: &str, is_dotted: bool, text: &str, to: &str) {
        if self.arrows.len() == MAX_ARROWS {
            self.omitted_arrows += 1;
            return;
        }
        let (from, to) = (self.node(from), self.node(to));
        let line = if is_dotted { "-.->" } else { "-->" };
        let arrow = format!("    n{from} {line}|{}| n{to}", label(text));
        self.arrows.push(arrow);
    }

    /// Returns the number of the node with this text.
    fn node(&mut self, text: &str) -> usize {
        let next = self.nodes.len();
        *self.nodes.entry(text.to_owned()).or_insert(next)
    }
}

/// Displays as a fenced block, or as nothing if there are no arrows.
impl Display for Diagram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.arrows.is_empty() {
            return Ok(());
        }
        writeln!(f, "```mermaid\nflowchart LR")?;
        for (text, number) in &self.nodes {
            writeln!(f, "    n{number}[{}]", label(text))?;
        }
        for arrow in &self.arrows {
            writeln!(f, "{arrow}")?;
        }
        writeln!(f, "```")?;
        if self.omitted_arrows > 0 {
            let omitted = plural(self.omitted_arrows, "arrow");
            writeln!(f, "\nThe diagram omits {omitted}.")?;
        }
        Ok(())
    }
}

/// Returns `text` as a quoted label. Mermaid writes entities with `#`.
fn label(text: &str) -> String {
    let escape = |character: char| match character {
        // Some blank letters are alphanumeric.
        invisible if is_invisible(invisible) => " ".to_owned(),
        plain if plain.is_alphanumeric() || " .-=(),".contains(plain) => plain.to_string(),
        markup => format!("#{};", u32::from(markup)),
    };
    let escaped: String = text.chars().map(escape).collect();
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::{Diagram, MAX_ARROWS, label};

    #[test]
    fn label_escapes_markup() {
        assert_eq!(label("a\"];b\n"), "\"a#34;#93;#59;b \"");
    }

    #[test]
    fn equal_nodes_are_written_once() {
        let mut diagram = Diagram::default();
        diagram.add_arrow("b", false, "x", "a");
        diagram.add_arrow("b", true, "y", "b");
        assert_eq!(
            diagram.to_string(),
            "```mermaid\nflowchart LR\n    n1[\"a\"]\n    n0[\"b\"]\n    n0 -->|\"x\"| n1\n    \
             n0 -.->|\"y\"| n0\n```\n"
        );
    }

    #[test]
    fn arrows_above_the_limit_are_counted() {
        let mut diagram = Diagram::default();
        for _ in 0..=MAX_ARROWS {
            diagram.add_arrow("a", false, "x", "b");
        }
        let text = diagram.to_string();
        assert!(text.ends_with("The diagram omits 1 arrow.\n"), "{text}");
    }
}
