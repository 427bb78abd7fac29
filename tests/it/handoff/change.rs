//! The hand-off of a change: the steps in order, each with its files.

use expect_test::expect;
use umcert::deployment::{DialPlanMember, UmServer};
use umcert::handoff::Handoff;
use umcert::{Deployment, KeyKind, PlanOptions};

use super::inf::inf;
use super::inf_reader::san;
use super::powershell::{calls, parse, scripts};
use super::scenes::{options, plan};
use crate::support::deployments::{EXAMPLE_1, EXAMPLE_2, deployment};
use crate::support::snapshot::assert_text;

fn change(old: &Deployment, new: &Deployment) -> Handoff {
    let of = |deployment| plan(deployment, PlanOptions::default());
    Handoff::for_change(&of(old), &of(new), &options()).unwrap()
}

fn page(handoff: &Handoff) -> String {
    let page = &handoff.files()[0];
    assert_eq!(page.path, "change.md");
    String::from_utf8(page.contents.clone()).unwrap()
}

/// Returns the steps and the calls of their scripts.
fn overview(handoff: &Handoff) -> String {
    let mut overview = page(handoff);
    for (path, script) in scripts(handoff) {
        parse(path, &script);
        overview.push_str(&format!("== {path}\n"));
        for call in calls(&script) {
            overview.push_str(&format!("{call}\n"));
        }
    }
    overview
}

