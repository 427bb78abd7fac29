//! Certificate requests with attributes that no library writes.

use rcgen::PublicKeyData;
use yasna::models::ObjectIdentifier;

use super::encoding::element;
use super::forge;

pub(crate) const PKCS9_EXTENSIONS: &[u64] = &[1, 2, 840, 113_549, 1, 9, 14];
pub(crate) const MICROSOFT_EXTENSIONS: &[u64] = &[1, 3, 6, 1, 4, 1, 311, 2, 1, 14];
pub(crate) const CHALLENGE_PASSWORD: &[u64] = &[1, 2, 840, 113_549, 1, 9, 7];
pub(crate) const KEY_PROVIDER: &[u64] = &[1, 3, 6, 1, 4, 1, 311, 13, 2, 2];

fn oid(arcs: &[u64]) -> Vec<u8> {
    yasna::construct_der(|writer| writer.write_oid(&ObjectIdentifier::from_slice(arcs)))
}

/// Returns an attribute with these values.
pub(crate) fn attribute(arcs: &[u64], values: &[Vec<u8>]) -> Vec<u8> {
    let set = element(0x31, &values.concat());
    element(0x30, &[oid(arcs), set].concat())
}

/// Returns one extension that is not critical.
pub(crate) fn extension(arcs: &[u64], value: &[u8]) -> Vec<u8> {
    element(0x30, &[oid(arcs), element(0x04, value)].concat())
}

/// Returns the list of one extension: a subject alternative name with these DNS names.
pub(crate) fn san_list(names: &[&str]) -> Vec<u8> {
    let names = names.iter().flat_map(|name| element(0x82, name.as_bytes()));
    let san = element(0x30, &names.collect::<Vec<u8>>());
    element(0x30, &extension(&[2, 5, 29, 17], &san))
}

/// Returns a BMPString.
pub(crate) fn bmp_string(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    element(0x1e, &units)
}

/// Returns the attribute with the provider that stores the key.
pub(crate) fn key_provider(name: &str) -> Vec<u8> {
    let fields = [element(0x02, &[1]), bmp_string(name), element(0x03, &[0])];
    attribute(KEY_PROVIDER, &[element(0x30, &fields.concat())])
}

/// Returns a request of `um1.contoso.com` for `key`, whose field of attributes is absent or contains these.
pub(crate) fn request(key: &rcgen::KeyPair, attributes: Option<&[Vec<u8>]>) -> Vec<u8> {
    let cn = [oid(&[2, 5, 4, 3]), element(0x0c, b"um1.contoso.com")];
    let name = element(0x30, &element(0x31, &element(0x30, &cn.concat())));
    let attributes = attributes.map(|attributes| element(0xa0, &attributes.concat()));
    let info = [
        element(0x02, &[0]),
        name,
        key.subject_public_key_info(),
        attributes.unwrap_or_default(),
    ];
    let info = element(0x30, &info.concat());
    let signature = rcgen::SigningKey::sign(key, &info).unwrap();
    let algorithm = if key.algorithm() == &rcgen::PKCS_RSA_SHA256 {
        [oid(&[1, 2, 840, 113_549, 1, 1, 11]), vec![5, 0]].concat()
    } else {
        oid(&[1, 2, 840, 10045, 4, 3, 2])
    };
    let parts = [
        info,
        element(0x30, &algorithm),
        element(0x03, &[vec![0], signature].concat()),
    ];
    element(0x30, &parts.concat())
}

/// Returns a request for a new key.
pub(crate) fn new_request(attributes: Option<&[Vec<u8>]>) -> Vec<u8> {
    request(&forge::rcgen_key(), attributes)
}
