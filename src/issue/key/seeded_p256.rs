//! P-256 keys that are derived from a seed. Their signatures are the same each time (RFC 6979).

use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};

/// The start of PKCS #8 version 1 with an ECPrivateKey and its public key (RFC 5958 §2, RFC 5915 §3); the 32
/// bytes of the key follow.
const HEAD: &[u8] = b"\x30\x81\x87\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\
    \x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x04\x6d\x30\x6b\x02\x01\x01\x04\x20";
/// The header between the key and its public key.
const PUBLIC_KEY_HEAD: &[u8] = b"\xa1\x44\x03\x42\x00";

/// Returns the key `scalar` as PKCS #8, or `None` if it is zero or not below the order of the curve.
pub(super) fn to_pkcs8(scalar: &[u8]) -> Option<Vec<u8>> {
    let key = SigningKey::from_slice(scalar).ok()?;
    let point = key.verifying_key().to_sec1_point(false);
    Some([HEAD, scalar, PUBLIC_KEY_HEAD, point.as_bytes()].concat())
}

/// Signs `message` with a key that [`to_pkcs8`] returned. Returns the signature in DER.
pub(super) fn sign(pkcs8: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let (scalar, _) = pkcs8.strip_prefix(HEAD)?.split_at_checked(32)?;
    let key = SigningKey::from_slice(scalar).ok()?;
    let signature: Signature = key.try_sign(message).ok()?;
    Some(signature.to_der().as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::{sign, to_pkcs8};

    /// The signature of "sample" with SHA-256 in RFC 6979 appendix A.2.5.
    #[test]
    fn signature_matches_rfc_6979() {
        let hex = |text: &str| data_encoding::HEXUPPER.decode(text.as_bytes()).unwrap();
        let key = to_pkcs8(&hex(
            "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
        ));
        let signature = sign(&key.unwrap(), b"sample").unwrap();
        let expected = [
            hex("3046022100"),
            hex("EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"),
            hex("022100"),
            hex("F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"),
        ];
        assert_eq!(signature, expected.concat());
    }

    #[test]
    fn number_outside_the_order_is_refused() {
        assert_eq!(to_pkcs8(&[0; 32]), None);
        assert_eq!(to_pkcs8(&[0xff; 32]), None);
        assert!(to_pkcs8(&[1; 32]).is_some());
    }
}
