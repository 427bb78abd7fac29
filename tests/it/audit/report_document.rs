//! The JSON of a report, read back.

use crate::support::deployments::{EXAMPLE_1, TODAY, um};
use crate::support::scene::Scene;
use serde_json::{Value, json};
use umcert::audit::{RelyingParty, ReportDocument, VerdictKind};
use umcert::faulty::Fault;
use umcert::{Report, Rule, SanPolicy};

/// Returns a report for each fault, with an accepted finding where one can be accepted.
fn reports() -> Vec<Report> {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let planned = scene.plan.certificate(&um(1)).unwrap();
    let of_fault = |fault: &Fault| {
        let faulty = scene.ca.issue_faulty(planned, *fault, TODAY).unwrap();
        let audit = scene.audit().presented(um(1), faulty.chain().clone());
        let audit = audit.accept(Rule::NameMissing, um(1), "a test");
        audit.crls(faulty.crls().iter().cloned()).run(TODAY)
    };
    let faulty = Fault::ALL.iter().map(of_fault);
    faulty.chain([scene.audit().run(TODAY)]).collect()
}

fn read(json: &Value) -> Result<ReportDocument, String> {
    serde_json::from_value(json.clone()).map_err(|error| error.to_string())
}

#[test]
fn document_read_back_equals_that_of_the_report() {
    let reports = reports();
    assert!(reports.iter().any(Report::is_trusted));
    let mut kinds: Vec<VerdictKind> = Vec::new();
    for report in &reports {
        let json = serde_json::to_string(report).unwrap();
        let document: ReportDocument = serde_json::from_str(&json).unwrap();
        assert_eq!(document, ReportDocument::from(report), "{report}");
        assert_eq!(document.findings, report.findings(), "{report}");
        assert_eq!(document.trusted, report.is_trusted());
        assert_eq!((document.format, document.at), (1, report.at()));
        assert_eq!(document.failover_safe_until, report.failover_safe_until());
        assert_eq!(document.validities, report.validities());
        assert_eq!(serde_json::to_string(&document).unwrap(), json);
        kinds.extend(document.verdicts.iter().map(|it| it.verdict));
    }
    for kind in VerdictKind::ALL {
        assert!(kinds.contains(kind), "{kind}");
    }
}

#[test]
fn unknown_fields_of_a_later_version_are_ignored() {
    let report = &reports()[0];
    let mut json = serde_json::to_value(report).unwrap();
    json["future"] = json!({ "a": 1 });
    json["verdicts"][0]["future"] = json!(1);
    json["findings"][0]["future"] = json!([]);
    json["validities"][0]["future"] = json!(null);
    assert_eq!(read(&json), Ok(ReportDocument::from(report)));
}

#[test]
fn fields_of_an_earlier_version_are_enough() {
    let json = json!({
        "format": 1, "trusted": false, "at": "2026-11-23T01:00:00+01:00", "failover-safe-until": null,
        "verdicts": [{ "server": "um1.contoso.com", "relying-party": "contoso.com", "verdict": "refused",
            "because": ["expired"] }],
        "findings": [],
    });
    let document = read(&json).unwrap();
    assert_eq!(document.at, TODAY);
    let verdict = &document.verdicts[0];
    assert_eq!(
        verdict.relying_party,
        RelyingParty::Exchange("contoso.com".parse().unwrap())
    );
    assert_eq!(verdict.because, [Rule::Expired]);
}

#[test]
fn unreadable_document_is_refused_with_its_reason() {
    let rows = [
        ("/format", json!(2), "`2` is not a format of reports"),
        ("/format", json!("1"), "invalid type"),
        ("/trusted", json!("yes"), "invalid type"),
        ("/at", json!("2026-11-23"), "separator"),
        (
            "/verdicts/0/verdict",
            json!("perhaps"),
            "unknown variant `perhaps`",
        ),
        (
            "/verdicts/0/relying-party",
            json!("exchange"),
            "`exchange` is not a fully",
        ),
        (
            "/verdicts/0/because",
            json!(["expird"]),
            "`expird` is not a rule id",
        ),
        (
            "/findings/0/rule",
            json!("expird"),
            "`expird` is not a rule id",
        ),
    ];
    let good = serde_json::to_value(&reports()[0]).unwrap();
    assert!(read(&good).is_ok());
    for (pointer, value, reason) in rows {
        let mut json = good.clone();
        *json.pointer_mut(pointer).unwrap() = value;
        let error = read(&json).unwrap_err();
        assert!(error.contains(reason), "{pointer}: {error}");
    }
    for field in ["format", "trusted", "at", "verdicts", "findings"] {
        let mut json = good.clone();
        json.as_object_mut().unwrap().remove(field);
        let error = read(&json).unwrap_err();
        assert!(
            error.contains(&format!("missing field `{field}`")),
            "{error}"
        );
    }
}
