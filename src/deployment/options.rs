//! The options of a plan, which a deployment can contain.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::rule::{ParseIdError, impl_text_id};

/// Default limit of SAN entries. Many CAs accept no more.
const MAX_NAMES: usize = 100;
/// Default limit of a certificate's size in bytes: the plaintext of one TLS record (RFC 8446 §5.1).
const MAX_SIZE: usize = 16 * 1024;

/// The options of a plan: SAN policy, key and CA of the certificates, the servers that it covers, and the outages to
/// consider.
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
///
/// A [deployment](crate::Deployment::plan) can contain them, in the table `[plan]`. Every key has a default, and an
/// unknown key is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct PlanOptions {
    /// The policy for the names in a certificate.
    pub(crate) san: SanPolicy,
    /// The kind of key that certificates are issued for.
    pub(crate) key: KeyKind,
    /// The servers that share a certificate.
    pub(crate) sharing: CertificateSharing,
    /// The kind of CA, which accepts certain names only.
    pub(crate) ca: CaProfile,
    /// The outages to consider.
    pub(crate) outages: OutageScope,
    /// `true` if the plan covers the Front Ends of Lync, with certificates for tests.
    pub(crate) front_ends: bool,
    /// The number of SAN entries above which `too-many-names` is reported.
    pub(crate) max_names: usize,
    /// The size of a certificate in bytes above which `too-many-names` is reported.
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
            front_ends: false,
            max_names: MAX_NAMES,
            max_size: MAX_SIZE,
        }
    }
}

impl PlanOptions {
    /// Sets the policy for the names in a certificate. Defaults to [`SanPolicy::EveryServer`].
    #[must_use]
    pub fn san(self, san: SanPolicy) -> Self {
        Self { san, ..self }
    }

    /// Sets the kind of key that certificates are issued for. Defaults to [`KeyKind::Rsa2048`].
    #[must_use]
    pub fn key(self, key: KeyKind) -> Self {
        Self { key, ..self }
    }

    /// Sets the servers that share a certificate. Defaults to [`CertificateSharing::OnePerServer`].
    #[must_use]
    pub fn sharing(self, sharing: CertificateSharing) -> Self {
        Self { sharing, ..self }
    }

    /// Sets the kind of CA, which accepts certain names only. Defaults to [`CaProfile::Private`].
    #[must_use]
    pub fn ca(self, ca: CaProfile) -> Self {
        Self { ca, ..self }
    }

    /// Sets the outages to consider. Defaults to [`OutageScope::Single`].
    #[must_use]
    pub fn outages(self, outages: OutageScope) -> Self {
        Self { outages, ..self }
    }

    /// Sets whether the plan covers the Front Ends of Lync. Defaults to `false`.
    ///
    /// The certificates of Front Ends are for tests: the CN and first name is the FQDN of the pool, and the server's own
    /// FQDN follows (D30). A real Front End also needs names that only the topology of Lync has, such as simple URLs, and
    /// `Request-CsCertificate` takes all of them from there (D63). The SAN policy does not apply to Front Ends, and no
    /// outage moves their names.
    #[must_use]
    pub fn front_ends(self, front_ends: bool) -> Self {
        Self { front_ends, ..self }
    }

    /// Sets the number of SAN entries above which
    /// [`too-many-names`](crate::Rule::TooManyNames) is reported. Defaults to 100.
    #[must_use]
    pub fn max_names(self, max_names: usize) -> Self {
        Self { max_names, ..self }
    }

    /// Sets the size of a certificate in bytes above which [`too-many-names`](crate::Rule::TooManyNames) is reported.
    /// Defaults to 16 KiB. The size is an estimate: a CA adds its own extensions.
    #[must_use]
    pub fn max_size(self, max_size: usize) -> Self {
        Self { max_size, ..self }
    }
}

/// The servers that share a certificate (D14). Defaults to [`OnePerServer`](Self::OnePerServer).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CertificateSharing {
    /// `one-per-server`: each server has its own certificate, with its FQDN as the CN (D10).
    #[default]
    OnePerServer,
    /// `one-per-set`: the servers of a set share a certificate. Its CN is the FQDN of the first server, which breaks
    /// D10 for the others.
    OnePerSet,
}

impl CertificateSharing {
    /// Every value.
    pub const ALL: &'static [Self] = &[Self::OnePerServer, Self::OnePerSet];

    fn id(self) -> &'static str {
        match self {
            Self::OnePerServer => "one-per-server",
            Self::OnePerSet => "one-per-set",
        }
    }
}

