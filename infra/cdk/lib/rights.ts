import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { FunctionName, PerFunction, perFunction } from './functions';

export interface RightsProps {
  readonly policyPath: string;
  readonly trainingRoleArn: string;
  readonly allowedInstanceTypes: string[];
  readonly maxRuntimeSeconds: number;
  readonly table: dynamodb.ITable;
  readonly bus: events.IEventBus;
  readonly failed: sqs.IQueue;
  readonly logGroups: PerFunction<logs.ILogGroup>;
  readonly encryptionKey: kms.IKey | undefined;
}

/**
 * What each function may do.
 *
 * What a turn needs, in the order of a turn: gather the facts, keep the ledger, start a job. Three policies, shared by
 * the roles of the three functions that take one. What only one function needs stands in its own role.
 */
export class Rights extends Construct {
  readonly gatherFacts: iam.ManagedPolicy;
  readonly keepLedger: iam.ManagedPolicy;
  readonly startTraining: iam.ManagedPolicy;
  readonly trace: iam.ManagedPolicy;
  /** Of a key of the owner's, where there is one. */
  readonly useTheKey: iam.ManagedPolicy | undefined;
  readonly roles: PerFunction<iam.Role>;
  private readonly watched = new iam.PolicyDocument();

  constructor(scope: Construct, id: string, props: RightsProps) {
    super(scope, id);
    const jobs = Stack.of(this).formatArn({ service: 'sagemaker', resource: 'training-job', resourceName: 'rk-*' });

    this.gatherFacts = new iam.ManagedPolicy(this, 'GatherFacts', {
      description: 'Read policies, alarms, metrics and runs of Model Monitor.',
      statements: this.gathering(props.policyPath),
    });
    this.keepLedger = new iam.ManagedPolicy(this, 'KeepLedger', {
      description: 'Write down what is intended and done, and say so.',
      statements: this.keeping(props.table, props.bus),
    });
    this.startTraining = new iam.ManagedPolicy(this, 'StartTraining', {
      description: 'Start training jobs below a ceiling that no policy document can lift.',
      statements: this.starting(jobs, props),
    });

    this.trace = new iam.ManagedPolicy(this, 'Trace', {
      description: 'Send what a call took to X-Ray.',
      // X-Ray knows no resource to name.
      statements: [
        allow('SendTraces', { actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], resources: ['*'] }),
      ],
    });
    this.useTheKey = props.encryptionKey && this.usingTheKey(props.encryptionKey);

