//! Chains with signatures that no library here makes.

use rustls_pki_types::CertificateDer;

use crate::rule::Rule;
use crate::x509::{Certificate, Chain};

const ROOT: &[u8] = include_bytes!("specimens/root.der");
const SHA1: &[u8] = include_bytes!("specimens/sha1.der");
const PSS: &[u8] = include_bytes!("specimens/pss.der");
const EXCHANGE_SHA1: &[u8] = include_bytes!("specimens/exchange-sha1.der");

/// A chain that no [`TestCa`](crate::TestCa) can issue, for neither rcgen nor its libraries sign in that way:
/// OpenSSL made it, once and for all, and its private keys were thrown away.
///
/// All are of the server `um1.contoso.com`, with an RSA key of 2048 bits, and valid from 2024-01-01 on:
/// until 2044-01-01, but for Exchange's default, which ends on 2029-01-01. The sources hold the commands
/// that made them, in `src/issue/faulty/specimens/make.sh`.
///
/// ```
/// use time::macros::datetime;
/// use umcert::faulty::Specimen;
/// use umcert::audit::VerifyError;
/// use umcert::name::GeneralName;
/// use umcert::TrustStore;
///
/// let specimen = Specimen::Sha1Signature;
/// let roots = TrustStore::from(specimen.roots().as_slice());
/// let name: GeneralName = "um1.contoso.com".parse()?;
/// let verdict = roots.verify(&specimen.chain(), name, datetime!(2026-11-24 00:00 UTC));
/// assert!(matches!(verdict, Err(VerifyError::Path { .. })), "{verdict:?}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Specimen {
    /// Signed with SHA-1 (D22); the four names of Contoso's UM servers in the SAN.
    Sha1Signature,
    /// Signed with RSASSA-PSS (D22); the four names of Contoso's UM servers in the SAN.
    PssSignature,
    /// The certificate "Microsoft Exchange" as setup made it before Exchange 2016 CU22: self-signed with
    /// SHA-1 (D1).
    ExchangeDefaultSha1,
}

impl Specimen {
    /// Every specimen.
    pub const ALL: &'static [Self] = &[
        Self::Sha1Signature,
        Self::PssSignature,
        Self::ExchangeDefaultSha1,
    ];

    /// The rule that an [`Audit`](crate::Audit) is to find broken.
    #[must_use]
    pub fn rule(self) -> Rule {
        match self {
            Self::Sha1Signature => Rule::Sha1Signature,
            Self::PssSignature => Rule::PssSignature,
            Self::ExchangeDefaultSha1 => Rule::DefaultSelfSigned,
        }
    }

    /// The chain that `um1.contoso.com` presents.
    #[must_use]
    pub fn chain(self) -> Chain {
        let der = match self {
            Self::Sha1Signature => SHA1,
            Self::PssSignature => PSS,
            Self::ExchangeDefaultSha1 => EXCHANGE_SHA1,
        };
        vec![CertificateDer::from(der)].into_iter().collect()
    }

    /// The root that each side is to hold, so that nothing else is wrong. Exchange's default has none.
    #[must_use]
    pub fn roots(self) -> Vec<Certificate> {
        let has_root = self != Self::ExchangeDefaultSha1;
        match Certificate::from_der(CertificateDer::from(ROOT)) {
            Ok(root) if has_root => vec![root],
            // The file is part of the crate, and a test reads it.
            _ => Vec::new(),
        }
    }
}