impl_text_id!(CertificateSharing, "certificate sharing");

/// The kind of CA: the names, and their combinations, that it accepts. Defaults to [`Private`](Self::Private).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CaProfile {
    /// `private`: a CA of the organisation. It accepts a wildcard together with names that the wildcard covers.
    #[default]
    Private,
    /// `acme-like`: a public CA like those that speak ACME. It refuses names that a wildcard of the same request
    /// covers, so the plan omits them, even the server's own name.
    AcmeLike,
    /// `public`: a public CA that accepts a wildcard together with names that the wildcard covers. Like every public CA
    /// it refuses internal names (D137).
    Public,
}

impl CaProfile {
    /// Every profile.
    pub const ALL: &'static [Self] = &[Self::Private, Self::AcmeLike, Self::Public];

    fn id(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::AcmeLike => "acme-like",
            Self::Public => "public",
        }
    }

    /// Returns `true` for a public CA, which issues no certificate for an internal name (D137).
    #[must_use]
    pub fn is_public(self) -> bool {
        match self {
            Self::Private => false,
            Self::AcmeLike | Self::Public => true,
        }
    }
}

impl_text_id!(CaProfile, "CA profile");

/// The outages that a plan considers. Defaults to [`Single`](Self::Single).
///
/// Displays as, parses from, and serializes as `single`, `site-pairs` or `servers-2`:
///
/// ```
/// use umcert::plan::OutageScope;
///
/// assert_eq!("servers-2".parse(), Ok(OutageScope::Servers(2)));
/// assert_eq!(OutageScope::SitePairs.to_string(), "site-pairs");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum OutageScope {
    /// `single`: each site, and each server.
    #[default]
    Single,
    /// `site-pairs`: in addition, each pair of sites at once.
    SitePairs,
    /// `servers-N`: in addition, up to this number of servers at once. Values above [`MAX_SERVERS`](Self::MAX_SERVERS)
    /// count as that maximum.
    Servers(u8),
}

impl OutageScope {
    /// Largest number of servers that a plan considers to be out at once.
    pub const MAX_SERVERS: u8 = 8;
}

impl fmt::Display for OutageScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Single => f.pad("single"),
            Self::SitePairs => f.pad("site-pairs"),
            Self::Servers(count) => f.pad(&format!("servers-{count}")),
        }
    }
}

impl Serialize for OutageScope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for OutageScope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl FromStr for OutageScope {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let scope = match text {
            "single" => Some(Self::Single),
            "site-pairs" => Some(Self::SitePairs),
            _ => {
                let count = text.strip_prefix("servers-");
                count
                    .and_then(|count| count.parse().ok())
                    .map(Self::Servers)
            }
        };
        // Refuses `servers-+2` and `servers-02`, which differ from the displayed form.
        scope
            .filter(|scope| scope.to_string() == text)
            .ok_or_else(|| {
                let hint = "use single, site-pairs or servers-N with a number N up to 255";
                ParseIdError::with_hint("scope of outages", text, hint)
            })
    }
}

/// The names that a certificate contains in its SAN in addition to the server's own name. Defaults to
/// [`EveryServer`](Self::EveryServer).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SanPolicy {
    /// `every-server`: the FQDN of every server of the set (D3, D14).
    #[default]
    EveryServer,
    /// `wildcard`: a wildcard for each domain of the set's servers (D3, D11, D16).
    Wildcard,
    /// `minimal`: only the names that move to the server in a considered outage (D3).
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

impl_text_id!(SanPolicy, "SAN policy");

/// The kind and size of a key. Defaults to [`Rsa2048`](Self::Rsa2048).
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
#[doc(alias("ecdsa", "rsa"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum KeyKind {
    /// `rsa2048`: RSA with 2048 bits, which Lync and every version of Exchange support (D23).
    #[default]
    Rsa2048,
    /// `rsa3072`: RSA with 3072 bits, which is not in Lync's list (D23).
    Rsa3072,
    /// `rsa4096`: RSA with 4096 bits (D23).
    Rsa4096,
    /// `p256`: ECDSA on P-256, which Lync supports, and Exchange 2013 and older do not (D23).
    P256,
    /// `p384`: ECDSA on P-384, which Lync supports, and Exchange 2013 and older do not (D23).
    P384,
    /// `ed25519`: Ed25519, for tests only: neither Lync nor Exchange supports it (D23).
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

    /// Returns the size of an RSA modulus in bits, or `None` if this is not RSA.
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

impl_text_id!(KeyKind, "key kind");
