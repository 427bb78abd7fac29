//! Markdown pages and Mermaid pictures for reports and the hand-off. Text from outside adds no markup to them.

mod escape;
mod flowchart;
mod mermaid;
mod page;
mod sites;
mod timeline;

pub(crate) use escape::{code, escape};
pub(crate) use page::Page;
pub(crate) use sites::picture_of_sites;
pub(crate) use timeline::{Bar, Timeline};
