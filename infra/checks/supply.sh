#!/usr/bin/env bash
# Checks what the project is made of and made with. Needs package registries, and no account.
#
# Advisories are not asked for here: who keeps them is no registry, and an answer changes when the code does not.
# `python3 infra/checks/advisories.py` asks, and .github/workflows/advisories.yml does so every day.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

step() { printf '== %s (%s s)\n' "$1" "$SECONDS"; }

python=$(infra/checks/venv.sh checks)/bin/python

step "pins: is everything named to its version?"
"$python" infra/checks/pins.py
"$python" infra/checks/pins.py --self-test

step "crates: licences, bans, sources, versions that were taken back"
"$python" infra/checks/deny.py
"$python" infra/checks/deny.py --self-test

step "advisories: can a finding, and a silence, be told from a clean answer? (what is known today is not asked here)"
"$python" infra/checks/advisories.py --self-test

step "bills of materials"
infra/release/sbom.sh
infra/release/sbom.sh --self-test

step "a release: do the same bootstraps give the same zips?"
"$python" infra/release/pack.py --self-test

step "the supply chain is as it should be"
