//! Reads certificates, chains, certificate requests and CRLs from PEM and DER.
//!
//! This is the only module that uses `x509-parser`. It converts parsed structures into owned values of standard types,
//! so that no type of the parser leaves the module.

// The input is untrusted, and no input may make the crate panic.
#![warn(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod base64_text;
mod ber;
mod certificate;
mod chain;
mod comparable_name;
mod conversions;
mod crl;
mod crl_entry;
mod crl_number;
mod crl_scope;
mod der;
mod directory_name;
mod error;
mod expected;
mod extension_names;
mod extensions;
mod facts;
mod fields;
mod file;
mod folder;
mod general_name;
mod hex_dump;
mod name;
mod name_constraints;
mod order;
mod pem;
mod pkcs7;
mod private_key;
mod public_key;
mod read;
mod reissue;
mod request;
mod request_attributes;
mod section;
mod self_signature;
mod serialized_store;
mod signature;
mod sniff;
mod structure;
mod subtree;
mod template;
mod text_encoding;

pub use certificate::Certificate;
pub use chain::Chain;
pub use crl::Crl;
pub use crl_entry::{RevocationReason, RevokedCertificate};
pub use error::{MalformedError, ReadError};
pub use extensions::KeyUsage;
pub use facts::CertificateFacts;
pub use file::ReadFileError;
pub use folder::{DuplicateServerError, ServerFiles, SkippedFile};
pub use public_key::PublicKey;
pub use request::CertificateRequest;
pub use section::SkippedSection;
pub use self_signature::SelfSignature;
pub use template::CertificateTemplate;

pub(crate) use comparable_name::ComparableName;
pub(crate) use der::{oid_arcs, whole_element};
pub(crate) use extension_names::{extension_label, extension_section};
pub(crate) use file::read_file;
pub(crate) use name_constraints::ConstraintFault;
pub(crate) use pem::encode_pem;
pub(crate) use pkcs7::write_pkcs7;
pub(crate) use private_key::{EncodedPrivateKey, read_private_key};
pub(crate) use signature::SignatureCheck;
pub(crate) use template::Template;
