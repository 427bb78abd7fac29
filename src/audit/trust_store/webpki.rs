//! Path building: the only module that uses `rustls-webpki`, except for its list of algorithms.

use std::cell::Cell;
use std::time::Duration;

use rustls_pki_types::{
    CertificateDer, ServerName, SignatureVerificationAlgorithm, TrustAnchor, UnixTime,
};
use time::OffsetDateTime;
use webpki::{
    BorrowedCertRevocationList, CertRevocationList, EndEntityCert, Error, KeyUsage,
    RevocationOptions, RevocationOptionsBuilder, UnknownStatusPolicy, VerifiedPath,
};

use super::path::Path;
use super::path_error::PathError;
use super::reachable::Reachable;
use super::signature_memory::SignatureMemory;
use crate::x509::{Certificate, Crl};

/// Trusted roots, each as a certificate and as a trust anchor of webpki.
#[derive(Debug, Default)]
pub(super) struct Roots {
    certificates: Vec<Certificate>,
    /// The anchor of the certificate at the same index. It contains only the name, key and name constraints.
    anchors: Vec<TrustAnchor<'static>>,
}

impl Roots {
    /// Adds `certificate`, unless webpki cannot use it as a trust anchor.
    pub(super) fn add(&mut self, certificate: Certificate) -> Result<(), PathError> {
        let anchor = webpki::anchor_from_trusted_cert(certificate.der());
        let anchor = anchor.map_err(|error| path_error(&error))?.to_owned();
        self.anchors.push(anchor);
        self.certificates.push(certificate);
        Ok(())
    }

    pub(super) fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// Returns the roots that `keep` accepts.
    pub(super) fn filter(&self, keep: impl Fn(&Certificate) -> bool) -> Self {
        let roots = self.certificates.iter().zip(&self.anchors);
        let roots = roots.filter(|(certificate, _)| keep(certificate));
        let (certificates, anchors) = roots
            .map(|(certificate, anchor)| (certificate.clone(), anchor.clone()))
            .unzip();
        Self {
            certificates,
            anchors,
        }
    }
}

/// A server certificate as webpki reads it, parsed once for all stores and names.
pub(in crate::audit) struct EndEntity<'a> {
    certificate: &'a Certificate,
    parsed: EndEntityCert<'a>,
}

impl<'a> EndEntity<'a> {
    pub(in crate::audit) fn new(certificate: &'a Certificate) -> Result<Self, PathError> {
        match EndEntityCert::try_from(certificate.der()) {
            Ok(parsed) => Ok(Self {
                certificate,
                parsed,
            }),
            Err(error) => Err(path_error(&error)),
        }
    }

    /// Returns `true` if a SAN entry covers `name`, which is a host name or an IP address.
    pub(in crate::audit) fn is_valid_for(&self, name: &str) -> bool {
        ServerName::try_from(name)
            .is_ok_and(|name| self.parsed.verify_is_valid_for_subject_name(&name).is_ok())
    }
}

/// A search for a path from a server certificate to a root. Names are not checked.
pub(super) struct PathSearch<'s, 'p> {
    pub(super) end_entity: &'s EndEntity<'p>,
    /// The presented certificates. Only those that a path can use are searched.
    pub(super) intermediates: &'s [&'p Certificate],
    pub(super) roots: &'p Roots,
    pub(super) crls: &'s [ParsedCrl<'s>],
    pub(super) signatures: &'s SignatureMemory,
    /// The time at which every certificate below the root must be valid. A time before 1970 counts as 1970.
    pub(super) at: OffsetDateTime,
    /// Rules out paths with a revoked certificate, in addition to `crls`.
    pub(super) is_revoked: &'s dyn Fn(&Path<'_>) -> bool,
}

