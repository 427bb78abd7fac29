//! Revoking what a test CA issued.

use rcgen::{CertificateRevocationListParams, RevokedCertParams, SerialNumber};
use time::OffsetDateTime;

use super::authority::Authority;
use super::ca::TestCa;
use super::error::IssueError;
use super::load::CaFault;
use super::params::Validity;
use crate::x509::{Certificate, Crl};

/// For how long a CRL speaks, in days.
const CRL_DAYS: u32 = 7;

impl TestCa {
    /// The CRLs of `this_update` in which the `revoked` certificates stand: one of each CA whose key is
    /// here, the issuing one first, empty ones too. Each speaks for seven days. Nothing is kept: the next
    /// call starts from nothing.
    ///
    /// A verifier that checks whole chains needs all of them: the intermediates' certificates are the
    /// root's to revoke.
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
    ///
    /// # Errors
    ///
    /// [`IssueError::NotIssuedHere`] where none of these CAs issued one of the certificates,
    /// [`IssueError::UnusableCa`] where one that was made elsewhere may not sign CRLs,
    /// [`IssueError::Validity`] where the dates cannot stand in a CRL, and [`IssueError::Crypto`] where
    /// the cryptography library fails.
    pub fn crls<'a>(
        &self,
        this_update: OffsetDateTime,
        revoked: impl IntoIterator<Item = &'a Certificate>,
    ) -> Result<Vec<Crl>, IssueError> {
        self.crls_of(this_update, &mut revoked.into_iter())
    }

    fn crls_of(
        &self,
        this_update: OffsetDateTime,
        revoked: &mut dyn Iterator<Item = &Certificate>,
    ) -> Result<Vec<Crl>, IssueError> {
        let validity = Validity::days(this_update, CRL_DAYS)?;
        let mut lists: Vec<List<'_>> = Vec::new();
        for authority in self.authorities() {
            lists.push((authority, Vec::new()));
            may_sign(lists.len(), authority)?;
        }
        for certificate in revoked {
            revoke(certificate, validity.not_before, &mut lists)?;
        }
        let mut crls = Vec::with_capacity(lists.len());
        for (authority, revoked) in lists {
            crls.push(authority.crl(&list(authority, validity, revoked))?);
        }
        Ok(crls)
    }
}

/// Refuses a CA whose CRLs no verifier would believe.
fn may_sign(entry: usize, authority: &Authority) -> Result<(), IssueError> {
    let certificate = authority.certificate();
    match certificate.key_usage() {
        Some(usage) if !usage.crl_sign => Err(IssueError::UnusableCa {
            entry,
            subject: certificate.subject().to_owned(),
            fault: CaFault::NoCrlSign,
        }),
        _ => Ok(()),
    }
}

/// A CA, and what its CRL lists.
type List<'a> = (&'a Authority, Vec<RevokedCertParams>);

/// Puts a certificate on the list of the CA that issued it.
fn revoke(
    certificate: &Certificate,
    at: OffsetDateTime,
    lists: &mut [List<'_>],
) -> Result<(), IssueError> {
    for (authority, list) in lists {
        if certificate.is_signed_by(authority.certificate()) {
            let entry = RevokedCertParams {
                serial_number: SerialNumber::from_slice(certificate.serial()),
                revocation_time: at,
                reason_code: None,
                invalidity_date: None,
            };
            // RFC 5280 §5.1.2.6: a serial number stands there once.
            if !list
                .iter()
                .any(|it| it.serial_number == entry.serial_number)
            {
                list.push(entry);
            }
            return Ok(());
        }
    }
    Err(IssueError::NotIssuedHere {
        subject: certificate.subject().to_owned(),
        issuer: certificate.issuer().to_owned(),
    })
}

fn list(
    authority: &Authority,
    validity: Validity,
    revoked: Vec<RevokedCertParams>,
) -> CertificateRevocationListParams {
    // RFC 5280 §5.2.3: numbers that grow. The time does, and nothing needs to be kept for it.
    let number = validity.not_before.unix_timestamp().unsigned_abs();
    CertificateRevocationListParams {
        this_update: validity.not_before,
        next_update: validity.not_after,
        crl_number: SerialNumber::from(number),
        issuing_distribution_point: None,
        revoked_certs: revoked,
        key_identifier_method: authority.key_identifier(),
    }
}
