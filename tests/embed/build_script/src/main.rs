//! Prints the files that the build script wrote.

const ROOT: &str = include_str!(concat!(env!("OUT_DIR"), "/pki/root.pem"));
const CHAIN: &str = include_str!(concat!(env!("OUT_DIR"), "/pki/um1.contoso.com.chain.pem"));

fn main() {
    assert!(ROOT.starts_with("-----BEGIN CERTIFICATE-----"));
    assert!(CHAIN.starts_with("-----BEGIN CERTIFICATE-----"));
    println!("{ROOT}{CHAIN}");
}
