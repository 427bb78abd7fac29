//! Reading of chains, root stores, certificate requests and CRLs.

mod certreq_requests;
mod crls;
mod facts;
mod files;
mod forms;
mod hostile;
mod malformed;
mod openssl_files;
mod openssl_requests;
mod reading;
mod request_attributes;
mod requests;
mod signatures;
mod templates;
