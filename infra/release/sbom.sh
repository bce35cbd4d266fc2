#!/usr/bin/env bash
# Writes bills of materials (CycloneDX, JSON) into target/sbom: one for each function, one for each package-lock.json, one
# for each file of pinned Python packages. Checks each against the schema and against what it was made from.
#
#     sbom.sh                  for x86_64; ARCHITECTURE=arm64 for the other
#     sbom.sh --self-test      proves that a wrong bill is refused
#
# The same commit gives the same bytes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

sbom=$(infra/checks/venv.sh sbom)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
exec "$sbom/bin/python" infra/release/sbom.py "$@"
