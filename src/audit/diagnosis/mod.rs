//! Finds the reasons why a store refuses a chain, in terms that an administrator can act on.
//!
//! webpki reports only one error. The diagnosis walks from issuer to issuer as far as it can, and checks every
//! certificate of that path. It never turns a refusal into trust.

mod path_checks;
mod path_end;
mod walk;

use time::OffsetDateTime;

use self::path_checks::PathCheck;
pub(super) use self::path_checks::is_policy_extension;
use self::walk::{PathEnd, Walk};
use super::cause::{Cause, PartiesWording};
use super::context::{AuditContext, OrderedChain};
use super::trust_store::{EndEntity, Path, PathError, TrustStore};
use crate::rule::Rule;

/// Returns the causes for which this crate refuses a path that webpki accepts.
pub(super) fn stricter_than_webpki(path: &Path<'_>, at: OffsetDateTime) -> Vec<Cause> {
    PathCheck::new(path.certificates(), true, at).stricter_than_webpki()
}

/// Returns every cause for which `store` refuses `chain`.
///
/// `error` is webpki's error, or `None` if another finding reports it already. The error becomes a cause only if no
/// better one is found.
pub(super) fn diagnose(
    chain: &OrderedChain<'_>,
    store: &TrustStore,
    context: &AuditContext<'_>,
    error: Option<&PathError>,
) -> Vec<Cause> {
    let walk = walk::walk(chain, store);
    let reaches_root = matches!(walk.end, PathEnd::Root);
    let check = PathCheck::new(&walk.path, reaches_root, context.at);
    let mut causes = check.path_errors();
    causes.extend(check.revoked(context.revocation));
    if chain.is_complete {
        causes.extend(path_end::check(&walk, &check, store, context.known_issuers));
    }
    let stricter = check.stricter_than_webpki();
    if let Some(error) = error
        && causes.is_empty()
        && !explains_signature_error(&stricter, error)
    {
        causes.push(describe_error(error, &walk));
    }
    causes.extend(stricter);
    causes
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
    is_about_signature
        && causes
            .iter()
            .any(|cause| signature_rules.contains(&cause.rule))
}

/// Returns the cause that webpki cannot read a certificate of the walk, and otherwise webpki's error itself.
fn describe_error(error: &PathError, walk: &Walk<'_>) -> Cause {
    if *error == PathError::Malformed
        && let Some(cause) = unprocessable_encoding(walk)
    {
        return cause;
    }
    let mut path = walk.path.iter();
    let unreadable = path.find_map(|certificate| {
        let error = EndEntity::new(certificate).err()?;
        Some((certificate, error))
    });
    match unreadable {
        Some((certificate, error)) => {
            let predicate = format!("cannot be read: {error}");
            let server_certificate = walk.path[0];
            Cause::of_certificate(
                Rule::PathInvalid,
                certificate,
                server_certificate,
                &predicate,
            )
        }
        None => Cause {
            rule: match error {
                PathError::RevocationNotJudged => Rule::PathNotJudged,
                _ => Rule::PathInvalid,
            },
            text: String::new(),
            parties: PartiesWording::List,
            rest: format!(" cannot trust its chain: {error}"),
        },
    }
}

/// Returns the cause that a certificate of the walk has an encoding that webpki cannot process.
fn unprocessable_encoding(walk: &Walk<'_>) -> Option<Cause> {
    walk.path.iter().find_map(|certificate| {
        let oddity = certificate.unprocessable_encoding()?;
        let predicate = format!("{oddity}, which this verifier cannot process");
        let server_certificate = walk.path[0];
        Some(Cause::of_certificate(
            Rule::PathNotJudged,
            certificate,
            server_certificate,
            &predicate,
        ))
    })
}
