//! CRLs of the intermediate with any dates, numbers, scope and entry.

use super::Scene;
use crate::support::deployments::TODAY;
use crate::support::encoding::element;
use rcgen::RevocationReason as Reason;
use time::Duration;
use umcert::Crl;

/// A CRL of the intermediate. Days count from the audit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Made {
    pub(super) number: u64,
    /// The base of a delta CRL.
    pub(super) base: Option<u8>,
    pub(super) issued: i64,
    pub(super) next: i64,
    /// The value of the issuing distribution point.
    pub(super) point: Option<&'static [u8]>,
    /// The reason of the entry for the server, if it is listed.
    pub(super) listed: Option<Reason>,
}

/// A current CRL for every certificate, with one entry or none.
pub(super) const WHOLE: Made = Made {
    number: 10,
    base: None,
    issued: -4,
    next: 10,
    point: None,
    listed: None,
};
pub(super) const HOLD: Made = Made {
    listed: Some(Reason::CertificateHold),
    ..WHOLE
};
pub(super) const COMPROMISED: Made = Made {
    listed: Some(Reason::KeyCompromise),
    ..WHOLE
};
/// A newer complete CRL without entries.
pub(super) const NEWER: Made = Made {
    number: 12,
    issued: -2,
    ..WHOLE
};
/// A delta CRL based on [`WHOLE`] that removes the hold.
pub(super) const LIFTING: Made = Made {
    base: Some(10),
    listed: Some(Reason::RemoveFromCrl),
    ..NEWER
};
pub(super) const USERS: &[u8] = b"\x30\x03\x81\x01\xff";
pub(super) const CAS: &[u8] = b"\x30\x03\x82\x01\xff";
pub(super) const USERS_AND_CAS: &[u8] = b"\x30\x06\x81\x01\xff\x82\x01\xff";

impl Made {
    pub(super) fn crl(&self, scene: &Scene) -> Crl {
        let ca = &scene.forged.intermediate;
        let listed = self.listed.map(|_| &scene.server);
        let mut crl = ca.crl_with(listed.as_slice(), |params| {
            params.crl_number = self.number.into();
            params.this_update = TODAY + Duration::days(self.issued);
            params.next_update = TODAY + Duration::days(self.next);
            for entry in &mut params.revoked_certs {
                entry.reason_code = self.listed;
            }
        });
        crl = match self.base {
            Some(base) => ca.with_critical(&crl, b"\x55\x1d\x1b", &[0x02, 0x01, base]),
            None => ca.with_extension(&crl, &freshest_crl()),
        };
        if let Some(point) = self.point {
            crl = ca.with_critical(&crl, b"\x55\x1d\x1c", point);
        }
        crl
    }
}

/// Returns the extension of a complete CRL without which OpenSSL takes no delta CRL (RFC 5280 §5.2.6).
fn freshest_crl() -> [Vec<u8>; 2] {
    let uri = element(0x86, b"http://crl.contoso.com/delta.crl");
    let point = element(0x30, &element(0xa0, &element(0xa0, &uri)));
    [
        element(0x06, b"\x55\x1d\x2e"),
        element(0x04, &element(0x30, &point)),
    ]
}