    const always = [this.trace, ...(this.useTheKey === undefined ? [] : [this.useTheKey])];
    const turn = [this.gatherFacts, this.keepLedger, this.startTraining];
    const shared: PerFunction<iam.ManagedPolicy[]> = {
      'on-schedule': turn,
      'on-alarm': turn,
      'on-metric-check': turn,
      // None of `startTraining`: the end of a job must not start one, whatever the code comes to.
      'on-training-end': [this.keepLedger],
    };
    const own: Partial<PerFunction<Record<string, iam.PolicyDocument>>> = {
      'on-metric-check': { 'watch-the-rules': this.watched },
      'on-training-end': { 'look-at-jobs': document(seeing(jobs)) },
    };
    this.roles = perFunction(
      (name) =>
        new iam.Role(this, `${name}-role`, {
          description: DESCRIPTIONS[name],
          assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
          managedPolicies: [...shared[name], ...always],
          inlinePolicies: {
            'log-and-fail': document(...loggingAndFailing(props.logGroups[name], props.failed)),
            ...own[name],
          },
        }),
    );
  }

  /** Lets the sweep see whether these rules are on. */
  watch(ruleArns: string[]): void {
    // Each by its name: a star after the prefix would reach the rules of a stack whose prefix begins alike, and their buses.
    const what = { actions: ['events:DescribeRule'], resources: ruleArns };
    this.watched.addStatements(allow('SeeWhetherOurRulesAreOn', what));
  }

  private gathering(policyPath: string): iam.PolicyStatement[] {
    const stack = Stack.of(this);
    const parameter = stack.formatArn({
      service: 'ssm',
      resource: `parameter${policyPath}`,
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });
    return [
      // IAM knows no narrower resource: metrics and monitoring runs have none, and composite alarms can only be
      // described with `*`.
      allow('ReadAlarmsMetricsAndMonitoringRuns', {
        actions: ['cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData', 'sagemaker:ListMonitoringExecutions'],
        resources: ['*'],
      }),
      // Of every alarm: a policy may name one whose events are not forwarded.
      allow('ReadTagsOfAlarms', {
        actions: ['cloudwatch:ListTagsForResource'],
        resources: [
          stack.formatArn({
            service: 'cloudwatch',
            resource: 'alarm',
            resourceName: '*',
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        ],
      }),
      // Whoever may read a path reads everything below it. The second resource adds nothing but paths further down.
      allow('ReadPolicies', { actions: ['ssm:GetParametersByPath'], resources: [parameter, `${parameter}/*`] }),
    ];
  }

  private keeping(table: dynamodb.ITable, bus: events.IEventBus): iam.PolicyStatement[] {
    return [
      // A transaction needs the rights of its parts. No deletes and no scans: the ledger only grows.
      allow('ReadAndWriteTheLedger', {
        actions: ['dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
        resources: [table.tableArn],
      }),
      allow('AnnounceDecisions', {
        actions: ['events:PutEvents'],
        resources: [bus.eventBusArn],
        conditions: {
          // A request has many entries, so the key may have several values. "For all values" is true of none as well.
          'ForAllValues:StringEquals': { 'events:source': 'rekindle' },
          Null: { 'events:source': 'false' },
        },
      }),
    ];
  }

  private starting(jobs: string, props: RightsProps): iam.PolicyStatement[] {
    return [
      allow('StartWithinTheCeiling', {
        actions: ['sagemaker:CreateTrainingJob'],
        resources: [jobs],
        conditions: {
          // "For all values" is true of no value at all, hence the demand that there be one.
          'ForAllValues:StringEquals': { 'sagemaker:InstanceTypes': props.allowedInstanceTypes },
          Null: { 'sagemaker:InstanceTypes': 'false' },
          NumericLessThanEquals: { 'sagemaker:MaxRuntimeInSeconds': props.maxRuntimeSeconds },
          // Instances kept after the job would be paid for past that runtime. Most requests do not name it.
          NumericLessThanEqualsIfExists: { 'sagemaker:KeepAlivePeriod': 0 },
        },
      }),
      allow('TagWhileStarting', {
        actions: ['sagemaker:AddTags'],
        resources: [jobs],
        conditions: { StringEquals: { 'sagemaker:TaggingAction': 'CreateTrainingJob' } },
      }),
      seeing(jobs),
      // Only where a policy lets a newer reason replace a running job.
      allow('StopWhatIsReplaced', { actions: ['sagemaker:StopTrainingJob'], resources: [jobs] }),
      // A deleted job gives its name free again, and the name is what keeps a second job of one generation out.
      new iam.PolicyStatement({
        sid: 'NeverFreeAName',
        effect: iam.Effect.DENY,
        actions: ['sagemaker:DeleteTrainingJob'],
        resources: [jobs],
      }),
      // Exactly one role: with more, every limit above could be walked around.
      allow('PassTheTrainingRole', {
        actions: ['iam:PassRole'],
        resources: [props.trainingRoleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
      }),
    ];
  }

  /** Of the key nothing is used directly: what the table and the queues hold is decrypted for whoever may read it. */
  private usingTheKey(key: kms.IKey): iam.ManagedPolicy {
    const services = ['dynamodb', 'lambda', 'sqs'].map((service) => `${service}.${Aws.REGION}.amazonaws.com`);
    return new iam.ManagedPolicy(this, 'UseTheKey', {
      description: "Use the owner's key through the services that keep something.",
      statements: [
        allow('UseTheKeyThroughServices', {
          actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
          resources: [key.keyArn],
          conditions: { StringEquals: { 'kms:ViaService': services } },
        }),
      ],
    });
  }
}

const DESCRIPTIONS: PerFunction<string> = {
  'on-schedule': 'Execution role of on-schedule.',
  'on-alarm': 'Execution role of on-alarm.',
  'on-metric-check': 'Execution role of on-metric-check.',
  'on-training-end': 'Execution role of on-training-end. It can close runs, and neither start a job nor stop one.',
} satisfies Record<FunctionName, string>;

function seeing(jobs: string): iam.PolicyStatement {
  return allow('SeeHowJobsAreDoing', { actions: ['sagemaker:DescribeTrainingJob'], resources: [jobs] });
}

function loggingAndFailing(logGroup: logs.ILogGroup, failed: sqs.IQueue): iam.PolicyStatement[] {
  return [
    allow('WriteItsOwnLog', {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
    allow('KeepWhatFailed', { actions: ['sqs:SendMessage'], resources: [failed.queueArn] }),
  ];
}

export function allow(sid: string, what: iam.PolicyStatementProps): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid, ...what });
}

export function document(...statements: iam.PolicyStatement[]): iam.PolicyDocument {
  return new iam.PolicyDocument({ statements });
}
