//! Certificates that umcert would not issue, made with raw rcgen.

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyUsagePurpose, RevocationReason,
    RevokedCertParams, SanType, SerialNumber,
};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use time::Duration;
use umcert::{Certificate, Chain, Crl};

use super::deployments::{TODAY, um};
use super::encoding::{content, element, elements};

/// A CA made with raw rcgen, which issues certificates that umcert would not.
pub(crate) struct Forge {
    pub(crate) certificate: Certificate,
    issuer: Issuer<'static, rcgen::KeyPair>,
}

pub(crate) fn subject(cn: &str) -> DistinguishedName {
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, cn);
    subject
}

pub(crate) fn rcgen_key() -> rcgen::KeyPair {
    rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap()
}

pub(crate) fn certificate(rcgen: rcgen::Certificate) -> Certificate {
    Certificate::from_der(rcgen.into()).unwrap()
}

fn ca_params(cn: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = subject(cn);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = TODAY - Duration::days(1000);
    params.not_after = TODAY + Duration::days(1000);
    params
}

impl Forge {
    pub(crate) fn root(cn: &str) -> Self {
        Self::root_with(cn, |_| {})
    }

    pub(crate) fn root_with(cn: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut params = ca_params(cn);
        change(&mut params);
        Self::root_of(params, rcgen_key())
    }

    /// Returns a root with the RSA key of `tests/data/keys`, which signs with this algorithm.
    pub(crate) fn rsa_root(cn: &str, algorithm: &'static rcgen::SignatureAlgorithm) -> Self {
        let pem = include_str!("../../data/keys/rsa.pem");
        let der = PrivateKeyDer::from_pem_slice(pem.as_bytes()).unwrap();
        let key = rcgen::KeyPair::from_der_and_sign_algo(&der, algorithm).unwrap();
        Self::root_of(ca_params(cn), key)
    }

    fn root_of(params: CertificateParams, key: rcgen::KeyPair) -> Self {
        let certificate = certificate(params.self_signed(&key).unwrap());
        Self {
            certificate,
            issuer: Issuer::new(params, key),
        }
    }

