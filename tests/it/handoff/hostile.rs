//! Hostile text in every place of a deployment and its options: it comes back as the exact string, or was refused.

use proptest::prelude::*;
use umcert::deployment::DialPlan;
use umcert::handoff::{DialPlanMethod, Handoff, HandoffError, HandoffOptions};
use umcert::{Deployment, Plan, PlanOptions};

use super::inf_reader::read_inf;
use super::literals::lex;
use super::powershell::{paths, scripts};
use super::scenes::TWO_FORESTS;
use crate::support::deployments::deployment;

/// The texts that an author of a deployment or a caller chooses freely.
#[derive(Debug, Clone)]
struct Texts {
    dial_plan: String,
    site: String,
    server_set: String,
    label: String,
    template: String,
}

impl Texts {
    fn harmless() -> Self {
        Self {
            dial_plan: "DialPlanMark".to_owned(),
            site: "SiteMark".to_owned(),
            server_set: "SetMark".to_owned(),
            label: "LabelMark".to_owned(),
            template: "TemplateMark".to_owned(),
        }
    }

    fn deployment(&self) -> Deployment {
        let mut deployment = deployment(TWO_FORESTS);
        let first: &mut DialPlan = &mut deployment.dial_plans[0];
        first.name.clone_from(&self.dial_plan);
        let set = &mut deployment.server_sets[0];
        set.name.clone_from(&self.server_set);
        set.servers[0].site.clone_from(&self.site);
        deployment
    }

    /// Hands over, unless the plan refuses the names of the deployment.
    fn hand_over(&self, method: DialPlanMethod) -> Option<Result<Handoff, HandoffError>> {
        let plan = Plan::new(&self.deployment(), &PlanOptions::default()).ok()?;
        let options = HandoffOptions::default()
            .label(&self.label)
            .template(&self.template)
            .dial_plan_method(method);
        Some(Handoff::new(&plan, &options))
    }

    /// Returns `text`, written for the harmless texts, with these texts instead.
    fn in_place(&self, text: &str) -> String {
        let harmless = Self::harmless();
        text.replace(&harmless.dial_plan, &self.dial_plan)
            .replace(&harmless.label, &self.label)
            .replace(&harmless.template, &self.template)
    }
}

fn file<'a>(handoff: &'a Handoff, path: &str) -> &'a str {
    let file = handoff.files().iter().find(|file| file.path == path);
    std::str::from_utf8(&file.unwrap().contents).unwrap()
}

/// Checks that the files differ from those of the harmless texts in the values of literals only.
fn assert_only_values_differ(texts: &Texts, method: DialPlanMethod, handoff: &Handoff) {
    let harmless = Texts::harmless().hand_over(method).unwrap().unwrap();
    assert_eq!(paths(&harmless), paths(handoff));
    for ((path, expected), (_, found)) in scripts(&harmless).into_iter().zip(scripts(handoff)) {
        let (expected, found) = (lex(&expected), lex(&found));
        assert_eq!(found.code, expected.code, "{path}");
        assert_eq!(found.comments, expected.comments, "{path}");
        let values = expected.literals.iter();
        let values: Vec<String> = values.map(|value| texts.in_place(value)).collect();
        assert_eq!(found.literals, values, "{path}");
    }
    let paths = paths(handoff).into_iter();
    for path in paths.filter(|path| path.ends_with(".inf")) {
        let expected = read_inf(file(&harmless, path)).unwrap();
        let found = read_inf(file(handoff, path)).unwrap();
        assert_eq!(found.len(), expected.len(), "{path}");
        for ((_, expected), (_, found)) in expected.iter().zip(&found) {
            let values = expected.iter();
            let values: Vec<(String, String)> = values
                .map(|(key, value)| (key.clone(), texts.in_place(value)))
                .collect();
            assert_eq!(found, &values, "{path}");
        }
    }
}

