//! Plans, issues and audits the certificates between Lync Server (or Skype for Business) and Exchange
//! Unified Messaging (UM).
//!
//! # The domain
//!
//! Lync forwards calls to voice mail to Exchange. A *UM server* answers them. Lync dials a UM server by its FQDN, and
//! UM dials Lync's Front End pool (message waiting, play on phone). Both ends speak mutual TLS, and each requires three
//! things of the other's certificate:
//!
//! | requirement | how it fails |
//! | --- | --- |
//! | Its chain leads to a root that this side trusts. Each side has its own roots (D24). | Exchange's setup leaves a self-signed certificate ([`Rule::DefaultSelfSigned`], D1), and UM falls back to it when the CA-issued one is lost or expired (D28). Or the other side's CA is not among the roots ([`Rule::UntrustedRoot`]). |
//! | Its SAN covers the name that was dialled. | A name moved to a server whose certificate lacks the name, or a CA dropped the name from the request ([`Rule::NameMissing`], D3). |
//! | Its CN is the FQDN of a known server. | The CN is a wildcard or another server's name ([`Rule::SubjectNotServer`], D10). |
//!
//! The dialled name is not always the server's own, because UM servers stand in for each other when a *site* is down.
//! There are two ways:
//!
//! - **DNS failover** points the names of the site's servers at servers elsewhere, which then answer to names that are
//!   not their own. Their certificates must cover those names (D3).
//! - **Dial plan failover** enables stand-by members of the *dial plan*, the list from which Lync chooses a server. No
//!   name moves (D4).
//!
//! So the names in a certificate follow from the failover: every name of the server set, a wildcard, or only the names
//! that an outage moves to this server ([`SanPolicy`]).
//!
//! # Data flow
//!
//! ```text
//! Deployment ──► Plan ──► Bundle (keys, requests, test chains)
//!                 │            │
//!                 │            ▼ a CA, real or test
//!                 └──────► Audit ◄── presented chains, roots of each side
//!                             │
//!                             ▼
//!                          Report
//! ```
//!
//! A [`Deployment`] lists the servers and their failover. A [`Plan`] derives each server's certificate and checks it
//! against every outage. A [`TestCa`] issues the plan for tests; [`PlannedCertificate::request`] creates the request
//! for a real CA. An [`Audit`] compares the chains that servers present with the plan and with each side's roots. Every
//! [`Finding`] names a [`Rule`] with a stable id, its meaning, its symptom in the field and a remedy.
//!
//! # Four uses
//!
//! A tool that creates the requests for a real CA:
//!
//! ```
//! # fn tool(text: &str) -> Result<(), Box<dyn std::error::Error>> {
//! use umcert::{Deployment, KeyKind, KeyPair, Plan, PlanOptions};
//!
//! let deployment: Deployment = toml::from_str(&text)?;
//! let plan = Plan::new(&deployment, &PlanOptions::default())?;
//! for certificate in plan.certificates() {
//!     let request = certificate.request(&KeyPair::generate(KeyKind::Rsa2048)?)?;
//!     println!("{}", request.to_pem());
//! }
//! # Ok(())
//! # }
//! # if cfg!(feature = "aws-lc-rs") {
//! #     tool(include_str!("../examples/data/example-1.toml")).unwrap();
//! # }
//! ```
//!
//! An integration test:
//!
//! ```
//! # let text = include_str!("../examples/data/example-1.toml");
//! use umcert::{Audit, KeyKind, Plan, PlanOptions, TestCa};
//!
//! # let now = time::OffsetDateTime::now_utc();
//! let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default().key(KeyKind::P256))?;
//! let ca = TestCa::new("Contoso Test CA")?;
//! let bundle = ca.issue(&plan)?;
//! let report = Audit::new(&plan)
//!     .lync_roots(ca.roots())
//!     .exchange_roots(ca.roots())
//!     .presented_chains(bundle.chains())
//!     .run(now);
//! assert!(report.is_trusted(), "{report}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A build script that keeps a PKI in its output folder:
//!
//! ```
//! # let text = include_str!("../examples/data/example-1.toml");
//! use umcert::{KeyKind, Plan, PlanOptions, TestCa};
//!
//! # let folder = tempfile::tempdir()?;
//! # let out_dir = folder.path().join("pki");
//! let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default().key(KeyKind::P256))?;
//! let written = TestCa::new("my-crate tests")?.issue(&plan)?.write_if_changed(&out_dir)?;
//! print!("{}", written.rerun_if_changed());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A certificate for any test, without Lync and Exchange:
//!
//! ```
//! let ca = umcert::TestCa::new("my tests")?;
//! let issued = ca.issue_names(["localhost", "127.0.0.1"])?; // `issue_client("alice")` for a client
//! println!("{}{}", issued.chain().to_pem(), ca.roots()[0].to_pem());
//! # Ok::<(), umcert::issue::IssueError>(())
//! ```
//!
//! The package has more in `docs/recipes.md`: rustls, tokio, reqwest, axum, tonic, native-tls and OpenSSL in tests,
//! AD CS, monitors, revocation. `docs/deployment.md` lists every key of a deployment.
//!
//! Two functions are useful on their own: [`TrustStore::verify`] (is this chain trusted for this name?) and
//! [`Chain::certificate_kind`] (is it a certificate that Exchange's setup created?).
//!
//! # Features
//!
//! | feature | effect |
//! | --- | --- |
//! | `aws-lc-rs` (default) | cryptography by aws-lc-rs: every [`KeyKind`] |
//! | `ring` | cryptography by ring: builds faster, cannot generate RSA keys |
//! | `pkcs12` | `IssuedCertificate::to_pkcs12`: a key and its chain as `.pfx` |
//! | `rustls` | rustls configurations for mutual and one-way TLS, from a [`Bundle`], an [`IssuedCertificate`] or a faulty chain; and `umcert::rustls`, a re-export |
//! | `encrypted-keys` | private keys under a password: encrypted PKCS #8 |
//! | `public-suffix` | no wildcard directly under a public suffix (`*.co.uk`); names under no public suffix are internal |
//! | `schema` | JSON schemas: `schemars::JsonSchema` for [`Deployment`] and [`ReportDocument`](audit::ReportDocument) |
//! | `seeded-p256` | P-256 keys from a seed, in addition to Ed25519 keys |
//!
//! One of the first two is required; if both are enabled, aws-lc-rs is used. No feature changes a type.
//!
//! # The facts
//!
//! Rules and documentation cite the known facts about such deployments as D-numbers:
#![doc = include_str!("facts.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod audit;
mod crypto;
pub mod deployment;
pub mod handoff;
pub mod issue;
mod markdown;
pub mod name;
mod parallel;
pub mod plan;
mod report;
pub mod rule;
#[cfg(feature = "schema")]
mod schema;
mod text;
pub mod x509;