#[test]
fn new_server_is_requested_before_it_joins() {
    let old = deployment(EXAMPLE_2);
    let mut new = old.clone();
    new.server_sets[0]
        .servers
        .push(UmServer::new("um5.contoso.com", "Dublin").unwrap());
    let member = DialPlanMember::disabled("um5.contoso.com").unwrap();
    new.dial_plans[0].members.push(member);
    new.dial_plans[0].members.remove(0);
    let handoff = change(&old, &new);
    assert_text(
        overview(&handoff),
        &expect![[r#"
        # Change

        Finish each step on all its servers before the next one starts.

        1. reissue the certificate of um1.contoso.com: it lacks um5.contoso.com
           - `step-01/um1.contoso.com.inf`
           - `step-01/request-exchange-2013.ps1`
           - Send the request to the CA and audit its answer. A hand-off of the new plan with the chain then contains the installation script.
        2. reissue the certificate of um2.contoso.com: it lacks um5.contoso.com
           - `step-02/um2.contoso.com.inf`
           - `step-02/request-exchange-2013.ps1`
           - Send the request to the CA and audit its answer. A hand-off of the new plan with the chain then contains the installation script.
        3. reissue the certificate of um3.contoso.com: it lacks um5.contoso.com
           - `step-03/um3.contoso.com.inf`
           - `step-03/request-exchange-2013.ps1`
           - Send the request to the CA and audit its answer. A hand-off of the new plan with the chain then contains the installation script.
        4. reissue the certificate of um4.contoso.com: it lacks um5.contoso.com
           - `step-04/um4.contoso.com.inf`
           - `step-04/request-exchange-2013.ps1`
           - Send the request to the CA and audit its answer. A hand-off of the new plan with the chain then contains the installation script.
        5. issue and install a certificate for um5.contoso.com
           - `step-05/um5.contoso.com.inf`
           - `step-05/request-exchange-2013.ps1`
           - Send the request to the CA and audit its answer. A hand-off of the new plan with the chain then contains the installation script.
        6. disable um5.contoso.com in the dial plan TukwilaUsers
           - `step-06/dial-plan-exchange-2013.ps1`
           - Rehearse the script with `-WhatIf`, then run it.
        7. remove um1.contoso.com from the dial plan TukwilaUsers
           - `step-07/dial-plan-exchange-2013.ps1`
           - Rehearse the script with `-WhatIf`, then run it.
        == step-01/request-exchange-2013.ps1
        Request-UmCertificate -Server 'UM1' -Fqdn 'um1.contoso.com' -DomainName @('um1.contoso.com', 'um2.contoso.com', 'um3.contoso.com', 'um4.contoso.com', 'um5.contoso.com') -KeySize 2048 -Exportable $false -FriendlyName 'UM 2026-11 UM1'
        == step-02/request-exchange-2013.ps1
        Request-UmCertificate -Server 'UM2' -Fqdn 'um2.contoso.com' -DomainName @('um2.contoso.com', 'um1.contoso.com', 'um3.contoso.com', 'um4.contoso.com', 'um5.contoso.com') -KeySize 2048 -Exportable $false -FriendlyName 'UM 2026-11 UM2'
        == step-03/request-exchange-2013.ps1
        Request-UmCertificate -Server 'UM3' -Fqdn 'um3.contoso.com' -DomainName @('um3.contoso.com', 'um1.contoso.com', 'um2.contoso.com', 'um4.contoso.com', 'um5.contoso.com') -KeySize 2048 -Exportable $false -FriendlyName 'UM 2026-11 UM3'
        == step-04/request-exchange-2013.ps1
        Request-UmCertificate -Server 'UM4' -Fqdn 'um4.contoso.com' -DomainName @('um4.contoso.com', 'um1.contoso.com', 'um2.contoso.com', 'um3.contoso.com', 'um5.contoso.com') -KeySize 2048 -Exportable $false -FriendlyName 'UM 2026-11 UM4'
        == step-05/request-exchange-2013.ps1
        Request-UmCertificate -Server 'UM5' -Fqdn 'um5.contoso.com' -DomainName @('um5.contoso.com', 'um1.contoso.com', 'um2.contoso.com', 'um3.contoso.com', 'um4.contoso.com') -KeySize 2048 -Exportable $false -FriendlyName 'UM 2026-11 UM5'
        == step-06/dial-plan-exchange-2013.ps1
        Disable-Member -Server 'UM5' -Fqdn 'um5.contoso.com' -DialPlan 'TukwilaUsers' -ExchangeService @('UM', 'UMCallRouter') -IsOut $false
        Set-Membership -Server 'UM5' -Fqdn 'um5.contoso.com' -DialPlan 'TukwilaUsers' -ExchangeService @('UM', 'UMCallRouter') -IsMember $true
        == step-07/dial-plan-exchange-2013.ps1
        Set-Membership -Server 'UM1' -Fqdn 'um1.contoso.com' -DialPlan 'TukwilaUsers' -ExchangeService @('UM', 'UMCallRouter') -IsMember $false
    "#]],
    );
}

#[test]
fn interim_certificates_have_the_names_of_both_plans() {
    let old = deployment(EXAMPLE_1);
    let mut new = old.clone();
    new.server_sets[0]
        .servers
        .push(UmServer::new("um5.contoso.com", "Dublin").unwrap());
    let handoff = change(&old, &new);
    let paths: Vec<&str> = handoff
        .files()
        .iter()
        .map(|file| file.path.as_str())
        .collect();
    assert!(paths.contains(&"step-01/um1.contoso.com.inf"), "{paths:?}");
    let names = san(&inf(&handoff, "step-01/um1.contoso.com"));
    assert!(names.contains(&"um1.contoso.com".to_owned()), "{names:?}");
}

#[test]
fn change_from_a_key_that_cannot_be_requested_is_handed_over() {
    let deployment = deployment(EXAMPLE_2);
    let of = |key| plan(&deployment, PlanOptions::default().key(key));
    let (old, new) = (of(KeyKind::P256), of(KeyKind::Rsa2048));
    let handoff = Handoff::for_change(&old, &new, &options()).unwrap();
    assert!(page(&handoff).contains("um1.contoso.com.inf"));
    assert!(Handoff::for_change(&new, &old, &options()).is_err());
}

#[test]
fn equal_plans_have_nothing_to_do() {
    let deployment = deployment(EXAMPLE_1);
    let handoff = change(&deployment, &deployment);
    assert_eq!(handoff.files().len(), 1);
    assert!(page(&handoff).contains("nothing to do"));
}
