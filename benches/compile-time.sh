#!/usr/bin/env bash
# Measures what this crate adds to a cold build: the CPU time of building it as a multiple of building a crate that only
# names the same dependencies with the same features. Alternates the two, and takes the minimum of each.
#
#   benches/compile-time.sh [default|ring] [rounds] [dependency|build-dependency]
#
# Builds as cargo builds a dependency: never incrementally, and for a build script without debug information.
set -euo pipefail
cd "$(dirname "$0")/.."
features=${1:-default}
rounds=${2:-2}
kind=${3:-dependency}
export CARGO_INCREMENTAL=0
if [[ $kind == build-dependency ]]; then export CARGO_PROFILE_DEV_DEBUG=false; fi
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The same manifest and lock file, without code.
mkdir -p "$work/names/src"
sed -E '/^\[dev-dependencies\]/,/^\[lints/ { /^\[lints/!d }; /^\[\[(example|bench)\]\]/,$d; s/^readme.*//' \
    Cargo.toml >"$work/names/Cargo.toml"
cp Cargo.lock "$work/names/Cargo.lock"
echo '//! Nothing.' >"$work/names/src/lib.rs"
mkdir -p "$work/umcert"
cp -r src README.md Cargo.lock "$work/umcert"
mkdir -p "$work/umcert/examples" && cp -r examples/data "$work/umcert/examples"
cp "$work/names/Cargo.toml" "$work/umcert/Cargo.toml"

# User and system seconds of a cold build of the library, and those by the clock.
cold() {
    rm -rf "$work/target"
    cd "$work/$1"
    local TIMEFORMAT='%U %S %R'
    { time CARGO_TARGET_DIR=$work/target cargo build --quiet --lib --no-default-features \
        --features "$features" 2>/dev/null; } 2>&1 | awk -v what="$1" '{ print what, $1 + $2, $3 }'
    cd "$root"
}

(cd "$work/umcert" && cargo fetch --quiet)
for round in $(seq "$rounds"); do
    if ((round % 2)); then order="names umcert"; else order="umcert names"; fi
    for what in $order; do cold "$what"; done
done | awk -v what="$features, as a $kind" '
    { print "  " $0 }
    !($1 in cpu) || $2 < cpu[$1] { cpu[$1] = $2 }
    !($1 in wall) || $3 < wall[$1] { wall[$1] = $3 }
    END {
        printf "%s: CPU %.2f x, by the clock %.2f x (gauge: at most 1.30)\n", what,
            cpu["umcert"] / cpu["names"], wall["umcert"] / wall["names"]
    }'
