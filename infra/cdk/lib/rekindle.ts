import { RemovalPolicy } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledged';
import { AlertTopic } from './alert-topic';
import { selfAlarms } from './alarms';
import { Console } from './console';
import { examplePolicy } from './example';
import { functionProps, PerFunction, perFunction } from './functions';
import { Home, homeOf, RekindleAttributes } from './home';
import { Ledger } from './ledger';
import { RekindleProps, Settled, settle } from './props';
import { Queues } from './queues';
import { Rights } from './rights';
import { SchedulesToFunction } from './schedules';
import { Sweep } from './sweep';
import { Wakings } from './waking';

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

    this.table = new Ledger(this, 'Ledger', {
      tableName: props.prefix,
      deletionProtection: props.deletionProtection,
      encryptionKey: props.encryptionKey,
    });
    this.bus = new events.EventBus(this, 'Bus', {
      eventBusName: props.prefix,
      description:
        'Decisions of Rekindle, source `rekindle`. Hang notifications and approvals on it, never a function of Rekindle.',
      kmsKey: props.encryptionKey,
    });
    const queues = new Queues(this, 'Queues', props.prefix, props.encryptionKey);
    this.undeliveredQueue = queues.undelivered;
    this.undeliveredQueueArn = queues.undelivered.queueArn;
    this.failedQueue = queues.failed;
    this.logGroups = perFunction(
      (name) =>
        new logs.LogGroup(this, `${name}-logs`, {
          logGroupName: `/aws/lambda/${props.prefix}-${name}`,
          retention: props.logRetention,
          encryptionKey: props.encryptionKey,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
    );
    const rights = this.makeRights(props);
    this.functions = this.makeFunctions(props, rights);
    this.onScheduleArn = this.functions['on-schedule'].functionArn;

    const own = props.alertTopic === undefined ? new AlertTopic(this, 'AlertTopic', props) : undefined;
    this.alertTopic = own ?? (props.alertTopic as sns.ITopic);
    this.callSomebody(props);

    const wakings = new Wakings(this, 'Wakings', {
      settled: props,
      functions: this.functions,
      bus: this.bus,
      alertTopic: this.alertTopic,
      undelivered: this.undeliveredQueue,
    });
    own?.letIn(wakings.people.attrArn);
    const ruleArns = wakings.rules.map((rule) => rule.attrArn);
    queues.keepUndeliveredOf(ruleArns);
    rights.watch(ruleArns);
    // The rules that should be on. One that somebody switched off wakes nobody, and nothing else would tell.
    const watched = wakings.rules.filter((rule) => rule.state === 'ENABLED').map((rule) => rule.ref);
    this.functions['on-metric-check'].addEnvironment('REKINDLE_RULES', watched.join(','));

    new Sweep(this, 'Sweep', {
      prefix: props.prefix,
      rate: props.sweepRate,
      target: this.functions['on-metric-check'],
      undelivered: this.undeliveredQueue,
      useTheKey: rights.useTheKey,
    });
    const owners = new SchedulesToFunction(this, 'OwnersSchedules', {
      groupName: props.prefix,
      target: this.functions['on-schedule'],
      undelivered: this.undeliveredQueue,
      useTheKey: rights.useTheKey,
      roleDescription: "Lets the owners' schedules invoke on-schedule and nothing else.",
      policyName: 'wake-on-schedule',
    });
    this.scheduleGroupName = owners.group.ref;
    this.scheduleRoleArn = owners.role.roleArn;

    this.alarms = this.makeAlarms(props.runbookBase);
    new Console(this, 'Console', {
      prefix: props.prefix,
      logGroups: (['on-metric-check', 'on-alarm', 'on-schedule', 'on-training-end'] as const).map(
        (name) => this.logGroups[name],
      ),
    });
    if (props.examplePolicy) {
      examplePolicy(this, this);
    }
    acknowledge(this);
  }

  private makeRights(props: Settled): Rights {
    return new Rights(this, 'Rights', {
      policyPath: props.policyPath,
      trainingRoleArn: this.trainingRoleArn,
      allowedInstanceTypes: props.allowedInstanceTypes,
      maxRuntimeSeconds: props.maxRuntime.toSeconds(),
      table: this.table,
      bus: this.bus,
      failed: this.failedQueue,
      logGroups: this.logGroups,
      encryptionKey: props.encryptionKey,
    });
  }

  private makeFunctions(props: Settled, rights: Rights): PerFunction<lambda.Function> {
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
            encryptionKey: props.encryptionKey,
          }),
        ),
    );
  }

  private callSomebody({ alertEmail }: Settled): void {
    if (alertEmail === undefined) {
      return;
    }
    new sns.Subscription(this, 'AlertSubscription', {
      topic: this.alertTopic,
      protocol: sns.SubscriptionProtocol.EMAIL,
      endpoint: alertEmail,
    });
  }

  private makeAlarms(runbookBase: string): Record<string, cloudwatch.Alarm> {
    const made = selfAlarms({
      prefix: this.prefix,
      functionNames: perFunction((name) => this.functions[name].functionName),
      undeliveredQueueName: this.undeliveredQueue.queueName,
      failedQueueName: this.failedQueue.queueName,
    }).map((self) => {
      const alarm = new cloudwatch.Alarm(this, `${self.name}-alarm`, {
        alarmName: `${this.prefix}-self-${self.name}`,
        alarmDescription: `${self.description} Runbook: ${runbookBase}/${self.runbook}.md`,
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
