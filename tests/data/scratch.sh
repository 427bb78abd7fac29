# Sourced by the scripts that create fixtures: enters a scratch folder, which is removed at the end, with a
# configuration for `openssl ca` in openssl.cnf. That command is the only one that sets the dates. Names, dates
# and extensions are the same in every run. Keys, serial numbers and signatures are new, and the private keys
# are discarded.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
mkdir copies
# The system's own settings do not apply: some forbid SHA-1.
export OPENSSL_CONF=/dev/null

cat >openssl.cnf <<'END'
[req]
prompt = no
distinguished_name = nothing

[nothing]

[ca]
default_ca = book

[book]
database = index.txt
new_certs_dir = copies
rand_serial = yes
unique_subject = no
policy = any_name
preserve = yes
copy_extensions = none

[any_name]
commonName = supplied
organizationName = optional

END
