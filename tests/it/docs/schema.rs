//! `docs/schema/`: the JSON schemas of deployments and reports, derived from the types.

use std::fs;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};
use umcert::audit::ReportDocument;
use umcert::{Audit, Deployment, Plan, Rule, SanPolicy};

use super::source::without_links;
use super::{read, root};
use crate::support::deployments::{EXAMPLE_1, EXAMPLE_2, TODAY, deployment, um};
use crate::support::scene::Scene;

const REMAKE: &str = "REMAKE=1 cargo test --all-features --test it docs";

/// Returns the schema of what is read, for a deployment.
fn schema_to_read<T: JsonSchema>() -> Value {
    let schema: Schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<T>();
    with_short_descriptions(schema.to_value())
}

/// Returns the schema of what is written, for a report.
fn schema_to_write<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<T>();
    with_short_descriptions(schema.to_value())
}

/// Returns `schema` with the first paragraph of each description, as plain text.
fn with_short_descriptions(schema: Value) -> Value {
    match schema {
        Value::Object(members) => members
            .into_iter()
            .map(|(key, value)| match value {
                Value::String(text) if key == "description" => {
                    let paragraph = text.split("\n\n").next().unwrap();
                    (key, without_links(&paragraph.replace('\n', " ")).into())
                }
                value => (key, with_short_descriptions(value)),
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(with_short_descriptions).collect(),
        other => other,
    }
}

#[track_caller]
fn assert_is_fresh(name: &str, schema: &Value) {
    let path = root().join("docs/schema").join(name);
    let text = serde_json::to_string_pretty(schema).unwrap() + "\n";
    if std::env::var_os("REMAKE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &text).unwrap();
    }
    let stale = !path.exists() || read(&path) != text;
    assert!(!stale, "docs/schema/{name} is stale; remake it: {REMAKE}");
}

#[test]
fn schemas_match_the_types() {
    assert_is_fresh("deployment.json", &schema_to_read::<Deployment>());
    assert_is_fresh("report.json", &schema_to_write::<ReportDocument>());
}

/// Returns where `value` breaks `schema`, for the keywords that the schemas of this crate have. Patterns and formats are
/// *not* checked.
fn violations(schema: &Value, value: &Value, root: &Value, path: &str) -> Vec<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = root.pointer(reference.trim_start_matches('#')).unwrap();
        return violations(target, value, root, path);
    }
    if let Some(any) = schema["anyOf"]
        .as_array()
        .or_else(|| schema["oneOf"].as_array())
    {
        let of_each = any
            .iter()
            .map(|schema| violations(schema, value, root, path));
        return of_each.min_by_key(Vec::len).unwrap();
    }
    let mut found = Vec::new();
    let is_type = |kind: &Value| match kind.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64(),
        "null" => value.is_null(),
        kind => panic!("{kind}"),
    };
    let types = match &schema["type"] {
        Value::Null => &[][..],
        Value::Array(types) => types,
        one => std::slice::from_ref(one),
    };
    if !types.is_empty() && !types.iter().any(is_type) {
        found.push(format!("{path}: not of type {types:?}"));
    }
    if schema["enum"]
        .as_array()
        .is_some_and(|all| !all.contains(value))
    {
        found.push(format!("{path}: not one of the values"));
    }
    if !schema["const"].is_null() && schema["const"] != *value {
        found.push(format!("{path}: not the constant"));
    }
    for key in schema["required"].as_array().into_iter().flatten() {
        if value.get(key.as_str().unwrap()).is_none() {
            found.push(format!("{path}: lacks {key}"));
        }
    }
    for (key, member) in value.as_object().into_iter().flatten() {
        let path = format!("{path}/{key}");
        match schema["properties"].get(key) {
            Some(schema) => found.extend(violations(schema, member, root, &path)),
            None if !schema["patternProperties"].is_null() => {}
            None if schema["additionalProperties"] == json!(false) => {
                found.push(format!("{path}: unknown"));
            }
            None => {}
        }
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        found.extend(violations(
            &schema["items"],
            item,
            root,
            &format!("{path}/{index}"),
        ));
    }
    found
}

#[test]
fn deployments_fit_their_schema() {
    let schema = schema_to_read::<Deployment>();
    for text in [EXAMPLE_1, EXAMPLE_2] {
        let read: Value = toml::from_str(text).unwrap();
        let written = serde_json::to_value(deployment(text)).unwrap();
        for value in [read, written] {
            assert_eq!(violations(&schema, &value, &schema, ""), [""; 0]);
        }
    }
    let good = serde_json::to_value(deployment(EXAMPLE_1)).unwrap();
    let rows = [
        ("/lnyc", json!({})),
        ("/lync/forest", json!(1)),
        ("/exchange", json!({})),
        ("/exchange/0/version", json!("2019")),
        ("/server-sets/0/failover/method", json!("magic")),
        ("/plan", json!({ "san": "all" })),
        ("/plan", json!({ "sna": "wildcard" })),
    ];
    for (pointer, value) in rows {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let mut bad = good.clone();
        bad.pointer_mut(parent).unwrap()[key] = value;
        assert_ne!(violations(&schema, &bad, &schema, ""), [""; 0], "{pointer}");
        assert!(
            serde_json::from_value::<Deployment>(bad).is_err(),
            "{pointer}"
        );
    }
}

#[test]
fn reports_fit_their_schema() {
    let schema = schema_to_write::<ReportDocument>();
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let issued = scene.ca.issue_names(["um1.contoso.com"]).unwrap();
    let one_name = scene.audit().presented(um(1), issued.chain().clone());
    let plan: &Plan = &scene.plan;
    let reports = [
        scene.audit().run(TODAY),
        Audit::new(plan).run(TODAY),
        one_name
            .accept(Rule::NameMissing, um(1), "a test")
            .run(TODAY),
    ];
    for report in reports {
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(violations(&schema, &json, &schema, ""), [""; 0]);
        let mut later = json.clone();
        later["future"] = json!(1);
        assert_eq!(violations(&schema, &later, &schema, ""), [""; 0]);
        for (key, value) in [
            ("format", json!(2)),
            ("trusted", json!("yes")),
            ("verdicts", json!({})),
        ] {
            let mut bad = json.clone();
            bad[key] = value;
            assert_ne!(violations(&schema, &bad, &schema, ""), [""; 0], "{key}");
        }
    }
}
