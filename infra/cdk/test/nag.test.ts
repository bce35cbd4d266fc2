import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Aspects, CfnResource, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ACKNOWLEDGED, resourceAt } from '../lib/acknowledged';
import { RetrainingPolicy } from '../lib/retraining-policy';
import { fixture, stackOf, SWITCHED_ON } from './support';

/** What cdk-nag finds: `RULE RESOURCE`. */
function findings(stack: Stack): string[] {
  Aspects.of(stack).add(new AwsSolutionsChecks());
  const everything = Match.stringLikeRegexp('.*');
  const said = Annotations.fromStack(stack);
  return [...said.findError('*', everything), ...said.findWarning('*', everything)].flatMap(({ id, entry }) => {
    // Other annotations are not of cdk-nag; that a rule could not be evaluated is.
    const rule = /^(AwsSolutions-\w+|CdkNag\w+)/.exec(String(entry.data))?.[0];
    return rule === undefined ? [] : [`${rule} ${id.replace(/^\/Rekindle\/Rekindle\/|\/Resource$/g, '')}`];
  });
}

test('cdk-nag finds nothing that is not acknowledged, with the defaults and with everything switched on', () => {
  assert.deepEqual(findings(stackOf()), []);
  const stack = stackOf({ ...SWITCHED_ON, AlertTopicArn: 'arn:aws:sns:eu-central-1:445566778899:calls' });
  new RetrainingPolicy(stack, 'Nightly', {
    rekindle: stack.rekindle,
    policy: fixture('fleet.yaml'),
    schedules: ['nightly'],
  });
  assert.deepEqual(findings(stack), []);
});

// Each is needed, and is about one resource only: without it, exactly that is found.
for (const [at, one] of ACKNOWLEDGED.entries()) {
  test(`without its acknowledgement, ${one.id} is found at ${one.at} (${at + 1})`, () => {
    const stack = stackOf();
    take(resourceAt(stack.rekindle, one.at), one.reason);
    assert.deepEqual(findings(stack), [`${one.id} ${one.at}`]);
  });
}

test('every acknowledgement says why in a sentence', () => {
  for (const { reason } of ACKNOWLEDGED) {
    assert.match(reason, /^[A-Z].{40,}\.$/);
  }
});

/** Takes an acknowledgement off a resource. */
function take(resource: CfnResource | undefined, reason: string): void {
  const metadata = resource?.getMetadata('cdk_nag') as { rules_to_suppress: { reason: string }[] };
  const kept = metadata.rules_to_suppress.filter((rule) => rule.reason !== reason);
  assert.equal(kept.length, metadata.rules_to_suppress.length - 1);
  metadata.rules_to_suppress = kept;
}
