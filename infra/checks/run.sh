#!/usr/bin/env bash
# Checks the infrastructure. Needs Node and Python, no account; needs the network only to fill .venv/ and node_modules/ the first time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# Nothing here may reach an account, whatever the caller's shell holds.
unset AWS_PROFILE AWS_SESSION_TOKEN
export AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none AWS_DEFAULT_REGION=eu-central-1
export AWS_EC2_METADATA_DISABLED=true SAM_CLI_TELEMETRY=0

template=infra/sam/template.yaml
sam=$(infra/checks/venv.sh sam)
checks=$(infra/checks/venv.sh checks)
translated=$(mktemp --suffix=.json)
trap 'rm -f "$translated"' EXIT

echo "== sam validate"
"$sam/bin/sam" validate --lint --template "$template"

echo "== cfn-lint"
"$checks/bin/python" infra/checks/translate.py "$template" >"$translated"
"$checks/bin/cfn-lint" --template "$template" "$translated"
echo "the template and its translation are clean"

echo "== the dashboard and the saved queries"
python3 infra/dashboard/check.py
python3 infra/dashboard/check.py --self-test
python3 infra/dashboard/understudy_test.py
python3 infra/dashboard/embed.py --check "$template"

echo "== promises"
"$checks/bin/python" infra/checks/check.py "$template"

echo "== who may do what"
infra/checks/iam/run.sh

echo "== CDK"
infra/checks/cdk.sh

echo "== the checks themselves"
"$checks/bin/python" infra/checks/check.py --self-test "$template"
