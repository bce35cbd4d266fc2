import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read } from '../lib/repository';

test('the example of the README is the one that is compiled and synthesised', () => {
  const [, block] = /```ts\n(.*?)```/s.exec(read('cdk', 'README.md')) ?? [];
  assert.equal(block, read('cdk', 'examples', 'owner.ts'));
});

test('the stages of CDK are those of SAM', () => {
  const config = read('sam', 'samconfig.toml');
  const { context } = JSON.parse(read('cdk', 'cdk.json')) as {
    context: { stages: Record<string, { stackName: string; parameters: Record<string, string> }> };
  };
  for (const [stage, { stackName, parameters }] of Object.entries(context.stages)) {
    const section = (name: string) =>
      new RegExp(`^\\[${stage}\\.${name}\\.parameters\\]\\n(.*?)(?=^\\[|(?![^]))`, 'ms').exec(config)?.[1] ?? '';
    const list = /^parameter_overrides = \[(.*?)^\]/ms.exec(section('deploy'))?.[1] ?? '';
    const overrides = [...list.matchAll(/"(\w+)=([^"]*)"/g)].map(([, name, value]) => [name, value]);
    assert.deepEqual(parameters, Object.fromEntries(overrides));
    assert.match(section('global'), new RegExp(`^stack_name = "${stackName}"$`, 'm'));
  }
  assert.deepEqual(Object.keys(context.stages), ['dev', 'prod']);
});
