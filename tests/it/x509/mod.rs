//! Reading chains, root stores and certificate requests.

mod reading;
mod requests;
