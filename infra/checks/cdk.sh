#!/usr/bin/env bash
# Checks infra/cdk, and that it deploys what the SAM template deploys. Needs Node 20 or newer and no account; needs the network only
# to fill infra/cdk/node_modules and .venv/ the first time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# Nothing here may reach an account, whatever the caller's shell holds; nor tell anybody that it ran.
unset AWS_PROFILE AWS_SESSION_TOKEN
export AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none AWS_REGION=eu-central-1 AWS_DEFAULT_REGION=eu-central-1
export AWS_EC2_METADATA_DISABLED=true CDK_DEFAULT_ACCOUNT=445566778899 CDK_DISABLE_CLI_TELEMETRY=true

checks=$(infra/checks/venv.sh checks)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd infra/cdk

echo "== npm ci"
# One at a time, and only when the lock file says something else than what is there.
exec 9>.npm-ci.lock
flock 9
if ! cmp -s package-lock.json node_modules/.package-lock.copy; then
  npm ci --ignore-scripts --no-audit --no-fund
  cp package-lock.json node_modules/.package-lock.copy
fi
exec 9>&-

echo "== layout"
node_modules/.bin/prettier --check --log-level warn .

echo "== tsc and the tests"
npm test --silent >"$work/tests" 2>&1 || { cat "$work/tests"; exit 1; }
tail -n 8 "$work/tests" | grep -E 'tests|pass|fail'

echo "== cdk synth, with cdk-nag"
# What the functions do is nothing to a template: each bootstrap is a text.
for name in on-schedule on-alarm on-metric-check on-training-end; do
  mkdir -p "$work/code/$name"
  echo "$name" >"$work/code/$name/bootstrap"
done
# The SDK inside the command says each time which Node it will want next year.
export NODE_NO_WARNINGS=1
for stage in dev prod; do
  node_modules/.bin/cdk synth --quiet --no-notices --no-lookups --output "$work/$stage" \
    --context code="$work/code" --context stage="$stage" \
    --context TrainingRoleArn=arn:aws:iam::445566778899:role/rekindle-training
  echo "$stage is clean"
done
node_modules/.bin/cdk synth --quiet --no-notices --no-lookups --output "$work/owner" --app "node build/examples/owner.js"
echo "the example of an owner is"

echo "== the same stack as SAM's"
"$checks/bin/python" ../checks/parity.py --sets >"$work/sets.json"
node build/bin/parity.js "$work/sets.json" "$work/code" "$work/parity"
"$checks/bin/python" ../checks/parity.py "$work/parity"

echo "== parity itself"
"$checks/bin/python" ../checks/parity.py --self-test "$work/parity"
