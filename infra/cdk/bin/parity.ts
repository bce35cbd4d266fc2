// Synthesises one stack for each set of parameters of the SAM template, for infra/checks/parity.py, which says which
// sets.
//
//     node build/bin/parity.js SETS.json CODE OUTDIR
//
// The account and the Region are those of infra/checks/stack.py.
import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';
import { bootstraps } from '../lib/functions';
import { Parameters, propsOf } from '../lib/parameters';
import { RekindleStack } from '../lib/stack';

const [file, code, outdir] = process.argv.slice(2);
if (file === undefined || code === undefined || outdir === undefined) {
  throw new Error('usage: node build/bin/parity.js SETS.json CODE OUTDIR');
}
const sets = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Parameters>;
const app = new App({ outdir, context: CURRENTLY_RECOMMENDED_FLAGS, analyticsReporting: false });
for (const [name, parameters] of Object.entries(sets)) {
  new RekindleStack(app, name, {
    env: { account: '445566778899', region: 'eu-central-1' },
    rekindle: (scope) => ({ ...propsOf(scope, parameters), code: bootstraps(code) }),
  });
}
app.synth();
