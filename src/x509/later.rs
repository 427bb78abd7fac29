//! Facts that are read when they are first asked for. What is signed here is readable, and most of it is
//! written to a file and never asked: reading it back at once would cost a third of what signing does.

use std::sync::OnceLock;

use time::OffsetDateTime;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo, X509Name};

use super::algorithm;
use super::extensions::Extensions;
use super::facts::PublicKey;
use super::malformed::MalformedReason;
use super::name::{self, Name};
use super::profile::Irregular;

/// What a certificate or a request says.
pub(super) struct Facts {
    pub(super) subject: Name,
    pub(super) common_names: Vec<String>,
    pub(super) extensions: Extensions,
    pub(super) public_key: PublicKey,
    pub(super) raw_public_key: Vec<u8>,
    pub(super) signature_algorithm: String,
    pub(super) issued: Issued,
}

/// What its issuer says of a certificate besides. In a request nothing of it stands.
pub(super) struct Issued {
    pub(super) serial: Vec<u8>,
    pub(super) issuer: Name,
    pub(super) not_before: OffsetDateTime,
    pub(super) not_after: OffsetDateTime,
    pub(super) is_v3: bool,
    pub(super) irregular: Irregular,
}

impl Facts {
    /// What certificates and requests have in common, and what stands in certificates alone.
    pub(super) fn of(
        subject: &X509Name<'_>,
        key: &SubjectPublicKeyInfo<'_>,
        signature: &AlgorithmIdentifier<'_>,
        extensions: Extensions,
        issued: Issued,
    ) -> Result<Self, MalformedReason> {
        Ok(Self {
            subject: Name::of(subject),
            common_names: name::common_names(subject),
            extensions,
            public_key: algorithm::public_key(key)?,
            raw_public_key: key.raw.to_vec(),
            signature_algorithm: algorithm::signature(signature),
            issued,
        })
    }

    /// What DER says that cannot be read.
    fn nothing() -> Self {
        Self {
            subject: Name::default(),
            common_names: Vec::new(),
            extensions: Extensions::none(),
            public_key: PublicKey::Other(String::new()),
            raw_public_key: Vec::new(),
            signature_algorithm: String::new(),
            issued: Issued::nothing(),
        }
    }
}

impl Issued {
    pub(super) fn nothing() -> Self {
        Self {
            serial: Vec::new(),
            issuer: Name::default(),
            not_before: OffsetDateTime::UNIX_EPOCH,
            not_after: OffsetDateTime::UNIX_EPOCH,
            is_v3: false,
            irregular: Irregular::default(),
        }
    }
}

/// Reads the facts of some DER.
pub(super) type Read = fn(&[u8]) -> Result<Facts, MalformedReason>;

/// The facts of DER that is kept beside them.
pub(super) enum Later {
    Read(Facts),
    Unread(OnceLock<Facts>, Read),
}

impl Later {
    /// Facts that are read later, from DER that was signed here.
    pub(super) fn of_our_own(der: &[u8], read: Read) -> Self {
        debug_assert!(read(der).is_ok(), "what is signed here is readable");
        Self::Unread(OnceLock::new(), read)
    }

    /// The facts of `der`.
    pub(super) fn get(&self, der: &[u8]) -> &Facts {
        match self {
            Self::Read(facts) => facts,
            Self::Unread(facts, read) => facts.get_or_init(|| match read(der) {
                Ok(facts) => facts,
                Err(_) => Facts::nothing(),
            }),
        }
    }
}
