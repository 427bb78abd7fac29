//! The hand-off of a deployment with hostile texts: each comes back from the files as the exact string, or was refused.
#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use umcert::deployment::{
    DialPlan, DialPlanMember, ExchangeForest, ExchangeVersion, Failover, Lync, ServerSet, UmServer,
};
use umcert::handoff::{DialPlanMethod, Handoff, HandoffError, HandoffFile, HandoffOptions};
use umcert::plan::CertificateSharing;
use umcert::{Chain, Deployment, DnsName, KeyKind, Plan, PlanOptions, SanPolicy};
use umcert_fuzz::CA;

use self::inf_reader::{read_inf, san, value};
use self::literals::lex;

#[path = "../../tests/it/handoff/inf_reader.rs"]
mod inf_reader;
#[path = "../../tests/it/handoff/literals.rs"]
mod literals;

/// Limits the signatures of a run.
const MAX_SERVERS: usize = 4;
const TUKWILA: &str = "Tukwila";

/// What the input decides. All parts have a fixed size, so that every input of some length is a deployment.
#[derive(Debug, Arbitrary)]
struct Input {
    count: u8,
    servers: [Server; MAX_SERVERS],
    by_dns: bool,
    wildcard: bool,
    shared: bool,
    by_membership: bool,
    texts: [[u8; 8]; 4],
    chains: Option<u8>,
}

#[derive(Debug)]
struct Scene {
    servers: Vec<Server>,
    by_dns: bool,
    wildcard: bool,
    shared: bool,
    by_membership: bool,
    texts: Texts,
    /// The chains that the CA returns: none, or for each server the chain of another, this number of places on.
    chains: Option<u8>,
}

#[derive(Debug, Arbitrary)]
struct Server {
    version: u8,
    site: bool,
    enabled: bool,
    stand_in: u8,
}

#[derive(Debug, Clone)]
struct Texts {
    dial_plan: String,
    site: String,
    label: String,
    template: String,
}

impl Scene {
    fn of(input: Input) -> Self {
        let count = 1 + usize::from(input.count) % MAX_SERVERS;
        let [dial_plan, site, label, template] = input.texts.map(text);
        Self {
            servers: input.servers.into_iter().take(count).collect(),
            by_dns: input.by_dns,
            wildcard: input.wildcard,
            shared: input.shared,
            by_membership: input.by_membership,
            texts: Texts {
                dial_plan,
                site,
                label,
                template,
            },
            chains: input.chains,
        }
    }
}

/// Returns a text of characters that end, expand or hide something in PowerShell or INF files, and of letters.
fn text(bytes: [u8; 8]) -> String {
    const HOSTILE: [char; 32] = [
        '\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}', '"', '\u{201c}', '`', '$', '(', ')',
        '{', '}', '@', '%', '#', ';', ':', '&', '|', ',', '=', '\\', ' ', '\n', '\r', '\0',
        '\u{85}', '\u{2028}', '\u{202e}', '\u{e9}', '\u{4e2d}',
    ];
    let character = |byte: u8| match byte {
        0..=31 => Some(HOSTILE[usize::from(byte)]),
        32..=126 => Some(char::from(byte)),
        _ => None,
    };
    bytes.into_iter().filter_map(character).collect()
}

impl Texts {
    fn harmless() -> Self {
        Self {
            dial_plan: "DialPlanMark".to_owned(),
            site: "SiteMark".to_owned(),
            label: "LabelMark".to_owned(),
            template: "TemplateMark".to_owned(),
        }
    }

    /// Returns `true` if no text contains one of the harmless texts or the other site. An empty label is left out together
    /// with a blank, so its files are not those of another label.
    fn are_distinct(&self) -> bool {
        let texts = [&self.dial_plan, &self.site, &self.label, &self.template];
        self.site != TUKWILA
            && !self.label.is_empty()
            && !texts.iter().any(|text| text.contains("Mark"))
    }

    /// Returns `text`, written for the harmless texts, with these texts instead.
    fn in_place(&self, text: &str) -> String {
        let harmless = Self::harmless();
        text.replace(&harmless.dial_plan, &self.dial_plan)
            .replace(&harmless.label, &self.label)
            .replace(&harmless.template, &self.template)
    }
}

