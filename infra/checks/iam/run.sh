#!/usr/bin/env bash
# Asks a policy evaluator who may do what, and whether some question notices whatever way the policies are broken.
#
#   run.sh                                        asks, compares ANSWERS.md, breaks the policies
#   run.sh --write                                asks, and writes ANSWERS.md
#   run.sh --template FILE [--stack NAME]         asks another CloudFormation template, in JSON: see policies.py
#
# Needs no account; needs the network only to fill node_modules/ and .venv/ the first time.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# What `npm ci` has filled is kept until the lock file changes.
if ! cmp -s "$here/package-lock.json" "$here/node_modules/.package-lock.asked.json"; then
  (cd "$here" && npm ci --loglevel=error --no-audit --no-fund)
  cp "$here/package-lock.json" "$here/node_modules/.package-lock.asked.json"
fi

python=$("$here/../venv.sh" checks)/bin/python
policies=$(mktemp)
answers=$(mktemp)
trap 'rm -f "$policies" "$answers"' EXIT

write=
if [ "${1:-}" = --write ]; then
  write=yes
  shift
fi
"$python" "$here/policies.py" "$@" >"$policies"
node "$here/ask.mjs" "$policies" --markdown "$answers"
# ANSWERS.md is of the SAM template.
if [ $# -gt 0 ]; then exit; fi

if [ -n "$write" ]; then
  cp "$answers" "$here/ANSWERS.md"
  exit
fi
if ! diff -u "$here/ANSWERS.md" "$answers"; then
  echo "infra/checks/iam/ANSWERS.md is not what the template answers now: read the difference, then infra/checks/iam/run.sh --write" >&2
  exit 1
fi
echo "ANSWERS.md is current"

echo "-- the questions themselves"
node "$here/ask.mjs" "$policies" --self-test
