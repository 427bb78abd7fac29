//! Reading chains, root stores and certificate requests.

mod certreq_requests;
mod hostile;
mod openssl_requests;
mod reading;
mod requests;
mod templates;
