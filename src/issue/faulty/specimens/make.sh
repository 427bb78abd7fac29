#!/usr/bin/env bash
# Creates the certificates of this folder with OpenSSL 3.
#
#   src/issue/faulty/specimens/make.sh
folder=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/data/scratch.sh
source "$folder/../../../../tests/data/scratch.sh"

cat >>openssl.cnf <<'END'
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash

[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = DNS:um1.contoso.com, DNS:um2.contoso.com, DNS:um3.contoso.com, DNS:um4.contoso.com
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
crlDistributionPoints = URI:http://crl.contoso.com/ca.crl

# The marks of the certificate that Exchange's setup makes.
[exchange]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = DNS:UM1, DNS:um1.contoso.com
subjectKeyIdentifier = none
authorityKeyIdentifier = none
END

# sign NAME SECTION CN BEGIN END ISSUER OPTIONS…: the certificate NAME.der for the key NAME.key; issued by NAME
# itself where ISSUER is that.
sign() {
    local name=$1 section=$2 cn=$3 begin=$4 end=$5 issuer=$6
    shift 6
    openssl req -new -config openssl.cnf -key "$name.key" -subj "/CN=$cn" -out request.pem
    : >index.txt
    local by=(-cert "$issuer.pem" -keyfile "$issuer.key")
    if [ "$issuer" = "$name" ]; then by=(-selfsign -keyfile "$name.key"); fi
    openssl ca -batch -notext -config openssl.cnf -extensions "$section" -in request.pem -out "$name.pem" \
        -startdate "$begin" -enddate "$end" "${by[@]}" "$@" 2>/dev/null
    openssl x509 -in "$name.pem" -outform DER -out "$name.der"
}

rsa() { openssl genpkey -quiet -algorithm RSA -pkeyopt "rsa_keygen_bits:$2" -out "$1.key" 2>/dev/null ||
    openssl genpkey -algorithm RSA -pkeyopt "rsa_keygen_bits:$2" -out "$1.key" 2>/dev/null; }

for name in root sha1 sha512 pss exchange-sha1 md5-root by-md5-root; do rsa "$name" 2048; done
sign root authority "Specimen Root" 20240101000000Z 20440101000000Z root -md sha256
sign sha1 server um1.contoso.com 20240101000000Z 20440101000000Z root -md sha1
sign sha512 server um1.contoso.com 20240101000000Z 20440101000000Z root -md sha512
sign pss server um1.contoso.com 20240101000000Z 20440101000000Z root -md sha256 \
    -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32
sign md5-root authority "Specimen MD5 Root" 20240101000000Z 20440101000000Z md5-root -md md5
sign by-md5-root server um1.contoso.com 20240101000000Z 20440101000000Z md5-root -md sha256
# Five years are among the marks, and so this one ends; the finding stays.
sign exchange-sha1 exchange UM1 20240101000000Z 20290101000000Z exchange-sha1 -md sha1

# Public keys alone, for certificates that a test CA issues.
for bits in 1024 3072; do
    rsa "rsa$bits" "$bits"
    openssl pkey -in "rsa$bits.key" -pubout -outform DER -out "rsa$bits.spki"
done

cp ./*.der ./*.spki "$folder"
