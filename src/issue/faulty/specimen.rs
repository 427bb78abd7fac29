//! Stored chains with signatures that this crate's libraries cannot create.

use rustls_pki_types::CertificateDer;

use crate::rule::Rule;
use crate::x509::{Certificate, Chain};

const ROOT: &[u8] = include_bytes!("specimens/root.der");
const SHA1: &[u8] = include_bytes!("specimens/sha1.der");
const SHA512: &[u8] = include_bytes!("specimens/sha512.der");
const PSS: &[u8] = include_bytes!("specimens/pss.der");
const MD5_ROOT: &[u8] = include_bytes!("specimens/md5-root.der");
const BY_MD5_ROOT: &[u8] = include_bytes!("specimens/by-md5-root.der");
const EXCHANGE_SHA1: &[u8] = include_bytes!("specimens/exchange-sha1.der");

/// A stored chain that no [`TestCa`](crate::TestCa) can issue: neither rcgen nor its libraries create such signatures,
/// or the key of a `TestCa` does not. OpenSSL created it, and its private keys were discarded.
///
/// Every specimen is for the server `um1.contoso.com`, has an RSA key of 2048 bits, and is valid from 2024-01-01 to
/// 2044-01-01; Exchange's default expires on 2029-01-01. The commands that created them are in
/// `src/issue/faulty/specimens/make.sh`.
///
/// # Examples
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
/// assert!(matches!(verdict, Err(VerifyError::Refused { .. })), "{verdict:?}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Specimen {
    /// Signed with SHA-1 (D22); the four names of Contoso's UM servers in the SAN.
    Sha1Signature,
    /// Signed with SHA-512 (D132); the four names of Contoso's UM servers in the SAN.
    Sha512Signature,
    /// Signed with RSASSA-PSS (D22); the four names of Contoso's UM servers in the SAN.
    PssSignature,
    /// Issued by a root that is signed with MD5 (D133); the four names of Contoso's UM servers in the SAN.
    Md5Root,
    /// The certificate "Microsoft Exchange" as setup created it before Exchange 2016 CU22: self-signed with SHA-1
    /// (D1).
    ExchangeDefaultSha1,
}

impl Specimen {
    /// Every specimen.
    pub const ALL: &'static [Self] = &[
        Self::Sha1Signature,
        Self::Sha512Signature,
        Self::PssSignature,
        Self::Md5Root,
        Self::ExchangeDefaultSha1,
    ];

    /// Returns the rule that an [`Audit`](crate::Audit) reports for this specimen.
    #[must_use]
    pub fn rule(self) -> Rule {
        match self {
            Self::Sha1Signature => Rule::Sha1Signature,
            Self::Sha512Signature => Rule::Sha512Signature,
            Self::PssSignature => Rule::PssSignature,
            Self::Md5Root => Rule::Md5Signature,
            Self::ExchangeDefaultSha1 => Rule::DefaultSelfSigned,
        }
    }

    /// Returns the chain that `um1.contoso.com` presents.
    #[must_use]
    pub fn chain(self) -> Chain {
        let der = match self {
            Self::Sha1Signature => SHA1,
            Self::Sha512Signature => SHA512,
            Self::PssSignature => PSS,
            Self::Md5Root => BY_MD5_ROOT,
            Self::ExchangeDefaultSha1 => EXCHANGE_SHA1,
        };
        [CertificateDer::from(der)].into_iter().collect()
    }

    /// Returns the root that both sides must trust so that nothing else is wrong. Exchange's default certificate has no
    /// root.
    #[must_use]
    pub fn roots(self) -> Vec<Certificate> {
        let der = match self {
            Self::Sha1Signature | Self::Sha512Signature | Self::PssSignature => ROOT,
            Self::Md5Root => MD5_ROOT,
            Self::ExchangeDefaultSha1 => return Vec::new(),
        };
        let root = Certificate::from_der(CertificateDer::from(der));
        vec![root.expect("the stored root is readable")]
    }
}
