#!/usr/bin/env bash
# Builds the commit twice, in two folders of different names, with two caches of crates and nothing kept from before, and
# compares every bit.
#
#     verify.sh                     the four functions: twice a whole build, 40 minutes and more on two cores
#     verify.sh on-alarm            this one only
#     verify.sh --against FOLDER    builds once, and compares with what somebody else built: target/release-artefacts
#                                   of their machine, or the files of a release
#
# What is not committed is not built.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$(pwd -P)
# Both builds are of this one, whatever is committed in the meantime.
commit=$(git rev-parse HEAD)

against=
if [[ ${1:-} == --against ]]; then
  against=$(cd "${2:?usage: verify.sh --against FOLDER [FUNCTION...]}" && pwd -P)
  shift 2
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
infra/checks/venv.sh sam >/dev/null

build() { # FOLDER FUNCTION...
  local folder=$1 cargo_home=$1-crates
  shift
  git clone --quiet "$root" "$folder"
  git -C "$folder" checkout --quiet --detach "$commit"
  # The tools are pinned, so both may use the same.
  ln -s "$root/.venv" "$folder/.venv"
  # What was downloaded is taken along; what was unpacked is not.
  mkdir -p "$cargo_home/registry"
  for part in cache index; do cp -r "${CARGO_HOME:-$HOME/.cargo}/registry/$part" "$cargo_home/registry/"; done
  env -u CARGO_TARGET_DIR -u CARGO_BUILD_TARGET_DIR CARGO_HOME="$cargo_home" "$folder/infra/release/build.sh" "$@"
}

compare() { # FOLDER FOLDER
  local failed=0 file
  for file in "$1"/*; do
    [[ -f $file ]] || continue
    if cmp --silent "$file" "$2/${file##*/}"; then
      echo "same    ${file##*/}"
    else
      echo "DIFFERS ${file##*/}"
      failed=1
    fi
  done
  return "$failed"
}

mkdir -p "$work/a-longer-way-to/another"
build "$work/one" "$@"
if [[ -z $against ]]; then
  build "$work/a-longer-way-to/another/two" "$@"
  against=$work/a-longer-way-to/another/two/target/release-artefacts
fi
if ! compare "$work/one/target/release-artefacts" "$against"; then
  echo "not the same; versions.txt of both says whether the same was built by the same" >&2
  diff "$work/one/target/release-artefacts/versions.txt" "$against/versions.txt" >&2 || true
  exit 1
fi
