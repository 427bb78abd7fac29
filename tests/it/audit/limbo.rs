//! The cases of x509-limbo (C2SP, Apache-2.0), run through `TrustStore::verify`.
//!
//! The cases are not part of this crate. `UMCERT_LIMBO` names the folder with them, in `cases.jsonl`; if it
//! is not set, the tests say that they are skipped. `cargo test --test it limbo -- --nocapture` prints the
//! score.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::fs;

use crate::support::material::material;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use umcert::audit::TrustedPath;
use umcert::name::GeneralName;
use umcert::{Chain, Crl, TrustStore};

use self::Kind::{FalseAccept, FalseReject};

/// How an answer compares with the expected one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Match,
    FalseAccept,
    FalseReject,
    Skipped,
}

const KINDS: [Kind; 4] = [Kind::Match, FalseAccept, FalseReject, Kind::Skipped];

/// The reason for cases that only the CA/Browser Forum forbids.
const FORUM: &str = "the CA/Browser Forum forbids it, and RFC 5280 does not";

/// The deviations from the expected answers, profile findings counted as refusals, with the reason. The list
/// must be exact.
const EXPECTED: &[(&str, Kind, &str)] = &[
    (
        "crl::crlnumber-missing",
        FalseAccept,
        "the profile of CRLs is not looked at, as webpki does not",
    ),
    (
        "crl::crlnumber-critical",
        FalseAccept,
        "the profile of CRLs is not looked at, as webpki does not",
    ),
    (
        "crl::issuer-missing-crlsign",
        FalseAccept,
        "a CRL of an issuer that may sign none counts for nothing; the audit says revocation-unknown",
    ),
    (
        "pathlen::validation-ignores-pathlen-in-leaf",
        FalseReject,
        "webpki takes no CA certificate for a server's own; nor would we: ca-as-server",
    ),
    (
        "rfc5280::ca-as-leaf",
        FalseReject,
        "webpki takes no CA certificate for a server's own; nor would we: ca-as-server",
    ),
    (
        "crl::issuer-no-keyusage-extension",
        FalseReject,
        "a CA certificate must have a key usage (RFC 5280 §4.2.1.3), and the profile counts",
    ),
    (
        "pathlen::self-issued-certs-pathlen",
        FalseReject,
        "not judged: webpki counts self-issued certificates for the path length",
    ),
    (
        "rfc5280::nc::permitted-self-issued",
        FalseReject,
        "not judged: webpki applies name constraints to self-issued intermediates",
    ),
    (
        "rfc5280::aki::cross-signed-root-missing-aki",
        FalseAccept,
        "a root may lack its authority key identifier: that it is not self-signed is not looked at",
    ),
    (
        "rfc5280::nc::permitted-dns-match-noncritical",
        FalseAccept,
        "the CA/Browser Forum allows it, and webpki::nc::permitted-dns-match-noncritical expects it",
    ),
    ("webpki::aki::root-with-aki-all-fields", FalseAccept, FORUM),
    ("webpki::cn::ipv4-hex-mismatch", FalseAccept, FORUM),
    (
        "webpki::cn::ipv4-leading-zeros-mismatch",
        FalseAccept,
        FORUM,
    ),
    ("webpki::cn::ipv6-uppercase-mismatch", FalseAccept, FORUM),
    ("webpki::cn::ipv6-uncompressed-mismatch", FalseAccept, FORUM),
    ("webpki::cn::ipv6-non-rfc5952-mismatch", FalseAccept, FORUM),
    ("webpki::cn::punycode-not-in-san", FalseAccept, FORUM),
    ("webpki::cn::utf8-vs-punycode-mismatch", FalseAccept, FORUM),
    ("webpki::cn::not-in-san", FalseAccept, FORUM),
    ("webpki::cn::case-mismatch", FalseAccept, FORUM),
    ("webpki::eku::ee-anyeku", FalseAccept, FORUM),
    ("webpki::eku::ee-critical-eku", FalseAccept, FORUM),
    ("webpki::eku::root-has-eku", FalseAccept, FORUM),
    (
        "webpki::san::public-suffix-multi-label-wildcard-san",
        FalseAccept,
        FORUM,
    ),
    (
        "webpki::san::public-suffix-private-namespace-wildcard-san",
        FalseAccept,
        FORUM,
    ),
    (
        "webpki::san::san-critical-with-nonempty-subject",
        FalseAccept,
        FORUM,
    ),
    (
        "webpki::forbidden-rsa-not-divisible-by-8-in-root",
        FalseAccept,
        FORUM,
    ),
    (
        "webpki::forbidden-rsa-key-not-divisible-by-8-in-leaf",
        FalseAccept,
        FORUM,
    ),
    (
        "webpki::eku::ee-without-eku",
        FalseAccept,
        "no extended key usage admits every use (RFC 5280 §4.2.1.12); the audit asks for one: no-server-auth",
    ),
];

