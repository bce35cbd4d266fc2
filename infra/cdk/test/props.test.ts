import assert from 'node:assert/strict';
import { test } from 'node:test';
import { App, Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { bootstraps } from '../lib/functions';
import { PARAMETERS } from '../lib/parameters';
import { LogLevel, RekindleProps } from '../lib/props';
import { Rekindle } from '../lib/rekindle';
import { read } from '../lib/repository';
import { ENV, home, ofType, refusal, resourcesOf, someCode, stackOf, TRAINING_ROLE } from './support';

const REFUSED: Record<string, [Partial<RekindleProps>, string]> = {
  'a prefix with a capital': [
    { prefix: 'Rekindle' },
    'prefix is `Rekindle`: give 2 to 32 lower-case letters, digits and hyphens that begin with a letter.',
  ],
  'a path that ends in a slash': [
    { policyPath: '/rekindle/' },
    'policyPath is `/rekindle/`: give a path such as /rekindle/policies, without a slash at its end.',
  ],
  'no instance type': [
    { allowedInstanceTypes: [] },
    'allowedInstanceTypes is empty, so no job could ever be started: name one type at least.',
  ],
  'a type of EC2': [
    { allowedInstanceTypes: ['m5.large'] },
    'allowedInstanceTypes has `m5.large`: give types of SageMaker such as ml.m5.xlarge.',
  ],
  'a runtime of a month': [
    { maxRuntime: Duration.days(30) },
    'maxRuntime is 30 days: SageMaker takes a minute at least and 28 days at most.',
  ],
  'a sweep every three hours': [
    { sweepRate: Duration.hours(3) },
    'sweepRate is 3 hours: give whole minutes, two hours at most, since after three an alarm says that no sweep comes.',
  ],
  'a price without its currency': [
    { prices: { 'ml.m5.large': '0.115' } },
    "prices has `ml.m5.large: 0.115`: write an instance type and dollars for an hour, such as { 'ml.m5.large': '0.115 USD' }.",
  ],
  'our own alarms': [
    { alarmNamePrefix: 'rekindle-self-' },
    'alarmNamePrefix is `rekindle-self-`: alarms of that name are those on Rekindle itself, which never wake it.',
  ],
  'events of AWS': [
    { customEventSource: 'aws.sagemaker' },
    'customEventSource is `aws.sagemaker`: give one source such as shop.catalogue. A source of AWS, or rekindle itself, would be a loop.',
  ],
  'events of ourselves': [
    { customEventSource: 'rekindle' },
    'customEventSource is `rekindle`: give one source such as shop.catalogue. A source of AWS, or rekindle itself, would be a loop.',
  ],
  'no address': [
    { alertEmail: 'ml-platform' },
    'alertEmail is `ml-platform`: give an address such as ml-platform@example.com.',
  ],
  'a base that ends in a slash': [
    { runbookBase: 'https://wiki.example.com/' },
    'runbookBase is `https://wiki.example.com/`: give an https address or a path of 200 characters at most, without a slash at its end.',
  ],
  'a level that drops decisions': [
    { logLevel: 'WARN' as LogLevel },
    'logLevel is `WARN`: give TRACE, DEBUG or INFO. Above INFO, Lambda would drop the decisions and the metrics.',
  ],
  'logs for ever': [
    { logRetention: logs.RetentionDays.INFINITE },
    'logRetention is infinite, which the template does not know: give ten years, RetentionDays.TEN_YEARS, at most.',
  ],
};

for (const [name, [props, text]] of Object.entries(REFUSED)) {
  test(`refused: ${name}`, () => {
    assert.equal(
      refusal(() => home(props)),
      `Rekindle at Home/Rekindle cannot be built:\n  - ${text}`,
    );
  });
}

test('all mistakes are told at once', () => {
  const text = refusal(() => home({ prefix: '', sweepRate: Duration.seconds(90) }));
  assert.equal(text.split('\n  - ').length, 3);
});

test('the longest and the shortest that is allowed', () => {
  home({ sweepRate: Duration.minutes(1), maxRuntime: Duration.days(28), prefix: 'ab' });
  home({ sweepRate: Duration.hours(2), maxRuntime: Duration.minutes(1), prefix: 'a'.repeat(32) });
});

test('CDK has every parameter of the SAM template, and no other', () => {
  const template = read('sam', 'template.yaml');
  const section = /^Parameters:\n(.*?)^\S/ms.exec(template)?.[1] ?? '';
  const names = [...section.matchAll(/^ {2}(\w+):$/gm)].map(([, name]) => name);
  assert.deepEqual([...PARAMETERS].sort(), names.sort());
});

const PARAMETERS_REFUSED: [string, string, string][] = [
  [
    'TrainingRole',
    'x',
    `There is no parameter TrainingRole. There are ${PARAMETERS.join(', ')}; infra/README.md explains them.`,
  ],
  ['TrainingRoleArn', 'rekindle-training', 'TrainingRoleArn is `rekindle-training`: give the ARN of an IAM role.'],
  ['MaxRuntimeSeconds', '6h', 'MaxRuntimeSeconds is `6h`: give a whole number.'],
  ['Prices', 'cheap', 'Prices is `cheap`: give JSON such as {"ml.m5.large": "0.115 USD"}.'],
  ['SweepRate', '15m', 'SweepRate is `15m`: give a rate such as rate(15 minutes).'],
  ['DataQualityEvents', 'yes', 'DataQualityEvents is `yes`: give ENABLED or DISABLED.'],
  ['ExamplePolicy', 'no', 'ExamplePolicy is `no`: give true or false.'],
  [
    'EncryptionKeyArn',
    'arn:aws:kms:eu-central-1:445566778899:alias/ml',
    'EncryptionKeyArn is `arn:aws:kms:eu-central-1:445566778899:alias/ml`: give the ARN of a KMS key, not of an alias.',
  ],
  ['Architecture', 'arm', 'Architecture is `arm`: give x86_64 or arm64.'],
];

for (const [name, value, text] of PARAMETERS_REFUSED) {
  test(`refused: ${name} ${value}`, () =>
    assert.equal(
      refusal(() => stackOf({ [name]: value })),
      text,
    ));
}

test('functions that are not built are named', () => {
  assert.equal(
    refusal(() => bootstraps('/nowhere')),
    '/nowhere has no on-schedule/bootstrap, on-alarm/bootstrap, on-metric-check/bootstrap, on-training-end/bootstrap. ' +
      'Build the functions first, see infra/cdk/README.md, or give the folder that holds them as `code`.',
  );
});

test('what a stack is made of can be reached', () => {
  const { rekindle } = home();
  assert.deepEqual(Object.keys(rekindle.functions), ['on-schedule', 'on-alarm', 'on-metric-check', 'on-training-end']);
  assert.ok(rekindle.alarms['sweep-silent']?.alarmArn);
  assert.ok(rekindle.table.tableArn && rekindle.bus.eventBusArn && rekindle.alertTopic.topicArn);
});

test('a stack of somebody else is known by its prefix', () => {
  const stack = new Stack(new App(), 'Owner', { env: ENV });
  const there = Rekindle.fromAttributes(stack, 'Rekindle', { prefix: 'ml' });
  assert.deepEqual(stack.resolve({ ...there }), {
    prefix: 'ml',
    policyPath: '/rekindle/policies',
    scheduleGroupName: 'ml',
    onScheduleArn: {
      'Fn::Join': [
        '',
        ['arn:', { Ref: 'AWS::Partition' }, ':lambda:eu-central-1:445566778899:function:ml-on-schedule'],
      ],
    },
    undeliveredQueueArn: {
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':sqs:eu-central-1:445566778899:ml-undelivered']],
    },
  });
});

test('a key and a topic of the same app will do', () => {
  const stack = new Stack(new App(), 'Home', { env: ENV });
  new Rekindle(stack, 'Rekindle', {
    code: someCode(stack),
    trainingRole: new iam.Role(stack, 'Training', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') }),
    encryptionKey: new kms.Key(stack, 'Key'),
    alertTopic: new sns.Topic(stack, 'Calls'),
  });
  const topics = ofType(resourcesOf(stack), 'AWS::SNS::Topic');
  assert.equal(topics.length, 1);
});

test('two stacks of Rekindle may share one app', () => {
  const { stack, rekindle } = home();
  const trainingRole = iam.Role.fromRoleArn(stack, 'Other', TRAINING_ROLE, { mutable: false });
  const code = { ...someCode(new Construct(stack, 'OtherCode')) };
  const other = new Rekindle(stack, 'Second', { code, trainingRole, prefix: 'second', policyPath: '/second/policies' });
  assert.notEqual(other.scheduleGroupName, rekindle.scheduleGroupName);
  const names = ofType(resourcesOf(stack), 'AWS::Lambda::Function').map(
    ([, { Properties }]) => Properties.FunctionName,
  );
  assert.equal(new Set(names).size, 8);
});
