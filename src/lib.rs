//! Plans, issues and audits the certificates between Lync Server (or Skype for Business) and Exchange
//! Unified Messaging (UM).
//!
//! # The domain
//!
//! Lync hands calls to voice mail over to Exchange: a *UM server* answers them. Lync dials a UM server by its
//! FQDN, and UM dials the Front End pool of Lync (message waiting, play on phone). Both ends speak mutual TLS,
//! and each asks of the other's certificate:
//!
//! | question | where it fails |
//! | --- | --- |
//! | Does its chain end in a root that I hold? Each side has roots of its own (D24). | Exchange's setup leaves a self-signed certificate ([`Rule::DefaultSelfSigned`], D1), and UM falls back to it when the good one is lost or has ended (D28); the other's CA is not among the roots ([`Rule::UntrustedRoot`]). |
//! | Does its SAN cover the name that I dialled? | A name has moved to a server whose certificate lacks it; a CA dropped it from the request ([`Rule::NameMissing`], D3). |
//! | Is its CN the FQDN of a server that I know? | The CN is a wildcard, or the name of another server ([`Rule::SubjectNotServer`], D10). |
//!
//! The name that is dialled is not always the server's own. UM servers stand in for each other when a *site* is
//! out, in one of two ways. By **DNS**: the names of its servers are pointed at servers elsewhere, which then
//! answer to names that are not theirs and must hold them (D3). By **dial plan**: stand-bys are enabled among
//! the members of the *dial plan*, which is what Lync asks for a server, and no name moves (D4). So what a
//! certificate must hold follows from who stands in for whom: every name of the set, a wildcard over them, or
//! just the names that some outage brings ([`SanPolicy`]). Whether it does shows on the day of the outage, or
//! here.
//!
//! # One way through
//!
//! ```text
//! Deployment ──► Plan ──► Bundle (keys, requests, test chains)
//!                 │                  │
//!                 │                  ▼ (a CA, real or test)
//!                 └──────► Audit ◄── presented chains + each side's roots
//!                            │
//!                            ▼
//!                         Report
//! ```
//!
//! A [`Deployment`] says which servers there are and who stands in for whom. A [`Plan`] says what each
//! server's certificate must hold, and proves it against every outage. A [`TestCa`] issues the plan for
//! tests, and [`PlannedCertificate::request`] makes the request for a real CA. An [`Audit`] holds what
//! servers present against the plan and against the roots that each side trusts. Every [`Finding`]
//! names a [`Rule`], whose id is stable, with what it means, how it shows in the field and what to do.
//!
//! # Three uses
//!
//! A tool that makes the requests for a real CA:
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
//! A build script that wants a PKI in its output folder:
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
//! And two small doors for other tools: [`TrustStore::verify`] (is this chain good for this name?) and
//! [`Chain::default_certificate`] (is it what Exchange's setup made?).
//!
//! # Features
//!
//! | feature | what it does |
//! | --- | --- |
//! | `aws-lc-rs` (default) | cryptography by aws-lc-rs: every [`KeyKind`] |
//! | `ring` | cryptography by ring: builds faster, and cannot generate RSA keys |
//! | `pkcs12` | `IssuedCertificate::to_pkcs12`: a key and its chain as `.pfx` |
//! | `rustls` | configurations of rustls for mutual TLS from a [`Bundle`], and `umcert::rustls`, the crate itself |
//! | `encrypted-keys` | private keys under a password: encrypted PKCS #8 |
//! | `public-suffix` | no wildcard is planned directly under a public suffix (`*.co.uk`) |
//! | `seeded-p256` | P-256 keys from a seed, beside Ed25519 keys |
//!
//! One of the first two is needed; with both on, aws-lc-rs is used. No feature changes a type.
//!
//! # The facts
//!
//! Rules and documentation cite what is known of such deployments as D-numbers:
#![doc = include_str!("facts.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod audit;
mod crypto;
mod date;
pub mod deployment;
mod index;
pub mod issue;
pub mod name;
mod parallel;
pub mod plan;
mod report;
pub mod rule;
mod sort;
mod text;
pub mod x509;

pub use audit::{Audit, Report, TrustStore};
pub use deployment::Deployment;
pub use issue::{Bundle, IssuedCertificate, KeyPair, TestCa};
pub use name::{DnsName, SanName};
pub use plan::{KeyKind, Plan, PlanOptions, PlannedCertificate, SanPolicy};
pub use rule::{Finding, Rule, Severity};
/// Re-export of the `rustls` version that the configurations of the feature `rustls` use.
#[cfg(feature = "rustls")]
pub use rustls;
pub use x509::{Certificate, CertificateRequest, Chain, Crl};

pub mod faulty {
    //! Chains with one deliberate fault each, to test monitors and audits.
    pub use crate::issue::faulty::{Fault, FaultyChain, Specimen, exchange_default};
}

/// The examples of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