/// The answer of a verifier, or `None` if it cannot check the case.
type Answer = Option<bool>;

struct Case(Value);

impl Case {
    fn id(&self) -> &str {
        self.text("id")
    }

    fn text(&self, field: &str) -> &str {
        self.0[field].as_str().unwrap()
    }

    fn texts(&self, field: &str) -> impl Iterator<Item = &str> {
        self.0[field]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it.as_str().unwrap())
    }

    fn is_good(&self) -> bool {
        self.text("expected") == "SUCCESS"
    }

    /// Returns why `TrustStore::verify` cannot check this case.
    fn skipped(&self) -> Option<&'static str> {
        let name = &self.0["expected_peer_name"];
        if self.text("validation_kind") != "SERVER" {
            return Some("it is about a client's certificate");
        }
        if name["kind"] != "DNS" && name["kind"] != "IP" {
            return Some("there is no name to look for");
        }
        let unlimited = self.0["max_chain_depth"]
            .as_u64()
            .is_none_or(|depth| depth > 6);
        (!unlimited).then_some("the depth of paths is not a caller's to limit")
    }

    fn certificates(&self, field: &str) -> Vec<Chain> {
        self.texts(field)
            .map(|pem| Chain::from_bytes(pem.as_bytes()).unwrap())
            .collect()
    }

    /// Returns the path that the crate finds.
    fn verify(&self) -> Option<TrustedPath> {
        let roots: TrustStore = self
            .certificates("trusted_certs")
            .iter()
            .flat_map(Chain::certificates)
            .cloned()
            .collect();
        let pem: String = std::iter::once(self.text("peer_certificate"))
            .chain(self.texts("untrusted_intermediates"))
            .collect();
        let chain = Chain::from_bytes(pem.as_bytes()).ok()?;
        let name: GeneralName = self.0["expected_peer_name"]["value"]
            .as_str()?
            .parse()
            .ok()?;
        let at = OffsetDateTime::parse(self.text("validation_time"), &Rfc3339).unwrap();
        let crls: Result<Vec<Crl>, _> = self
            .texts("crls")
            .map(|pem| Crl::from_bytes(pem.as_bytes()))
            .collect();
        roots.verify_with_crls(&chain, name, at, &crls.ok()?).ok()
    }

    fn peer(&self, peer: &str) -> Answer {
        match self.0["peers"][peer].as_str().unwrap() {
            "SKIPPED" => None,
            answer => Some(answer == "SUCCESS"),
        }
    }

    fn kind(&self, answer: Answer) -> Kind {
        match (answer, self.is_good()) {
            (None, _) => Kind::Skipped,
            (Some(true), false) => FalseAccept,
            (Some(false), true) => FalseReject,
            _ => Kind::Match,
        }
    }
}

/// The number of cases of each kind.
#[derive(Default)]
struct Score(BTreeMap<Kind, usize>);

impl Score {
    fn add(&mut self, kind: Kind) {
        *self.0.entry(kind).or_default() += 1;
    }

    fn of(&self, kind: Kind) -> usize {
        self.0.get(&kind).copied().unwrap_or(0)
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        KINDS
            .iter()
            .try_for_each(|kind| write!(f, "{:>14}", self.of(*kind)))
    }
}

