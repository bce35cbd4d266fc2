import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import { RekindlePolicy } from '../generated/policy';
import { readPolicyFile, writePolicy } from '../lib/policy/document';
import { edits } from '../lib/policy/nearest';
import { inInfra, read } from '../lib/repository';
import { fixture, refusal } from './support';

const here = mkdtempSync(path.join(tmpdir(), 'rekindle-cdk-'));
after(() => rmSync(here, { recursive: true }));
const CHURN = readFileSync(fixture('churn.yaml'), 'utf8');

/** What is said of the example when a part of it is written otherwise. */
function said(old: string | RegExp, by: string): string {
  const file = path.join(here, 'churn.yaml');
  const text = CHURN.replace(old, by);
  assert.notEqual(text, CHURN, 'this changes nothing');
  writeFileSync(file, text);
  return refusal(() => readPolicyFile(file)).replace(path.relative(process.cwd(), file), 'churn.yaml');
}

const MISFITS: Record<string, [string | RegExp, string, string[]]> = {
  'a misspelt field': [
    'below: 0.82',
    'belwo: 0.82',
    ['line 13, column 5: `triggers.accuracy.belwo` is no field that is known here. Did you mean `below`?'],
  ],
  'a field that nobody knows': [
    'owner:',
    'priority: 5\nowner:',
    [
      'line 3, column 1: `priority` is no field that is known here. Known are `data_window`, `guards`, `mode`, `model`, `models`, ' +
        '`owner`, `serves_after`, `start_when`, `trained`, `training`, `triggers`.',
    ],
  ],
  'a misspelt kind': [
    'drift: { alarm:',
    'drift: { alrm:',
    ['line 10, column 12: `triggers.drift.alrm` is no field that is known here. Did you mean `alarm`?'],
  ],
  'a misspelt field that is needed': [
    'alarm: "{model}-feature-drift"',
    'alarm: { prefx: churn- }',
    ['line 10, column 21: `triggers.drift.alarm.prefx` is no field that is known here. Did you mean `prefix`?'],
  ],
  'two misspelt fields, of which one is needed': [
    'alarm: "{model}-feature-drift"',
    'alarm: { prefx: churn-, tgas: {} }',
    [
      'line 10, column 21: `triggers.drift.alarm.prefx` is no field that is known here. Did you mean `prefix`?',
      'line 10, column 36: `triggers.drift.alarm.tgas` is no field that is known here. Did you mean `tags`?',
    ],
  ],
  'a word that is none of three': [
    'mode: observe',
    'mode: watch',
    ['line 5, column 1: `mode` is `watch`, and must be one of `enforce`, `observe`, `suspended`.'],
  ],
  'a duration in prose': [
    'cooldown: 24h',
    'cooldown: 1 day',
    [
      'line 22, column 11: `guards.cooldown` is `1 day`, and must be written like `15m`, `6h`, `14d`, `1h30m`. ' +
        'A number and a unit, largest unit first: 90s, 15m, 6h, 14d, 2w, 1h30m.',
    ],
  ],
  'periods in prose': [
    '3 of 5',
    'three of five',
    [
      'line 14, column 5: `triggers.accuracy.for` is `three of five`, and must be written like `3 of 5`. ' +
        'Breaching periods of periods looked at.',
    ],
  ],
  'no model': ['model: example-churn\n', '', ['line 1, column 1: the policy needs exactly one of `model`, `models`.']],
  'a model and models': [
    'model: example-churn',
    'model: a\nmodels: [b]',
    ['line 1, column 1: the policy needs exactly one of `model`, `models`; it has `model`, `models`.'],
  ],
  'no training': [
    /training:[^]*$/,
    '',
    ["line 1, column 1: the policy lacks `training`. A `CreateTrainingJob` request in the API's own field names."],
  ],
  'two kinds': [
    'drift: { alarm:',
    'drift: { schedule: rate(1 day), alarm:',
    [
      'line 10, column 3: `triggers.drift` needs exactly one of `schedule`, `alarm`, `monitor`, `data_quality`, `objects`, ' +
        '`event`, `metric`; it has `schedule`, `alarm`.',
    ],
  ],
  'no kind': [
    '{ alarm: "{model}-feature-drift" }',
    '{}',
    [
      'line 10, column 3: `triggers.drift` needs exactly one of `schedule`, `alarm`, `monitor`, `data_quality`, `objects`, ' +
        '`event`, `metric`.',
    ],
  ],
  'a rule of an alarm': [
    '-feature-drift" }',
    '-feature-drift", rule: nightly }',
    ['line 10, column 44: `triggers.drift.rule` needs `schedule` beside it.'],
  ],
  'periods of an alarm': [
    '-feature-drift" }',
    '-feature-drift", for: 1 of 2 }',
    [
      'line 10, column 44: `triggers.drift.for` needs one of `below`, `above`, `outside`, `drop_from_baseline`, ' +
        '`rise_from_baseline`, `challenger` beside it.',
    ],
  ],
  'text for a number': [
    'below: 0.82',
    'below: low',
    ['line 13, column 5: `triggers.accuracy.below` is `low`, and must be a number. Fires for values less than this.'],
  ],
  'no number': [
    'below: 0.82',
    'below: .nan',
    ['line 13, column 5: `triggers.accuracy.below` is `NaN`, and must be a number. Fires for values less than this.'],
  ],
  'a number for a name': [
    'alarm: "{model}-feature-drift"',
    'alarm: 5',
    [
      'line 10, column 12: `triggers.drift.alarm` is `5`, which is no form that it may have. ' +
        'Which alarms: a name or an ARN, or every alarm whose name begins alike.',
    ],
  ],
  'too few': [
    'at_least: 2',
    'at_least: 0',
    ['line 20, column 31: `start_when.any.1.at_least` is `0`, and must be 1 at least. At least so many of `of`.'],
  ],
  'two mistakes, in the order of the file': [
    /below: 0.82|cooldown: 24h/g,
    'threshold: 1',
    [
      'line 12, column 5: `triggers.accuracy.metric` needs exactly one of `below`, `above`, `outside`, `drop_from_baseline`, ' +
        '`rise_from_baseline`, `worsening`, `challenger`, `evidence`, `page_hinkley`, `cusum`, `ddm`, `hddm_a`, `adwin`, `break_even` beside it.',
      'line 13, column 5: `triggers.accuracy.threshold` is no field that is known here. infra/policies/REFERENCE.md has those that are.',
      'line 14, column 5: `triggers.accuracy.for` needs one of `below`, `above`, `outside`, `drop_from_baseline`, ' +
        '`rise_from_baseline`, `challenger` beside it.',
      'line 16, column 5: `triggers.accuracy.missing_data` needs one of `below`, `above`, `outside`, `drop_from_baseline`, `rise_from_baseline` beside it.',
      'line 22, column 11: `guards.threshold` is no field that is known here. infra/policies/REFERENCE.md has those that are.',
    ],
  ],
};

