//! What only the profile of RFC 5280 asks about.

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::AuthorityKeyIdentifier;
use x509_parser::time::ASN1Time;

/// From this year on dates are written as GeneralizedTime (RFC 5280 §4.1.2.5).
const GENERALIZED_TIME_YEAR: i32 = 2050;

/// The authority key identifier (RFC 5280 §4.2.1.1).
pub(crate) struct AuthorityKey {
    /// The identifier of the issuer's key.
    pub(crate) identifier: Option<Vec<u8>>,
    /// Whether it names the issuer of the issuer's certificate.
    pub(crate) has_issuer: bool,
    /// Whether it gives the serial number of the issuer's certificate.
    pub(crate) has_serial: bool,
}

impl AuthorityKey {
    pub(super) fn of(parsed: &AuthorityKeyIdentifier<'_>) -> Self {
        Self {
            identifier: parsed.key_identifier.as_ref().map(|it| it.0.to_vec()),
            has_issuer: parsed.authority_cert_issuer.is_some(),
            has_serial: parsed.authority_cert_serial.is_some(),
        }
    }
}

/// What is out of form in a certificate, and read all the same.
#[derive(Clone, Copy, Default)]
pub(crate) struct Irregular {
    /// Whether a date has the other of the two forms than its year asks for (RFC 5280 §4.1.2.5).
    pub(crate) dates: bool,
    /// Whether it has a unique identifier of its subject or issuer (RFC 5280 §4.1.2.8).
    pub(crate) unique_identifiers: bool,
}

impl Irregular {
    pub(super) fn of(parsed: &X509Certificate<'_>) -> Self {
        let validity = parsed.validity();
        Self {
            dates: is_irregular(validity.not_before) || is_irregular(validity.not_after),
            unique_identifiers: parsed.issuer_uid.is_some() || parsed.subject_uid.is_some(),
        }
    }
}

fn is_irregular(at: ASN1Time) -> bool {
    (at.to_datetime().year() >= GENERALIZED_TIME_YEAR) != at.is_generalizedtime()
}
