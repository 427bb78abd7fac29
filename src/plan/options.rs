//! What a plan may be asked for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::rule::{ParseIdError, parse_id};

/// The most servers at once that are considered.
pub(super) const MAX_AT_ONCE: usize = 8;
/// The most names in a certificate, unless told: many CAs stop there.
const MAX_NAMES: usize = 100;
/// The size in bytes that a certificate stays below, unless told: what a TLS record holds (RFC 8446 §5.1).
const MAX_SIZE: usize = 16 * 1024;

/// How to plan: which names go into a certificate, for which key and CA, and which outages count.
///
/// ```
/// use umcert::plan::OutageScope;
/// use umcert::{KeyKind, PlanOptions, SanPolicy};
///
/// let options = PlanOptions::default()
///     .san(SanPolicy::Minimal)
///     .key(KeyKind::Rsa4096)
///     .outages(OutageScope::SitePairs);
/// # let _ = options;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanOptions {
    pub(crate) san: SanPolicy,
    pub(crate) key: KeyKind,
    pub(crate) sharing: CertificateSharing,
    pub(crate) ca: CaProfile,
    pub(crate) outages: OutageScope,
    pub(crate) max_names: usize,
    pub(crate) max_size: usize,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self {
            san: SanPolicy::default(),
            key: KeyKind::default(),
            sharing: CertificateSharing::default(),
            ca: CaProfile::default(),
            outages: OutageScope::default(),
            max_names: MAX_NAMES,
            max_size: MAX_SIZE,
        }
    }
}

impl PlanOptions {
    /// Which names go into a certificate; [`SanPolicy::EveryServer`] unless told.
    #[must_use]
    pub fn san(self, san: SanPolicy) -> Self {
        Self { san, ..self }
    }

    /// The key that certificates are for; [`KeyKind::Rsa2048`] unless told.
    #[must_use]
    pub fn key(self, key: KeyKind) -> Self {
        Self { key, ..self }
    }

    /// Who shares a certificate; [`CertificateSharing::OnePerServer`] unless told.
    #[must_use]
    pub fn sharing(self, sharing: CertificateSharing) -> Self {
        Self { sharing, ..self }
    }

    /// What the CA puts up with; [`CaProfile::Private`] unless told.
    #[must_use]
    pub fn ca(self, ca: CaProfile) -> Self {
        Self { ca, ..self }
    }

    /// Which outages are considered; [`OutageScope::Single`] unless told.
    #[must_use]
    pub fn outages(self, outages: OutageScope) -> Self {
        Self { outages, ..self }
    }

    /// From how many names on a certificate is found to have too many; above 100 unless told.
    #[must_use]
    pub fn max_names(self, max_names: usize) -> Self {
        Self { max_names, ..self }
    }

    /// From how many bytes on a certificate is found to be too large; above 16 KiB unless told. The size
    /// is an estimate: the CA adds what it likes.
    #[must_use]
    pub fn max_size(self, max_size: usize) -> Self {
        Self { max_size, ..self }
    }
}

/// Who shares a certificate (D14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CertificateSharing {
    /// Each server has its own, with its FQDN as the CN (D10).
    #[default]
    OnePerServer,
    /// The servers of a set share one. Its CN is the FQDN of the first, against D10 for the others.
    OnePerSet,
}

/// What a CA puts up with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CaProfile {
    /// A CA of the organisation's own: a wildcard and names that it covers stand side by side.
    #[default]
    Private,
    /// A public CA as those that speak ACME: it refuses a name beside a wildcard that covers it, so such
    /// names are left out, the server's own too.
    AcmeLike,
}

/// Which outages a plan considers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OutageScope {
    /// Each site, and each server.
    #[default]
    Single,
    /// Also any two sites at once.
    SitePairs,
    /// Also any so many servers at once. More than [`MAX_SERVERS`](Self::MAX_SERVERS) count as that many.
    Servers(u8),
}

impl OutageScope {
    /// The most servers at once that are considered.
    #[expect(
        clippy::as_conversions,
        reason = "8, and nothing else converts in a constant"
    )]
    pub const MAX_SERVERS: u8 = MAX_AT_ONCE as u8;
}

/// Which names a certificate holds in its SAN, after the server's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SanPolicy {
    /// The FQDN of every server of the set (D3, D14).
    #[default]
    EveryServer,
    /// A wildcard for each domain of the set's servers (D3, D11, D16).
    Wildcard,
    /// The names alone that some considered outage brings to the server (D3).
    Minimal,
}

impl SanPolicy {
    /// Every policy.
    pub const ALL: &'static [Self] = &[Self::EveryServer, Self::Wildcard, Self::Minimal];

    fn id(self) -> &'static str {
        match self {
            Self::EveryServer => "every-server",
            Self::Wildcard => "wildcard",
            Self::Minimal => "minimal",
        }
    }
}

impl fmt::Display for SanPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl FromStr for SanPolicy {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        parse_id("SAN policy", Self::ALL, Self::id, text)
    }
}

/// The kind and size of a key.
///
/// ```
/// use umcert::KeyKind;
///
/// assert_eq!("p256".parse(), Ok(KeyKind::P256));
/// let error = "rsa1024".parse::<KeyKind>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`rsa1024` is not a key kind: expected one of rsa2048, rsa3072, rsa4096, p256, p384, ed25519",
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum KeyKind {
    /// RSA of 2048 bits: what Lync and every Exchange take (D23).
    #[default]
    Rsa2048,
    /// RSA of 3072 bits: not in Lync's list (D23).
    Rsa3072,
    /// RSA of 4096 bits (D23).
    Rsa4096,
    /// ECDSA on P-256: Lync takes it, Exchange 2013 and older do not (D23).
    P256,
    /// ECDSA on P-384: Lync takes it, Exchange 2013 and older do not (D23).
    P384,
    /// Ed25519: for tests alone, neither Lync nor Exchange takes it (D23).
    Ed25519,
}

impl KeyKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Rsa2048,
        Self::Rsa3072,
        Self::Rsa4096,
        Self::P256,
        Self::P384,
        Self::Ed25519,
    ];

    /// The size of the modulus in bits, where this is RSA.
    #[must_use]
    pub fn rsa_bits(self) -> Option<u16> {
        match self {
            Self::Rsa2048 => Some(2048),
            Self::Rsa3072 => Some(3072),
            Self::Rsa4096 => Some(4096),
            Self::P256 | Self::P384 | Self::Ed25519 => None,
        }
    }

    fn id(self) -> &'static str {
        match self {
            Self::Rsa2048 => "rsa2048",
            Self::Rsa3072 => "rsa3072",
            Self::Rsa4096 => "rsa4096",
            Self::P256 => "p256",
            Self::P384 => "p384",
            Self::Ed25519 => "ed25519",
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl FromStr for KeyKind {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        parse_id("key kind", Self::ALL, Self::id, text)
    }
}
