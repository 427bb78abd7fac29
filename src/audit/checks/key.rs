//! Checks the key of a presented certificate.

use crate::audit::context::{Expectation, PresentedChain};
use crate::deployment::ExchangeVersion;
use crate::plan::Plan;
use crate::rule::{Finding, Rule};
use crate::text::quote;
use crate::x509::{Certificate, PublicKey};

/// RSA sizes that Exchange documents, in bits (D23). Smaller keys are reported as weak.
const LISTED_RSA_BITS: [usize; 2] = [2048, 4096];

/// Checks the kind and size of the key. A planned key is not reported: the plan has its own findings about it.
pub(super) fn check_kind(
    presented: &PresentedChain<'_>,
    certificate: &Certificate,
    plan: &Plan,
) -> Option<Finding> {
    let server = presented.server;
    let planned = presented.expectation.planned();
    let planned_bits = planned.and_then(|planned| planned.key().rsa_bits().map(usize::from));
    match certificate.public_key() {
        PublicKey::Rsa(bits) => {
            let is_listed = *bits < 2048 || LISTED_RSA_BITS.contains(bits);
            let detail = format!("its key is RSA {bits}, but only 2048 and 4096 are documented");
            (!is_listed && Some(*bits) != planned_bits)
                .then(|| Finding::new(Rule::KeySizeUnlisted, server, detail))
        }
        key => {
            // A planned key of another kind is not reported, and Front Ends have no version of Exchange.
            planned_bits?;
            let version = plan.version_of(server)?;
            let product = version.product_name();
            let detail = format!("its key is {key}, but {product} supports only RSA keys");
            (version <= ExchangeVersion::Exchange2013)
                .then(|| Finding::new(Rule::KeyNotRsa, server, detail))
        }
    }
}

/// Reports a key that its request puts into a CNG key storage provider (D125). UM cannot use such a key of any kind, a
/// Lync Front End no RSA key.
pub(super) fn check_provider(
    presented: &PresentedChain<'_>,
    certificate: &Certificate,
) -> Option<Finding> {
    let request = presented.request?;
    let is_concerned = match presented.expectation {
        Expectation::Planned(_) => true,
        Expectation::FrontEnd { .. } => matches!(request.public_key(), PublicKey::Rsa(_)),
    };
    let provider = request
        .key_provider()
        .filter(|provider| is_cng_provider(provider))?;
    if !is_concerned || !request.has_key_of(certificate) {
        return None;
    }
    let provider = quote(provider);
    let detail = format!("its request says that the key is in the CNG provider {provider}");
    Some(Finding::new(
        Rule::KeyInCngProvider,
        presented.server,
        detail,
    ))
}

/// Returns `true` if a provider of keys belongs to CNG. Providers of the older CryptoAPI are called "… Cryptographic
/// Provider".
fn is_cng_provider(name: &str) -> bool {
    let name = name.to_lowercase();
    name.contains("key storage provider") || name.contains("platform crypto provider")
}

/// Reports a certificate that was issued for a key other than that of the request.
pub(super) fn check_request(
    presented: &PresentedChain<'_>,
    certificate: &Certificate,
) -> Option<Finding> {
    let request = presented.request?;
    if request.has_key_of(certificate) {
        return None;
    }
    let detail = format!(
        "its certificate is for another key ({}) than its request ({})",
        certificate.public_key(),
        request.public_key(),
    );
    Some(Finding::new(Rule::KeyMismatch, presented.server, detail))
}