/// Checks a hand-off, or the reason why it was refused.
fn assert_exact_or_refused(texts: &Texts, method: DialPlanMethod) {
    match texts.hand_over(method) {
        None => {}
        Some(Ok(handoff)) => assert_only_values_differ(texts, method, &handoff),
        Some(Err(error)) => match error {
            HandoffError::UnsafeText { text, .. } => {
                let is_safe = |character: char| {
                    matches!(character, ' '..='~') && !matches!(character, '"' | '\\')
                };
                assert!(!text.chars().all(is_safe), "{text:?} was refused");
            }
            HandoffError::LabelTooLong { .. } => assert!(texts.label.chars().count() > 40),
            other => panic!("{other}"),
        },
    }
}

fn hostile_text(length: usize) -> impl Strategy<Value = String> {
    let special: Vec<char> = "'\u{2018}\u{2019}\u{201a}\u{201b}\"\u{201c}`$(){}[]@%#;:&|<>,=+*?!^~\\/ \t\r\n\0\u{85}\u{2028}\u{202e}\u{feff}\u{200b}\u{e9}\u{4e2d}\u{1f600}"
        .chars()
        .collect();
    let character = prop_oneof![
        3 => prop::sample::select(special),
        2 => prop::char::range('a', 'f'),
    ];
    prop::collection::vec(character, 1..length)
        .prop_map(|characters| characters.into_iter().collect())
}

/// Text that a script and an INF file can carry both.
fn carried_text(length: usize) -> impl Strategy<Value = String> {
    let special: Vec<char> = "'`$(){}[]@%#;:&|<>,=+*?!^~/ ".chars().collect();
    let character = prop_oneof![
        3 => prop::sample::select(special),
        2 => prop::char::range('a', 'f'),
    ];
    prop::collection::vec(character, 1..length)
        .prop_map(|characters| characters.into_iter().collect())
}

fn method() -> impl Strategy<Value = DialPlanMethod> {
    prop::sample::select(vec![
        DialPlanMethod::ComponentState,
        DialPlanMethod::Membership,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn hostile_texts_come_back_exactly_or_are_refused(
        dial_plan in hostile_text(12),
        site in hostile_text(8),
        server_set in hostile_text(8),
        label in prop_oneof![carried_text(60), hostile_text(8)],
        template in prop_oneof![carried_text(20), hostile_text(8)],
        method in method(),
    ) {
        let texts = Texts { dial_plan, site, server_set, label, template };
        assert_exact_or_refused(&texts, method);
    }

    /// Options that every file can carry, so that the names of dial plans reach the scripts.
    #[test]
    fn hostile_dial_plans_come_back_exactly_or_are_refused(
        dial_plan in hostile_text(12),
        method in method(),
    ) {
        let texts = Texts { dial_plan, ..Texts::harmless() };
        assert_exact_or_refused(&texts, method);
    }
}

#[test]
fn each_quotation_mark_is_carried_and_each_line_end_refused() {
    for quote in ['\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'] {
        let dial_plan = format!("{quote}; Remove-Item x #{quote}{quote}");
        let texts = Texts {
            dial_plan,
            ..Texts::harmless()
        };
        let method = DialPlanMethod::default();
        let handoff = texts.hand_over(method).unwrap();
        assert_only_values_differ(&texts, method, &handoff.unwrap());
    }
    for character in [
        '\n', '\r', '\0', '\u{85}', '\u{2028}', '\u{2029}', '\u{202e}',
    ] {
        let label = format!("a{character}b");
        let texts = Texts {
            label,
            ..Texts::harmless()
        };
        let handoff = texts.hand_over(DialPlanMethod::default()).unwrap();
        assert!(
            matches!(handoff, Err(HandoffError::UnsafeText { .. })),
            "{character:?}"
        );
    }
}

#[test]
fn inf_file_refuses_what_its_quotes_cannot_hold() {
    for label in ["a\"b", "a\\", "M\u{e4}rz"] {
        let texts = Texts {
            label: label.to_owned(),
            ..Texts::harmless()
        };
        let error = texts
            .hand_over(DialPlanMethod::default())
            .unwrap()
            .unwrap_err();
        assert!(error.to_string().contains("an INF file"), "{error}");
    }
}
