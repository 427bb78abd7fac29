//! The verdict: whether a chain leads to a root of a store. The only user of `rustls-webpki`.

mod fault;
mod revocation;

use std::cell::Cell;
use std::sync::Arc;

use rustls_pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use time::OffsetDateTime;
use webpki::{EndEntityCert, Error, KeyUsage, VerifiedPath};

pub use self::fault::PathFault;
use self::fault::reason;
pub(super) use self::revocation::{Found, Revocation};

use super::by_subject::BySubject;
use super::listed::Listed;
use crate::name::{DnsName, GeneralName};
use crate::x509::{Certificate, Chain, Crl, MalformedError, ReadError};

/// The trusted roots of one side. Cloning is cheap: clones share the roots.
///
/// ```
/// use time::OffsetDateTime;
/// use umcert::{DnsName, TestCa, TrustStore};
///
/// let ca = TestCa::new("Contoso Test CA")?;
/// let issued = ca.issue_names(["um1.contoso.com"])?;
/// let um1: DnsName = "um1.contoso.com".parse()?;
/// let um2: DnsName = "um2.contoso.com".parse()?;
/// let now = OffsetDateTime::now_utc();
///
/// let roots = TrustStore::from(ca.roots());
/// let path = roots.verify(issued.chain(), &um1, now)?;
/// assert_eq!(path.root().subject(), "CN=Contoso Test CA");
/// assert!(roots.verify(issued.chain(), &um2, now).is_err());
/// assert!(TrustStore::default().verify(issued.chain(), &um1, now).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct TrustStore {
    inner: Arc<Roots>,
}

#[derive(Debug, Default)]
struct Roots {
    certificates: Vec<Certificate>,
    /// What webpki makes of the certificate at the same place.
    anchors: Vec<TrustAnchor<'static>>,
    by_subject: BySubject,
}

impl TrustStore {
    /// The roots in a file: certificates in PEM, one in DER, or those of a PKCS #7 file (`.p7b`).
    ///
    /// # Errors
    ///
    /// [`ReadError`] where the file holds no certificate, or one that cannot be a root for lack of a
    /// readable key or name.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReadError> {
        let chain = Chain::from_bytes(bytes)?;
        let mut roots = Roots::default();
        for (number, entry) in chain.entries().iter().enumerate() {
            let added = match entry {
                Ok(certificate) => roots.add(certificate),
                Err(error) => Err(error.clone()),
            };
            if let Err(source) = added {
                let entry = number + 1;
                return Err(ReadError::Malformed { entry, source });
            }
        }
        Ok(Self::of(roots))
    }

    fn of(mut roots: Roots) -> Self {
        let mut all: Vec<&Certificate> = Vec::new();
        all.extend(&roots.certificates);
        roots.by_subject = BySubject::new(all);
        Self {
            inner: Arc::new(roots),
        }
    }

    /// The roots.
    #[must_use]
    pub fn roots(&self) -> &[Certificate] {
        &self.inner.certificates
    }

    /// Whether `chain` is good for a TLS server of this `name` at the time `at`: `rustls-webpki` builds a
    /// path (RFC 5280 §6.1) from its first certificate through the others to a root of this store, every
    /// certificate of the path is valid at that time, the extended key usage admits server
    /// authentication, and an entry of the SAN covers the name (RFC 9525 §6.3), which may be an IP
    /// address; nothing covers a wildcard.
    ///
    /// `at` counts in whole seconds; a time before 1970 counts as 1970. *Not* checked: revocation (see
    /// [`verify_with_crls`](Self::verify_with_crls)), the CN, the key usage, the validity of the root
    /// itself, and whether the certificate is one of Exchange's defaults; an [`Audit`](crate::Audit) looks
    /// at those. The first certificate counts as the server's own: [`Chain::sorted`] finds it in a file
    /// that keeps no order.
    ///
    /// # Errors
    ///
    /// [`VerifyError`]: why the chain is not good.
    pub fn verify(
        &self,
        chain: &Chain,
        name: impl Into<GeneralName>,
        at: OffsetDateTime,
    ) -> Result<TrustedPath, VerifyError> {
        self.verify_with_crls(chain, name, at, &[])
    }

    /// The same, and no certificate of the path below its root is revoked by one of `crls` (RFC 5280
    /// §6.3).
    ///
    /// A CRL counts where the issuer of the certificate signed it; so does one that is past its next update,
    /// a delta CRL beside the whole one, and one for some certificates alone. Indirect CRLs, and such with
    /// critical extensions that are not understood, count for nothing. *Not* checked: that some CRL speaks
    /// for each certificate; an [`Audit`](crate::Audit) tells where none does, and why.
    ///
    /// # Errors
    ///
    /// [`VerifyError`]: why the chain is not good; [`PathFault::Revoked`] in it where a certificate is
    /// revoked.
    pub fn verify_with_crls(
        &self,
        chain: &Chain,
        name: impl Into<GeneralName>,
        at: OffsetDateTime,
        crls: &[Crl],
    ) -> Result<TrustedPath, VerifyError> {
        let entry = chain.end_entity().ok_or(VerifyError::Empty)?;
        let certificate = entry
            .as_ref()
            .map_err(|error| VerifyError::Malformed(error.clone()))?;
        let end_entity = EndEntity::new(certificate).map_err(VerifyError::Path)?;
        let mut intermediates: Vec<&Certificate> = Vec::new();
        intermediates.extend(chain.intermediates());
        let mut known: Vec<&Certificate> = Vec::new();
        if !crls.is_empty() {
            known.extend(chain.certificates());
            known.extend(self.roots());
        }
        let revocation = Revocation::new(crls, &known);
        let path = end_entity
            .verify(self, &intermediates, &revocation, at, &|_| true)
            .map_err(VerifyError::Path)?;
        let name = name.into();
        match end_entity.is_valid_for_text(&name.to_string()) {
            true => Ok(TrustedPath::of(&path)),
            false => Err(VerifyError::Name {
                name,
                presented: certificate.san_entries().to_vec(),
            }),
        }
    }

    /// Whether this store is the other, or holds the same roots in the same order.
    pub(super) fn holds_the_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner) || self.roots() == other.roots()
    }

    /// The roots whose subject is the issuer of `certificate`, by raw DER (D29).
    pub(super) fn issuers_of(&self, certificate: &Certificate) -> &[Certificate] {
        self.inner.by_subject.issuers_of(certificate)
    }
}

