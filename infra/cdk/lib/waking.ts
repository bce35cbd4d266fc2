import { Aws } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { FunctionName, PerFunction } from './functions';
import { Settled } from './props';
import { RuleToFunction, RuleToTopic } from './rules';

export interface WakingProps {
  readonly settled: Settled;
  readonly functions: PerFunction<lambda.IFunction>;
  readonly bus: events.IEventBus;
  readonly alertTopic: sns.ITopic;
  readonly undelivered: sqs.IQueue;
}

/** One rule, in the words that tell it from the next. */
interface Waking {
  readonly id: string;
  readonly wakes: FunctionName;
  readonly name: string;
  readonly description: string;
  readonly enabled?: boolean;
  readonly pattern?: Record<string, unknown>;
  readonly schedule?: string;
}

/** What wakes the functions, besides schedules; and what people are told. */
export class Wakings extends Construct {
  /** All of them, in the order in which the sweep looks at them. */
  readonly rules: events.CfnRule[];
  /** What a model needs a person for, in one sentence. Everything else that is announced stays on the bus. */
  readonly people: events.CfnRule;

  constructor(scope: Construct, id: string, props: WakingProps) {
    super(scope, id);
    const made = (waking: Waking) =>
      new RuleToFunction(this, waking.id, {
        ruleName: `${props.settled.prefix}-${waking.name}`,
        description: waking.description,
        enabled: waking.enabled ?? true,
        eventPattern: waking.pattern,
        scheduleExpression: waking.schedule,
        target: props.functions[waking.wakes],
        targetId: waking.wakes,
        undelivered: props.undelivered,
      }).rule;
    const always = levels(props.settled).map(made);
    this.people = this.tellPeople(props);
    this.rules = [...always, this.people, ...asked(props.settled).map(made)];
  }

  private tellPeople(props: WakingProps): events.CfnRule {
    return new RuleToTopic(this, 'PeopleRule', {
      ruleName: `${props.settled.prefix}-people`,
      description:
        "Starts that wait for a person's yes, trainings that failed or did not help, and policies that were refused.",
      bus: props.bus,
      eventPattern: {
        source: ['rekindle'],
        account: [Aws.ACCOUNT_ID],
        $or: [
          { 'detail-type': ['Policy Refused', 'Retraining Failed', 'Retraining Futile', 'Retraining Refused'] },
          { 'detail-type': ['Retraining Held'], detail: { waiting_on: ['ask_first'] } },
        ],
      },
      topic: props.alertTopic,
      targetId: 'people',
      // What an event does not tell stays empty: a refused policy has no decision.
      values: {
        kind: '$.detail-type',
        model: '$.detail.model',
        sentence: '$.detail.sentence',
        decision: '$.detail.decision',
      },
      text: '"<kind> <model>"\n"<sentence>"\n"<decision>"\n',
      undelivered: props.undelivered,
    }).rule;
  }
}

/** What a turn reads again, or is told of once only: always on. */
function levels(props: Settled): Waking[] {
  const self = `arn:${Aws.PARTITION}:cloudwatch:${Aws.REGION}:${Aws.ACCOUNT_ID}:alarm:${props.prefix}-self-`;
  return [
    {
      id: 'AlarmRule',
      wakes: 'on-alarm',
      name: 'alarms',
      description: 'Alarms that go off wake on-alarm.',
      pattern: {
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        account: [Aws.ACCOUNT_ID],
        // Not the alarms on Rekindle itself: a failing on-alarm would be woken by the news that it fails.
        resources: [{ 'anything-but': { prefix: self } }],
        detail: {
          // An empty prefix matches every name.
          alarmName: [{ prefix: props.alarmNamePrefix }],
          // Nothing is asked of `previousState`: a composite alarm released from suppression reports ALARM from ALARM.
          state: { value: ['ALARM'] },
        },
      },
    },
    // Every job of every stack in this account and Region has a name that begins with `rk-`, whatever the stack's
    // prefix. A function that is told of another stack's job finds no run of it, and leaves it alone.
    {
      id: 'TrainingEndRule',
      wakes: 'on-training-end',
      name: 'training-end',
      description: 'Training jobs of Rekindle that have ended wake on-training-end, and nobody else.',
      pattern: {
        source: ['aws.sagemaker'],
        'detail-type': ['SageMaker Training Job State Change'],
        account: [Aws.ACCOUNT_ID],
        detail: { TrainingJobName: [{ prefix: 'rk-' }], TrainingJobStatus: ['Completed', 'Failed', 'Stopped'] },
      },
    },
    // Whoever edits a policy is answered at once: accepted, or what is wrong with it. The path is the whole filter, so
    // nobody else's parameters come here.
    {
      id: 'PolicyRule',
      wakes: 'on-alarm',
      name: 'policies',
      description:
        'Policies that were written or removed wake on-alarm, which reads and answers them. They start nothing.',
      pattern: {
        source: ['aws.ssm'],
        'detail-type': ['Parameter Store Change'],
        account: [Aws.ACCOUNT_ID],
        detail: { name: [{ prefix: `${props.policyPath}/` }], operation: ['Create', 'Update', 'Delete'] },
      },
    },
  ];
}

/**
 * What is off until it is asked for.
 *
 * What these forward has no level that a sweep could read again: without them, triggers that count objects, results or
 * events count nothing. In a busy account each is many invocations.
 */
function asked(props: Settled): Waking[] {
  const weekly: Waking = {
    id: 'ExampleWeeklyRule',
    wakes: 'on-schedule',
    name: 'weekly',
    description: 'Mondays at 03:00 UTC. A policy takes part by naming this rule.',
    schedule: 'cron(0 3 ? * MON *)',
    enabled: props.exampleSchedule,
  };
  const objects: Waking = {
    id: 'ObjectRule',
    wakes: 'on-alarm',
    name: 'objects',
    description: 'New objects of the named buckets wake on-alarm.',
    pattern: {
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      account: [Aws.ACCOUNT_ID],
      detail: { bucket: { name: props.dataBuckets } },
    },
  };
  const dataQuality: Waking = {
    id: 'DataQualityRule',
    wakes: 'on-alarm',
    name: 'data-quality',
    description: 'Results of Glue Data Quality wake on-alarm.',
    enabled: props.dataQualityEvents,
    pattern: {
      source: ['aws.glue-dataquality'],
      'detail-type': ['Data Quality Evaluation Results Available'],
      account: [Aws.ACCOUNT_ID],
    },
  };
  // The event does not say whether a processing job was a run of Model Monitor, so all of them come.
  const monitoring: Waking = {
    id: 'MonitoringRule',
    wakes: 'on-alarm',
    name: 'monitoring',
    description: 'Processing jobs that have ended wake on-alarm.',
    enabled: props.monitoringEvents,
    pattern: {
      source: ['aws.sagemaker'],
      'detail-type': ['SageMaker Processing Job State Change'],
      account: [Aws.ACCOUNT_ID],
      detail: { ProcessingJobStatus: ['Completed', 'Failed', 'Stopped'] },
    },
  };
  // A policy says with a pattern which of them it counts.
  const custom: Waking = {
    id: 'CustomRule',
    wakes: 'on-alarm',
    name: 'custom',
    description: "Events of one source of the owner's wake on-alarm.",
    pattern: { source: [props.customEventSource], account: [Aws.ACCOUNT_ID] },
  };
  return [
    weekly,
    ...(props.dataBuckets.length === 0 ? [] : [objects]),
    dataQuality,
    monitoring,
    ...(props.customEventSource === undefined ? [] : [custom]),
  ];
}