    /// Returns an intermediate CA of this one.
    pub(crate) fn intermediate(
        &self,
        cn: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Self {
        let mut params = ca_params(cn);
        change(&mut params);
        let key = rcgen_key();
        let certificate = certificate(params.signed_by(&key, &self.issuer).unwrap());
        Self {
            certificate,
            issuer: Issuer::new(params, key),
        }
    }

    /// Returns a certificate of this CA for the key of another.
    pub(crate) fn cross(&self, other: &Self, cn: &str) -> Certificate {
        self.cross_with(other, cn, |_| {})
    }

    pub(crate) fn cross_with(
        &self,
        other: &Self,
        cn: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Certificate {
        let mut params = ca_params(cn);
        change(&mut params);
        certificate(params.signed_by(other.issuer.key(), &self.issuer).unwrap())
    }

    /// Returns a CRL that revokes these certificates one day before `TODAY` and is valid for some days.
    pub(crate) fn crl(&self, revoked: &[&Certificate], days: i64) -> Crl {
        self.crl_with(revoked, |params| {
            params.next_update = TODAY + Duration::days(days);
        })
    }

    pub(crate) fn crl_with(
        &self,
        revoked: &[&Certificate],
        change: impl FnOnce(&mut CertificateRevocationListParams),
    ) -> Crl {
        let revoked = revoked.iter().map(|certificate| RevokedCertParams {
            serial_number: SerialNumber::from_slice(certificate.serial()),
            revocation_time: TODAY - Duration::DAY,
            reason_code: Some(RevocationReason::KeyCompromise),
            invalidity_date: None,
        });
        let mut params = CertificateRevocationListParams {
            this_update: TODAY - Duration::days(10),
            next_update: TODAY + Duration::days(10),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: rcgen::KeyIdMethod::Sha256,
        };
        change(&mut params);
        let list = params.signed_by(&self.issuer).unwrap();
        Crl::from_bytes(list.der()).unwrap()
    }

    /// Returns the CRL with one more critical extension, signed again; rcgen cannot create it.
    pub(crate) fn with_critical(&self, crl: &Crl, oid: &[u8], value: &[u8]) -> Crl {
        self.with_extension(
            crl,
            &[
                element(0x06, oid),
                element(0x01, &[0xff]),
                element(0x04, value),
            ],
        )
    }

    /// Returns the CRL with one more extension of these fields, signed again.
    pub(crate) fn with_extension(&self, crl: &Crl, extension: &[Vec<u8>]) -> Crl {
        self.resigned(crl, |fields| {
            let extensions = fields.pop().unwrap();
            let list = content(content(&extensions)).to_vec();
            let list = [list, element(0x30, &extension.concat())].concat();
            fields.push(element(0xa0, &element(0x30, &list)));
        })
    }

    /// Returns the CRL with changed fields, signed again: version, algorithm, issuer, both times, the entries if there
    /// are any, and the extensions.
    pub(crate) fn resigned(&self, crl: &Crl, change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Crl {
        self.resigned_by(crl, change, |tbs| {
            rcgen::SigningKey::sign(self.issuer.key(), tbs).unwrap()
        })
    }

    /// As [`resigned`](Self::resigned), with another signer. The algorithm beside the signature is that of the fields.
    pub(crate) fn resigned_by(
        &self,
        crl: &Crl,
        change: impl FnOnce(&mut Vec<Vec<u8>>),
        sign: impl FnOnce(&[u8]) -> Vec<u8>,
    ) -> Crl {
        let parts = elements(content(crl.der()));
        let mut fields = elements(content(&parts[0]));
        change(&mut fields);
        let tbs = element(0x30, &fields.concat());
        let signature = element(0x03, &[vec![0], sign(&tbs)].concat());
        let parts = [tbs, fields[1].clone(), signature];
        Crl::from_bytes(&element(0x30, &parts.concat())).unwrap()
    }

    /// Returns the private key in PKCS #8, DER.
    pub(crate) fn key_der(&self) -> Vec<u8> {
        self.issuer.key().serialize_der()
    }

    /// Returns a certificate of this CA with the fields of its signed part changed, signed again. The fields are version,
    /// serial number, algorithm, issuer, validity, subject, public key, extensions.
    pub(crate) fn with_fields(
        &self,
        certificate: &Certificate,
        change: impl FnOnce(&mut Vec<Vec<u8>>),
    ) -> CertificateDer<'static> {
        let parts = elements(content(certificate.der()));
        let mut tbs = elements(content(&parts[0]));
        change(&mut tbs);
        let tbs = element(0x30, &tbs.concat());
        let signature = rcgen::SigningKey::sign(self.issuer.key(), &tbs).unwrap();
        let signature = element(0x03, &[vec![0], signature].concat());
        element(0x30, &[tbs, parts[1].clone(), signature].concat()).into()
    }

    /// Returns the certificate of these parameters, readable or not.
    pub(crate) fn raw(&self, params: &CertificateParams) -> CertificateDer<'static> {
        params.signed_by(&rcgen_key(), &self.issuer).unwrap().into()
    }

    /// Returns a good certificate of UM server `number` for an RSA key of this size, whose private half does
    /// not exist.
    pub(crate) fn server_with_rsa(&self, number: usize, bits: usize) -> Certificate {
        self.rsa_server(number, bits, |_| {})
    }

    /// As `server_with_rsa`, with one change.
    pub(crate) fn rsa_server(
        &self,
        number: usize,
        bits: usize,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Certificate {
        let mut modulus = vec![0xff; bits.div_ceil(8)];
        modulus[0] >>= modulus.len() * 8 - bits;
        if modulus[0] & 0x80 != 0 {
            modulus.insert(0, 0);
        }
        let key = [element(0x02, &modulus), element(0x02, &[1, 0, 1])].concat();
        let key = RsaKey(element(0x30, &key));
        let mut params = server_params(number);
        change(&mut params);
        certificate(params.signed_by(&key, &self.issuer).unwrap())
    }

    /// Returns a server certificate as Example 1 plans it, with one change.
    pub(crate) fn server(
        &self,
        number: usize,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Certificate {
        let mut params = server_params(number);
        change(&mut params);
        certificate(params.signed_by(&rcgen_key(), &self.issuer).unwrap())
    }
}

/// An RSA public key in PKCS #1, to issue for.
struct RsaKey(Vec<u8>);

impl rcgen::PublicKeyData for RsaKey {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_RSA_SHA256
    }
}

/// Returns the parameters of a good certificate of UM server `number` of Example 1.
pub(crate) fn server_params(number: usize) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = subject(um(number).as_str());
    params.subject_alt_names = sans(&rotated(number));
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.is_ca = IsCa::ExplicitNoCa;
    params.use_authority_key_identifier_extension = true;
    params.crl_distribution_points = vec![rcgen::CrlDistributionPoint {
        uris: vec!["http://crl.contoso.com/ca.crl".to_owned()],
    }];
    params.not_before = TODAY - Duration::days(100);
    params.not_after = TODAY + Duration::days(100);
    params
}

/// Returns the names of the four servers, this one first.
fn rotated(first: usize) -> Vec<String> {
    let others = (1..=4).filter(|number| *number != first);
    std::iter::once(first)
        .chain(others)
        .map(|number| um(number).to_string())
        .collect()
}

pub(crate) fn sans(names: &[impl AsRef<str>]) -> Vec<SanType> {
    let dns = |name: &str| SanType::DnsName(name.try_into().unwrap());
    names.iter().map(|name| dns(name.as_ref())).collect()
}

/// Returns a chain of these certificates, in this order.
pub(crate) fn chain_of(certificates: &[&Certificate]) -> Chain {
    certificates.iter().copied().cloned().collect()
}
