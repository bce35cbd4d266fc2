import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import { App } from 'aws-cdk-lib';
import { bootstraps, FUNCTIONS } from '../lib/functions';
import { propsOf } from '../lib/parameters';
import { RekindleStack } from '../lib/stack';
import { ENV, ofType, resourcesOf, TRAINING_ROLE } from './support';

const here = mkdtempSync(path.join(tmpdir(), 'rekindle-cdk-'));
after(() => rmSync(here, { recursive: true }));

test('each function runs the binary of its name', () => {
  for (const name of FUNCTIONS) {
    mkdirSync(path.join(here, 'code', name), { recursive: true });
    writeFileSync(path.join(here, 'code', name, 'bootstrap'), name);
  }
  const app = new App({ outdir: path.join(here, 'out') });
  const stack = new RekindleStack(app, 'Rekindle', {
    env: ENV,
    rekindle: (scope) => ({
      ...propsOf(scope, { TrainingRoleArn: TRAINING_ROLE }),
      code: bootstraps(path.join(here, 'code')),
    }),
  });
  const functions = ofType(resourcesOf(stack), 'AWS::Lambda::Function');
  assert.equal(functions.length, FUNCTIONS.length);
  for (const [, { Properties }] of functions) {
    const asset = `asset.${path.parse(Properties.Code.S3Key).name}`;
    const binary = readFileSync(path.join(here, 'out', asset, 'bootstrap'), 'utf8');
    assert.equal(Properties.FunctionName, `rekindle-${binary}`);
  }
});