fuzz_target!(|input: Input| {
    let scene = Scene::of(input);
    if !scene.texts.are_distinct() {
        return;
    }
    let chains = chains(&scene);
    let Some(plan) = plan(&scene, &scene.texts, KeyKind::Rsa2048) else {
        return;
    };
    let handoff = match hand_over(&scene, &scene.texts, &plan, chains.clone()) {
        Ok(handoff) => handoff,
        Err(error) => return assert_refused(&scene.texts, &error),
    };
    let again = hand_over(&scene, &scene.texts, &plan, chains.clone());
    assert_eq!(again.expect("it was handed over"), handoff);
    assert_names(&plan, &handoff);
    assert_answers(&scene, &plan, &handoff);

    let harmless = Texts::harmless();
    let plan = self::plan(&scene, &harmless, KeyKind::Rsa2048).expect("it is planned");
    let expected = hand_over(&scene, &harmless, &plan, chains).expect("it is handed over");
    assert_only_values_differ(&scene.texts, &expected, &handoff);
});

fn plan(scene: &Scene, texts: &Texts, key: KeyKind) -> Option<Plan> {
    let hosts: Vec<DnsName> = (0..scene.servers.len())
        .map(|number| {
            format!("um{number}.contoso.com")
                .parse()
                .expect("it is a name")
        })
        .collect();
    let servers = hosts.iter().zip(&scene.servers).map(|(host, server)| {
        let site = if server.site { TUKWILA } else { &texts.site };
        let mut um_server = UmServer::new(host, site).expect("it is a server");
        um_server.version = Some(version(server));
        um_server
    });
    let redirects = hosts.iter().zip(&scene.servers).map(|(host, server)| {
        let stand_in = &hosts[usize::from(server.stand_in) % hosts.len()];
        (host, stand_in)
    });
    let failover = match scene.by_dns {
        true => Failover::dns(redirects).expect("each name is redirected once"),
        false => Failover::DialPlan,
    };
    let members = hosts.iter().zip(&scene.servers);
    let members = members.map(|(host, server)| match server.enabled {
        true => DialPlanMember::enabled(host).expect("it is a name"),
        false => DialPlanMember::disabled(host).expect("it is a name"),
    });
    let forest = ExchangeForest::new("contoso.com", ExchangeVersion::Exchange2016);
    let deployment = Deployment::new(
        Lync::new("contoso.com").expect("it is a name"),
        [forest.expect("it is a name")],
        [ServerSet::new("um", servers, failover)],
        [DialPlan::new(&texts.dial_plan, members)],
    );
    let options = PlanOptions::default().key(key).san(match scene.wildcard {
        true => SanPolicy::Wildcard,
        false => SanPolicy::EveryServer,
    });
    let options = options.sharing(match scene.shared {
        true => CertificateSharing::OnePerSet,
        false => CertificateSharing::OnePerServer,
    });
    Plan::new(&deployment, &options).ok()
}

fn version(server: &Server) -> ExchangeVersion {
    match server.version % 4 {
        0 => ExchangeVersion::Exchange2007,
        1 => ExchangeVersion::Exchange2010,
        2 => ExchangeVersion::Exchange2013,
        _ => ExchangeVersion::Exchange2016,
    }
}

/// Returns the chains of the servers, each for another server, this number of places before. Their keys are quick to generate, as a
/// hand-off does not check them.
fn chains(scene: &Scene) -> Vec<(DnsName, Chain)> {
    let Some(places) = scene.chains else {
        return Vec::new();
    };
    let plan = plan(scene, &Texts::harmless(), KeyKind::P256).expect("it is planned");
    let bundle = CA.issue(&plan).expect("what is planned is issued");
    let (names, mut chains): (Vec<DnsName>, Vec<Chain>) = bundle.chains().unzip();
    let places = usize::from(places) % chains.len();
    chains.rotate_left(places);
    names.into_iter().zip(chains).collect()
}

fn hand_over(
    scene: &Scene,
    texts: &Texts,
    plan: &Plan,
    chains: Vec<(DnsName, Chain)>,
) -> Result<Handoff, HandoffError> {
    let method = match scene.by_membership {
        true => DialPlanMethod::Membership,
        false => DialPlanMethod::ComponentState,
    };
    let options = HandoffOptions::default()
        .label(&texts.label)
        .template(&texts.template)
        .dial_plan_method(method);
    Handoff::with_certificates(plan, &options, chains)
}

