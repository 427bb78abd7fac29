//! draft
mod backend;
mod deployment;
mod issue;
mod name;
mod plan;
mod rule;
mod x509;
pub use deployment::*;
pub use issue::*;
pub use name::*;
pub use plan::*;
pub use rule::*;
pub use x509::*;