pub use audit::{Audit, Report, TrustStore};
pub use deployment::Deployment;
pub use issue::{Bundle, IssuedCertificate, KeyPair, TestCa};
pub use name::{DnsName, SanName};
pub use plan::{KeyKind, Plan, PlanOptions, PlannedCertificate, SanPolicy};
pub use rule::{Finding, Rule, Severity};
/// Re-export of the `rustls` version that the configurations of the feature `rustls` use.
///
/// Configurations from this crate name their provider of cryptography: aws-lc-rs, or ring if only the feature `ring` is
/// enabled. If one build enables `aws-lc-rs` *and* `ring` of rustls, for example by two dependencies, rustls finds two
/// providers: its `ClientConfig::builder()` and `ServerConfig::builder()` then panic unless the program has installed
/// one. In your own code, use `builder_with_provider`, or choose the feature of this crate that your other dependencies
/// use: `cargo tree -e features -i rustls`.
#[cfg(feature = "rustls")]
pub use rustls;
pub use x509::{Certificate, CertificateRequest, Chain, Crl};

pub mod faulty {
    //! Chains with one deliberate fault each, to test monitors, audits and TLS clients.
    //!
    //! [`TestCa::issue_faulty`](crate::TestCa::issue_faulty) issues them for a plan, and
    //! [`TestCa::issue_faulty_names`](crate::TestCa::issue_faulty_names) for any names. A [`FaultyChain`] comes with its
    //! key. A [`Specimen`] is a stored chain that no test CA can issue, and has no key.
    pub use crate::issue::faulty::{Fault, FaultyChain, Specimen, exchange_default};
}

/// The examples of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