impl Roots {
    fn add(&mut self, certificate: &Certificate) -> Result<(), MalformedError> {
        let anchor = webpki::anchor_from_trusted_cert(certificate.der());
        match anchor {
            Ok(anchor) => self.anchors.push(anchor.to_owned()),
            Err(error) => return Err(MalformedError::UnusableRoot(reason(&error).to_string())),
        }
        self.certificates.push(certificate.clone());
        Ok(())
    }
}

/// A certificate that webpki cannot use as a root is left out: nothing is trusted through it.
impl FromIterator<Certificate> for TrustStore {
    fn from_iter<I: IntoIterator<Item = Certificate>>(certificates: I) -> Self {
        let mut roots = Roots::default();
        for certificate in certificates {
            // An error leaves the roots as they were.
            let _ = roots.add(&certificate);
        }
        Self::of(roots)
    }
}

/// The same.
impl From<&[Certificate]> for TrustStore {
    fn from(certificates: &[Certificate]) -> Self {
        let mut roots = Roots::default();
        for certificate in certificates {
            let _ = roots.add(certificate);
        }
        Self::of(roots)
    }
}

impl From<&Self> for TrustStore {
    fn from(store: &Self) -> Self {
        store.clone()
    }
}

/// A path from a server's certificate to a root of a store: the witness of a good verdict, made by
/// [`TrustStore::verify`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedPath {
    end_entity: Certificate,
    intermediates: Vec<Certificate>,
    root: Certificate,
}

impl TrustedPath {
    fn of(path: &Path<'_>) -> Self {
        let mut intermediates = Vec::new();
        if let [_, between @ .., _] = path.certificates.as_slice() {
            for certificate in between {
                intermediates.push((*certificate).clone());
            }
        }
        Self {
            end_entity: path.end_entity.clone(),
            intermediates,
            root: path.root.clone(),
        }
    }

    /// Every certificate from the server's own to the root.
    pub(super) fn certificates(&self) -> Vec<&Certificate> {
        let mut certificates = vec![&self.end_entity];
        certificates.extend(&self.intermediates);
        certificates.push(&self.root);
        certificates
    }

    /// The certificates between the server's own and the root, in that order.
    #[must_use]
    pub fn intermediates(&self) -> &[Certificate] {
        &self.intermediates
    }

    /// The root that the path ends in.
    #[must_use]
    pub fn root(&self) -> &Certificate {
        &self.root
    }
}

/// A [`TrustedPath`] while it is looked at: where the certificates are is known, so none is copied.
#[derive(Debug, Clone)]
pub(super) struct Path<'a> {
    pub(super) end_entity: &'a Certificate,
    /// Every certificate from the server's own to the root.
    pub(super) certificates: Vec<&'a Certificate>,
    pub(super) root: &'a Certificate,
    /// Whether who asked for it calls it good.
    pub(super) is_good: bool,
}

/// A server's certificate as webpki reads it, read once for all stores and names.
pub(super) struct EndEntity<'a> {
    certificate: &'a Certificate,
    webpki: EndEntityCert<'a>,
}

impl<'a> EndEntity<'a> {
    pub(super) fn new(certificate: &'a Certificate) -> Result<Self, PathFault> {
        match EndEntityCert::try_from(certificate.der()) {
            Ok(webpki) => Ok(Self {
                certificate,
                webpki,
            }),
            Err(error) => Err(PathFault::from(error)),
        }
    }

