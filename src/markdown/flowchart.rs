//! Flowcharts of Mermaid: nodes in groups, and lines between them.

use super::mermaid::{fenced, label};

/// Maximum number of lines between nodes (Mermaid's `maxEdges`). GitHub shows an error instead of a larger picture.
const MAX_LINES: usize = 500;

/// A line between two nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// A line without an arrow.
    Plain,
    Arrow,
    /// A dotted arrow, which marks a failure.
    Dotted,
}

/// A node of a flowchart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Node(usize);

/// A flowchart from left to right. Nodes are numbered, so that no text from outside becomes an identifier.
#[derive(Debug, Default)]
pub(super) struct Flowchart {
    nodes: usize,
    groups: usize,
    lines: usize,
    text: String,
}

impl Flowchart {
    /// Adds a group with a node for each text.
    pub(super) fn add_group(&mut self, title: &str, texts: &[&str]) -> Vec<Node> {
        let group = self.groups;
        self.groups += 1;
        self.push(&format!("    subgraph g{group}[{}]", label(title)));
        let nodes = texts.iter().map(|text| {
            let (node, number) = self.next_node();
            self.push(&format!("        n{number}[{}]", label(text)));
            node
        });
        let nodes = nodes.collect();
        self.push("    end");
        nodes
    }

    /// Adds a round node outside of the groups.
    pub(super) fn add_round_node(&mut self, text: &str) -> Node {
        let (node, number) = self.next_node();
        self.push(&format!("    n{number}([{}])", label(text)));
        node
    }

    /// Adds a line between two nodes. A plain line has no text.
    pub(super) fn add_line(&mut self, from: Node, line: Line, text: &str, to: Node) {
        self.lines += 1;
        let (from, to) = (from.0, to.0);
        let line = match line {
            Line::Plain => format!("    n{from} --- n{to}"),
            Line::Arrow => format!("    n{from} -->|{}| n{to}", label(text)),
            Line::Dotted => format!("    n{from} -.->|{}| n{to}", label(text)),
        };
        self.push(&line);
    }

    /// Returns the picture as a fenced block, or `None` if GitHub would not draw it.
    pub(super) fn to_markdown(&self) -> Option<String> {
        if self.lines > MAX_LINES {
            return None;
        }
        fenced(&format!("flowchart LR\n{}", self.text))
    }

    fn next_node(&mut self) -> (Node, usize) {
        let number = self.nodes;
        self.nodes += 1;
        (Node(number), number)
    }

    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::{Flowchart, Line, MAX_LINES};

    #[test]
    fn nodes_are_numbered_in_and_out_of_groups() {
        let mut flowchart = Flowchart::default();
        let nodes = flowchart.add_group("a\"b", &["end", "c"]);
        let outside = flowchart.add_round_node("d");
        flowchart.add_line(nodes[0], Line::Arrow, "x", outside);
        flowchart.add_line(outside, Line::Dotted, "y", nodes[1]);
        flowchart.add_line(outside, Line::Plain, "", nodes[0]);
        assert_eq!(
            flowchart.to_markdown().unwrap(),
            "```mermaid\nflowchart LR\n    subgraph g0[\"a#34;b\"]\n        n0[\"end\"]\n        n1[\"c\"]\n    end\n    \
             n2([\"d\"])\n    n0 -->|\"x\"| n2\n    n2 -.->|\"y\"| n1\n    n2 --- n0\n```\n"
        );
    }

    #[test]
    fn picture_above_the_limit_of_lines_is_not_drawn() {
        let mut flowchart = Flowchart::default();
        let node = flowchart.add_round_node("a");
        for _ in 0..MAX_LINES {
            flowchart.add_line(node, Line::Plain, "", node);
        }
        assert!(flowchart.to_markdown().is_some());
        flowchart.add_line(node, Line::Plain, "", node);
        assert!(flowchart.to_markdown().is_none());
    }
}
