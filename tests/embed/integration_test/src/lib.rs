//! Code whose test needs a PKI.

/// Returns `true` if a text is a chain that a server could present.
pub fn looks_like_a_chain(pem: &str) -> bool {
    pem.matches("-----BEGIN CERTIFICATE-----").count() >= 1
}
