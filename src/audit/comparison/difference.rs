//! The differences between a plan, a request and a certificate.

use std::fmt;

use crate::audit::display::quoted_list;
use crate::text::{quote, quote_if_oid};
use crate::x509::PublicKey;

/// A step from a plan to a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum IssuanceStage {
    /// The request, which differs from the plan.
    Request,
    /// The certificate, which differs from the request, or from the plan if there is no request.
    Certificate,
}

/// One difference between plan, request and certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// The CN differs (D10). Each list may contain no CN or several CNs.
    #[non_exhaustive]
    CommonName {
        /// The step that changed it.
        stage: IssuanceStage,
        /// The CNs before.
        from: Vec<String>,
        /// The CNs after.
        to: Vec<String>,
    },
    /// The values of another attribute of the subject differ between the request and the certificate.
    #[non_exhaustive]
    SubjectAttribute {
        /// The type of the attribute: `O`, `OU`, `C` and so on, or an OID.
        attribute: String,
        /// The values in the request. Empty if it has no such attribute.
        from: Vec<String>,
        /// The values in the certificate. Empty if it has no such attribute.
        to: Vec<String>,
    },
    /// Requested SAN entries are missing.
    #[non_exhaustive]
    NamesMissing {
        /// The step that dropped them.
        stage: IssuanceStage,
        /// The entries, in the order of the plan or the request.
        names: Vec<String>,
    },
    /// SAN entries that neither the plan nor the request contains.
    #[non_exhaustive]
    NamesAdded {
        /// The step that added them.
        stage: IssuanceStage,
        /// The entries, in the order of the SAN.
        names: Vec<String>,
    },
    /// The remaining SAN entries are in another order (D12).
    #[non_exhaustive]
    NamesReordered {
        /// The step that changed the order.
        stage: IssuanceStage,
    },
    /// The extended key usage no longer allows server authentication (D20).
    #[non_exhaustive]
    ServerAuthDropped {
        /// The step that dropped it.
        stage: IssuanceStage,
    },
    /// The key differs.
    #[non_exhaustive]
    Key {
        /// The step that changed it.
        stage: IssuanceStage,
        /// The key before.
        from: PublicKey,
        /// The key after. Equal to `from` if the new key is of the same kind.
        to: PublicKey,
    },
    /// The CA signed the certificate with a shorter digest than that of the request's signature (D22).
    #[non_exhaustive]
    SignatureWeaker {
        /// The signature algorithm of the request.
        from: String,
        /// The signature algorithm of the certificate.
        to: String,
    },
    /// The certificate is valid for a shorter time than requested.
    #[non_exhaustive]
    ValidityCut {
        /// The requested days.
        asked: u32,
        /// The whole days of the certificate's validity.
        given: i64,
    },
}

impl Difference {
    /// Returns the first step that shows the difference.
    #[must_use]
    pub fn stage(&self) -> IssuanceStage {
        match self {
            Self::CommonName { stage, .. }
            | Self::NamesMissing { stage, .. }
            | Self::NamesAdded { stage, .. }
            | Self::NamesReordered { stage }
            | Self::ServerAuthDropped { stage }
            | Self::Key { stage, .. } => *stage,
            Self::SubjectAttribute { .. }
            | Self::SignatureWeaker { .. }
            | Self::ValidityCut { .. } => IssuanceStage::Certificate,
        }
    }
}

impl fmt::Display for IssuanceStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Request => "request",
            Self::Certificate => "certificate",
        })
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} ", self.stage())?;
        match self {
            Self::CommonName { from, to, .. } => {
                let (from, to) = (describe_common_names(from), describe_common_names(to));
                write!(f, "has {to} instead of {from}")
            }
            Self::SubjectAttribute {
                attribute,
                from,
                to,
            } => {
                let (from, to) = (
                    describe_attribute(attribute, from),
                    describe_attribute(attribute, to),
                );
                write!(f, "has {to} in its subject instead of {from}")
            }
            Self::NamesMissing { names, .. } => {
                write!(f, "lacks the names {}", quoted_list(names))
            }
            Self::NamesAdded { names, .. } => {
                write!(f, "also has the names {}", quoted_list(names))
            }
            Self::NamesReordered { .. } => f.write_str("has its names in another order"),
            Self::ServerAuthDropped { .. } => {
                f.write_str("does not list server authentication in its extended key usage")
            }
            Self::Key { from, to, .. } if from == to => {
                write!(f, "is for another key of the kind {to}")
            }
            Self::Key { from, to, .. } => {
                write!(f, "is for a key of the kind {to} instead of {from}")
            }
            Self::SignatureWeaker { from, to } => {
                write!(f, "is signed with {to}, but the request with {from}")
            }
            Self::ValidityCut { asked, given } => {
                write!(f, "is valid for {given} days, but {asked} were requested")
            }
        }
    }
}

fn describe_attribute(attribute: &str, values: &[String]) -> String {
    let attribute = quote_if_oid(attribute);
    match values {
        [] => format!("no {attribute}"),
        values => format!("the {attribute} {}", quoted_list(values)),
    }
}

fn describe_common_names(names: &[String]) -> String {
    match names {
        [] => "no CN".to_owned(),
        [cn] => format!("the CN {}", quote(cn)),
        names => format!("the CNs {}", quoted_list(names)),
    }
}