/// Only text that a script or an INF file cannot carry, or a label that is too long, is refused.
fn assert_refused(texts: &Texts, error: &HandoffError) {
    match error {
        HandoffError::UnsafeText { text, .. } => {
            let is_safe = |character: char| {
                matches!(character, ' '..='~') && !matches!(character, '"' | '\\')
            };
            assert!(text.len() > 4000 || !text.chars().all(is_safe), "{error}");
        }
        HandoffError::LabelTooLong { .. } => assert!(texts.label.chars().count() > 40, "{error}"),
        other => panic!("{other}"),
    }
    umcert_fuzz::assert_printable(&error.to_string());
}

/// Returns the text of a script with line feeds, after checking its encoding.
fn script(file: &HandoffFile) -> String {
    let text = std::str::from_utf8(&file.contents).expect("a script is UTF-8");
    let unmarked = text.strip_prefix('\u{feff}');
    assert_eq!(unmarked.is_some(), !text.is_ascii(), "{}", file.path);
    let text = unmarked.unwrap_or(text).replace("\r\n", "\n");
    assert!(!text.contains('\r'), "{}", file.path);
    text
}

fn inf(file: &HandoffFile) -> inf_reader::Sections {
    let text = std::str::from_utf8(&file.contents).expect("an INF file is ASCII");
    assert!(text.is_ascii(), "{}", file.path);
    read_inf(text).unwrap_or_else(|error| panic!("{}: {error}", file.path))
}

/// Each certificate is requested by one INF file, with exactly its names.
fn assert_names(plan: &Plan, handoff: &Handoff) {
    for certificate in plan.certificates() {
        let path = format!("{}.inf", certificate.subject());
        let file = handoff.files().iter().find(|file| file.path == path);
        let sections = inf(file.expect("each certificate is requested"));
        let names: Vec<String> = certificate.names().map(|name| name.to_string()).collect();
        assert_eq!(san(&sections), names, "{path}");
        let subject = format!("CN={}", certificate.subject());
        assert_eq!(
            value(&sections, "NewRequest", "Subject"),
            Some(subject.as_str())
        );
    }
}

/// A certificate is installed on its server only if it is that of the plan.
fn assert_answers(scene: &Scene, plan: &Plan, handoff: &Handoff) {
    let Some(places) = scene.chains else {
        return assert!(handoff.findings().is_empty());
    };
    let is_moved = usize::from(places) % scene.servers.len() != 0 && !scene.shared;
    assert_eq!(
        !handoff.findings().is_empty(),
        is_moved,
        "{:?}",
        handoff.findings()
    );
    let files = handoff.files().iter();
    let installed = files.filter(|file| file.path.starts_with("um") && file.path.ends_with(".cer"));
    let expected = if is_moved {
        0
    } else {
        plan.certificates().len()
    };
    assert_eq!(installed.count(), expected);
}

/// The files differ from those of the harmless texts in the values of literals only.
fn assert_only_values_differ(texts: &Texts, expected: &Handoff, found: &Handoff) {
    let paths = |handoff: &Handoff| {
        let files = handoff.files().iter();
        files.map(|file| file.path.clone()).collect::<Vec<_>>()
    };
    assert_eq!(paths(found), paths(expected));
    for (expected, found) in expected.files().iter().zip(found.files()) {
        let path = &found.path;
        if path.ends_with(".ps1") {
            let (expected, found) = (lex(&script(expected)), lex(&script(found)));
            assert_eq!(found.code, expected.code, "{path}");
            assert_eq!(found.comments, expected.comments, "{path}");
            let values = expected.literals.iter();
            let values: Vec<String> = values.map(|value| texts.in_place(value)).collect();
            assert_eq!(found.literals, values, "{path}");
        } else if path.ends_with(".inf") {
            let mut expected = inf(expected);
            for (_, value) in expected.iter_mut().flat_map(|(_, entries)| entries) {
                *value = texts.in_place(value);
            }
            assert_eq!(inf(found), expected, "{path}");
        }
    }
}
