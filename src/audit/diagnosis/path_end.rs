//! Causes at the end of a path: a missing intermediate, an untrusted root, or a bad signature.

use super::path_checks::PathCheck;
use super::walk::{MAX_INTERMEDIATES, MAX_SIGNATURES, PathEnd, Walk};
use crate::audit::cause::{Cause, PartiesWording};
use crate::audit::display::{CertificateLabel, Fingerprints, list};
use crate::audit::known_issuers::KnownIssuers;
use crate::audit::trust_store::{MAX_NAMESAKES, TrustStore};
use crate::rule::Rule;
use crate::text::quote;
use crate::x509::{Certificate, MalformedError, SelfSignature};

/// Maximum number of unusable roots of one name that are tried as the signer of a certificate.
const MAX_TRIED_ROOTS: usize = 16;

/// Returns the cause at the end of `walk`, unless it ends at a root of `store`.
pub(super) fn check(
    walk: &Walk<'_>,
    check: &PathCheck<'_>,
    store: &TrustStore,
    known_issuers: &KnownIssuers<'_>,
) -> Option<Cause> {
    let last = walk.path[walk.path.len() - 1];
    if !matches!(walk.end, PathEnd::Root)
        && let Some((root, reason)) = find_unusable_root(last, store)
    {
        return Some(unusable_root(root, reason));
    }
    let label = CertificateLabel {
        certificate: last,
        server_certificate: walk.path[0],
    };
    match &walk.end {
        PathEnd::Root => None,
        PathEnd::Misplaced(has_namesake) => Some(misplaced_root(last, *has_namesake)),
        PathEnd::SearchLimit => Some(search_limit()),
        PathEnd::BadSignature(issuers) => Some(bad_signature(
            &label,
            issuers,
            known_issuers.signer_of(last),
        )),
        PathEnd::Open(namesake) => match last.self_signature() {
            SelfSignature::Valid => Some(untrusted_root(last.subject(), Some(last), *namesake)),
            SelfSignature::Unsupported => check.unverifiable(last, last),
            SelfSignature::Invalid => {
                let has_issued = walk.path.len() > 1;
                Some(missing_issuer(&label, has_issued, known_issuers))
            }
        },
    }
}

/// Returns the root of `store` that webpki cannot use and that `last` is or was signed by, with the reason.
fn find_unusable_root<'s>(
    last: &Certificate,
    store: &'s TrustStore,
) -> Option<(&'s Certificate, &'s MalformedError)> {
    let unusable = store.unusable().iter();
    let unusable = unusable.filter_map(|entry| Some((entry.certificate.as_ref()?, &entry.reason)));
    let mut namesakes = unusable
        .filter(|(root, _)| last.issuer_matches(root))
        .take(MAX_TRIED_ROOTS);
    namesakes.find(|(root, _)| *root == last || last.is_signed_by(root))
}

/// Returns the cause that the path depends on a root that webpki cannot use. Windows may be able to use it.
fn unusable_root(root: &Certificate, reason: &MalformedError) -> Cause {
    Cause {
        rule: Rule::PathNotJudged,
        text: format!(
            "its chain ends in {} ({}), an entry of the root store of ",
            quote(root.subject()),
            Fingerprints(root),
        ),
        parties: PartiesWording::List,
        rest: format!(" that is {reason}"),
        remedy: None,
    }
}

/// Returns the cause of a missing issuer, which is either an intermediate or a root.
///
/// A server does not have to present its root. If an intermediate is the last one presented, the root is missing,
/// unless another server shows that its issuer is an intermediate too.
fn missing_issuer(
    label: &CertificateLabel<'_>,
    has_issued: bool,
    known_issuers: &KnownIssuers<'_>,
) -> Cause {
    let last = label.certificate;
    let issuers = known_issuers.issuers_of(last);
    let is_root = if issuers.is_empty() {
        has_issued || last.is_ca()
    } else {
        issuers.iter().any(|issuer| issuer.is_self_issued())
    };
    let signer = known_issuers.signer_of(last);
    if is_root {
        let root = signer.filter(|signer| signer.is_self_issued());
        let cause = untrusted_root(last.issuer(), root, None);
        with_printed_namesake(cause, last, known_issuers)
    } else {
        let cause = missing_intermediate(label, signer);
        with_printed_namesake(cause, last, known_issuers)
    }
}

