//! Loads a CA that was created elsewhere, and checks that the CA can issue certificates.

use time::OffsetDateTime;

use super::authority::Authority;
use super::options::TestCaOptions;
use super::random_source::RandomSource;
use super::test_ca::TestCa;
use crate::issue::error::IssueError;
use crate::issue::key::KeyPair;
use crate::text::escape_name;
use crate::x509::{Certificate, Chain};

impl TestCa {
    /// Creates a CA from `chain`, with the certificate of the issuing CA first and the root last, and the `key`
    /// of the issuing CA.
    ///
    /// Names are kept as raw DER, so a root such as `DC=com, DC=contoso, CN=contoso-DC01-CA` (D29) issues valid
    /// chains.
    ///
    /// Only the options about server certificates apply: `valid_from`, a time at which every CA must be valid,
    /// [`leaf_days`](TestCaOptions::leaf_days), [`leaf_expiry`](TestCaOptions::leaf_expiry),
    /// [`threads`](TestCaOptions::threads) and [`crl_url`](TestCaOptions::crl_url). No server certificate expires after
    /// one of the CAs.
    ///
    /// # Errors
    ///
    /// - Returns [`IssueError::EmptyCaChain`] or [`IssueError::MalformedCa`] if the chain is empty or a
    ///   certificate in it cannot be read.
    /// - Returns [`IssueError::NotACa`], [`IssueError::CaCannotSignCertificates`], [`IssueError::CaOutOfDate`],
    ///   [`IssueError::CaPathLengthExceeded`] or [`IssueError::CaNotSignedByNext`] if a certificate in the chain
    ///   cannot be used.
    /// - Returns [`IssueError::CaChainWithoutRoot`] if the last certificate is not a root.
    /// - Returns [`IssueError::CaKeyMismatch`] if the key does not belong to the first certificate.
    /// - Returns the errors of [`with_options`](Self::with_options).
    ///
    /// # Examples
    ///
    /// ```
    /// use time::OffsetDateTime;
    /// use umcert::issue::TestCaOptions;
    /// use umcert::{Chain, KeyPair, TestCa};
    ///
    /// fn load(chain: &[u8], key: &[u8]) -> Result<TestCa, Box<dyn std::error::Error>> {
    ///     let options = TestCaOptions::valid_from(OffsetDateTime::now_utc());
    ///     Ok(TestCa::load(&Chain::from_bytes(chain)?, KeyPair::from_bytes(key)?, &options)?)
    /// }
    /// ```
    pub fn load(chain: &Chain, key: KeyPair, options: &TestCaOptions) -> Result<Self, IssueError> {
        let certificates = readable_certificates(chain)?;
        for (index, certificate) in certificates.iter().enumerate() {
            let issuer = certificates.get(index + 1);
            check_ca(index, certificate, issuer, options.not_before)?;
        }
        let issuing = certificates.first().ok_or(IssueError::EmptyCaChain)?;
        if !key.is_key_of(issuing) {
            return Err(IssueError::CaKeyMismatch {
                subject: escape_name(issuing.subject()),
            });
        }
        let authority = Authority::from_certificate(issuing.clone(), key);
        let options = TestCaOptions {
            random: RandomSource::System,
            ..options.clone()
        };
        Self::from_parts(vec![authority], certificates, options, true)
    }
}

fn readable_certificates(chain: &Chain) -> Result<Vec<Certificate>, IssueError> {
    let entries = chain.entries().iter().enumerate();
    entries
        .map(|(index, entry)| match entry {
            Ok(certificate) => Ok(certificate.clone()),
            Err(error) => Err(IssueError::MalformedCa {
                position: index + 1,
                source: error.clone(),
            }),
        })
        .collect()
}

/// Checks that a certificate can be in the chain of a CA that issues at the time `at`. `index` is its position
/// in the chain, which is also the number of CAs below it.
fn check_ca(
    index: usize,
    certificate: &Certificate,
    issuer: Option<&Certificate>,
    at: OffsetDateTime,
) -> Result<(), IssueError> {
    let position = index + 1;
    let subject = escape_name(certificate.subject());
    if !certificate.is_ca() {
        return Err(IssueError::NotACa { position, subject });
    }
    let usage = certificate.key_usage();
    if usage.is_some_and(|usage| !usage.key_cert_sign) {
        return Err(IssueError::CaCannotSignCertificates { position, subject });
    }
    let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
    if at < not_before || at > not_after {
        return Err(IssueError::CaOutOfDate {
            position,
            subject,
            not_before,
            not_after,
            at,
        });
    }
    let below = u32::try_from(index).unwrap_or(u32::MAX);
    if let Some(allowed) = certificate.path_len()
        && below > allowed
    {
        return Err(IssueError::CaPathLengthExceeded {
            position,
            subject,
            allowed,
            below,
        });
    }
    match issuer {
        Some(issuer) if !certificate.is_signed_by(issuer) => {
            Err(IssueError::CaNotSignedByNext { position, subject })
        }
        None if !certificate.is_signed_by(certificate) => {
            Err(IssueError::CaChainWithoutRoot { position, subject })
        }
        _ => Ok(()),
    }
}
