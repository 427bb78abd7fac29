//! Helpers that several themes share, split by purpose.

pub(crate) mod deployments;
pub(crate) mod encoding;
pub(crate) mod errors;
pub(crate) mod folder;
pub(crate) mod forge;
pub(crate) mod forms;
pub(crate) mod generated;
pub(crate) mod markdown;
pub(crate) mod material;
pub(crate) mod openssl;
pub(crate) mod program;
pub(crate) mod requests;
pub(crate) mod scene;
pub(crate) mod snapshot;
