//! The entries of a CRL (RFC 5280 §5.3).

use time::OffsetDateTime;
use x509_parser::revocation_list::RevokedCertificate as ParsedEntry;

/// An entry of a [`Crl`](super::Crl): a revoked certificate, or one that is no longer on hold if a delta CRL gives the
/// reason [`RemoveFromCrl`](RevocationReason::RemoveFromCrl).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RevokedCertificate {
    /// The serial number as encoded in the DER: big-endian, in two's complement.
    pub serial: Vec<u8>,
    /// The time of the revocation, in UTC.
    pub at: OffsetDateTime,
    /// The reason. `None` if the issuer gives no reason, or one that this crate does not know.
    pub reason: Option<RevocationReason>,
}

/// The reason of a revocation (RFC 5280 §5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationReason {
    /// The private key is known to others.
    KeyCompromise,
    /// The private key of the CA is known to others.
    CaCompromise,
    /// The names in the certificate are no longer correct.
    AffiliationChanged,
    /// Another certificate replaces the revoked one.
    Superseded,
    /// The server is no longer in operation.
    CessationOfOperation,
    /// The certificate is on hold, and may become valid again.
    CertificateHold,
    /// The subject has lost the right to its names.
    PrivilegeWithdrawn,
    /// The certificate is no longer on hold. Only delta CRLs give this reason.
    RemoveFromCrl,
}

impl RevokedCertificate {
    pub(super) fn new(parsed: &ParsedEntry<'_>) -> Self {
        let reason = parsed.reason_code();
        Self {
            serial: parsed.raw_serial().to_vec(),
            at: parsed.revocation_date.to_datetime(),
            reason: reason.and_then(|(_, code)| RevocationReason::from_code(code.0)),
        }
    }
}

impl RevocationReason {
    fn from_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::KeyCompromise),
            2 => Some(Self::CaCompromise),
            3 => Some(Self::AffiliationChanged),
            4 => Some(Self::Superseded),
            5 => Some(Self::CessationOfOperation),
            6 => Some(Self::CertificateHold),
            8 => Some(Self::RemoveFromCrl),
            9 => Some(Self::PrivilegeWithdrawn),
            _ => None,
        }
    }
}

/// The indices of the entries of a CRL by serial number, for a search in logarithmic time.
#[derive(Clone)]
pub(super) struct SerialIndex {
    /// The indices in the order of the serial numbers, and of the CRL for equal ones.
    sorted: Vec<usize>,
}

impl SerialIndex {
    pub(super) fn new(entries: &[RevokedCertificate]) -> Self {
        let mut sorted: Vec<usize> = (0..entries.len()).collect();
        sorted.sort_by_key(|index| serial_at(entries, *index));
        Self { sorted }
    }

    /// Returns the `entries` with this serial number. Numbers are compared, so that a CRL that pads them differently
    /// revokes too.
    pub(super) fn find<'e>(
        &self,
        entries: &'e [RevokedCertificate],
        serial: &[u8],
    ) -> Vec<&'e RevokedCertificate> {
        let serial = without_padding(serial);
        let start = self
            .sorted
            .partition_point(|index| serial_at(entries, *index) < Some(serial));
        let from_start = self.sorted.get(start..).unwrap_or_default();
        from_start
            .iter()
            .map_while(move |index| {
                let entry = entries.get(*index)?;
                (without_padding(&entry.serial) == serial).then_some(entry)
            })
            .collect()
    }
}

fn serial_at(entries: &[RevokedCertificate], index: usize) -> Option<&[u8]> {
    let entry = entries.get(index)?;
    Some(without_padding(&entry.serial))
}

/// Returns an integer in two's complement without the bytes that only repeat its sign (X.690 §8.3.2).
fn without_padding(integer: &[u8]) -> &[u8] {
    let is_padding = |pair: &&[u8]| matches!(**pair, [0x00, 0x00..=0x7f] | [0xff, 0x80..=0xff]);
    let padding = integer.windows(2).take_while(is_padding).count();
    integer.get(padding..).unwrap_or_default()
}
