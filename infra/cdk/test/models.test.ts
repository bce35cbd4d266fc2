import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RekindlePolicy } from '../generated/policy';
import { models } from '../lib/policy/models';
import { refusal } from './support';

function named(...entries: string[]): RekindlePolicy {
  return { models: entries, triggers: {}, training: {} };
}

// The same rows as the functions' own reader has.
const RANGES: Record<string, [string, string[]]> = {
  'a name': ['churn', ['churn']],
  'zeros are kept': ['t-{08..11}', ['t-08', 't-09', 't-10', 't-11']],
  'no zeros': ['t-{8..11}', ['t-8', 't-9', 't-10', 't-11']],
  'from nought': ['t{0..2}', ['t0', 't1', 't2']],
  'all zeros': ['t{00..01}', ['t00', 't01']],
  one: ['t-{7..7}', ['t-7']],
  'in the middle': ['t{1..2}-eu', ['t1-eu', 't2-eu']],
  alone: ['{1..2}', ['1', '2']],
  'dots elsewhere': ['a..b', ['a..b']],
};

for (const [name, [entry, expected]] of Object.entries(RANGES)) {
  test(`models: ${name}`, () => assert.deepEqual(models(named(entry)), expected));
}

const FORM = 'is neither a model nor a range of models: write a range such as "tenant-{001..500}", one in each entry.';
const COUNT = 'cannot be counted: the smaller number comes first, and with zeros in front both are equally long.';
const SLIPS: Record<string, string> = {
  't-{1-3}': FORM,
  't-{1...3}': FORM,
  't-{1..3': FORM,
  't-{1..3}-{1..4}': FORM,
  '{model}': FORM,
  't-{9..1}': COUNT,
  't-{01..100}': COUNT,
  't-{0..1000}': 'is too many: a document holds 1000 models at most.',
};

for (const [entry, text] of Object.entries(SLIPS)) {
  test(`models refused: ${entry}`, () =>
    assert.equal(
      refusal(() => models(named(entry))),
      `\`${entry}\` ${text}`,
    ));
}

test('a thousand models are not too many, and one more is', () => {
  assert.equal(models(named('t-{1..1000}')).length, 1000);
  assert.equal(
    refusal(() => models(named('x', 't-{1..1000}'))),
    '`t-{1..1000}` is too many: a document holds 1000 models at most.',
  );
});
