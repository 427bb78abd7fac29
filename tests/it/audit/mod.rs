//! The audit: a good deployment is trusted, each fault is reported under its own rule for the right server,
//! and no verdict is looser than that of other verifiers.

mod acceptance;
mod chains;
mod comparison;
mod default_certificate;
mod faulty;
mod findings;
mod intermediates;
mod issuers;
mod laws;
mod limbo;
mod p521;
mod paths;
mod pool;
mod profile;
mod remedies;
mod report;
mod report_document;
mod revocation;
mod root_stores;
mod sections;
mod several;
mod sides;
mod signatures;
mod together;
mod trust_store;
mod unprocessable;
mod verification;
