//! The server's certificate, as planned except for the fault.

use std::sync::Arc;

use rcgen::{
    CertificateParams, CrlDistributionPoint, CustomExtension, ExtendedKeyUsagePurpose,
    KeyUsagePurpose, SanType,
};
use yasna::models::ObjectIdentifier;

use crate::issue::ca::Authority;
use crate::issue::error::IssueError;
use crate::issue::key::KeyPair;
use crate::issue::validity::Validity;
use crate::issue::{params, subject};
use crate::name::{DnsName, SanName};
use crate::x509::Certificate;

/// A name outside of every plan (RFC 2606 §2).
pub(super) const UNPLANNED_NAME: &str = "stranger.invalid";
/// The place where an AD CS publishes its CRL by default.
const LDAP_CRL_URL: &str = "ldap:///CN=Contoso%20CA,CN=CDP,CN=Public%20Key%20Services,CN=Services,CN=Configuration,DC=contoso,DC=com?certificateRevocationList?base?objectClass=cRLDistributionPoint";
/// An object identifier that is not assigned.
const UNKNOWN_EXTENSION: &[u64] = &[1, 2, 3, 4];
/// The extension certificatePolicies, and the policy anyPolicy (RFC 5280 §4.2.1.4).
const CERTIFICATE_POLICIES: &[u64] = &[2, 5, 29, 32];
const ANY_POLICY: &[u64] = &[2, 5, 29, 32, 0];

/// The certificate to issue for a server.
pub(super) struct Leaf {
    pub(super) cn: String,
    /// The SubjectPublicKeyInfo in DER.
    pub(super) spki: Vec<u8>,
    /// The private key, or `None` if it does not exist.
    pub(super) key: Option<Arc<KeyPair>>,
    pub(super) params: CertificateParams,
}

impl Leaf {
    /// Issues the certificate.
    pub(super) fn issue_by(&self, ca: &Authority) -> Result<Certificate, IssueError> {
        let what = format!("the faulty certificate of {}", self.cn);
        let subject = subject::common_name(&self.cn)?;
        ca.certify(&what, &self.params, &subject, &self.spki)
    }

    pub(super) fn set_validity(&mut self, validity: Validity) {
        self.params.not_before = validity.not_before;
        self.params.not_after = validity.not_after;
    }

    /// Replaces the host in the CN by a wildcard.
    pub(super) fn set_wildcard_cn(&mut self) {
        let domain = self
            .cn
            .split_once('.')
            .map_or(&*self.cn, |(_, domain)| domain);
        self.cn = format!("*.{domain}");
    }

    /// Removes the names that cover `server` from the SAN.
    pub(super) fn remove_names_of(&mut self, server: &DnsName) {
        self.params.subject_alt_names.retain(|entry| match entry {
            SanType::DnsName(name) => {
                let name = name.as_str().parse::<SanName>();
                !name.is_ok_and(|name| name.covers(server))
            }
            _ => true,
        });
    }

    /// Replaces the SAN by an unplanned name.
    pub(super) fn replace_names(&mut self) -> Result<(), IssueError> {
        self.params.subject_alt_names.clear();
        self.insert_unplanned_name(0)
    }

    /// Adds an unplanned name after the server's own name and before any wildcard.
    pub(super) fn add_unplanned_name(&mut self) -> Result<(), IssueError> {
        let index = self.params.subject_alt_names.len().min(1);
        self.insert_unplanned_name(index)
    }

    /// Moves the server's own name to the end of the SAN. Inserts an unplanned name before it if the SAN has no other
    /// name.
    pub(super) fn misorder_names(&mut self) -> Result<(), IssueError> {
        let names = &mut self.params.subject_alt_names;
        if names.len() > 1 {
            names.rotate_left(1);
            Ok(())
        } else {
            self.insert_unplanned_name(0)
        }
    }

    fn insert_unplanned_name(&mut self, index: usize) -> Result<(), IssueError> {
        let entry = params::dns_entry(UNPLANNED_NAME)?;
        self.params.subject_alt_names.insert(index, entry);
        Ok(())
    }

    pub(super) fn set_client_auth_only(&mut self) {
        self.params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    }

    pub(super) fn set_key_encipherment_only(&mut self) {
        self.params.key_usages = vec![KeyUsagePurpose::KeyEncipherment];
    }

    pub(super) fn remove_crl_url(&mut self) {
        self.params.crl_distribution_points.clear();
    }

    pub(super) fn set_ldap_crl_url(&mut self) {
        self.params.crl_distribution_points = vec![CrlDistributionPoint {
            uris: vec![LDAP_CRL_URL.to_owned()],
        }];
    }

    pub(super) fn remove_authority_key_identifier(&mut self) {
        self.params.use_authority_key_identifier_extension = false;
    }

    pub(super) fn add_unknown_critical_extension(&mut self) {
        let null = yasna::construct_der(|writer| writer.write_null());
        self.add_critical_extension(UNKNOWN_EXTENSION, null);
    }

    /// Adds critical certificate policies with anyPolicy.
    pub(super) fn add_critical_policies(&mut self) {
        let policies = yasna::construct_der(|writer| {
            writer.write_sequence(|writer| {
                writer.next().write_sequence(|writer| {
                    let any_policy = ObjectIdentifier::from_slice(ANY_POLICY);
                    writer.next().write_oid(&any_policy);
                });
            });
        });
        self.add_critical_extension(CERTIFICATE_POLICIES, policies);
    }

    fn add_critical_extension(&mut self, oid: &[u64], content: Vec<u8>) {
        let mut extension = CustomExtension::from_oid_content(oid, content);
        extension.set_criticality(true);
        self.params.custom_extensions.push(extension);
    }
}
