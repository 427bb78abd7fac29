//! Host names, SAN entries and distinguished names.
//!
//! A [`DnsName`] is one host, a [`SanName`] an exact or wildcard entry of a certificate. A [`GeneralName`] is also an IP
//! address, a [`HostName`] of a test environment, or an [`EmailAddress`]. Parsing checks a name; [`NameError`] and
//! [`AttributeError`] give the reason why a name is invalid.

mod conversions;
mod distinguished_name;
mod dns_name;
mod email_address;
mod general_name;
mod host_name;
mod internal_name;
mod name_error;
mod public_suffix;
mod san_name;

pub use distinguished_name::{AttributeError, AttributeType, DistinguishedName};
pub use dns_name::DnsName;
pub use email_address::EmailAddress;
pub use general_name::GeneralName;
pub use host_name::HostName;
pub use name_error::NameError;
pub use san_name::SanName;
