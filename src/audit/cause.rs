//! The reason why relying parties do not trust a chain.

use std::fmt::Display;

use super::display::{CertificateLabel, Fingerprints};
use super::remedy::remedy_for;
use crate::rule::{Finding, Rule};
use crate::text::join;
use crate::x509::Certificate;

/// One reason why a chain is refused or not judged. Relying parties with equal causes share a finding.
#[derive(PartialEq)]
pub(super) struct Cause {
    pub(super) rule: Rule,
    /// The detail up to the relying parties.
    pub(super) text: String,
    pub(super) parties: PartiesWording,
    /// The detail after the relying parties.
    pub(super) rest: String,
    /// The remedy for the certificate at fault, if that of the rule does not fit.
    pub(super) remedy: Option<&'static str>,
}

/// The wording of the relying parties in the detail of a cause.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum PartiesWording {
    /// "Lync and Exchange (contoso.com)".
    List,
    /// "neither Lync nor Exchange (contoso.com) trusts".
    DoNotTrust,
    /// ", on the path for Lync", if the cause does not concern every relying party.
    PathUnlessAll,
    /// No mention.
    Omit,
}

impl Cause {
    /// Returns the cause that `certificate` violates `rule`. The text is the certificate's label, then `predicate`.
    pub(super) fn of_certificate(
        rule: Rule,
        certificate: &Certificate,
        server_certificate: &Certificate,
        predicate: &str,
    ) -> Self {
        let label = CertificateLabel {
            certificate,
            server_certificate,
        };
        Self {
            rule,
            text: format!("{label} {predicate}"),
            parties: PartiesWording::PathUnlessAll,
            rest: String::new(),
            remedy: remedy_for(rule, certificate, server_certificate),
        }
        .with_fingerprints(certificate)
    }

    /// Appends the fingerprints of `certificate`.
    pub(super) fn with_fingerprints(mut self, certificate: &Certificate) -> Self {
        self.rest = format!("{} ({})", self.rest, Fingerprints(certificate));
        self
    }

    /// Returns the finding for this cause, which concerns `concerned` of `all` relying parties.
    pub(super) fn finding(
        &self,
        subject: &impl Display,
        concerned: &[impl Display],
        all: usize,
    ) -> Finding {
        let finding = Finding::new(self.rule, subject, self.detail(concerned, all));
        match self.remedy {
            Some(remedy) => finding.with_remedy(remedy),
            None => finding,
        }
    }

    fn detail(&self, concerned: &[impl Display], all: usize) -> String {
        let listed = join(concerned, " and ");
        let parties = match self.parties {
            PartiesWording::List => listed,
            PartiesWording::DoNotTrust if concerned.len() > 1 => {
                format!("neither {} trusts", join(concerned, " nor "))
            }
            PartiesWording::DoNotTrust => format!("{listed} does not trust"),
            PartiesWording::PathUnlessAll if concerned.len() < all => {
                format!(", on the path for {listed}")
            }
            PartiesWording::PathUnlessAll | PartiesWording::Omit => String::new(),
        };
        format!("{}{parties}{}", self.text, self.rest)
    }
}
