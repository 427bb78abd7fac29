//! The manifest: which file is whose, with fingerprints and dates, as JSON.
//!
//! Written by hand: a JSON library would cost every build script seconds, and nothing here reads JSON.
//! Whether a folder is as its manifest says is found out by rendering the manifest of its files once
//! more; whether a file is one of a manifest's, by its fingerprint among the strings of the text.

use std::fmt::Write;
use std::slice::Iter;

use super::{BundleFile, has_request};
use crate::crypto;
use crate::date::Date;
use crate::issue::bundle::{Bundle, IssuedCertificate};
use crate::x509::{Certificate, Chain};
use data_encoding::HEXLOWER;

/// Its file.
pub(super) const MANIFEST: &str = "umcert.json";

/// What may change in an incompatible way with this crate's version (Cargo's rule: 0.1 and 0.2 are
/// incompatible, 1.2 and 1.3 are not).
const VERSION: &str = match env!("CARGO_PKG_VERSION_MAJOR").as_bytes() {
    b"0" => concat!("0.", env!("CARGO_PKG_VERSION_MINOR")),
    _ => env!("CARGO_PKG_VERSION_MAJOR"),
};

/// How many characters a fingerprint has.
const FINGERPRINT: usize = 64;

/// The SHA-256 of a file, as the manifest writes it.
pub(super) fn fingerprint(bytes: &[u8]) -> String {
    HEXLOWER.encode(&crypto::sha256(bytes))
}

/// The fingerprints that a manifest names: of the files that were written with it.
pub(super) fn fingerprints(manifest: &[u8]) -> Vec<String> {
    let mut fingerprints = Vec::new();
    for string in String::from_utf8_lossy(manifest).split('"') {
        if string.len() == FINGERPRINT {
            fingerprints.push(string.to_owned());
        }
    }
    fingerprints
}

/// The manifest of `files`, which are those of `bundle` in their order: what is to be written, or what is in a
/// folder. A file that is missing makes a text that equals no other.
pub(super) fn render(bundle: &Bundle, files: &[BundleFile]) -> String {
    let mut files = files.iter();
    let mut json = Json::default();
    json.open("{");
    json.text("umcert", VERSION);
    file(&mut json, "root", files.next());
    json.key("certificates");
    json.open("[");
    for issued in bundle.issued() {
        certificate(&mut json, issued, &mut files);
    }
    json.close("]");
    json.close("}");
    json.finish()
}

fn certificate(json: &mut Json, issued: &IssuedCertificate, files: &mut Iter<'_, BundleFile>) {
    json.item();
    json.open("{");
    json.text("subject", issued.subject());
    json.key("servers");
    json.open("[");
    for server in issued.servers() {
        json.item();
        json.string(server.as_str());
    }
    json.close("]");
    let chain = files.next();
    if let Some(certificate) = chain.and_then(end_entity) {
        facts(json, &certificate);
    }
    file(json, "chain", chain);
    if has_request(issued) {
        file(json, "request", files.next());
    }
    file(json, "key", files.next());
    json.close("}");
}

/// The server's certificate in the file of a chain.
fn end_entity(chain: &BundleFile) -> Option<Certificate> {
    let chain = Chain::from_bytes(&chain.content).ok()?;
    chain.certificates().next().cloned()
}

fn facts(json: &mut Json, certificate: &Certificate) {
    json.text("not_before", &format!("{}", Date(certificate.not_before())));
    json.text("not_after", &format!("{}", Date(certificate.not_after())));
    json.text("sha256", &fingerprint(certificate.der()));
}

fn file(json: &mut Json, key: &str, file: Option<&BundleFile>) {
    json.key(key);
    json.open("{");
    if let Some(file) = file {
        json.text("file", &file.name);
        json.text("sha256", &fingerprint(&file.content));
    }
    json.close("}");
}

/// JSON as it is written: one member or item a line, indented by two spaces.
#[derive(Default)]
struct Json {
    text: String,
    depth: usize,
    /// Whether something stands before in the same object or array.
    follows: bool,
}

impl Json {
    fn open(&mut self, bracket: &str) {
        self.text.push_str(bracket);
        self.depth += 1;
        self.follows = false;
    }

    fn close(&mut self, bracket: &str) {
        self.depth = self.depth.saturating_sub(1);
        if self.follows {
            self.line();
        }
        self.text.push_str(bracket);
        self.follows = true;
    }

    /// Starts an item of an array, or a member.
    fn item(&mut self) {
        if self.follows {
            self.text.push(',');
        }
        self.line();
        self.follows = true;
    }

    fn key(&mut self, key: &str) {
        self.item();
        self.string(key);
        self.text.push_str(": ");
    }

    fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        self.string(value);
    }

    fn line(&mut self) {
        self.text.push('\n');
        self.text.push_str(&"  ".repeat(self.depth));
    }

    /// A string with what must be escaped escaped (RFC 8259 §7).
    fn string(&mut self, value: &str) {
        self.text.push('"');
        for character in value.chars() {
            match character {
                '"' | '\\' => self.text.extend(['\\', character]),
                // Writing to a string cannot fail.
                control if control.is_control() => {
                    let _ = write!(self.text, "\\u{:04x}", u32::from(control));
                }
                other => self.text.push(other),
            }
        }
        self.text.push('"');
    }

    fn finish(mut self) -> String {
        self.text.push('\n');
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::Json;

    #[test]
    fn every_string_is_read_back_as_it_was() {
        for value in [
            "",
            "um1",
            "\"\\\"",
            "a\nb\u{1b}[31m\u{7f}\u{9b}",
            "Größe 🙂",
        ] {
            let mut json = Json::default();
            json.open("{");
            json.text("key", value);
            json.key("empty");
            json.open("[");
            json.close("]");
            json.close("}");
            let text = json.finish();
            let read: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(
                read,
                serde_json::json!({"key": value, "empty": []}),
                "{text}"
            );
            let control = |it: &char| it.is_control() && *it != '\n';
            assert!(text.chars().find(control).is_none(), "{text:?}");
        }
    }
}
