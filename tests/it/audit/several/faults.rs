//! The faults: which part of a deployment each one changes, and the findings that it causes.

use super::Fault;
use super::Part::*;
use crate::support::deployments::TODAY;
use crate::support::forge::{sans, subject};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, GeneralSubtree,
    IsCa, KeyUsagePurpose, NameConstraints, SerialNumber,
};
use time::Duration;

fn critical() -> CustomExtension {
    let mut extension = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![0x05, 0x00]);
    extension.set_criticality(true);
    extension
}

fn clients(params: &mut CertificateParams) {
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
}

fn crls_alone(params: &mut CertificateParams) {
    params.key_usages = vec![KeyUsagePurpose::CrlSign];
}

fn ended(params: &mut CertificateParams) {
    params.not_after = TODAY - Duration::DAY;
}

fn of_fabrikam(params: &mut CertificateParams) {
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![GeneralSubtree::DnsName("fabrikam.com".to_owned())],
        excluded_subtrees: Vec::new(),
    });
}

pub(super) const FAULTS: &[Fault] = &[
    ("ended", Dates, |it| it.server.push(ended), &["expired"]),
    (
        "not begun",
        Dates,
        |it| it.server.push(|it| it.not_before = TODAY + Duration::DAY),
        &["not-yet-valid"],
    ),
    (
        "ends soon",
        Dates,
        |it| it.server.push(|it| it.not_after = TODAY + Duration::DAY),
        &["expires-soon"],
    ),
    (
        "another CN",
        Cn,
        |it| {
            it.server
                .push(|it| it.distinguished_name = subject("mail.contoso.com"));
        },
        &["subject-not-server"],
    ),
    (
        "a wildcard as CN",
        Cn,
        |it| {
            it.server
                .push(|it| it.distinguished_name = subject("*.contoso.com"));
        },
        &["subject-wildcard"],
    ),
    (
        "a stand-in's name missing",
        San,
        |it| {
            it.server
                .push(|it| it.subject_alt_names = sans(&["um1.contoso.com"]));
        },
        &["name-missing"],
    ),
    (
        "a name besides",
        San,
        |it| {
            it.server
                .push(|it| it.subject_alt_names.extend(sans(&["mail.contoso.com"])));
        },
        &["name-extra"],
    ),
    (
        "another name first",
        San,
        |it| it.server.push(|it| it.subject_alt_names.rotate_left(1)),
        &["san-order"],
    ),
    (
        "a key that may not serve",
        Usage,
        |it| {
            it.server
                .push(|it| it.key_usages = vec![KeyUsagePurpose::DataEncipherment]);
        },
        &["path-invalid"],
    ),
    (
        "a key that may not sign",
        Usage,
        |it| {
            it.server
                .push(|it| it.key_usages = vec![KeyUsagePurpose::KeyEncipherment]);
        },
        &["no-digital-signature"],
    ),
    (
        "for clients",
        Purpose,
        |it| it.server.push(clients),
        &["no-server-auth"],
    ),
    (
        "an unknown critical extension",
        Extension,
        |it| {
            it.server.push(|it| it.custom_extensions.push(critical()));
        },
        &["path-invalid"],
    ),
    (
        "a serial number of 21 bytes",
        Serial,
        |it| {
            it.server
                .push(|it| it.serial_number = Some(SerialNumber::from_slice(&[1; 21])));
        },
        &["profile"],
    ),
    (
        "no place of a CRL",
        Point,
        |it| it.server.push(|it| it.crl_distribution_points.clear()),
        &["no-crl-distribution-point"],
    ),
    (
        "CRLs in a directory only",
        Point,
        |it| {
            it.server
                .push(|it| it.crl_distribution_points[0].uris = vec!["ldap:///CN=CA".to_owned()]);
        },
        &["crl-ldap-only"],
    ),
    (
        "an intermediate that ended",
        CaDates,
        |it| it.intermediate.push(ended),
        &["expired"],
    ),
    (
        "an intermediate that is no CA's",
        CaKind,
        |it| it.intermediate.push(|it| it.is_ca = IsCa::ExplicitNoCa),
        &["path-invalid"],
    ),
    (
        "an intermediate that may not sign certificates",
        CaUsage,
        |it| it.intermediate.push(crls_alone),
        &["path-invalid"],
    ),
    (
        "an intermediate for clients",
        CaPurpose,
        |it| it.intermediate.push(clients),
        &["path-invalid"],
    ),
    (
        "an intermediate with an unknown critical extension",
        CaExtension,
        |it| {
            it.intermediate
                .push(|it| it.custom_extensions.push(critical()));
        },
        &["path-invalid"],
    ),
    (
        "an intermediate for other names",
        CaNames,
        |it| it.intermediate.push(of_fabrikam),
        &["path-invalid"],
    ),
    (
        "a root that ended",
        RootDates,
        |it| it.root.push(ended),
        &["expired"],
    ),
    (
        "a root that may not sign certificates",
        RootUsage,
        |it| it.root.push(crls_alone),
        &["path-invalid"],
    ),
    (
        "a root for clients",
        RootPurpose,
        |it| it.root.push(clients),
        &["path-invalid"],
    ),
    (
        "a root with no CA below it",
        RootLength,
        |it| {
            it.root
                .push(|it| it.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)));
        },
        &["path-invalid"],
    ),
    (
        "the server's certificate twice",
        Order,
        |it| it.is_doubled = true,
        &["chain-order"],
    ),
    (
        "no intermediate",
        Issuer,
        |it| it.is_cut = true,
        &["missing-intermediate"],
    ),
    (
        "an intermediate of that name and another key",
        Issuer,
        |it| it.is_rebuilt = true,
        &["bad-signature"],
    ),
    (
        "Lync lacks the root",
        Roots,
        |it| it.lacking = [true, false],
        &["untrusted-root"],
    ),
    (
        "both lack the root",
        Roots,
        |it| it.lacking = [true, true],
        &["untrusted-root"],
    ),
    (
        "another request",
        Request,
        |it| it.is_of_another_request = true,
        &["key-mismatch"],
    ),
    (
        "the server's certificate revoked",
        Crl,
        |it| it.is_server_revoked = true,
        &["revoked"],
    ),
    (
        "the intermediate revoked",
        Crl,
        |it| it.is_intermediate_revoked = true,
        &["revoked"],
    ),
    (
        "a CRL past its next update",
        Crl,
        |it| it.has_old_crl = true,
        &["crl-expired CN=CA of the case"],
    ),
];
