import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledged';
import { selfAlarms } from './alarms';
import { examplePolicy } from './example';
import { functionProps, PerFunction, perFunction } from './functions';
import { Ledger } from './ledger';
import { RekindleProps, Settled, settle } from './props';
import { Queues } from './queues';
import { Rights } from './rights';
import { RuleToFunction } from './rules';
import { SchedulesToFunction } from './schedules';
import { RekindleAttributes, Home, homeOf } from './home';

/** Decides when a model must be trained again and starts exactly one SageMaker training job. */
export class Rekindle extends Construct implements Home {
  /** A stack that is there already, whoever deployed it: so policies may live in stacks of their own. */
  static fromAttributes(scope: Construct, id: string, attributes: RekindleAttributes): Home {
    return homeOf(new Construct(scope, id), attributes);
  }

  readonly prefix: string;
  readonly policyPath: string;
  readonly alarmNamePrefix: string;
  readonly trainingRoleArn: string;
  /** The ledger: what was started, why, and what is pending. */
  readonly table: dynamodb.ITable;
  /** Where decisions are announced, source `rekindle`. Hang notifications and approvals on it, never a function of Rekindle. */
  readonly bus: events.IEventBus;
  readonly functions: PerFunction<lambda.Function>;
  readonly logGroups: PerFunction<logs.ILogGroup>;
  /** Events that never reached a function, and dead-letter queue of the owners' schedules. */
  readonly undeliveredQueue: sqs.IQueue;
  /** Events that a function gave up, with the error. */
  readonly failedQueue: sqs.IQueue;
  /** Where the alarms on Rekindle itself go. */
  readonly alertTopic: sns.ITopic;
  /** The alarms on Rekindle itself, by name without the prefix. */
  readonly alarms: Readonly<Record<string, cloudwatch.Alarm>>;
  /** Where owners put their schedules. */
  readonly scheduleGroupName: string;
  /** The role of the owners' schedules. */
  readonly scheduleRoleArn: string;
  readonly onScheduleArn: string;
  readonly undeliveredQueueArn: string;