    /// A path to a root of `store` that `revocation` does not rule out; the name is not looked at. Among
    /// several, one that is `good` is preferred, and the first where none is.
    pub(super) fn verify<'p>(
        &self,
        store: &'p TrustStore,
        intermediates: &[&'p Certificate],
        revocation: &Revocation<'_>,
        at: OffsetDateTime,
        good: &dyn Fn(&Path<'_>) -> bool,
    ) -> Result<Path<'p>, PathFault>
    where
        'a: 'p,
    {
        let mut ders: Vec<CertificateDer<'_>> = Vec::with_capacity(intermediates.len());
        for certificate in intermediates {
            ders.push(CertificateDer::from(certificate.der().as_ref()));
        }
        let is_rejected = Cell::new(false);
        let accepted = Cell::new(None);
        let check = |verified: &VerifiedPath<'_>, must_be_good: bool| {
            let Some(mut path) = self.path(store, intermediates, verified) else {
                return Err(Error::UnknownIssuer);
            };
            for pair in path.certificates.windows(2) {
                if let [certificate, issuer] = pair
                    && revocation.revoked_by(certificate, issuer).is_some()
                {
                    return Err(Error::CertRevoked);
                }
            }
            path.is_good = good(&path);
            if must_be_good && !path.is_good {
                is_rejected.set(true);
                return Err(Error::UnknownIssuer);
            }
            accepted.set(Some(path));
            Ok(())
        };
        let verify = |must_be_good: bool| {
            revocation.with_options(&|options| {
                let verified = self.webpki.verify_for_usage(
                    webpki::ALL_VERIFICATION_ALGS,
                    &store.inner.anchors,
                    &ders,
                    unix_time(at),
                    KeyUsage::server_auth(),
                    options,
                    Some(&|path| check(path, must_be_good)),
                );
                match verified {
                    // Its certificates are in what is accepted.
                    Ok(_) => Ok(()),
                    Err(error) => Err(error),
                }
            })
        };
        let verdict = match verify(true) {
            Err(_) if is_rejected.get() => verify(false),
            verdict => verdict,
        };
        match (verdict, accepted.take()) {
            (Ok(()), Some(path)) => Ok(path),
            (Ok(()), None) => Err(PathFault::Other("the path ends in no root of the store")),
            (Err(error), _) => Err(PathFault::from(error)),
        }
    }

    /// What webpki found, in our certificates.
    fn path<'p>(
        &self,
        store: &'p TrustStore,
        intermediates: &[&'p Certificate],
        verified: &VerifiedPath<'_>,
    ) -> Option<Path<'p>>
    where
        'a: 'p,
    {
        let mut root = None;
        for (place, anchor) in store.inner.anchors.iter().enumerate() {
            if std::ptr::eq(anchor, verified.anchor()) {
                root = store.inner.certificates.get(place);
                break;
            }
        }
        let root = root?;
        let mut certificates = vec![self.certificate];
        for passed in verified.intermediate_certificates() {
            let der = passed.der();
            for given in intermediates {
                if *given.der() == der {
                    certificates.push(given);
                    break;
                }
            }
        }
        certificates.push(root);
        Some(Path {
            end_entity: self.certificate,
            certificates,
            root,
            is_good: false,
        })
    }

    /// Whether an entry of the SAN covers `name`, in webpki's eyes.
    pub(super) fn is_valid_for(&self, name: &DnsName) -> bool {
        self.is_valid_for_text(name.as_str())
    }

    fn is_valid_for_text(&self, name: &str) -> bool {
        match ServerName::try_from(name) {
            Ok(name) => self.webpki.verify_is_valid_for_subject_name(&name).is_ok(),
            Err(_) => false,
        }
    }
}

fn unix_time(at: OffsetDateTime) -> UnixTime {
    let seconds = u64::try_from(at.unix_timestamp()).unwrap_or(0);
    UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds))
}

/// Why a chain is not good for a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The chain holds nothing.
    #[error("the chain is empty")]
    Empty,
    /// The server's own certificate cannot be read.
    #[error("the server's certificate is {0}")]
    Malformed(#[source] MalformedError),
    /// No path leads to a root of the store.
    #[error("no path leads to a trusted root: {0}")]
    Path(#[source] PathFault),
    /// The path is good, and the name is not covered.
    #[error("the certificate does not cover `{name}` but {}", list(.presented))]
    #[non_exhaustive]
    Name {
        /// The name that was asked for.
        name: GeneralName,
        /// The entries of the SAN.
        presented: Vec<String>,
    },
}

fn list(presented: &[String]) -> String {
    match presented {
        [] => "nothing: its SAN is empty".to_owned(),
        entries => format!("{}", Listed(entries, ", ")),
    }
}
