//! The traits of public types on which users rely: threads, copies, and errors with sources.

use std::error::Error;
use std::fmt::{Debug, Display};

fn is_shared<T: Send + Sync + Debug>() {}
fn is_error<T: Error + Send + Sync + 'static>() {}
fn is_value<T: Clone + PartialEq + Eq + Debug>() {}
fn is_shown<T: Display>() {}

/// Requires [`is_shared`] of each of these types.
macro_rules! shared {
    ($($($name:ident)::+ $(<$lifetime:lifetime>)?,)*) => {
        $(is_shared::<umcert::$($name)::+$(<$lifetime>)?>();)*
    };
}

#[test]
fn every_type_is_send_sync_and_debug() {
    shared!(
        Audit<'static>,
        Bundle,
        Certificate,
        CertificateRequest,
        Chain,
        Crl,
        Deployment,
        DnsName,
        Finding,
        IssuedCertificate,
        KeyKind,
        KeyPair,
        Plan,
        PlanOptions,
        PlannedCertificate,
        Report,
        Rule,
        SanName,
        SanPolicy,
        Severity,
        TestCa,
        TrustStore,
        audit::CertificateKind,
        audit::Comparison<'static>,
        audit::Difference,
        audit::ExchangeDefault,
        audit::IssuanceStage,
        audit::ProfileViolation<'static>,
        audit::PropertyCheck,
        audit::RelyingParty,
        audit::TrustVerdict,
        audit::Verdict,
        audit::TrustedPath,
        audit::VerifyError,
        deployment::DeploymentError,
        deployment::DialPlan,
        deployment::DialPlanMember,
        deployment::ExchangeForest,
        deployment::ExchangeRole,
        deployment::ExchangeVersion,
        deployment::Failover,
        deployment::FrontEndPool,
        deployment::Lync,
        deployment::MediaEncryption,
        deployment::ServerSet,
        deployment::StartupMode,
        deployment::UmServer,
        deployment::UriType,
        deployment::VoipSecurity,
        faulty::Fault,
        faulty::FaultyChain,
        faulty::Specimen,
        issue::CertificateOptions,
        issue::BundleError,
        issue::IssueError,
        issue::KeyError,
        issue::KeyFileError,
        issue::LeafExpiryPolicy,
        issue::PrivateKeyPem,
        issue::RequestOptions,
        issue::TestCaOptions,
        issue::WriteError,
        issue::WriteOutcome,
        name::AttributeError,
        name::AttributeType,
        name::DistinguishedName,
        name::EmailAddress,
        name::GeneralName,
        name::HostName,
        name::NameError,
        plan::CaProfile,
        plan::CertificateSharing,
        plan::DialPlanChange,
        plan::MigrationStep,
        plan::NameRoute,
        plan::Outage,
        plan::OutageCause,
        plan::OutageScope,
        plan::PlanDiff,
        plan::PlannedName,
        plan::Reason,
        plan::Reissue,
        plan::RouteTarget,
        rule::ParseIdError,
        x509::CertificateTemplate,
        x509::DuplicateServerError,
        x509::KeyUsage,
        x509::MalformedError,
        x509::PublicKey,
        x509::ReadError,
        x509::ReadFileError,
        x509::RevocationReason,
        x509::RevokedCertificate,
        x509::SelfSignature,
        x509::SkippedFile,
        x509::SkippedSection,
    );
    is_shared::<umcert::x509::ServerFiles<umcert::Chain>>();
    #[cfg(feature = "pkcs12")]
    is_shared::<umcert::issue::Pkcs12Encryption>();
}

#[test]
fn values_are_clone_and_eq() {
    is_value::<umcert::Certificate>();
    is_value::<umcert::CertificateRequest>();
    is_value::<umcert::x509::CertificateTemplate>();
    is_value::<umcert::Chain>();
    is_value::<umcert::Crl>();
    is_value::<umcert::audit::CertificateKind>();
    is_value::<umcert::Deployment>();
    is_value::<umcert::name::DistinguishedName>();
    is_value::<umcert::DnsName>();
    is_value::<umcert::Finding>();
    is_value::<umcert::name::GeneralName>();
    is_value::<umcert::plan::Outage>();
    is_value::<umcert::Plan>();
    is_value::<umcert::plan::PlanDiff>();
    is_value::<umcert::PlanOptions>();
    is_value::<umcert::plan::Reissue>();
    is_value::<umcert::Report>();
    is_value::<umcert::Rule>();
    is_value::<umcert::SanName>();
    is_value::<umcert::audit::TrustedPath>();
    is_value::<umcert::audit::TrustVerdict>();
    is_value::<umcert::issue::WriteOutcome>();
    is_value::<umcert::x509::SkippedSection>();
    is_value::<umcert::x509::ServerFiles<umcert::Chain>>();
}

#[test]
fn errors_implement_error() {
    is_error::<umcert::deployment::DeploymentError>();
    is_error::<umcert::name::AttributeError>();
    is_error::<umcert::name::NameError>();
    is_error::<umcert::issue::BundleError>();
    is_error::<umcert::issue::KeyFileError>();
    is_error::<umcert::issue::IssueError>();
    is_error::<umcert::issue::KeyError>();
    is_error::<umcert::x509::MalformedError>();
    is_error::<umcert::x509::DuplicateServerError>();
    is_error::<umcert::x509::ReadError>();
    is_error::<umcert::x509::ReadFileError>();
    is_error::<umcert::handoff::HandoffError>();
    is_error::<umcert::rule::ParseIdError>();
    is_error::<umcert::audit::VerifyError>();
    is_error::<umcert::issue::WriteError>();
}

#[test]
fn rendered_types_implement_display() {
    is_shown::<umcert::DnsName>();
    is_shown::<umcert::Finding>();
    is_shown::<umcert::KeyKind>();
    is_shown::<umcert::plan::OutageCause>();
    is_shown::<umcert::Plan>();
    is_shown::<umcert::PlannedCertificate>();
    is_shown::<umcert::plan::Reason>();
    is_shown::<umcert::Report>();
    is_shown::<umcert::Rule>();
    is_shown::<umcert::SanName>();
    is_shown::<umcert::SanPolicy>();
    is_shown::<umcert::audit::RelyingParty>();
}
