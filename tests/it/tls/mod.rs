//! Handshakes with the issued certificates, and the configurations of rustls for them.

#[cfg(feature = "rustls")]
mod configs;
#[cfg(feature = "rustls")]
mod connection;
#[cfg(feature = "rustls")]
mod faults;
#[cfg(feature = "rustls")]
mod handshake;
#[cfg(feature = "rustls")]
mod one_way;