for (const [name, [old, by, lines]] of Object.entries(MISFITS)) {
  test(`refused: ${name}`, () => {
    const head = 'churn.yaml does not fit infra/policies/policy.schema.json.';
    assert.equal(said(old, by), [head, ...lines].join('\n  '));
  });
}

const UNREADABLE: Record<string, [string | RegExp, string, string]> = {
  'a tab': [
    '  drift:',
    '\tdrift:',
    'churn.yaml is no YAML that can be read.\n  line 10, column 1: Tabs are not allowed as indentation.',
  ],
  'a field twice': [
    'mode: observe',
    'mode: observe\nmode: enforce',
    'churn.yaml is no YAML that can be read.\n  line 6, column 1: This field was written before: keep one of the two.',
  ],
  'a list': [
    /[^]*/,
    '[churn]',
    'churn.yaml holds no policy: it must be a mapping with `model`, `triggers` and `training`.',
  ],
  nothing: [/[^]*/, '', 'churn.yaml holds no policy: it must be a mapping with `model`, `triggers` and `training`.'],
};

for (const [name, [old, by, text]] of Object.entries(UNREADABLE)) {
  test(`refused: ${name}`, () => assert.equal(said(old, by), text));
}

test('a file that is not there is named', () => {
  assert.match(
    refusal(() => readPolicyFile(path.join(here, 'none.yaml'))),
    /none\.yaml cannot be read: ENOENT.*Give the path of a policy in YAML\.$/,
  );
});

const EXAMPLES = readdirSync(inInfra('policies')).filter((file) => file.endsWith('.yaml'));

test('there are examples', () => assert.ok(EXAMPLES.includes('churn.yaml')));

for (const file of EXAMPLES) {
  test(`accepted: ${file}, as it stands, and again when it is written from the object`, () => {
    const { policy, text } = readPolicyFile(inInfra('policies', file));
    assert.equal(text, read('policies', file));
    const again = path.join(here, file);
    writeFileSync(again, writePolicy('again', policy).text);
    assert.deepEqual(readPolicyFile(again).policy, policy);
  });
}

test('an object is told the same, without lines', () => {
  const policy = { model: 'churn', triggers: { drift: { alrm: 'x' } }, training: {} } as unknown as RekindlePolicy;
  assert.equal(
    refusal(() => writePolicy('The policy at Home/Churn', policy)),
    'The policy at Home/Churn does not fit infra/policies/policy.schema.json.\n' +
      '  `triggers.drift.alrm` is no field that is known here. Did you mean `alarm`?',
  );
});

test('the compiler knows the fields as well', () => {
  const triggers: RekindlePolicy['triggers'] = {
    // @ts-expect-error: `alrm` is no field of a trigger.
    drift: { alrm: 'x' },
  };
  // @ts-expect-error: `watch` is no mode.
  const mode: RekindlePolicy['mode'] = 'watch';
  assert.ok(triggers && mode);
});

const EDITS: [string, string, number][] = [
  ['', '', 0],
  ['below', 'below', 0],
  ['belwo', 'below', 1],
  ['belw', 'below', 1],
  ['bellow', 'below', 1],
  ['bolow', 'below', 1],
  ['', 'abc', 3],
  ['rule', 'for', 4],
];

for (const [one, other, count] of EDITS) {
  test(`${count} letters lie between \`${one}\` and \`${other}\``, () => {
    assert.equal(edits(one, other), count);
    assert.equal(edits(other, one), count);
  });
}
