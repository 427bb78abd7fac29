//! The object that a caller expects in a file, and the errors of files that contain something else.

use super::error::ReadError;
use super::section::Section;
use super::sniff::Kind;

/// The object that a caller expects in a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    Certificate,
    Request,
    Crl,
    PrivateKey,
}

impl Expected {
    /// Returns the error of a file that contains `found` instead.
    pub(super) fn missing(self, found: impl Into<String>) -> ReadError {
        let found = found.into();
        match self {
            Self::Certificate => ReadError::NoCertificate { found },
            Self::Request => ReadError::NoRequest { found },
            Self::Crl => ReadError::NoCrl { found },
            Self::PrivateKey => ReadError::NoPrivateKey { found },
        }
    }

    /// Returns the error of a file whose `sections` are all of other kinds. Each kind is named once, with advice if it
    /// is the only one.
    pub(super) fn other(self, sections: &[Section]) -> ReadError {
        let mut names: Vec<String> = Vec::new();
        for section in sections {
            let name = section.name();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let advice = match (names.len(), sections.first()) {
            (1, Some(section)) => section.kind.and_then(|kind| self.advice(kind)),
            _ => None,
        };
        match advice {
            Some(advice) => self.missing(format!("{}; {advice}", names.join(", "))),
            None => self.missing(names.join(", ")),
        }
    }

    /// Returns the error of a file with `count` objects of the expected kind.
    pub(super) fn several(self, count: usize) -> ReadError {
        let what = match self {
            Self::Certificate => "certificate",
            Self::Request => "certificate request",
            Self::Crl => "CRL",
            Self::PrivateKey => "private key",
        };
        ReadError::Several { count, what }
    }

    /// Returns advice on how to get the expected object for someone who has a file of this kind.
    fn advice(self, found: Kind) -> Option<&'static str> {
        match (found, self) {
            (Kind::Request | Kind::Cmc, Self::Certificate) => {
                Some("send it to the CA and pass the CA's answer instead")
            }
            (Kind::Pkcs12, Self::Certificate) => Some(
                "export the certificate without its key (`openssl pkcs12 -in FILE -nokeys -out NEW`)",
            ),
            (Kind::Pkcs12, Self::PrivateKey) => {
                Some("export the key from it as PEM (`openssl pkcs12 -in FILE -nocerts -out NEW`)")
            }
            (Kind::Certificate, Self::PrivateKey) => {
                Some("its key is in another file, or in the store that created the request")
            }
            (Kind::Pkcs7 | Kind::Cmc, Self::Request) => Some(
                "create the request again as PKCS #10 instead of CMC (certreq's `RequestType = PKCS10`)",
            ),
            (Kind::OpenSshKey, Self::PrivateKey) => {
                Some("convert a copy of it with `ssh-keygen -p -m PKCS8 -f FILE`")
            }
            _ => None,
        }
    }
}
