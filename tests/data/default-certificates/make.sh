#!/usr/bin/env bash
# Creates the certificates of this folder with OpenSSL 3.
#
#   tests/data/default-certificates/make.sh
folder=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/data/scratch.sh
source "$folder/../scratch.sh"

# The exact bytes matter: PrintableString in names, and no extension that is not requested.
sed -i 's/^prompt = no$/&\nstring_mask = pkix/' openssl.cnf
cat >>openssl.cnf <<'END'
# As Exchange's setup creates "Microsoft Exchange".
[exchange]
keyUsage = critical, digitalSignature, keyEncipherment
subjectAltName = DNS:UM1, DNS:um1.contoso.com
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth
subjectKeyIdentifier = none
authorityKeyIdentifier = none

# As Exchange's setup creates "Microsoft Exchange Server Auth Certificate": without a SAN.
[auth]
keyUsage = critical, digitalSignature, keyEncipherment
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth
subjectKeyIdentifier = none
authorityKeyIdentifier = none

# "Microsoft Exchange Server Auth Certificate", renewed by a command with -DomainName.
[auth_renewed]
keyUsage = critical, digitalSignature, keyEncipherment
subjectAltName = DNS:contoso.com
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth
subjectKeyIdentifier = none
authorityKeyIdentifier = none

# As Exchange's setup creates "WMSVC": without basic constraints and SAN, and the key usage is not critical.
[wmsvc]
keyUsage = digitalSignature, keyEncipherment, dataEncipherment
extendedKeyUsage = serverAuth
subjectKeyIdentifier = none
authorityKeyIdentifier = none

# "Microsoft Exchange" as a CA's: RFC 5280 §4.2.1.3 asks for keyCertSign then.
[exchange_ca]
keyUsage = critical, digitalSignature, keyEncipherment, keyCertSign
subjectAltName = DNS:UM1, DNS:um1.contoso.com
basicConstraints = critical, CA:TRUE
extendedKeyUsage = serverAuth
subjectKeyIdentifier = none
authorityKeyIdentifier = none

# "Microsoft Exchange" with the FQDN alone.
[fqdn]
keyUsage = critical, digitalSignature, keyEncipherment
subjectAltName = DNS:um1.contoso.com
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth
subjectKeyIdentifier = none
authorityKeyIdentifier = none

[authority]
keyUsage = critical, keyCertSign, cRLSign
basicConstraints = critical, CA:TRUE
subjectKeyIdentifier = none
authorityKeyIdentifier = none
END

begin=20240101000000Z
in_1_year=20250101000000Z
in_1800_days=20281205000000Z
in_1826_days=20281231000000Z
in_5_years=20290101000000Z
in_3650_days=20331229000000Z
in_10_years=20340101000000Z

quietly() {
    "$@" >log 2>&1 || {
        cat log >&2
        return 1
    }
}

# request NAME SUBJECT [BITS]: a fresh key in NAME.key, and what is to be signed in NAME.csr.
request() {
    quietly openssl req -new -config openssl.cnf -sha256 -newkey "rsa:${3:-2048}" -noenc \
        -keyout "$1.key" -out "$1.csr" -subj "$2"
}

# sign NAME DIGEST EXTENSIONS END OPTION…: NAME.pem out of NAME.csr, signed as the options say.
sign() {
    local name=$1 digest=$2 extensions=$3 end=$4
    # A new book each time, so that none knows what another signed.
    rm -f index.txt* && touch index.txt
    quietly openssl ca -batch -config openssl.cnf -notext -in "$name.csr" -out "$name.pem" \
        -md "$digest" -extensions "$extensions" -startdate "$begin" -enddate "$end" "${@:5}"
}

# self_signed NAME SUBJECT DIGEST EXTENSIONS END [BITS]
self_signed() {
    request "$1" "$2" "${6:-2048}"
    sign "$1" "$3" "$4" "$5" -selfsign -keyfile "$1.key"
}

# issued NAME SUBJECT DIGEST EXTENSIONS END ISSUER
issued() {
    request "$1" "$2"
    sign "$1" "$3" "$4" "$5" -cert "$6.pem" -keyfile "$6.key"
}

for digest in sha1 sha256; do
    self_signed "exchange-$digest" /CN=UM1 "$digest" exchange "$in_5_years"
    self_signed "auth-$digest" "/CN=Microsoft Exchange Server Auth Certificate" "$digest" auth "$in_1800_days"
    self_signed "wmsvc-$digest" /CN=WMSvc-UM1 "$digest" wmsvc "$in_3650_days"
done
self_signed auth-renewed "/CN=Microsoft Exchange Server Auth Certificate" sha256 auth_renewed "$in_1826_days"
self_signed wmsvc-name-sha2 /CN=WMSvc-SHA2-WIN-4KQ7ZT0B1XN sha256 wmsvc "$in_3650_days"
self_signed exchange-2007 /CN=UM1 sha1 exchange "$in_1_year"
self_signed exchange-renewed /CN=UM1 sha256 exchange "$in_1_year" 4096

self_signed ca-root /CN=UM1 sha256 exchange_ca "$in_5_years"
self_signed self-signed-fqdn /CN=um1.contoso.com sha256 fqdn "$in_5_years"
self_signed extra-subject /CN=UM1/O=Contoso sha256 exchange "$in_5_years"

# Signed by the key of another CN=UM1, which issuer and subject cannot tell from its own.
self_signed namesake /CN=UM1 sha256 authority "$in_10_years"
issued impostor /CN=UM1 sha256 exchange "$in_5_years" namesake
self_signed ca "/CN=Contoso Issuing CA" sha256 authority "$in_10_years"
issued issued /CN=UM1 sha256 exchange "$in_5_years" ca

# The two issuers are no fixtures: their certificates go where the keys go.
rm namesake.pem ca.pem
cp ./*.pem "$folder"