  constructor(scope: Construct, id: string, given: RekindleProps) {
    super(scope, id);
    const props = settle(this.node.path, given);
    this.prefix = props.prefix;
    this.policyPath = props.policyPath;
    this.alarmNamePrefix = props.alarmNamePrefix;
    this.trainingRoleArn = props.trainingRole.roleArn;

    this.table = new Ledger(this, 'Ledger', props.prefix, props.deletionProtection);
    this.bus = new events.EventBus(this, 'Bus', {
      eventBusName: props.prefix,
      description:
        'Decisions of Rekindle, source `rekindle`. Hang notifications and approvals on it, never a function of Rekindle.',
    });
    const queues = new Queues(this, 'Queues', props.prefix);
    this.undeliveredQueue = queues.undelivered;
    this.undeliveredQueueArn = queues.undelivered.queueArn;
    this.failedQueue = queues.failed;
    this.logGroups = perFunction(
      (name) =>
        new logs.LogGroup(this, `${name}-logs`, {
          logGroupName: `/aws/lambda/${props.prefix}-${name}`,
          retention: props.logRetention,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
    );
    this.functions = this.makeFunctions(props);
    this.onScheduleArn = this.functions['on-schedule'].functionArn;

    const rules = this.wakeOnEvents(props);
    queues.keepUndeliveredOf(rules.map(({ rule }) => rule.attrArn));
    // The rules that should be on. One that somebody switched off wakes nobody, and nothing else would tell.
    const watched = rules.filter(({ rule }) => rule.state === 'ENABLED').map(({ rule }) => rule.ref);
    this.functions['on-metric-check'].addEnvironment('REKINDLE_RULES', watched.join(','));

    this.sweep(props);
    const owners = new SchedulesToFunction(this, 'OwnersSchedules', {
      groupName: props.prefix,
      target: this.functions['on-schedule'],
      undelivered: this.undeliveredQueue,
      roleDescription: "Lets the owners' schedules invoke on-schedule and nothing else.",
      policyName: 'wake-on-schedule',
    });
    this.scheduleGroupName = owners.group.ref;
    this.scheduleRoleArn = owners.role.roleArn;

    // Not encrypted: with the key that AWS manages for SNS, CloudWatch could not publish. A description says nothing secret.
    this.alertTopic = props.alertTopic ?? new sns.Topic(this, 'AlertTopic', { topicName: `${props.prefix}-alerts` });
    if (props.alertEmail !== undefined) {
      new sns.Subscription(this, 'AlertSubscription', {
        topic: this.alertTopic,
        protocol: sns.SubscriptionProtocol.EMAIL,
        endpoint: props.alertEmail,
      });
    }
    this.alarms = this.makeAlarms();
    if (props.examplePolicy) {
      examplePolicy(this, this);
    }
    acknowledge(this);
  }

  private makeFunctions(props: Settled): PerFunction<lambda.Function> {
    const rights = new Rights(this, 'Rights', {
      prefix: props.prefix,
      policyPath: props.policyPath,
      trainingRoleArn: this.trainingRoleArn,
      allowedInstanceTypes: props.allowedInstanceTypes,
      maxRuntimeSeconds: props.maxRuntime.toSeconds(),
      table: this.table,
      bus: this.bus,
      failed: this.failedQueue,
      logGroups: this.logGroups,
    });
    const environment = {
      REKINDLE_TABLE: this.table.tableName,
      REKINDLE_BUS: this.bus.eventBusName,
      REKINDLE_POLICY_PATH: props.policyPath,
      // A warm instance reads Parameter Store at most this often; an edited policy is in force a minute later.
      REKINDLE_POLICY_TTL_SECONDS: '60',
      // The dimension `Stack` of our metrics.
      REKINDLE_PREFIX: props.prefix,
      // Whichever function finds a job ended closes its run, and writes down what it cost.
      REKINDLE_PRICES: JSON.stringify(props.prices),
    };
    return perFunction(
      (name) =>
        new lambda.Function(
          this,
          name,
          functionProps(name, {
            functionName: `${props.prefix}-${name}`,
            code: props.code[name],
            role: rights.roles[name],
            logGroup: this.logGroups[name],
            logLevel: props.logLevel,
            architecture: props.architecture,
            environment,
            failed: this.failedQueue,
            reserve: props.reserveSweepConcurrency,
          }),
        ),
    );
  }

  private wakeOnEvents(props: Settled): RuleToFunction[] {
    const rule = (
      id: string,
      name: keyof PerFunction<unknown>,
      what: { ruleName: string; description: string; enabled?: boolean } & (
        | { eventPattern: Record<string, unknown> }
        | { scheduleExpression: string }
      ),
    ) =>
      new RuleToFunction(this, id, {
        enabled: true,
        ...what,
        ruleName: `${props.prefix}-${what.ruleName}`,
        target: this.functions[name],
        targetId: name,
        undelivered: this.undeliveredQueue,
      });
    const self = `arn:${Aws.PARTITION}:cloudwatch:${Aws.REGION}:${Aws.ACCOUNT_ID}:alarm:${props.prefix}-self-`;

    const rules = [
      rule('AlarmRule', 'on-alarm', {
        ruleName: 'alarms',
        description: 'Alarms that go off wake on-alarm.',
        eventPattern: {
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
      }),
      // Every job of every stack in this account and Region has a name that begins with `rk-`, whatever the stack's prefix. A function
      // that is told of another stack's job finds no run of it, and leaves it alone.
      rule('TrainingEndRule', 'on-training-end', {
        ruleName: 'training-end',
        description: 'Training jobs of Rekindle that have ended wake on-training-end, and nobody else.',
        eventPattern: {
          source: ['aws.sagemaker'],
          'detail-type': ['SageMaker Training Job State Change'],
          account: [Aws.ACCOUNT_ID],
          detail: { TrainingJobName: [{ prefix: 'rk-' }], TrainingJobStatus: ['Completed', 'Failed', 'Stopped'] },
        },
      }),
      rule('ExampleWeeklyRule', 'on-schedule', {
        ruleName: 'weekly',
        description: 'Mondays at 03:00 UTC. A policy takes part by naming this rule.',
        scheduleExpression: 'cron(0 3 ? * MON *)',
        enabled: props.exampleSchedule,
      }),
      // What arrives has no level that a sweep could read again. In a busy account each of these is many invocations, so each is off
      // until it is asked for.
      ...(props.dataBuckets.length === 0
        ? []
        : [
            rule('ObjectRule', 'on-alarm', {
              ruleName: 'objects',
              description: 'New objects of the named buckets wake on-alarm.',
              eventPattern: {
                source: ['aws.s3'],
                'detail-type': ['Object Created'],
                account: [Aws.ACCOUNT_ID],
                detail: { bucket: { name: props.dataBuckets } },
              },
            }),
          ]),
      rule('DataQualityRule', 'on-alarm', {
        ruleName: 'data-quality',
        description: 'Results of Glue Data Quality wake on-alarm.',
        enabled: props.dataQualityEvents,
        eventPattern: {
          source: ['aws.glue-dataquality'],
          'detail-type': ['Data Quality Evaluation Results Available'],
          account: [Aws.ACCOUNT_ID],
        },
      }),
      // The event does not say whether a processing job was a run of Model Monitor, so all of them come.
      rule('MonitoringRule', 'on-alarm', {
        ruleName: 'monitoring',
        description: 'Processing jobs that have ended wake on-alarm.',
        enabled: props.monitoringEvents,
        eventPattern: {
          source: ['aws.sagemaker'],
          'detail-type': ['SageMaker Processing Job State Change'],
          account: [Aws.ACCOUNT_ID],
          detail: { ProcessingJobStatus: ['Completed', 'Failed', 'Stopped'] },
        },
      }),
      // A policy says with a pattern which of them it counts.
      ...(props.customEventSource === undefined
        ? []
        : [
            rule('CustomRule', 'on-alarm', {
              ruleName: 'custom',
              description: "Events of one source of the owner's wake on-alarm.",
              eventPattern: { source: [props.customEventSource], account: [Aws.ACCOUNT_ID] },
            }),
          ]),
    ];
    return rules;
  }

  private sweep(props: Settled): void {
    const sweeps = new SchedulesToFunction(this, 'Sweep', {
      groupName: `${props.prefix}-sweep`,
      target: this.functions['on-metric-check'],
      undelivered: this.undeliveredQueue,
      roleDescription: "Lets the sweep's schedule invoke on-metric-check.",
      policyName: 'wake-on-metric-check',
    });
    new scheduler.CfnSchedule(sweeps, 'Schedule', {
      name: 'sweep',
      groupName: sweeps.group.ref,
      description: 'Wakes on-metric-check.',
      scheduleExpression: rate(props.sweepRate),
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: this.functions['on-metric-check'].functionArn,
        roleArn: sweeps.role.roleArn,
        // The words in angle brackets are filled in by Scheduler. The execution id is left out: it is new for every attempt, so it
        // cannot tell a repetition from a new tick; the scheduled time can.
        input: JSON.stringify({
          rekindle: 'sweep',
          schedule: '<aws.scheduler.schedule-arn>',
          scheduled_time: '<aws.scheduler.scheduled-time>',
          attempt: '<aws.scheduler.attempt-number>',
        }),
        retryPolicy: { maximumEventAgeInSeconds: 900, maximumRetryAttempts: 10 },
        deadLetterConfig: { arn: this.undeliveredQueueArn },
      },
    });
  }

  private makeAlarms(): Record<string, cloudwatch.Alarm> {
    const made = selfAlarms({
      prefix: this.prefix,
      functionNames: perFunction((name) => this.functions[name].functionName),
      undeliveredQueueName: this.undeliveredQueue.queueName,
      failedQueueName: this.failedQueue.queueName,
    }).map((self) => {
      const alarm = new cloudwatch.Alarm(this, `${self.name}-alarm`, {
        alarmName: `${this.prefix}-self-${self.name}`,
        alarmDescription: self.description,
        metric: self.metric,
        comparisonOperator: self.comparison,
        threshold: self.threshold,
        evaluationPeriods: self.periods,
        treatMissingData: self.missing,
      });
      alarm.addAlarmAction(new actions.SnsAction(this.alertTopic));
      return [self.name, alarm] as const;
    });
    return Object.fromEntries(made);
  }
}

/** A rate expression; EventBridge wants the singular for one. */
function rate(duration: Duration): string {
  const minutes = duration.toMinutes();
  const [count, unit] = minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute'];
  return `rate(${count} ${unit}${count === 1 ? '' : 's'})`;
}
