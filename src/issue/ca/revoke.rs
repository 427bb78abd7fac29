//! Revokes certificates that a test CA issued.

use rcgen::{CertificateRevocationListParams, RevokedCertParams, SerialNumber};
use time::OffsetDateTime;

use super::authority::Authority;
use super::test_ca::TestCa;
use crate::issue::error::IssueError;
use crate::issue::validity::Validity;
use crate::text::escape_name;
use crate::x509::{Certificate, Crl};

/// Days from the issue of a CRL to its next update.
const CRL_DAYS: u32 = 7;

impl TestCa {
    /// Creates the CRLs that list the `revoked` certificates: one for each CA whose key is available, the issuing CA
    /// first, also if a CRL is empty.
    ///
    /// Each CRL is issued at `this_update` and valid for seven days. The CA does not remember revocations
    /// between calls.
    ///
    /// A verifier that checks whole chains needs all of the CRLs: the root revokes the certificates of the
    /// intermediates.
    ///
    /// # Errors
    ///
    /// - Returns [`IssueError::NotIssuedByThisCa`] if none of these CAs issued one of the certificates.
    /// - Returns [`IssueError::CaCannotSignCrls`] if a loaded CA may not sign CRLs.
    /// - Returns [`IssueError::InvalidValidity`] if a CRL cannot express the dates.
    /// - Returns [`IssueError::Crypto`] if the cryptography library fails.
    ///
    /// # Examples
    ///
    /// ```
    /// use time::OffsetDateTime;
    /// use umcert::TestCa;
    ///
    /// let ca = TestCa::new("Contoso Test CA")?;
    /// let issued = ca.issue_names(["um1.contoso.com"])?;
    /// let crls = ca.crls(OffsetDateTime::now_utc(), issued.chain().certificates().take(1))?;
    /// let certificate = issued.chain().certificates().next().ok_or("no certificate")?;
    /// assert!(crls[0].entry(certificate).is_some());
    /// assert!(crls[1].revoked().is_empty()); // the root's
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias("revoke"))]
    pub fn crls<'a>(
        &self,
        this_update: OffsetDateTime,
        revoked: impl IntoIterator<Item = &'a Certificate>,
    ) -> Result<Vec<Crl>, IssueError> {
        let validity = Validity::new(this_update, CRL_DAYS)?;
        for (index, authority) in self.authorities().iter().enumerate() {
            check_can_sign_crls(index, authority.certificate())?;
        }
        let mut serial_numbers = vec![Vec::new(); self.authorities().len()];
        for certificate in revoked {
            let list: &mut Vec<&[u8]> = &mut serial_numbers[self.issuer_index(certificate)?];
            // RFC 5280 §5.1.2.6: a serial number is listed once.
            if !list.contains(&certificate.serial()) {
                list.push(certificate.serial());
            }
        }
        self.authorities()
            .iter()
            .zip(serial_numbers)
            .map(|(authority, list)| authority.sign_crl(&crl_params(authority, validity, &list)))
            .collect()
    }

    /// Returns the index of the CA that issued `certificate`.
    fn issuer_index(&self, certificate: &Certificate) -> Result<usize, IssueError> {
        self.authorities()
            .iter()
            .position(|authority| certificate.is_signed_by(authority.certificate()))
            .ok_or_else(|| IssueError::NotIssuedByThisCa {
                subject: escape_name(certificate.subject()),
                issuer: escape_name(certificate.issuer()),
            })
    }
}

/// Refuses a CA whose CRLs verifiers would not accept.
fn check_can_sign_crls(index: usize, ca: &Certificate) -> Result<(), IssueError> {
    match ca.key_usage() {
        Some(usage) if !usage.crl_sign => Err(IssueError::CaCannotSignCrls {
            position: index + 1,
            subject: escape_name(ca.subject()),
        }),
        _ => Ok(()),
    }
}

fn crl_params(
    authority: &Authority,
    validity: Validity,
    serial_numbers: &[&[u8]],
) -> CertificateRevocationListParams {
    let revoked_certs = serial_numbers
        .iter()
        .map(|serial_number| RevokedCertParams {
            serial_number: SerialNumber::from_slice(serial_number),
            revocation_time: validity.not_before,
            reason_code: None,
            invalidity_date: None,
        })
        .collect();
    // RFC 5280 §5.2.3: CRL numbers increase. The time does, and it needs no state.
    let crl_number = validity.not_before.unix_timestamp().unsigned_abs();
    CertificateRevocationListParams {
        this_update: validity.not_before,
        next_update: validity.not_after,
        crl_number: SerialNumber::from(crl_number),
        issuing_distribution_point: None,
        revoked_certs,
        key_identifier_method: authority.key_identifier(),
    }
}
