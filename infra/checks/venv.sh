#!/usr/bin/env bash
# Makes sure that .venv/NAME holds what requirements-NAME.txt asks for, and prints its path.
# Does nothing when it already does, so every script may call it.
set -euo pipefail

name=${1:?usage: venv.sh NAME}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
requirements=$here/requirements-$name.txt
venv=$(cd "$here/../.." && pwd)/.venv/$name
stamp=$venv/.requirements

# One at a time: a test harness and the checks may both ask.
mkdir -p "$(dirname "$venv")"
exec 9>"$venv.lock"
flock 9

if ! cmp -s "$requirements" "$stamp"; then
  rm -rf "$venv"
  python3 -m venv "$venv" >&2
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements" >&2
  # Last, so that an interrupted install is begun anew.
  cp "$requirements" "$stamp"
fi
echo "$venv"
