//! Checks that the files of a server's chain and request were read completely.

use crate::audit::context::PresentedChain;
use crate::rule::{Finding, Rule};
use crate::text::join_truncated;
use crate::x509::{CertificateRequest, Chain, SkippedSection};

/// Maximum number of skipped sections that a finding lists.
const MAX_SECTIONS: usize = 8;

/// Reports the parts of both files that were not read.
pub(in crate::audit) fn check(presented: &PresentedChain<'_>) -> Vec<Finding> {
    let of_chain = presented.chain.map_or(&[][..], Chain::skipped);
    let of_request = presented
        .request
        .map_or(&[][..], CertificateRequest::skipped);
    let files = [
        ("its file", of_chain),
        ("the file of its request", of_request),
    ];
    let finding = |(file, skipped): (&str, &[SkippedSection])| {
        if skipped.is_empty() {
            return None;
        }
        let parts = join_truncated(skipped, MAX_SECTIONS, ", ");
        let detail = format!("a part of {file} was not read: {parts}");
        Some(Finding::new(Rule::SectionSkipped, presented.server, detail))
    };
    files.into_iter().filter_map(finding).collect()
}
