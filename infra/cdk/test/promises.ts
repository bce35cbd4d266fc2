import { ofType, Resources } from './support';
import {
  allStatements,
  drop,
  first,
  flat,
  functionOf,
  idOf,
  named,
  patternOf,
  policyStatement,
  put,
  queueOf,
  queueStatement,
  refersTo,
  roleOf,
  statementsOf,
  targets,
  topicStatement,
  trustOf,
} from './template';

/** What must be true of the stack, and ways to break it that must be noticed. */
export interface Vow {
  readonly name: string;
  readonly complaints: (resources: Resources) => Iterable<string>;
  readonly broken: Record<string, (resources: Resources) => void>;
}

const STARTING = ['sagemaker:CreateTrainingJob', 'sagemaker:StopTrainingJob', 'iam:PassRole'];
const WITHOUT_RESOURCE = [
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'sagemaker:ListMonitoringExecutions',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];
const AGES: Record<string, [number, number]> = {
  'on-schedule': [2, 21600],
  'on-alarm': [2, 21600],
  'on-metric-check': [1, 900],
  'on-training-end': [2, 21600],
};

export const PROMISES: Vow[] = [
  {
    name: 'every function keeps the event it gave up, and tries for as long as it is worth',
    *complaints(resources) {
      for (const [name, [retries, age]] of Object.entries(AGES)) {
        const id = functionOf(resources, name);
        const [, config] =
          ofType(resources, 'AWS::Lambda::EventInvokeConfig').find(([, one]) =>
            refersTo(one.Properties.FunctionName, id),
          ) ?? [];
        const queue = config?.Properties.DestinationConfig?.OnFailure?.Destination;
        if (!refersTo(queue, queueOf(resources, 'failed'))) yield `${name} has no on-failure queue`;
        if (config?.Properties.MaximumRetryAttempts !== retries) yield `${name} is not tried ${retries} times again`;
        if (config?.Properties.MaximumEventAgeInSeconds !== age) yield `${name} does not keep events for ${age} s`;
        const may = statementsOf(resources, roleOf(resources, id)).some(
          (statement) =>
            statement.actions.includes('sqs:SendMessage') &&
            statement.resources.some((one) => refersTo(one, queueOf(resources, 'failed'))),
        );
        if (!may) yield `${name} may not send to its on-failure queue`;
      }
    },
    broken: {
      'a destination is gone': (resources) =>
        delete first(resources, 'AWS::Lambda::EventInvokeConfig').Properties.DestinationConfig,
      'a config is gone': (resources) => drop(resources, 'AWS::Lambda::EventInvokeConfig'),
      'a function is tried once': (resources) =>
        (first(resources, 'AWS::Lambda::EventInvokeConfig').Properties.MaximumRetryAttempts = 0),
      'a stale sweep is kept': (resources) =>
        ofType(resources, 'AWS::Lambda::EventInvokeConfig').forEach(
          ([, one]) => (one.Properties.MaximumEventAgeInSeconds = 21600),
        ),
      'a role may not send': (resources) =>
        (named(
          resources,
          'AWS::IAM::Role',
          'Execution role of on-alarm.',
        ).Properties.Policies[0].PolicyDocument.Statement = []),
    },
  },
  {
    name: 'every rule and schedule leaves in a queue what it could not deliver, and may',
    *complaints(resources) {
      const undelivered = queueOf(resources, 'undelivered');
      for (const [id, target] of targets(resources)) {
        if (!refersTo(target.DeadLetterConfig?.Arn, undelivered)) yield `${id} has no dead-letter queue`;
        if (!(target.RetryPolicy?.MaximumEventAgeInSeconds >= 900)) yield `${id} does not say for how long it tries`;
      }
      const policies = ofType(resources, 'AWS::SQS::QueuePolicy').filter(([, one]) =>
        refersTo(one.Properties.Queues, undelivered),
      );
      const letIn = policies
        .flatMap(([, one]) => one.Properties.PolicyDocument.Statement)
        .filter((one) => one.Principal.Service === 'events.amazonaws.com')
        .flatMap((one) => [one.Condition?.ArnEquals?.['aws:SourceArn'] ?? 'anybody'].flat());
      if (letIn.includes('anybody')) yield 'any rule of anybody may fill the queue';
      for (const [id] of ofType(resources, 'AWS::Events::Rule')) {
        if (!letIn.some((arn) => refersTo(arn, id))) yield `${id} may not use its dead-letter queue`;
      }
    },
    broken: {
      'a rule has no queue': (resources) =>
        delete first(resources, 'AWS::Events::Rule').Properties.Targets[0].DeadLetterConfig,
      'the sweep has no queue': (resources) =>
        delete first(resources, 'AWS::Scheduler::Schedule').Properties.Target.DeadLetterConfig,
      'a rule tries as it pleases': (resources) =>
        delete first(resources, 'AWS::Events::Rule').Properties.Targets[0].RetryPolicy,
      'a rule is not let in': (resources) =>
        queueStatement(resources, 'undelivered', 'OurRules').Condition.ArnEquals['aws:SourceArn'].pop(),
      'everybody is let in': (resources) => delete queueStatement(resources, 'undelivered', 'OurRules').Condition,
    },
  },
  {
    name: 'the queues are reached over TLS only',
    *complaints(resources) {
      for (const [id] of ofType(resources, 'AWS::SQS::Queue')) {
        const tls = ofType(resources, 'AWS::SQS::QueuePolicy')
          .filter(([, one]) => refersTo(one.Properties.Queues, id))
          .flatMap(([, one]) => one.Properties.PolicyDocument.Statement)
          .some(
            (one) =>
              one.Effect === 'Deny' &&
              one.Principal === '*' &&
              one.Action === 'sqs:*' &&
              refersTo(one.Resource, id) &&
              one.Condition?.Bool?.['aws:SecureTransport'] === 'false',
          );
        if (!tls) yield `${id} takes plain HTTP`;
      }
    },
    broken: {
      'one takes it': (resources) => delete queueStatement(resources, 'failed', 'OnlyOverTLS').Condition,
      'only to send is forbidden': (resources) =>
        (queueStatement(resources, 'undelivered', 'OnlyOverTLS').Action = 'sqs:SendMessage'),
      'only one service is forbidden': (resources) =>
        (queueStatement(resources, 'undelivered', 'OnlyOverTLS').Principal = { Service: 'events.amazonaws.com' }),
    },
  },
  {
    name: 'nobody may do everything, or anything to everything',
    *complaints(resources) {
      for (const [where, statement] of allStatements(resources)) {
        for (const action of statement.actions) {
          if (action.includes('*')) yield `${where} allows ${action}`;
          if (statement.resources.includes('*') && !WITHOUT_RESOURCE.includes(action))
            yield `${where} allows ${action} on everything`;
        }
      }
    },
    broken: {
      'an action is *': (resources) => (policyStatement(resources, 'Write down', 0).Action = 'dynamodb:*'),
      'a resource is *': (resources) => (policyStatement(resources, 'Write down', 0).Resource = '*'),
      'a role of a schedule may invoke everything': (resources) =>
        (named(
          resources,
          'AWS::IAM::Role',
          'Lets the sweep',
        ).Properties.Policies[0].PolicyDocument.Statement[0].Resource = '*'),
    },
  },
  {
    name: 'a job is started within the ceiling, in one role, and its name is never freed',
    *complaints(resources) {
      for (const [id, role] of ofType(resources, 'AWS::IAM::Role')) {
        const statements = statementsOf(resources, role);
        const starts = statements.filter(
          ({ effect, actions }) => effect === 'Allow' && actions.includes('sagemaker:CreateTrainingJob'),
        );
        for (const { conditions, resources: on } of starts) {
          const types = conditions['ForAllValues:StringEquals']?.['sagemaker:InstanceTypes'];
          if (!Array.isArray(types) || types.length === 0) yield `${id} may use any instance type`;
          // "For all values" is true of no value at all.
          if (conditions['Null']?.['sagemaker:InstanceTypes'] !== 'false') yield `${id} may name no instance type`;
          const most = conditions['NumericLessThanEquals']?.['sagemaker:MaxRuntimeInSeconds'];
          if (typeof most !== 'number' || most > 2419200) yield `${id} may let a job run for ever`;
          if (conditions['NumericLessThanEqualsIfExists']?.['sagemaker:KeepAlivePeriod'] !== 0)
            yield `${id} may keep instances after a job`;
          if (!on.every((one) => flat(one).endsWith(':training-job/rk-*')))
            yield `${id} may start jobs of another name`;
        }
        const denied = statements.some(
          ({ effect, actions, resources: on }) =>
            effect === 'Deny' &&
            actions.includes('sagemaker:DeleteTrainingJob') &&
            on.every((one) => flat(one).endsWith(':training-job/rk-*')),
        );
        if (starts.length > 0 && !denied) yield `${id} may delete a job`;
        for (const { effect, actions, resources: on, conditions } of statements) {
          if (effect !== 'Allow' || !actions.includes('iam:PassRole')) continue;
          if (on.length !== 1 || flat(on[0]).includes('*')) yield `${id} may pass several roles`;
          if (conditions['StringEquals']?.['iam:PassedToService'] !== 'sagemaker.amazonaws.com')
            yield `${id} may pass a role to anybody`;
        }
      }
    },
    broken: {
      'any type': (resources) =>
        delete policyStatement(resources, 'Start training', 0).Condition['ForAllValues:StringEquals'],
      'no type': (resources) => delete policyStatement(resources, 'Start training', 0).Condition.Null,
      'any runtime': (resources) =>
        delete policyStatement(resources, 'Start training', 0).Condition.NumericLessThanEquals,
      'instances stay': (resources) =>
        delete policyStatement(resources, 'Start training', 0).Condition.NumericLessThanEqualsIfExists,
      'any name': (resources) =>
        (policyStatement(resources, 'Start training', 0).Resource =
          'arn:aws:sagemaker:eu-central-1:445566778899:training-job/*'),
      'delete is not denied': (resources) =>
        named(resources, 'AWS::IAM::ManagedPolicy', 'Start training').Properties.PolicyDocument.Statement.splice(4, 1),
      'delete is allowed': (resources) => (policyStatement(resources, 'Start training', 4).Effect = 'Allow'),
      'any role': (resources) =>
        (policyStatement(resources, 'Start training', 5).Resource = 'arn:aws:iam::445566778899:role/*'),
      'to anybody': (resources) => delete policyStatement(resources, 'Start training', 5).Condition,
    },
  },
  {
    name: 'who hears of the end of a job can neither start nor stop one',
    *complaints(resources) {
      const role = roleOf(resources, functionOf(resources, 'on-training-end'));
      for (const { effect, actions } of statementsOf(resources, role)) {
        for (const action of actions.filter((one) => effect === 'Allow' && STARTING.includes(one))) {
          yield `on-training-end may ${action}`;
        }
      }
    },
    broken: {
      'it may start': (resources) =>
        named(resources, 'AWS::IAM::Role', 'Execution role of on-training-end').Properties.ManagedPolicyArns.push({
          Ref: idOf(resources, 'AWS::IAM::ManagedPolicy', 'Start training'),
        }),
      'it has the role of another': (resources) =>
        (resources[functionOf(resources, 'on-training-end')]!.Properties.Role =
          resources[functionOf(resources, 'on-alarm')]!.Properties.Role),
    },
  },
  {
    name: 'neither our own events nor the end of a training job wakes a function that starts jobs',
    *complaints(resources) {
      for (const [id, rule] of ofType(resources, 'AWS::Events::Rule')) {
        const pattern = rule.Properties.EventPattern;
        const starting = ['on-schedule', 'on-alarm', 'on-metric-check'].map((name) => functionOf(resources, name));
        const quiet = rule.Properties.Targets.every(
          (target: { Arn: unknown }) => !starting.some((one) => refersTo(target.Arn, one)),
        );
        if (pattern === undefined || quiet) continue;
        const words = (values: unknown) =>
          Array.isArray(values) && values.every((one) => typeof one === 'string') ? (values as string[]) : undefined;
        const sources = words(pattern.source);
        // Only what is written word by word: whether a prefix lets `rekindle` through is nothing to reason about.
        if (sources === undefined || sources.includes('rekindle')) yield `${id} may hear of ourselves`;
        if (rule.Properties.EventBusName !== undefined) yield `${id} listens on another bus than the default one`;
        if (sources?.every((source) => !source.startsWith('aws.'))) continue;
        const kinds = words(pattern['detail-type']);
        if (kinds === undefined || kinds.includes('SageMaker Training Job State Change'))
          yield `${id} may hear of the end of a job`;
      }
    },
    broken: {
      'our source': (resources) => patternOf(resources, 'Alarms that').source.push('rekindle'),
      'any source': (resources) => (patternOf(resources, 'Events of one').source = [{ prefix: '' }]),
      'our bus': (resources) =>
        (named(resources, 'AWS::Events::Rule', 'Alarms that').Properties.EventBusName = 'rekindle'),
      'ends of jobs': (resources) =>
        patternOf(resources, 'Processing jobs')['detail-type'].push('SageMaker Training Job State Change'),
      'anything of SageMaker': (resources) => delete patternOf(resources, 'Processing jobs')['detail-type'],
      'another function for the ends': (resources) =>
        (named(resources, 'AWS::Events::Rule', 'Training jobs').Properties.Targets[0].Arn = {
          'Fn::GetAtt': [functionOf(resources, 'on-alarm'), 'Arn'],
        }),
    },
  },
  {
    name: 'each rule may wake its function, by name and account, and nobody else may',
    *complaints(resources) {
      const permissions = ofType(resources, 'AWS::Lambda::Permission').map(([, one]) => one.Properties);
      for (const permission of permissions) {
        if (permission.SourceArn === undefined || permission.SourceAccount === undefined)
          yield 'a permission does not name who calls';
      }
      for (const [id, rule] of ofType(resources, 'AWS::Events::Rule')) {
        for (const target of rule.Properties.Targets) {
          if (ofType(resources, 'AWS::SNS::Topic').some(([topic]) => refersTo(target.Arn, topic))) continue;
          const fits = permissions.filter(
            (one) => refersTo(one.SourceArn, id) && refersTo(one.FunctionName, target.Arn['Fn::GetAtt']?.[0]),
          );
          if (fits.length !== 1) yield `${id} may not wake its function`;
        }
      }
    },
    broken: {
      'no account': (resources) => delete first(resources, 'AWS::Lambda::Permission').Properties.SourceAccount,
      'no rule': (resources) => delete first(resources, 'AWS::Lambda::Permission').Properties.SourceArn,
      'no permission': (resources) => drop(resources, 'AWS::Lambda::Permission'),
      'of another function': (resources) =>
        (first(resources, 'AWS::Lambda::Permission').Properties.FunctionName = {
          Ref: functionOf(resources, 'on-metric-check'),
        }),
    },
  },
  {
    name: 'only schedules of one group act in a role of schedules',
    *complaints(resources) {
      for (const [id, role] of ofType(resources, 'AWS::IAM::Role')) {
        for (const { Principal, Condition } of role.Properties.AssumeRolePolicyDocument.Statement) {
          if (Principal.Service !== 'scheduler.amazonaws.com') continue;
          const arn = flat(Condition?.StringEquals?.['aws:SourceArn']);
          if (!/:schedule-group\/[a-z-]+$/.test(arn)) yield `${id} may be used by schedules of any group`;
          if (Condition?.StringEquals?.['aws:SourceAccount'] === undefined) yield `${id} may be used by other accounts`;
        }
      }
    },
    broken: {
      'any group': (resources) => delete trustOf(resources, 'Lets the owners').Condition.StringEquals['aws:SourceArn'],
      'any account': (resources) =>
        delete trustOf(resources, 'Lets the sweep').Condition.StringEquals['aws:SourceAccount'],
    },
  },
  {
    name: 'only our alarms and one rule publish to people, over TLS',
    *complaints(resources) {
      const policies = ofType(resources, 'AWS::SNS::TopicPolicy').map(
        ([, one]) => one.Properties.PolicyDocument.Statement,
      );
      for (const one of policies.flat()) {
        if (one.Effect !== 'Allow') continue;
        if (one.Condition?.StringEquals?.['aws:SourceAccount'] === undefined) yield `${one.Sid} lets other accounts in`;
        const arn = one.Condition?.ArnLike?.['aws:SourceArn'] ?? one.Condition?.ArnEquals?.['aws:SourceArn'];
        const ours =
          flat(arn).endsWith(':alarm:rekindle-self-*') ||
          refersTo(arn, idOf(resources, 'AWS::Events::Rule', 'Starts that wait'));
        if (!ours) yield `${one.Sid} lets in whom nobody knows`;
      }
      const tls = policies
        .flat()
        .some(
          (one) =>
            one.Effect === 'Deny' && one.Principal === '*' && one.Condition?.Bool?.['aws:SecureTransport'] === 'false',
        );
      if (!tls) yield 'it takes plain HTTP';
    },
    broken: {
      'any alarm': (resources) => delete topicStatement(resources, 'OurAlarms').Condition.ArnLike,
      'any account': (resources) => delete topicStatement(resources, 'OurAlarms').Condition.StringEquals,
      'another rule': (resources) =>
        (topicStatement(resources, 'WhatNeedsAPerson').Condition.ArnEquals['aws:SourceArn'] = {
          'Fn::GetAtt': [idOf(resources, 'AWS::Events::Rule', 'Alarms that'), 'Arn'],
        }),
      'plain HTTP': (resources) => delete topicStatement(resources, 'OnlyOverTLS').Condition,
    },
  },
  {
    name: 'the ledger outlives the stack',
    *complaints(resources) {
      for (const [, table] of ofType(resources, 'AWS::DynamoDB::Table')) {
        if (table.DeletionPolicy !== 'RetainExceptOnCreate' || table.UpdateReplacePolicy !== 'Retain')
          yield 'it goes with the stack';
        if (table.Properties.DeletionProtectionEnabled !== true) yield 'it is not protected';
        if (table.Properties.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled !== true)
          yield 'it cannot be restored';
      }
    },
    broken: {
      'it is deleted': (resources) => put(resources, 'AWS::DynamoDB::Table', { DeletionPolicy: 'Delete' }),
      'it is replaced': (resources) => put(resources, 'AWS::DynamoDB::Table', { UpdateReplacePolicy: 'Delete' }),
      'it is not protected': (resources) =>
        (first(resources, 'AWS::DynamoDB::Table').Properties.DeletionProtectionEnabled = false),
      'no recovery': (resources) =>
        delete first(resources, 'AWS::DynamoDB::Table').Properties.PointInTimeRecoverySpecification,
    },
  },
  {
    name: 'every alarm calls somebody, says what to do first, and never wakes us',
    *complaints(resources) {
      for (const [id, alarm] of ofType(resources, 'AWS::CloudWatch::Alarm')) {
        const { AlarmActions, AlarmDescription, AlarmName } = alarm.Properties;
        if (AlarmActions?.length !== 1) yield `${id} calls nobody`;
        if (!AlarmDescription?.includes(' First: ') || AlarmDescription.length > 1024)
          yield `${id} does not say what to do first`;
        if (!/ Runbook: infra\/runbooks\/[a-z-]+\.md$/.test(AlarmDescription ?? '')) yield `${id} names no runbook`;
        if (!AlarmName.startsWith('rekindle-self-')) yield `${id} wakes Rekindle`;
      }
    },
    broken: {
      'nobody is called': (resources) => delete first(resources, 'AWS::CloudWatch::Alarm').Properties.AlarmActions,
      'no first step': (resources) =>
        (first(resources, 'AWS::CloudWatch::Alarm').Properties.AlarmDescription = 'Something is wrong.'),
      'no runbook': (resources) =>
        (first(resources, 'AWS::CloudWatch::Alarm').Properties.AlarmDescription = 'Something is wrong. First: look.'),
      'another name': (resources) =>
        (first(resources, 'AWS::CloudWatch::Alarm').Properties.AlarmName = 'rekindle-errors'),
    },
  },
];
