//! Code that the fuzz targets share: naive name matching, and the laws of a deployment and its plans.

mod certificates;
mod diff;
mod outages;
mod plans;
mod scene;
mod variant;

pub use plans::assert_lawful;
pub use scene::{AT, CA};

/// Returns `true` if the SAN entry `san` covers `host` by RFC 6125 §6.4: labels compare without case, and `*` as the
/// whole leftmost label matches exactly one label.
pub fn naively_covers(san: &str, host: &str) -> bool {
    let (san, host) = (labels(san), labels(host));
    match (san.split_first(), host.split_first()) {
        (Some((first, domain)), Some((_, behind))) if first == "*" => domain == behind,
        _ => san == host,
    }
}

fn labels(name: &str) -> Vec<String> {
    name.split('.').map(str::to_ascii_lowercase).collect()
}

/// Asserts that a text with untrusted parts cannot steer the terminal that shows it.
#[track_caller]
pub fn assert_printable(text: &str) {
    let is_invisible = |character: char| {
        character.is_control()
            || matches!(
                character,
                '\u{ad}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202f}'
                    | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}'
            )
    };
    assert!(!text.contains(is_invisible), "{text:?}");
}
