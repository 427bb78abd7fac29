//! Options of one certificate for names.

use rcgen::ExtendedKeyUsagePurpose;
use time::OffsetDateTime;

use crate::issue::error::IssueError;
use crate::issue::validity::Validity;
use crate::plan::KeyKind;

/// Options of one certificate that a [`TestCa`](crate::TestCa) issues for names.
///
/// # Examples
///
/// ```
/// use time::macros::datetime;
/// use umcert::issue::CertificateOptions;
/// use umcert::KeyKind;
///
/// let options = CertificateOptions::default()
///     .validity(datetime!(2026-11-23 00:00 UTC), datetime!(2026-11-24 00:00 UTC))
///     .server_and_client()
///     .key(KeyKind::P384);
/// # let _ = options;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CertificateOptions {
    dates: Option<(OffsetDateTime, OffsetDateTime)>,
    is_server_and_client: bool,
    pub(super) key: Option<KeyKind>,
}

/// The role for which a certificate is issued.
#[derive(Debug, Clone, Copy)]
pub(super) enum Role {
    Server,
    Client,
}

impl CertificateOptions {
    /// Sets the first and the last second of the validity. Defaults to the dates of the CA's server certificates
    /// ([`TestCaOptions`](super::TestCaOptions)).
    ///
    /// The dates may be in the past, also before those of the CA.
    #[must_use]
    pub fn validity(self, not_before: OffsetDateTime, not_after: OffsetDateTime) -> Self {
        Self {
            dates: Some((not_before, not_after)),
            ..self
        }
    }

    /// Allows server *and* client authentication in the extended key usage. Defaults to that of the role:
    /// [`issue_names`](crate::TestCa::issue_names) issues for servers, [`issue_client`](crate::TestCa::issue_client)
    /// for clients.
    #[must_use]
    pub fn server_and_client(self) -> Self {
        Self {
            is_server_and_client: true,
            ..self
        }
    }

    /// Sets the kind of the key. Defaults to P-256, or to Ed25519 if the keys of the CA are derived from a seed.
    #[must_use]
    pub fn key(self, key: KeyKind) -> Self {
        Self {
            key: Some(key),
            ..self
        }
    }

    /// Returns the validity, or `None` if the CA decides.
    pub(super) fn dates(&self) -> Result<Option<Validity>, IssueError> {
        let dates = self.dates;
        dates
            .map(|(not_before, not_after)| Validity::between(not_before, not_after))
            .transpose()
    }

    /// Returns the extended key usage of a certificate for this role.
    pub(super) fn usages(&self, role: Role) -> Vec<ExtendedKeyUsagePurpose> {
        let server = ExtendedKeyUsagePurpose::ServerAuth;
        let client = ExtendedKeyUsagePurpose::ClientAuth;
        match role {
            _ if self.is_server_and_client => vec![server, client],
            Role::Server => vec![server],
            Role::Client => vec![client],
        }
    }
}
