#!/usr/bin/env bash
# Creates the certificates of this folder with OpenSSL 3.
#
#   tests/data/signatures/make.sh
folder=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/data/scratch.sh
source "$folder/../scratch.sh"

cat >>openssl.cnf <<'END'
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign

[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:um1.contoso.com
crlDistributionPoints = URI:http://crl.contoso.com/ca.crl

[crl]
authorityKeyIdentifier = keyid
END

# key NAME ALGORITHM-OPTIONS…
key() {
    openssl genpkey -quiet -out "$1.key" "${@:2}" 2>/dev/null || openssl genpkey -out "$1.key" "${@:2}"
}

# sign NAME SECTION CN ISSUER OPTIONS…: the certificate NAME.pem for the key NAME.key; issued by NAME itself
# where ISSUER is that.
sign() {
    local name=$1 section=$2 cn=$3 issuer=$4
    shift 4
    openssl req -new -config openssl.cnf -key "$name.key" -subj "/CN=$cn" -out request.pem
    : >index.txt
    local by=(-cert "$issuer.pem" -keyfile "$issuer.key")
    if [ "$issuer" = "$name" ]; then by=(-selfsign -keyfile "$name.key"); fi
    openssl ca -batch -notext -config openssl.cnf -extensions "$section" -in request.pem -out "$name.pem" \
        -startdate 20240101000000Z -enddate 20440101000000Z "${by[@]}" "$@" 2>/dev/null
}

rsa() { key "$1" -algorithm RSA -pkeyopt "rsa_keygen_bits:$2"; }
curve() { key "$1" -algorithm EC -pkeyopt "ec_paramgen_curve:$2"; }

rsa root 2048
sign root authority "Root" root -md sha256
for server in good sha1 pss md5; do rsa "$server" 2048; done
sign good server um1.contoso.com root -md sha256
sign sha1 server um1.contoso.com root -md sha1
sign md5 server um1.contoso.com root -md md5
sign pss server um1.contoso.com root -md sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32

for bits in 1024 3072 4096; do
    rsa "rsa$bits" "$bits"
    sign "rsa$bits" server um1.contoso.com root -md sha256
done
curve p192 prime192v1
sign p192 server um1.contoso.com root -md sha256
curve p256 P-256
sign p256 server um1.contoso.com root -md sha256

rsa weak-ca 1024
sign weak-ca authority "Weak CA" root -md sha256
rsa by-weak-ca 2048
sign by-weak-ca server um1.contoso.com weak-ca -md sha256

rsa sha1-ca 2048
sign sha1-ca authority "SHA-1 CA" root -md sha1
rsa by-sha1-ca 2048
sign by-sha1-ca server um1.contoso.com sha1-ca -md sha256

rsa sha1-root 2048
sign sha1-root authority "SHA-1 Root" sha1-root -md sha1
rsa by-sha1-root 2048
sign by-sha1-root server um1.contoso.com sha1-root -md sha256

rsa md5-root 2048
sign md5-root authority "MD5 Root" md5-root -md md5
rsa by-md5-root 2048
sign by-md5-root server um1.contoso.com md5-root -md sha256
rsa md5-ca 2048
sign md5-ca authority "MD5 CA" md5-root -md md5
rsa by-md5-ca 2048
sign by-md5-ca server um1.contoso.com md5-ca -md sha256

rsa self-md5 2048
sign self-md5 server um1.contoso.com self-md5 -md md5
rsa self-rsa1024 1024
sign self-rsa1024 server um1.contoso.com self-rsa1024 -md sha256
curve self-p521 P-521
sign self-p521 server um1.contoso.com self-p521 -md sha512

# Version 1: no extensions at all.
rsa v1 2048
openssl req -new -config openssl.cnf -key v1.key -subj "/CN=um1.contoso.com" -out request.pem
: >index.txt
openssl ca -batch -notext -config openssl.cnf -in request.pem -out v1.pem \
    -startdate 20240101000000Z -enddate 20440101000000Z -cert root.pem -keyfile root.key -md sha256 2>/dev/null

# crl NAME DIGEST OPTIONS…: a CRL of the root that revokes what it issued for `good`.
crl() {
    : >index.txt
    openssl ca -config openssl.cnf -cert root.pem -keyfile root.key -md sha256 -revoke good.pem 2>/dev/null
    openssl ca -config openssl.cnf -cert root.pem -keyfile root.key -md "$2" -gencrl -out "$1.pem" \
        -crl_lastupdate 20240601000000Z -crl_nextupdate 20440101000000Z "${@:3}" 2>/dev/null
}
crl crl-version-1 sha256
echo 01 >number
sed -i 's/^\[book\]$/[book]\ncrlnumber = number/' openssl.cnf
crl crl-sha256 sha256 -crlexts crl
crl crl-sha1 sha1 -crlexts crl

cp ./*.pem "$folder"
rm "$folder/request.pem"
