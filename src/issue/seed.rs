//! Keys and serial numbers from a seed: the same ones in every run.

use std::fmt;

use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::ca::TestCa;
use super::ca_options::TestCaOptions;
use super::error::IssueError;
use super::key::KeyPair;
use crate::crypto;
use crate::plan::KeyKind;

/// What stands before the seed, so that this crate's keys are those of no other use of it.
const DOMAIN: &[u8] = b"umcert test PKI, version 1";
/// When what [`TestCa::seeded`] makes begins: on 2020-01-01.
const NOT_BEFORE: OffsetDateTime = match OffsetDateTime::from_unix_timestamp(1_577_836_800) {
    Ok(at) => at,
    Err(_) => OffsetDateTime::UNIX_EPOCH,
};
/// For how many days its root is valid: 80 years.
const ROOT_DAYS: u32 = 29220;
/// For how many days its server certificates are valid: until the end of 2049, the last that UTCTime can
/// say (RFC 5280 §4.1.2.5.1).
const LEAF_DAYS: u32 = 10957;

impl TestCa {
    /// A CA that is the same in every run and on every machine, and so is all that it issues, to the
    /// byte: its keys and serial numbers come from `seed`, and it is valid from 2020 to 2100 (its server
    /// certificates until the end of 2049). So tests can name fingerprints, and what is written stays as it
    /// is from build to build.
    ///
    /// **For tests alone, and more so than any other test CA: who knows the seed has every key.** The seed
    /// stands in source code, and so the keys are as good as published.
    /// [`PlannedCertificate::request`](crate::PlannedCertificate::request) refuses them, and no request is
    /// written beside them. *Not* known is one that was written out and read back: it is a key like others.
    ///
    /// Its own keys are Ed25519 keys: both cryptography libraries sign with them in the same way each time,
    /// as they do not with ECDSA (RFC 8032 §8.2), and none makes RSA keys from a seed. So a plan must ask
    /// for [`KeyKind::Ed25519`]. With the feature `seeded-p256` it may ask for [`KeyKind::P256`] too, and so
    /// may [`TestCaOptions::key`] behind [`TestCaOptions::seed`]; these sign as RFC 6979 says.
    ///
    /// A CA of another name, with other dates, or with more intermediates takes
    /// [`TestCaOptions::seed`]. The bytes stay the same in all releases of this crate that are
    /// compatible by semantic versioning, as far as it is up to this crate: rcgen lays them out.
    ///
    /// ```
    /// # let text = include_str!("../../examples/data/example-1.toml");
    /// use umcert::{KeyKind, Plan, PlanOptions, TestCa};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let out_dir = folder.path().join("pki");
    /// let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default().key(KeyKind::Ed25519))?;
    /// TestCa::seeded("my-crate tests")?.issue(&plan)?.write_if_changed(&out_dir)?;
    ///
    /// let again = TestCa::seeded("my-crate tests")?.issue(&plan)?;
    /// assert!(again.write_if_changed(&out_dir)?.was_kept());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`IssueError::Crypto`] where the cryptography library fails.
    pub fn seeded(seed: impl AsRef<[u8]>) -> Result<Self, IssueError> {
        let seed = seed.as_ref();
        let [a, b, c, d, ..] = *Seed::new(seed).derive(&[b"name"]);
        let number = u32::from_be_bytes([a, b, c, d]);
        let options = TestCaOptions::starting(NOT_BEFORE)
            .seed(seed)
            .root_days(ROOT_DAYS)
            .leaf_days(LEAF_DAYS);
        Self::with_options(&format!("Seeded Test CA {number:08x}"), &options)
    }
}

impl TestCaOptions {
    /// Draws all keys and serial numbers from this seed, as [`TestCa::seeded`] does, whose warnings hold
    /// here too: the same name, seed and options make the same bytes. The keys of the CAs become Ed25519
    /// keys. [`TestCa::load`] passes over it.
    #[must_use]
    pub fn seed(self, seed: impl AsRef<[u8]>) -> Self {
        let options = self.key(KeyKind::Ed25519);
        Self {
            seed: Some(Seed::new(seed.as_ref())),
            ..options
        }
    }
}

/// What keys and serial numbers are derived from. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Seed(Zeroizing<[u8; 32]>);

impl Seed {
    fn new(seed: &[u8]) -> Self {
        Self(Zeroizing::new(crypto::hmac_sha256(DOMAIN, seed)))
    }

    /// 32 bytes that these parts alone get, in this order.
    fn derive(&self, parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
        let mut text = Vec::new();
        for part in parts {
            text.extend(part.len().to_string().bytes());
            text.push(b':');
            text.extend_from_slice(part);
        }
        Zeroizing::new(crypto::hmac_sha256(self.0.as_slice(), &text))
    }

    /// The key of this kind for `owner`.
    pub(super) fn key(&self, kind: KeyKind, owner: &str) -> Result<KeyPair, IssueError> {
        let name = kind.to_string();
        let parts = [b"key", name.as_bytes(), owner.as_bytes()];
        let der = match kind {
            KeyKind::Ed25519 => Some(ed25519(self.derive(&parts).as_slice())),
            #[cfg(feature = "seeded-p256")]
            KeyKind::P256 => self.p256(&parts),
            _ => None,
        };
        let der = der.ok_or(IssueError::UnseededKey { kind })?;
        let key = rcgen::KeyPair::try_from(&PrivateKeyDer::from(PrivatePkcs8KeyDer::from(der)));
        let key = key.map_err(IssueError::crypto(&format!("a {kind} key from a seed")))?;
        Ok(KeyPair::seeded(kind, key))
    }

    /// The first of some numbers that is a key: nearly every number is.
    #[cfg(feature = "seeded-p256")]
    fn p256(&self, parts: &[&[u8]; 3]) -> Option<Vec<u8>> {
        let [a, b, c] = parts;
        (0..u8::MAX).find_map(|number| {
            let scalar = self.derive(&[a, b, c, &[number]]);
            super::seed_p256::pkcs8(scalar.as_slice())
        })
    }

    /// The serial number of a certificate with these contents.
    pub(super) fn serial(&self, contents: &[&[u8]]) -> [u8; 16] {
        let parts = [&[b"serial".as_slice()], contents].concat();
        let bytes = self.derive(&parts);
        let mut serial = [0; 16];
        for (to, from) in serial.iter_mut().zip(bytes.as_slice()) {
            *to = *from;
        }
        serial
    }
}

/// PKCS #8, version 1, of the Ed25519 key of these 32 bytes (RFC 8410 §7).
fn ed25519(bytes: &[u8]) -> Vec<u8> {
    const HEAD: &[u8] = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";

    [HEAD, bytes].concat()
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed([elided])")
    }
}