/// Returns the cases, or `None` if they are not available.
fn cases() -> Option<Vec<Case>> {
    let file = material("UMCERT_LIMBO")?.join("cases.jsonl");
    let text = fs::read_to_string(&file);
    let text = text.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let cases = text
        .lines()
        .map(|line| Case(serde_json::from_str(line).unwrap()));
    Some(cases.collect())
}

/// The crate's answer to a case: the path that it finds, with its profile violations.
struct Said<'a> {
    case: &'a Case,
    /// `None` if the case cannot be checked.
    path: Option<Option<TrustedPath>>,
}

impl<'a> Said<'a> {
    fn of(case: &'a Case) -> Self {
        let path = case.skipped().is_none().then(|| case.verify());
        Self { case, path }
    }

    fn verdict(&self) -> Kind {
        self.case.kind(self.path.as_ref().map(Option::is_some))
    }

    /// Returns the verdict with profile findings counted as refusals.
    fn strict(&self) -> Kind {
        let is_clean = |path: &TrustedPath| path.profile_violations().is_empty();
        let answer = self
            .path
            .as_ref()
            .map(|path| path.as_ref().is_some_and(is_clean));
        self.case.kind(answer)
    }

    /// Returns the profile findings, for the failure message.
    fn faults(&self) -> Vec<String> {
        let path = self.path.as_ref().and_then(Option::as_ref);
        let faults = path
            .map(TrustedPath::profile_violations)
            .unwrap_or_default();
        faults.iter().map(ToString::to_string).collect()
    }
}

const UMCERT: &str = "umcert";
const STRICT: &str = "umcert, profile counted";
const PEERS: [&str; 3] = ["webpki", "cryptography", "openssl"];

fn scores(said: &[Said<'_>]) -> HashMap<&'static str, Score> {
    let mut scores: HashMap<&str, Score> = HashMap::new();
    for said in said {
        scores.entry(UMCERT).or_default().add(said.verdict());
        scores.entry(STRICT).or_default().add(said.strict());
        for peer in PEERS {
            let kind = said.case.kind(said.case.peer(peer));
            scores.entry(peer).or_default().add(kind);
        }
    }
    scores
}

fn print(said: &[Said<'_>], scores: &HashMap<&str, Score>) {
    let skipped = said
        .iter()
        .filter_map(|said| Some((said.case.id(), said.case.skipped()?)));
    skipped.for_each(|(id, why)| eprintln!("skipped {id}: {why}"));
    let head = ["match", "false accept", "false reject", "skipped"];
    eprintln!(
        "{:>24}{:>14}{:>14}{:>14}{:>14}",
        "", head[0], head[1], head[2], head[3]
    );
    for who in [UMCERT, STRICT].into_iter().chain(PEERS) {
        eprintln!("{who:>24}{}", scores[who]);
    }
}

#[test]
fn false_accepts_are_shared_with_webpki() {
    let Some(cases) = cases() else { return };
    let said: Vec<Said<'_>> = cases.iter().map(Said::of).collect();
    let scores = scores(&said);
    print(&said, &scores);
    for said in &said {
        let ours = said.verdict() == FalseAccept && said.case.peer("webpki") != Some(true);
        assert!(!ours, "{}: accepted, and webpki does not", said.case.id());
    }
    let strict = &scores[STRICT];
    assert!(strict.of(FalseAccept) < scores["cryptography"].of(FalseAccept));
    assert!(strict.of(FalseReject) <= scores["webpki"].of(FalseReject));
}

#[test]
fn deviations_are_exactly_the_listed_ones() {
    let Some(cases) = cases() else { return };
    let listed = EXPECTED.iter().map(|(id, kind, _)| (*id, *kind));
    let mut listed: BTreeMap<&str, Kind> = listed.collect();
    assert_eq!(listed.len(), EXPECTED.len(), "a case is listed twice");
    for said in cases.iter().map(Said::of) {
        let id = said.case.id();
        let expected = listed.remove(id).unwrap_or(Kind::Match);
        let found = said.strict();
        let is_as_expected = found == expected || (found, expected) == (Kind::Skipped, Kind::Match);
        assert!(
            is_as_expected,
            "{id}: {found:?}, and listed as {expected:?}; {:?}",
            said.faults()
        );
    }
    assert!(listed.is_empty(), "no such cases: {listed:?}");
}
