//! Host names: what a valid one is, what a name in a certificate covers, and which few names cover a
//! whole set.
//!
//! Nothing here reads a certificate or knows a server: the rooms above bring their names in.

mod by_name;
mod distinguished_name;
mod dns_name;
mod general_name;
mod san_name;
mod set;
mod suffix;
mod text;

pub(crate) use by_name::by_name;
pub use distinguished_name::{AttributeError, AttributeFault, AttributeType, DistinguishedName};
pub use dns_name::{DnsName, NameError, NameFault};
pub use general_name::GeneralName;
pub use san_name::SanName;
pub use set::NameSet;
pub(crate) use text::{first, is_invisible, joined, misleads, shown};
