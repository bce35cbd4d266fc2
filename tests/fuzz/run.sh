#!/usr/bin/env bash
# Fuzzes one target for so many seconds, guided by coverage; given an INPUT that was found, makes it smaller instead.
# Needs the Rust of the project, Python 3 and a C++ compiler. Fails if something was found.
set -euo pipefail

usage="usage: $0 events|policy SECONDS [INPUT]"
case ${1:-} in events | policy) target=$1 ;; *) echo "$usage" >&2; exit 2 ;; esac
seconds=${2:?$usage}
input=${3:+$(realpath "$3")}
cd "$(dirname "${BASH_SOURCE[0]}")"
: "${CARGO_TARGET_DIR:=$PWD/target}"
export CARGO_TARGET_DIR

# What is fuzzed is what is released: the same versions of everything.
[ Cargo.lock -nt ../../Cargo.lock ] || cp ../../Cargo.lock Cargo.lock

# Coverage as a compiler pass, which a stable compiler has too. With `--target`, build scripts and macros go without.
host=$(rustc -vV | sed -n 's/^host: //p')
RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module \
  -Cllvm-args=-sanitizer-coverage-level=4 \
  -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
  -Cllvm-args=-sanitizer-coverage-pc-table \
  -Cllvm-args=-sanitizer-coverage-trace-compares" \
  cargo build --release --target "$host" --bin "$target"

corpus=corpus/$target
mkdir -p "$corpus" artifacts
fuzz=("$CARGO_TARGET_DIR/$host/release/$target" -artifact_prefix="artifacts/$target-" -max_total_time="$seconds"
  -timeout=5 -rss_limit_mb=2048)
if [ -n "$input" ]; then
  exec "${fuzz[@]}" -minimize_crash=1 -exact_artifact_path="artifacts/$target-small" "$input"
fi
./seeds.py "$target" "$corpus"
exec "${fuzz[@]}" -dict="$target.dict" -max_len=8192 -print_final_stats=1 "$corpus"