/// Appends that a known certificate has the name of the missing issuer of `last`, in another encoding.
fn with_printed_namesake(
    mut cause: Cause,
    last: &Certificate,
    known_issuers: &KnownIssuers<'_>,
) -> Cause {
    let is_known = !known_issuers.issuers_of(last).is_empty();
    if let Some(namesake) = known_issuers.printed_namesake_of(last)
        && !is_known
    {
        cause.rest.push_str(&format!(
            "; a supplied certificate has the same name in another encoding, for example with other string types, and names are compared as encoded (D29): {}",
            Fingerprints(namesake)
        ));
    }
    cause
}

/// Returns the cause that the search for a path reached a limit.
pub(super) fn search_limit() -> Cause {
    Cause {
        rule: Rule::PathNotJudged,
        text: "the search for a path to a root of ".to_owned(),
        parties: PartiesWording::List,
        rest: format!(
            " ended at a limit of this crate: {MAX_SIGNATURES} signatures, {MAX_NAMESAKES} intermediate CAs of one name, {MAX_INTERMEDIATES} on a path"
        ),
        remedy: None,
    }
}

/// Returns the cause of a missing intermediate. `issuer` is the issuer of the labelled certificate, if another server
/// presents it.
fn missing_intermediate(label: &CertificateLabel<'_>, issuer: Option<&Certificate>) -> Cause {
    let rest = match issuer {
        Some(_) => " as a root; another server presents it",
        None => " as a root",
    };
    let cause = Cause {
        rule: Rule::MissingIntermediate,
        text: format!(
            "{label} was issued by {}, which the server does not present and ",
            quote(label.certificate.issuer()),
        ),
        parties: PartiesWording::DoNotTrust,
        rest: rest.to_owned(),
        remedy: None,
    };
    match issuer {
        Some(issuer) => cause.with_fingerprints(issuer),
        None => cause,
    }
}

/// Returns the cause of an untrusted root. `root` is that root, if it is known. `namesake` is a root of the same name
/// in the store.
fn untrusted_root(name: &str, root: Option<&Certificate>, namesake: Option<&Certificate>) -> Cause {
    let rest = namesake.map(|namesake| {
        let fingerprints = Fingerprints(namesake);
        format!("; a trusted root of that name has another key, {fingerprints}")
    });
    let cause = Cause {
        rule: Rule::UntrustedRoot,
        text: format!("its chain ends in the root {}, which ", quote(name)),
        parties: PartiesWording::DoNotTrust,
        rest: rest.unwrap_or_default(),
        remedy: None,
    };
    match root {
        Some(root) => cause.with_fingerprints(root),
        None => cause,
    }
}

/// Returns the cause that the chain ends in a certificate of the store that is not self-signed (D129). `has_namesake` is
/// `true` if the store has a root with the name of its issuer, which did not sign it.
fn misplaced_root(last: &Certificate, has_namesake: bool) -> Cause {
    let issuer = quote(last.issuer());
    let reason = if last.is_self_issued() {
        "its own key does not verify its signature".to_owned()
    } else if has_namesake {
        format!("it was issued by {issuer}, and no root of that name there verifies its signature")
    } else {
        format!("its issuer {issuer} is missing there")
    };
    Cause {
        rule: Rule::UntrustedRoot,
        text: format!(
            "its chain ends in {} ({}), which is not self-signed, in the root store of ",
            quote(last.subject()),
            Fingerprints(last),
        ),
        parties: PartiesWording::List,
        rest: format!("; {reason}"),
        remedy: None,
    }
}

/// Returns the cause of a bad signature. `issuers` have the name of the issuer of the labelled certificate, and none of
/// them signed it. `signer` signed it, if the signer is known.
fn bad_signature(
    label: &CertificateLabel<'_>,
    issuers: &[&Certificate],
    signer: Option<&Certificate>,
) -> Cause {
    let certificate = label.certificate;
    let (text, parties, mut rest) = if issuers == [certificate] {
        let text = format!(
            "{label} names itself ({}) as its issuer, but its own key does not verify its signature: the certificate was changed or forged, or its issuer, which has the same name, is missing",
            quote(certificate.subject()),
        );
        (text, PartiesWording::Omit, String::new())
    } else {
        let text = format!(
            "the signature of {label} does not verify with the key of the issuer {} that is available to ",
            quote(certificate.issuer()),
        );
        let issuers: Vec<Fingerprints<'_>> =
            issuers.iter().map(|issuer| Fingerprints(issuer)).collect();
        let rest = format!(": {}", list(&issuers, "; "));
        (text, PartiesWording::List, rest)
    };
    if let Some(signer) = signer {
        rest.push_str(&format!(
            "; another certificate of that name verifies it, {}",
            Fingerprints(signer)
        ));
    }
    Cause {
        rule: Rule::BadSignature,
        text,
        parties,
        rest,
        remedy: None,
    }
    .with_fingerprints(certificate)
}