impl<'p> PathSearch<'_, 'p> {
    /// Returns a path. Among several it returns one that `is_preferred` accepts, if there is one.
    pub(super) fn find(
        &self,
        is_preferred: &dyn Fn(&Path<'_>) -> bool,
    ) -> Result<Path<'p>, PathError> {
        let reachable = Reachable::new(self.end_entity.certificate, self.intermediates);
        let intermediates = reachable.intermediates.as_slice();
        let has_rejected = Cell::new(false);
        let preferred = self.find_accepted(intermediates, &|path| {
            let accepts = is_preferred(path);
            has_rejected.set(has_rejected.get() || !accepts);
            accepts
        });
        let found = match preferred {
            Err(_) if has_rejected.get() => self.find_accepted(intermediates, &|_| true),
            preferred => preferred,
        };
        found.map_err(|error| match path_error(&error) {
            PathError::UnknownIssuer | PathError::BadSignature if reachable.is_cut => {
                PathError::TooComplex
            }
            error => error,
        })
    }

    /// Returns the first path through `intermediates` that `accepts` accepts.
    fn find_accepted(
        &self,
        intermediates: &[&'p Certificate],
        accepts: &dyn Fn(&Path<'_>) -> bool,
    ) -> Result<Path<'p>, Error> {
        let crls: Vec<&CertRevocationList<'_>> = self.crls.iter().map(|crl| &crl.0).collect();
        let Ok(options) = RevocationOptionsBuilder::new(&crls) else {
            return self.build(intermediates, None, accepts);
        };
        let options = options.with_status_policy(UnknownStatusPolicy::Allow);
        match self.build(intermediates, Some(options.build()), accepts) {
            Err(Error::CertRevoked) => Err(Error::CertRevoked),
            // webpki gives up on a CRL that another CA of the same name signed, and on one signed with SHA-1.
            // `is_revoked` reads both.
            Err(_) => self.build(intermediates, None, accepts),
            found => found,
        }
    }

    fn build(
        &self,
        intermediates: &[&'p Certificate],
        revocation: Option<RevocationOptions<'_>>,
        accepts: &dyn Fn(&Path<'_>) -> bool,
    ) -> Result<Path<'p>, Error> {
        let certificates: Vec<CertificateDer<'_>> = intermediates
            .iter()
            .map(|certificate| CertificateDer::from(certificate.der().as_ref()))
            .collect();
        let check = |verified: &VerifiedPath<'_>| {
            let path = self.path(intermediates, verified);
            let path = path.ok_or(Error::UnknownIssuer)?;
            if (self.is_revoked)(&path) {
                Err(Error::CertRevoked)
            } else if !accepts(&path) {
                Err(Error::UnknownIssuer)
            } else {
                Ok(())
            }
        };
        let algorithms = self.signatures.algorithms();
        let mut supported: Vec<&dyn SignatureVerificationAlgorithm> = Vec::new();
        for algorithm in &algorithms {
            supported.push(algorithm);
        }
        let verified = self.end_entity.parsed.verify_for_usage(
            &supported,
            &self.roots.anchors,
            &certificates,
            unix_time(self.at),
            KeyUsage::server_auth(),
            revocation,
            Some(&check),
        )?;
        self.path(intermediates, &verified)
            .ok_or(Error::UnknownIssuer)
    }

    /// Returns the path that webpki found, in certificates of this crate.
    fn path(
        &self,
        intermediates: &[&'p Certificate],
        verified: &VerifiedPath<'_>,
    ) -> Option<Path<'p>> {
        let mut anchors = self.roots.anchors.iter();
        let root_index = anchors.position(|anchor| std::ptr::eq(anchor, verified.anchor()))?;
        let intermediates: Option<Vec<&Certificate>> = verified
            .intermediate_certificates()
            .map(|passed| {
                let mut presented = intermediates.iter().copied();
                presented.find(|certificate| *certificate.der() == passed.der())
            })
            .collect();
        Some(Path::new(
            self.end_entity.certificate,
            intermediates?,
            &self.roots.certificates[root_index],
        ))
    }
}

fn unix_time(at: OffsetDateTime) -> UnixTime {
    let seconds = u64::try_from(at.unix_timestamp()).unwrap_or(0);
    UnixTime::since_unix_epoch(Duration::from_secs(seconds))
}

/// A CRL as webpki reads it.
pub(super) struct ParsedCrl<'a>(CertRevocationList<'a>);

/// The reason why webpki does not read a CRL.
pub(super) enum CrlError {
    /// An indirect CRL, or one with an unsupported critical extension. Its entries need not be for certificates of its
    /// issuer.
    OtherScope,
    /// A delta CRL, for example, or one of version 1.
    Unsupported,
}

impl<'a> ParsedCrl<'a> {
    pub(super) fn new(crl: &'a Crl) -> Result<Self, CrlError> {
        match BorrowedCertRevocationList::from_der(crl.der()) {
            Ok(parsed) => Ok(Self(parsed.into())),
            Err(Error::UnsupportedIndirectCrl | Error::UnsupportedCriticalExtension) => {
                Err(CrlError::OtherScope)
            }
            Err(_) => Err(CrlError::Unsupported),
        }
    }
}

/// Translates an error of webpki, whose `Display` is its `Debug`.
fn path_error(error: &Error) -> PathError {
    match error {
        Error::CertExpired { .. } => PathError::Expired,
        Error::CertNotValidYet { .. } => PathError::NotYetValid,
        Error::UnknownIssuer => PathError::UnknownIssuer,
        Error::InvalidSignatureForPublicKey => PathError::BadSignature,
        Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_)
        | Error::SignatureAlgorithmMismatch => PathError::SignatureAlgorithm,
        Error::RequiredEkuNotFoundContext(_) | Error::EmptyEkuExtension => PathError::NoServerAuth,
        Error::CaUsedAsEndEntity => PathError::CaAsServer,
        Error::EndEntityUsedAsCa => PathError::EndEntityAsCa,
        Error::PathLenConstraintViolated => PathError::PathLength,
        Error::NameConstraintViolation => PathError::NameConstraint,
        Error::UnsupportedCriticalExtension => PathError::CriticalExtension,
        Error::UnsupportedCertVersion => PathError::Version,
        Error::CertRevoked => PathError::Revoked,
        Error::MaximumNameConstraintComparisonsExceeded
        | Error::MaximumPathBuildCallsExceeded
        | Error::MaximumPathDepthExceeded
        | Error::MaximumSignatureChecksExceeded => PathError::TooComplex,
        Error::InvalidCertValidity => {
            PathError::Other("a validity ends before it begins (RFC 5280 §4.1.2.5)")
        }
        Error::InvalidSerialNumber => {
            PathError::Other("a serial number is malformed (RFC 5280 §4.1.2.2)")
        }
        Error::ExtensionValueInvalid | Error::MalformedExtensions => {
            PathError::Other("an extension is malformed (RFC 5280 §4.2)")
        }
        Error::MalformedDnsIdentifier => {
            PathError::Other("a DNS name is malformed (RFC 5280 §4.2.1.6)")
        }
        Error::MalformedNameConstraint | Error::InvalidNetworkMaskConstraint => {
            PathError::Other("a name constraint is malformed (RFC 5280 §4.2.1.10)")
        }
        Error::CertDistrusted => PathError::Other("a key is on the list of distrusted keys"),
        _ => PathError::Malformed,
    }
}
