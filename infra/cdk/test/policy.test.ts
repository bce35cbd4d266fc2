import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { App, Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { CfnParameter, ParameterTier } from 'aws-cdk-lib/aws-ssm';
import { parse } from 'yaml';
import { RekindlePolicy } from '../generated/policy';
import { Rekindle } from '../lib/rekindle';
import { RetrainingPolicy, RetrainingPolicyProps } from '../lib/retraining-policy';
import { ENV, fixture, home, ofType, refusal, Resource, resourcesOf, stackOf, TRAINING_ROLE } from './support';

const FLEET = fixture('fleet.yaml');
const MINIMAL = fixture('minimal.yaml');
const MINIMAL_TEXT = readFileSync(MINIMAL, 'utf8');

function policy(changes: Partial<RekindlePolicy> = {}): RekindlePolicy {
  return { ...(parse(MINIMAL_TEXT) as RekindlePolicy), ...changes };
}

/** One document for two models. */
function both(changes: Partial<RekindlePolicy>): RekindlePolicy {
  const { model: _, ...rest } = policy(changes);
  return { ...rest, models: ['a', 'b'] };
}

/** What is there before any policy. */
const BARE = Object.keys(resourcesOf(home({ examplePolicy: false }).stack));

/** The resources of one type that a policy comes to, besides those of the stack it is for. */
function made(type: string, props: Omit<RetrainingPolicyProps, 'rekindle'>): Resource['Properties'][] {
  const { stack, rekindle } = home({ examplePolicy: false });
  new RetrainingPolicy(stack, 'Policy', { rekindle, ...props });
  return ofType(resourcesOf(stack), type)
    .filter(([id]) => !BARE.includes(id))
    .map(([, resource]) => resource.Properties);
}

function refused(props: Omit<RetrainingPolicyProps, 'rekindle'>, rekindle: Parameters<typeof home>[0] = {}): string {
  const there = home(rekindle);
  return refusal(() => new RetrainingPolicy(there.stack, 'Policy', { rekindle: there.rekindle, ...props }));
}

test('a file becomes a parameter of its name, as it stands', () => {
  assert.deepEqual(made('AWS::SSM::Parameter', { policy: MINIMAL }), [
    {
      Name: '/rekindle/policies/minimal',
      Description: 'A policy of Rekindle, for late-orders.',
      Tier: 'Standard',
      Type: 'String',
      Value: MINIMAL_TEXT,
    },
  ]);
});

test('an object becomes YAML under the name of its model', () => {
  const [parameter] = made('AWS::SSM::Parameter', { policy: policy() });
  assert.equal(parameter.Name, '/rekindle/policies/late-orders');
  assert.deepEqual(parse(parameter.Value), policy());
});

test('what is known at deployment only is put in there', () => {
  const { stack, rekindle } = home({ examplePolicy: false });
  const bucket = new s3.Bucket(stack, 'Models');
  const training = {
    ...(policy().training as object),
    OutputDataConfig: { S3OutputPath: `s3://${bucket.bucketName}/churn: 1/` },
  };
  new RetrainingPolicy(stack, 'Policy', { rekindle, policy: policy({ training }) });
  const [[, parameter] = []] = ofType(resourcesOf(stack), 'AWS::SSM::Parameter');
  const parts: unknown[] = parameter?.Properties.Value['Fn::Join'][1];
  const put = parts.filter((part) => typeof part !== 'string');
  assert.deepEqual(put, [stack.resolve(bucket.bucketName)]);
  const text = parts.map((part) => (typeof part === 'string' ? part : 'made')).join('');
  assert.equal(parse(text).training.OutputDataConfig.S3OutputPath, 's3://made/churn: 1/');
});

test('a part of a file may be another one here', () => {
  const other = 'arn:aws:iam::445566778899:role/other';
  const stack = stackOf({ TrainingRoleArn: other, ExamplePolicy: 'false' });
  new RetrainingPolicy(stack, 'Policy', {
    rekindle: stack.rekindle,
    policy: MINIMAL,
    replace: { [TRAINING_ROLE]: other },
  });
  const [[, parameter] = []] = ofType(resourcesOf(stack), 'AWS::SSM::Parameter');
  assert.equal(parse(parameter?.Properties.Value).training.RoleArn, other);
});

/** A policy whose text has exactly so many bytes. */
function sized(bytes: number): RekindlePolicy {
  const bare = policy({ owner: 'é' });
  const [parameter] = made('AWS::SSM::Parameter', { policy: bare, tier: ParameterTier.ADVANCED });
  return policy({ owner: `é${'x'.repeat(bytes - Buffer.byteLength(parameter.Value))}` });
}

const SOURCE = 'The policy at Home/Policy cannot become a parameter.\n  ';
const REFUSED: Record<string, [() => Omit<RetrainingPolicyProps, 'rekindle'>, string]> = {
  'one byte more than a standard parameter holds': [
    () => ({ policy: sized(4097) }),
    'It has 4097 bytes, and a parameter of this tier holds 4096: give `tier: ParameterTier.ADVANCED`, which holds 8192, or shorten it.',
  ],
  'one byte more than an advanced parameter holds': [
    () => ({ policy: sized(8193), tier: ParameterTier.ADVANCED }),
    'It has 8193 bytes, and a parameter of this tier holds 8192: shorten it, or split it by models.',
  ],
  'two braces in a row': [
    () => ({ policy: policy({ owner: '{{team}}' }) }),
    'It has two opening braces in a row, which Parameter Store refuses: write `{ a: { b: 1 } }` with spaces.',
  ],
  'a name with a slash': [
    () => ({ policy: policy(), name: 'team/late-orders' }),
    'The parameter would be called `team/late-orders`: give `name`, of letters, digits and `_.-`.',
  ],
  'no name for several models': [
    () => ({ policy: both({}) }),
    'The parameter would be called ``: give `name`, of letters, digits and `_.-`.',
  ],
  'a range that runs backward': [
    () => ({ policy: { ...both({}), models: ['t-{9..1}'] }, name: 'tenants' }),
    '`t-{9..1}` cannot be counted: the smaller number comes first, and with zeros in front both are equally long.',
  ],
  'another role': [
    () => ({ policy: policy({ training: { RoleArn: 'arn:aws:iam::445566778899:role/admin' } }) }),
    '`training.RoleArn` is `arn:aws:iam::445566778899:role/admin`, and Rekindle may pass ' +
      '`arn:aws:iam::445566778899:role/rekindle-training` only: write that one, or give `replace`.',
  ],
  'no role': [
    () => ({ policy: policy({ training: {} }) }),
    '`training.RoleArn` is missing: name the training role of the stack.',
  ],
};

for (const [name, [props, text]] of Object.entries(REFUSED)) {
  test(`refused: ${name}`, () => assert.equal(refused(props()), SOURCE + text));
}

test('as much as a parameter holds', () => {
  assert.equal(Buffer.byteLength(made('AWS::SSM::Parameter', { policy: sized(4096) })[0].Value), 4096);
  const [advanced] = made('AWS::SSM::Parameter', { policy: sized(8192), tier: ParameterTier.ADVANCED });
  assert.equal(Buffer.byteLength(advanced.Value), 8192);
  assert.equal(advanced.Tier, 'Advanced');
});

test('what is to be replaced must be there', () => {
  assert.match(
    refused({ policy: MINIMAL, replace: { staging: 'prod' } }),
    /does not have `staging`, which is to be replaced\. Take it out/,
  );
});

// ---------------------------------------------------------------------------------------------------------- schedules

test('a schedule of the name that the policy gives, in its time zone, wakes on-schedule', () => {
  const [schedule, ...others] = made('AWS::Scheduler::Schedule', { policy: FLEET, schedules: ['nightly'] });
  assert.deepEqual(others, []);
  const { Target, ...rest } = schedule;
  const { stack, rekindle } = home();
  assert.deepEqual(rest, {
    Name: 'demand-nightly',
    GroupName: stack.resolve(rekindle.scheduleGroupName),
    Description: 'Tick of trigger nightly, for Rekindle.',
    ScheduleExpression: 'cron(30 2 * * ? *)',
    ScheduleExpressionTimezone: 'Europe/Berlin',
    FlexibleTimeWindow: { Mode: 'OFF' },
  });
  const { Input, ...target } = Target;
  assert.deepEqual(target, {
    Arn: stack.resolve(rekindle.functions['on-schedule'].functionArn),
    RoleArn: stack.resolve(rekindle.scheduleRoleArn),
    DeadLetterConfig: { Arn: stack.resolve(rekindle.undeliveredQueue.queueArn) },
    RetryPolicy: { MaximumEventAgeInSeconds: 21600, MaximumRetryAttempts: 185 },
  });
  assert.deepEqual(JSON.parse(Input), {
    rekindle: 'scheduled',
    trigger: 'nightly',
    models: ['demand-de', 'demand-fr', 'demand-it', 'demand-es'],
    schedule: '<aws.scheduler.schedule-arn>',
    scheduled_time: '<aws.scheduler.scheduled-time>',
  });
});

test('a rule with the name of a model in it is one schedule for each', () => {
  const triggers = { hourly: { schedule: 'rate(1 hour)', from: '2026-10-01T03:00:00Z', rule: 'tick-{model}' } };
  const schedules = made('AWS::Scheduler::Schedule', {
    policy: both({ triggers }),
    name: 'both',
    schedules: ['hourly'],
  });
  assert.deepEqual(
    schedules.map(({ Name, StartDate, Target }) => [Name, StartDate, JSON.parse(Target.Input).models]),
    [
      ['tick-a', '2026-10-01T03:00:00Z', ['a']],
      ['tick-b', '2026-10-01T03:00:00Z', ['b']],
    ],
  );
});

test('a range of models is counted', () => {
  const triggers = { hourly: { schedule: 'rate(1 hour)', rule: 'tick' } };
  const [parameter] = made('AWS::SSM::Parameter', {
    policy: { ...both({}), models: ['t-{08..11}', 'x'] },
    name: 'tenants',
  });
  assert.equal(parameter.Description, 'A policy of Rekindle, for t-{08..11}, x.');
  const [schedule] = made('AWS::Scheduler::Schedule', {
    policy: { ...both({ triggers }), models: ['t-{08..11}', 'x'] },
    name: 'tenants',
    schedules: ['hourly'],
  });
  assert.deepEqual(JSON.parse(schedule.Target.Input).models, ['t-08', 't-09', 't-10', 't-11', 'x']);
});

const TICK = { schedule: 'cron(0 3 * * ? *)', rule: 'nightly' };
const NO_SCHEDULE: Record<string, [RekindlePolicy['triggers'], string]> = {
  'a trigger that is not there': [{ other: TICK }, 'The policy has only other.'],
  'a trigger without a schedule': [{ tick: { alarm: 'x' } }, 'It has no `schedule`: name a trigger that has one.'],
  'a trigger without a rule': [
    { tick: { schedule: TICK.schedule } },
    'It has no `rule`: give it one, which becomes the name of the schedule.',
  ],
  'the rule of the stack': [
    { tick: { ...TICK, rule: 'rekindle-weekly' } },
    '`rekindle-weekly` is a rule of the stack itself: switch it on there, or name another.',
  ],
  'a name that Scheduler does not take': [
    { tick: { ...TICK, rule: 'every night' } },
    'Its `rule` gives the name `every night`: Scheduler takes letters, digits and `-_.`, 64 at most.',
  ],
};

for (const [name, [triggers, text]] of Object.entries(NO_SCHEDULE)) {
  test(`no schedule: ${name}`, () => {
    assert.equal(
      refused({ policy: policy({ triggers }), schedules: ['tick'] }),
      `The policy at Home/Policy: no schedule can be made for trigger \`tick\`. ${text}`,
    );
  });
}

test('a schedule for a stack of somebody else needs its role', () => {
  const { stack } = home();
  const elsewhere = Rekindle.fromAttributes(stack, 'Elsewhere', { prefix: 'ml', policyPath: '/ml/policies' });
  assert.equal(
    refusal(
      () =>
        new RetrainingPolicy(stack, 'Policy', {
          rekindle: elsewhere,
          policy: policy({ triggers: { tick: TICK } }),
          schedules: ['tick'],
        }),
    ),
    'The policy at Home/Policy: no schedule can be made for trigger `tick`. ' +
      'Give `scheduleRoleArn` to `Rekindle.fromAttributes`: it is the output `ScheduleRoleArn`.',
  );
});

test('a policy for a stack of somebody else', () => {
  const stack = new Stack(new App(), 'Owner', { env: ENV });
  const scheduleRoleArn = 'arn:aws:iam::445566778899:role/ml-OwnersScheduleRole-1';
  const rekindle = Rekindle.fromAttributes(stack, 'Rekindle', {
    prefix: 'ml',
    policyPath: '/ml/policies',
    scheduleRoleArn,
  });
  const { parameter } = new RetrainingPolicy(stack, 'Policy', { rekindle, policy: FLEET, schedules: ['nightly'] });
  assert.equal((parameter.node.defaultChild as CfnParameter).name, '/ml/policies/fleet');
  const [[, schedule] = []] = ofType(resourcesOf(stack), 'AWS::Scheduler::Schedule');
  assert.equal(schedule?.Properties.GroupName, 'ml');
  assert.equal(schedule?.Properties.Target.RoleArn, scheduleRoleArn);
});

// ------------------------------------------------------------------------------------------------------------- alarms

function watching(model: string) {
  return {
    metric: new cloudwatch.Metric({
      namespace: 'Churn',
      metricName: 'Drift',
      dimensionsMap: { Model: model },
      period: Duration.hours(1),
    }),
    threshold: 0.2,
    evaluationPeriods: 1,
  };
}

test('an alarm of the name that the policy gives, for each model', () => {
  const alarms = made('AWS::CloudWatch::Alarm', { policy: FLEET, alarms: { broken_feed: watching } });
  assert.deepEqual(
    alarms.map(({ AlarmName, Dimensions, AlarmActions }) => [AlarmName, Dimensions, AlarmActions]),
    ['demand-de', 'demand-fr', 'demand-it', 'demand-es'].map((model) => [
      `${model}-feed-late`,
      [{ Name: 'Model', Value: model }],
      undefined,
    ]),
  );
});

test('one alarm may be of several models', () => {
  const alarms = made('AWS::CloudWatch::Alarm', {
    policy: both({ triggers: { drift: { alarm: 'drift' } } }),
    name: 'both',
    alarms: { drift: watching('all') },
  });
  assert.deepEqual(
    alarms.map(({ AlarmName }) => AlarmName),
    ['drift'],
  );
});

const NO_ALARM: Record<string, [RekindlePolicy['triggers'], string]> = {
  'a trigger that is not there': [{ other: TICK }, 'The policy has only other.'],
  'a trigger without an alarm': [{ drift: TICK }, 'It has no `alarm`: name a trigger that has one.'],
  'any of several alarms': [
    { drift: { alarm: { prefix: 'prod-' } } },
    'It means any alarm of several: make them beside the policy, and tag them as it says.',
  ],
  'an alarm that exists': [
    { drift: { alarm: 'arn:aws:cloudwatch:eu-central-1:445566778899:alarm:drift' } },
    'It gives the ARN of an alarm, which exists: name it, if it is to be made here.',
  ],
  'one of Rekindle itself': [
    { drift: { alarm: 'rekindle-self-drift' } },
    '`rekindle-self-drift` would be taken for an alarm on Rekindle itself, which never wakes it: name it otherwise.',
  ],
  'one that is not forwarded': [
    { drift: { alarm: 'drift' } },
    '`drift` would wake nobody: the stack forwards alarms that begin with `prod-`. Name it so, or change `alarmNamePrefix`.',
  ],
};

for (const [name, [triggers, text]] of Object.entries(NO_ALARM)) {
  test(`no alarm: ${name}`, () => {
    assert.equal(
      refused({ policy: policy({ triggers }), alarms: { drift: watching } }, { alarmNamePrefix: 'prod-' }),
      `The policy at Home/Policy: no alarm can be made for trigger \`drift\`. ${text}`,
    );
  });
}

test('no alarm: a function of a model for an alarm of several', () => {
  assert.equal(
    refused({ policy: both({ triggers: { drift: { alarm: 'drift' } } }), name: 'both', alarms: { drift: watching } }),
    'The policy at Home/Policy: no alarm can be made for trigger `drift`. ' +
      '`drift` is one alarm of a, b: give what it watches, not a function of a model.',
  );
});
