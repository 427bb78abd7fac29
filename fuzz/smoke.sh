#!/usr/bin/env bash
# Builds the fuzz targets and runs each from its seeds for SECONDS (default 20). Prints one line per target.
#
#   fuzz/smoke.sh [SECONDS]
#
# Exits with 0 if nothing crashed or if this toolchain cannot build fuzz targets at all, and with 1 if a target crashed
# or does not compile.
set -euo pipefail

seconds=${1:-20}
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

skip() {
    echo "fuzzing skipped: $1"
    exit 0
}

# libFuzzer is C++, and rustc must be able to instrument branches for it.
check_toolchain() {
    command -v "${CXX:-c++}" >/dev/null || skip "there is no C++ compiler ${CXX:-c++} to build libFuzzer with"
    rustc - --crate-type lib --emit obj -o "$scratch/probe.o" -Cpasses=sancov-module \
        -Cllvm-args=-sanitizer-coverage-level=4 </dev/null >"$scratch/probe.log" 2>&1 ||
        skip "$(rustc --version || echo rustc) cannot instrument code for libFuzzer"
    cargo fuzz --version >/dev/null 2>&1 || cargo install cargo-fuzz --locked ||
        skip "cargo-fuzz cannot be installed"
}

build() {
    if ! cargo fuzz build -s none >"$scratch/build.log" 2>&1; then
        grep -E -A 5 '^error' "$scratch/build.log" || cat "$scratch/build.log"
        echo "the fuzz targets do not build"
        exit 1
    fi
}

# An input that takes 10 seconds or half a GiB is a failure, too.
run() {
    local target=$1 log=$scratch/$1.log
    local options=("-max_total_time=$seconds" -timeout=10 -rss_limit_mb=512)
    local words=dict/${target%%_*}.dict
    if [[ -f $words ]]; then options+=("-dict=$words"); fi
    mkdir "$scratch/$target"
    if cargo fuzz run -s none "$target" "$scratch/$target" "seeds/$target" -- "${options[@]}" >"$log" 2>&1; then
        echo "$target: $(sed -n 's/^Done \([0-9]*\) runs in .*/\1/p' "$log") inputs in $seconds s, no crash"
        return
    fi
    echo "$target: CRASH: $(reason "$log"); $(grep -m 1 -o 'Test unit written to .*' "$log" || true)"
    return 1
}

# Prints the panic with its location, or libFuzzer's summary of another failure.
reason() {
    { grep -m 1 -A 1 ' panicked at ' "$1" || grep -m 1 '^SUMMARY: ' "$1" || tail -n 1 "$1"; } | tr '\n' ' '
}

check_toolchain
build
failed=0
for source in fuzz_targets/*.rs; do
    run "$(basename "$source" .rs)" || failed=1
done
exit "$failed"
