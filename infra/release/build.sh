#!/usr/bin/env bash
# Builds what a release is: for each function one zip, the same to the bit wherever the same commit is built by the same
# compilers.
#
#     build.sh                 the four functions, into target/release-artefacts
#     build.sh on-alarm        this one only
#     ARCHITECTURE=arm64 build.sh
#
# What would differ from one machine to the next is taken away: the folders' names (`--remap-path-prefix`), the machine's
# linker and C library (cargo-lambda links with the pinned zig), versions (`--locked`), and in the zips time, order,
# owner and compression.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."

functions=("$@")
[[ ${#functions[@]} -gt 0 ]] || functions=(on-schedule on-alarm on-metric-check on-training-end)
case ${ARCHITECTURE:=x86_64} in
  # The newest glibc that provided.al2023 has: zig links against it, whatever this machine has.
  x86_64) target=x86_64-unknown-linux-gnu.2.34 ;;
  arm64) target=aarch64-unknown-linux-gnu.2.34 ;;
  *) echo "ARCHITECTURE is \`$ARCHITECTURE\`; Lambda knows x86_64 and arm64" >&2; exit 2 ;;
esac

root=$(pwd -P)
sam=$(infra/checks/venv.sh sam)
target_dir=$(cargo metadata --locked --format-version 1 --no-deps | python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')
cargo_home=$(cd "${CARGO_HOME:-$HOME/.cargo}" && pwd -P)
artefacts=$root/target/release-artefacts
rm -rf "$artefacts"
# What C compilers write down instead of the time of day.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
commit=$(git rev-parse HEAD)
[[ -z $(git status --porcelain) ]] || commit="$commit, and changes that are not committed"

# The flags are not read from a variable that a shell may have set. Of prefixes that match, the last one given wins.
export CARGO_ENCODED_RUSTFLAGS
CARGO_ENCODED_RUSTFLAGS=$(printf -- '--remap-path-prefix=%s\x1f' "$cargo_home=/cargo" "$(rustc --print sysroot)=/rust" "$root=/rekindle" "$target_dir=/target")
CARGO_ENCODED_RUSTFLAGS=${CARGO_ENCODED_RUSTFLAGS%$'\x1f'}
unset RUSTFLAGS
prefixes="-ffile-prefix-map=$cargo_home=/cargo -ffile-prefix-map=$root=/rekindle -ffile-prefix-map=$target_dir=/target"
export CFLAGS=$prefixes CXXFLAGS=$prefixes

packages=()
for function in "${functions[@]}"; do packages+=(--package "$function"); done
PATH="$sam/bin:$PATH" cargo lambda build --release --locked --skip-target-check --target "$target" \
  --lambda-dir "$artefacts/lambda" "${packages[@]}"

# Binaries are named like their packages; those of tests leave out the project's name.
bootstraps=()
for function in "${functions[@]}"; do bootstraps+=("$artefacts/lambda/${function#rekindle-}/bootstrap"); done
infra/checks/glibc.sh "${bootstraps[@]}"
for bootstrap in "${bootstraps[@]}"; do
  if grep --quiet --text --fixed-strings -e "$root/" -e "$cargo_home/" "$bootstrap"; then
    echo "$bootstrap: names a folder of this machine, so another machine makes other bits" >&2
    exit 1
  fi
done

{
  echo "commit: $commit"
  echo "Cargo.lock: $(sha256sum Cargo.lock | cut -d' ' -f1)"
  echo "target: $target"
  rustc --version --verbose | sed 's/^/rustc: /'
  echo "cargo: $(cargo --version)"
  echo "cargo-lambda: $("$sam/bin/cargo-lambda" lambda --version)"
  echo "zig: $("$sam/bin/python" -m ziglang version)"
} >"$artefacts/versions.txt"
python3 "$here/pack.py" "$artefacts" "${bootstraps[@]}"
cat "$artefacts/SHA256SUMS"
echo "in ${artefacts#"$root"/}"
