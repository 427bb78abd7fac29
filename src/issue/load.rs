//! A CA that was made elsewhere: what must hold of it before it may issue.

use std::fmt;

use time::OffsetDateTime;

use super::authority::Authority;
use super::ca::TestCa;
use super::ca_options::TestCaOptions;
use super::error::IssueError;
use super::key::KeyPair;
use super::source::Source;
use crate::date::Date;
use crate::x509::{Certificate, Chain};

impl TestCa {
    /// A CA that was made elsewhere: its chain, the issuing CA's certificate first and the root last, and
    /// the key of the issuing one. Its names are kept as raw DER, so a root such as
    /// `DC=com, DC=contoso, CN=contoso-DC01-CA` (D29) issues chains that hold together.
    ///
    /// Of the options, those about server certificates count: `not_before`, by which the CA must have
    /// begun and not ended, days, overrun, threads and the place of the CRL. The CAs are as they are, and no
    /// server certificate ends after one of them.
    ///
    /// ```
    /// use time::OffsetDateTime;
    /// use umcert::issue::TestCaOptions;
    /// use umcert::{Chain, KeyPair, TestCa};
    ///
    /// fn load(chain: &[u8], key: &[u8]) -> Result<TestCa, Box<dyn std::error::Error>> {
    ///     let options = TestCaOptions::starting(OffsetDateTime::now_utc());
    ///     Ok(TestCa::load(&Chain::from_bytes(chain)?, KeyPair::from_bytes(key)?, &options)?)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`IssueError::UnusableCa`] where one of the certificates cannot be read, is no CA, may not sign
    /// certificates, is out of date, has more CAs below it than it may, or is not signed by the next;
    /// where the last is no root; and where the key is not that of the first. Then as
    /// [`with_options`](Self::with_options).
    pub fn load(chain: &Chain, key: KeyPair, options: &TestCaOptions) -> Result<Self, IssueError> {
        let certificates = readable(chain)?;
        check(&certificates, options.not_before)?;
        let Some(issuing) = certificates.first() else {
            return Err(unusable(1, "nothing", CaFault::Empty));
        };
        if !key.is_key_of(issuing) {
            return Err(unusable(1, issuing.subject(), CaFault::OtherKey));
        }
        let issuing = Authority::of_certificate(issuing.clone(), key);
        let ca = Self::of_parts(issuing, Vec::new(), certificates, options, Source::System)?;
        Ok(ca.lasting())
    }
}

fn readable(chain: &Chain) -> Result<Vec<Certificate>, IssueError> {
    let mut certificates = Vec::new();
    for entry in chain.entries() {
        match entry {
            Ok(certificate) => certificates.push(certificate.clone()),
            Err(reason) => {
                let fault = CaFault::Malformed(reason.to_string());
                return Err(unusable(certificates.len() + 1, "a certificate", fault));
            }
        }
    }
    Ok(certificates)
}

fn check(certificates: &[Certificate], at: OffsetDateTime) -> Result<(), IssueError> {
    let mut below = 0;
    let mut rest = certificates;
    while let [certificate, behind @ ..] = rest {
        if let Some(fault) = fault(certificate, behind.first(), below, at) {
            let entry = certificates.len() - behind.len();
            return Err(unusable(entry, certificate.subject(), fault));
        }
        below += 1;
        rest = behind;
    }
    Ok(())
}

/// Why a certificate cannot stand in the chain of a CA; `issuer` is the one behind it, and `below` says
/// how many CAs are below it.
fn fault(
    certificate: &Certificate,
    issuer: Option<&Certificate>,
    below: u32,
    at: OffsetDateTime,
) -> Option<CaFault> {
    let may_sign = certificate.key_usage().is_none_or(|it| it.key_cert_sign);
    let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
    if !certificate.is_ca() {
        return Some(CaFault::NotACa);
    }
    if !may_sign {
        return Some(CaFault::NoCertSign);
    }
    if at < not_before || at > not_after {
        return Some(CaFault::OutOfDate {
            not_before,
            not_after,
            at,
        });
    }
    match (certificate.path_len(), issuer) {
        (Some(allowed), _) if below > allowed => Some(CaFault::PathLength { allowed, below }),
        (_, Some(issuer)) if !certificate.is_signed_by(issuer) => Some(CaFault::NotSignedByNext),
        (_, None) if !certificate.is_signed_by(certificate) => Some(CaFault::NoRoot),
        _ => None,
    }
}

fn unusable(entry: usize, subject: &str, fault: CaFault) -> IssueError {
    IssueError::UnusableCa {
        entry,
        subject: subject.to_owned(),
        fault,
    }
}

/// Why a certificate cannot stand in the chain of a CA that is to issue.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CaFault {
    /// There is none.
    Empty,
    /// It cannot be read; why.
    Malformed(String),
    /// Its basic constraints do not say that it is a CA (RFC 5280 §4.2.1.9).
    NotACa,
    /// Its key usage does not let it sign certificates (RFC 5280 §4.2.1.3).
    NoCertSign,
    /// Its key usage does not let it sign CRLs (RFC 5280 §4.2.1.3): it issues, and nobody believes its CRLs.
    NoCrlSign,
    /// It has ended, or not begun.
    #[non_exhaustive]
    OutOfDate {
        /// The first second of its validity, in UTC.
        not_before: OffsetDateTime,
        /// The last second of its validity, in UTC.
        not_after: OffsetDateTime,
        /// When it is to issue.
        at: OffsetDateTime,
    },
    /// More CAs are below it than it may have (RFC 5280 §4.2.1.9).
    #[non_exhaustive]
    PathLength {
        /// How many may be.
        allowed: u32,
        /// How many are.
        below: u32,
    },
    /// The next certificate did not sign it, or its signature cannot be verified here.
    NotSignedByNext,
    /// It is the last, and not signed by itself: the root is not there.
    NoRoot,
    /// The key that came with it is another's.
    OtherKey,
}

impl fmt::Display for CaFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there is no certificate"),
            Self::Malformed(reason) => f.write_str(reason),
            Self::NotACa => f.write_str("it is no CA (basic constraints)"),
            Self::NoCertSign => f.write_str("it may not sign certificates (key usage)"),
            Self::NoCrlSign => f.write_str("it may not sign CRLs (key usage)"),
            Self::OutOfDate {
                not_before,
                not_after,
                at,
            } => write!(
                f,
                "it is valid from {} to {}, and is to issue on {}",
                Date(*not_before),
                Date(*not_after),
                Date(*at)
            ),
            Self::PathLength { allowed, below } => write!(
                f,
                "it has {below} CAs below it, and may have {allowed} (path length)"
            ),
            Self::NotSignedByNext => {
                f.write_str("the next certificate did not sign it; order them up to the root")
            }
            Self::NoRoot => f.write_str("it is the last and no root; add those up to the root"),
            Self::OtherKey => f.write_str("the key is not that of this certificate"),
        }
    }
}
