//! What users of the types rely on: threads, copies, and errors with sources.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

use std::error::Error;
use std::fmt::{Debug, Display};

fn is_shared<T: Send + Sync + Debug>() {}
fn is_error<T: Error + Send + Sync + 'static>() {}
fn is_value<T: Clone + PartialEq + Eq + Debug>() {}
fn is_shown<T: Display>() {}

#[test]
fn every_type_crosses_threads_and_shows_for_debugging() {
    is_shared::<umcert::Audit<'static>>();
    is_shared::<umcert::Bundle>();
    is_shared::<umcert::Certificate>();
    is_shared::<umcert::CertificateRequest>();
    is_shared::<umcert::Chain>();
    is_shared::<umcert::Deployment>();
    is_shared::<umcert::KeyPair>();
    is_shared::<umcert::Plan>();
    is_shared::<umcert::PrivateKeyPem>();
    is_shared::<umcert::Report>();
    is_shared::<umcert::TestCa>();
    is_shared::<umcert::TrustStore>();
    is_shared::<umcert::Written>();
}

#[test]
fn values_compare_and_copy() {
    is_value::<umcert::Certificate>();
    is_value::<umcert::CertificateRequest>();
    is_value::<umcert::CertificateTemplate>();
    is_value::<umcert::Chain>();
    is_value::<umcert::Crl>();
    is_value::<umcert::DefaultCertificate>();
    is_value::<umcert::Deployment>();
    is_value::<umcert::DistinguishedName>();
    is_value::<umcert::DnsName>();
    is_value::<umcert::Finding>();
    is_value::<umcert::GeneralName>();
    is_value::<umcert::NameSet>();
    is_value::<umcert::Outage>();
    is_value::<umcert::Plan>();
    is_value::<umcert::PlanOptions>();
    is_value::<umcert::Report>();
    is_value::<umcert::Rule>();
    is_value::<umcert::SanName>();
    is_value::<umcert::TrustedPath>();
    is_value::<umcert::Verdict>();
    is_value::<umcert::Written>();
}

#[test]
fn errors_are_errors() {
    is_error::<umcert::DeploymentError>();
    is_error::<umcert::InvalidAttribute>();
    is_error::<umcert::InvalidName>();
    is_error::<umcert::InvalidTemplate>();
    is_error::<umcert::IssueError>();
    is_error::<umcert::KeyError>();
    is_error::<umcert::MalformedCertificate>();
    is_error::<umcert::PathFault>();
    is_error::<umcert::ReadError>();
    is_error::<umcert::SignatureFault>();
    is_error::<umcert::UnknownOption>();
    is_error::<umcert::UnknownRule>();
    is_error::<umcert::VerifyError>();
    is_error::<umcert::WriteError>();
}

#[test]
fn what_people_read_has_a_text() {
    is_shown::<umcert::DnsName>();
    is_shown::<umcert::Finding>();
    is_shown::<umcert::KeyKind>();
    is_shown::<umcert::OutageCause>();
    is_shown::<umcert::Plan>();
    is_shown::<umcert::PlannedCertificate>();
    is_shown::<umcert::Reason>();
    is_shown::<umcert::Report>();
    is_shown::<umcert::Rule>();
    is_shown::<umcert::SanName>();
    is_shown::<umcert::SanPolicy>();
    is_shown::<umcert::Side>();
}
