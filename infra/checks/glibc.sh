#!/usr/bin/env bash
# Fails when a bootstrap needs a newer C library than Lambda's provided.al2023 has: such a binary links without a
# warning on a newer machine and does not start in Lambda.
#
#     glibc.sh target/lambda/*/bootstrap
#
# Reads the list of needed versions rather than the symbols: it also holds demands without a symbol, such as
# GLIBC_ABI_DT_RELR, and readelf reads arm64 on any machine.
set -euo pipefail

newest_allowed=2.34

[[ $# -gt 0 ]] || { echo "usage: glibc.sh BINARY..." >&2; exit 2; }

failed=0
complain() { echo "$1" >&2; failed=1; }

for binary in "$@"; do
  if [[ ! -f $binary ]]; then
    complain "$binary: there is no such file; build first"
    continue
  fi
  if ! versions=$(readelf --version-info --wide "$binary" 2>/dev/null | grep --only-matching 'GLIBC_[A-Za-z0-9_.]*' | sort --unique); then
    # Nothing found is not good news: a missing file, a script, a static binary, or a change in what readelf prints.
    complain "$binary: names no version of glibc, so nothing was checked"
    continue
  fi
  newest=$(grep --extended-regexp '^GLIBC_[0-9.]+$' <<<"$versions" | sed 's/^GLIBC_//' | sort --version-sort | tail --lines=1)
  unnumbered=$(grep --extended-regexp --invert-match '^GLIBC_[0-9.]+$' <<<"$versions" | paste --serial --delimiters=' ' || true)
  if [[ -n $unnumbered ]]; then
    complain "$binary: needs $unnumbered, which glibc $newest_allowed does not have"
  elif [[ $(printf '%s\n' "$newest" "$newest_allowed" | sort --version-sort | tail --lines=1) != "$newest_allowed" ]]; then
    complain "$binary: needs glibc $newest, Lambda has $newest_allowed"
  else
    echo "$binary: needs glibc $newest, Lambda has $newest_allowed"
  fi
done
exit "$failed"
