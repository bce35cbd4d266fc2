#!/usr/bin/env bash
# Checks that what was taken from the published service model is current, and that the double keeps to it: botocore's
# own client drives the double and judges every answer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

here=tests/sagemaker-double/service-model
venv=.venv/service-model
if ! cmp -s "$here/requirements.txt" "$venv/requirements.txt"; then
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
  cp "$here/requirements.txt" "$venv/requirements.txt"
fi

"$venv/bin/python" "$here/extract.py" --check

cargo build --workspace
# The name of the target folder is cargo's to say.
target=$(cargo metadata --format-version 1 --no-deps | "$venv/bin/python" -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')
log=$(mktemp)
"$target/debug/sagemaker-double" --port 0 >"$log" &
double=$!
trap 'kill "$double" 2>/dev/null || true; rm -f "$log"' EXIT
for _ in $(seq 50); do
  url=$(sed -n 's/^listening on //p' "$log")
  [ -n "$url" ] && break
  sleep 0.1
done
[ -n "$url" ] || { echo "the double did not start" >&2; exit 1; }
"$venv/bin/python" "$here/faithful.py" "$url"
