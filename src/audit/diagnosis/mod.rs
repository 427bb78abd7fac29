//! Finds the reasons why a store does not trust a chain, in terms that an administrator can act on.
//!
//! webpki reports only one error. The diagnosis walks from issuer to issuer as far as it can, and checks every
//! certificate of that path. It never turns a refusal into trust.

mod constraints;
mod path_checks;
mod path_end;
mod walk;

use time::OffsetDateTime;

use self::path_checks::PathCheck;
pub(super) use self::path_checks::{is_md5_signed, is_policy_extension, is_weak};
use self::walk::{PathEnd, Walk};
use super::cause::{Cause, PartiesWording};
use super::context::{OrderedChain, VerificationContext};
use super::trust_store::{EndEntity, Path, PathError, TrustStore};
use crate::rule::Rule;
use crate::x509::Certificate;

/// Returns the causes for which this crate refuses a path that webpki accepts.
pub(super) fn stricter_than_webpki(path: &Path<'_>, at: OffsetDateTime) -> Vec<Cause> {
    PathCheck::new(path.certificates(), true, at).stricter_than_webpki()
}

/// Returns every cause for which `store` does not trust `chain`.
///
/// `error` is webpki's error, or `None` if another finding reports it already. The error becomes a cause only if no
/// better one is found. If anything is wrong with the path, what cannot be judged is left out.
pub(super) fn diagnose(
    chain: &OrderedChain<'_>,
    store: &TrustStore,
    context: VerificationContext<'_>,
    error: Option<&PathError>,
) -> Vec<Cause> {
    let is_refused = |path: &[&Certificate]| {
        let check = PathCheck::new(path, true, context.at);
        let mut causes = check.path_errors();
        causes.extend(check.revoked(context.revocation));
        causes.extend(check.stricter_than_webpki());
        causes.iter().any(is_refusal)
    };
    let walk = walk::walk(chain, store, context.accepts_any_anchor, &is_refused);
    let reaches_root = matches!(walk.end, PathEnd::Root);
    let check = PathCheck::new(&walk.path, reaches_root, context.at);
    let mut causes = check.path_errors();
    causes.extend(check.revoked(context.revocation));
    if chain.is_complete {
        causes.extend(path_end::check(&walk, &check, store, context.known_issuers));
    }
    let stricter = check.stricter_than_webpki();
    if let Some(error) = error {
        if !causes.iter().any(is_refusal) {
            causes.extend(unreadable(&walk));
        }
        if causes.is_empty() && !explains_signature_error(&stricter, error) {
            causes.push(describe_error(error, &walk));
        }
    }
    causes.extend(stricter);
    if error.is_none() || causes.iter().any(is_refusal) {
        causes.retain(is_refusal);
    }
    causes
}

/// Returns `true` if `cause` is a fault, and not only something that this crate cannot process.
fn is_refusal(cause: &Cause) -> bool {
    cause.rule != Rule::PathNotJudged
}

/// Returns `true` if `error` is about a signature, and one of `causes` explains why webpki could not verify one.
fn explains_signature_error(causes: &[Cause], error: &PathError) -> bool {
    let is_about_signature = matches!(
        error,
        PathError::SignatureAlgorithm | PathError::BadSignature | PathError::UnknownIssuer
    );
    let signature_rules = [
        Rule::WeakKey,
        Rule::Sha1Signature,
        Rule::Md5Signature,
        Rule::PssSignature,
    ];
    let mut rules = causes.iter().map(|cause| cause.rule);
    is_about_signature && rules.any(|rule| signature_rules.contains(&rule))
}

/// Returns the cause that webpki cannot read a certificate of the walk. Other verifiers may read it.
fn unreadable(walk: &Walk<'_>) -> Option<Cause> {
    let mut path = walk.path.iter();
    path.find_map(|certificate| {
        let error = EndEntity::new(certificate).err()?;
        if !error.is_about_encoding() {
            return None;
        }
        let predicate = format!("cannot be read: {error}");
        let server_certificate = walk.path[0];
        Some(unprocessable(certificate, walk).unwrap_or_else(|| {
            Cause::of_certificate(
                Rule::PathInvalid,
                certificate,
                server_certificate,
                &predicate,
            )
        }))
    })
}

/// Returns the cause that `certificate` has an encoding that webpki cannot process.
fn unprocessable(certificate: &Certificate, walk: &Walk<'_>) -> Option<Cause> {
    let oddity = certificate.unprocessable_encoding()?;
    let predicate = format!("{oddity}, which this crate cannot process");
    let server_certificate = walk.path[0];
    Some(Cause::of_certificate(
        Rule::PathNotJudged,
        certificate,
        server_certificate,
        &predicate,
    ))
}

/// Returns the cause that webpki's search ended at a limit, and otherwise webpki's error itself.
fn describe_error(error: &PathError, walk: &Walk<'_>) -> Cause {
    if matches!(walk.end, PathEnd::Root) && error.may_end_the_search() {
        return path_end::search_limit();
    }
    // webpki reads some extensions only during the search.
    let mut path = walk.path.iter();
    if *error == PathError::Malformed
        && let Some(cause) = path.find_map(|certificate| unprocessable(certificate, walk))
    {
        return cause;
    }
    Cause {
        rule: match error {
            PathError::RevocationNotJudged => Rule::PathNotJudged,
            _ => Rule::PathInvalid,
        },
        text: String::new(),
        parties: PartiesWording::List,
        rest: format!(" cannot trust its chain: {error}"),
        remedy: None,
    }
}
