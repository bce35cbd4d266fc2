import { Duration, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import { PerFunction } from './functions';

/** Of the functions' own log lines. Decisions and metrics carry no level, Lambda takes them for INFO and would drop them above it. */
export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO';

/** What a stack of Rekindle may be told. Each is a parameter of the SAM template, explained in `infra/README.md`. */
export interface RekindleProps {
  /** The built functions, see `bootstraps`. */
  readonly code: PerFunction<lambda.Code>;
  /** The one role that Rekindle may pass to SageMaker. Every policy names it as `RoleArn`. */
  readonly trainingRole: iam.IRole;
  /**
   * A training job that asks for any other instance type is refused by IAM, whatever a policy says.
   * @default - `ml.m5.large`, `ml.m5.xlarge`, `ml.m5.2xlarge`
   */
  readonly allowedInstanceTypes?: string[];
  /**
   * A training job that may run longer, or has no limit, is refused by IAM.
   * @default Duration.hours(6)
   */
  readonly maxRuntime?: Duration;
  /**
   * Dollars for an hour of an instance, such as `{ 'ml.m5.large': '0.115 USD' }`: what a run has really cost.
   * @default - none: a run costs what its policy reserved
   */
  readonly prices?: Record<string, string>;
  /**
   * Only alarms whose name begins so wake Rekindle.
   * @default - all of them
   */
  readonly alarmNamePrefix?: string;
  /**
   * How often everything is examined. Two hours at most.
   * @default Duration.minutes(15)
   */
  readonly sweepRate?: Duration;
  /**
   * Whether the rule `PREFIX-weekly` ticks, Mondays at 03:00 UTC.
   * @default false
   */
  readonly exampleSchedule?: boolean;
  /**
   * Names of buckets: every new object of these wakes Rekindle. Each must send its notifications to EventBridge.
   * @default - none
   */
  readonly dataBuckets?: string[];
  /**
   * Whether every result of Glue Data Quality wakes Rekindle.
   * @default false
   */
  readonly dataQualityEvents?: boolean;
  /**
   * Whether every processing job that ends wakes Rekindle: it may have been a run of Model Monitor.
   * @default false
   */
  readonly monitoringEvents?: boolean;
  /**
   * Every event of this source on the default bus wakes Rekindle. Neither `rekindle` nor a source that begins with
   * `aws.`
   * @default - none
   */
  readonly customEventSource?: string;
  /**
   * One parameter below this path is one policy. No trailing slash.
   * @default '/rekindle/policies'
   */
  readonly policyPath?: string;
  /**
   * Whether to install `example-churn`, which observes and starts nothing.
   * @default true
   */
  readonly examplePolicy?: boolean;
  /**
   * Hears of every alarm on Rekindle itself, and of what a model needs a person for, once it has confirmed the mail
   * that AWS sends.
   * @default - nobody
   */
  readonly alertEmail?: string;
  /**
   * Where both go. The policy of another topic must let cloudwatch.amazonaws.com and events.amazonaws.com publish.
   * @default - a topic of its own, `PREFIX-alerts`
   */
  readonly alertTopic?: sns.ITopic;
  /**
   * Every alarm ends with this and the name of its runbook: the address at which people read them, without a slash at
   * its end.
   * @default 'infra/runbooks'
   */
  readonly runbookBase?: string;
  /** @default 'INFO' */
  readonly logLevel?: LogLevel;
  /** @default RetentionDays.THREE_MONTHS */
  readonly logRetention?: logs.RetentionDays;
  /**
   * Of the ledger. Losing it makes names of training jobs collide.
   * @default true
   */
  readonly deletionProtection?: boolean;
  /**
   * One sweep at a time, and two ends of jobs. `false` only where Lambda refuses to reserve anything.
   * @default true
   */
  readonly reserveSweepConcurrency?: boolean;
  /**
   * Of ledger, queues, logs, bus, topic and the functions' environments. Its policy must let the services use it, see
   * `infra/README.md`.
   * @default - keys that AWS owns
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * Of every name. Two stacks with two prefixes and two policy paths live side by side.
   * @default 'rekindle'
   */
  readonly prefix?: string;
  /**
   * Of the built functions.
   * @default Architecture.X86_64
   */
  readonly architecture?: lambda.Architecture;
}

/** Props of which nothing is left out that has a default. */
export type Settled = Required<Omit<RekindleProps, MayBeMissing>> & Pick<RekindleProps, MayBeMissing>;
type MayBeMissing = 'alertEmail' | 'alertTopic' | 'customEventSource' | 'encryptionKey';

/** Puts in the defaults, and refuses what could not work: all of it at once, each with what to do. */
export function settle(where: string, given: RekindleProps): Settled {
  const props: Settled = {
    allowedInstanceTypes: ['ml.m5.large', 'ml.m5.xlarge', 'ml.m5.2xlarge'],
    maxRuntime: Duration.hours(6),
    prices: {},
    alarmNamePrefix: '',
    sweepRate: Duration.minutes(15),
    exampleSchedule: false,
    dataBuckets: [],
    dataQualityEvents: false,
    monitoringEvents: false,
    policyPath: '/rekindle/policies',
    examplePolicy: true,
    runbookBase: 'infra/runbooks',
    logLevel: 'INFO',
    logRetention: logs.RetentionDays.THREE_MONTHS,
    deletionProtection: true,
    reserveSweepConcurrency: true,
    prefix: 'rekindle',
    architecture: lambda.Architecture.X86_64,
    // `{ prefix: undefined }` is a prefix that was left out.
    ...(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as RekindleProps),
  };
  const complaints = [...complaintsAbout(props)];
  if (complaints.length > 0) {
    throw new Error(
      `Rekindle at ${where} cannot be built:\n${complaints.map((complaint) => `  - ${complaint}`).join('\n')}`,
    );
  }
  return props;
}

const PRICE = /^\d+(\.\d{1,6})? USD$/;

function* complaintsAbout(props: Settled): Generator<string> {
  const fits = (value: string, pattern: RegExp) => Token.isUnresolved(value) || pattern.test(value);

  if (!fits(props.prefix, /^[a-z][a-z0-9-]{0,30}[a-z0-9]$/)) {
    yield `prefix is \`${props.prefix}\`: give 2 to 32 lower-case letters, digits and hyphens that begin with a letter.`;
  }
  if (!fits(props.policyPath, /^(\/[a-zA-Z0-9_.-]+)+$/)) {
    yield `policyPath is \`${props.policyPath}\`: give a path such as /rekindle/policies, without a slash at its end.`;
  }
  if (props.allowedInstanceTypes.length === 0) {
    yield 'allowedInstanceTypes is empty, so no job could ever be started: name one type at least.';
  }
  for (const type of props.allowedInstanceTypes) {
    if (!fits(type, /^ml\.[a-z0-9.-]+$/)) {
      yield `allowedInstanceTypes has \`${type}\`: give types of SageMaker such as ml.m5.xlarge.`;
    }
  }
  const runtime = props.maxRuntime.toSeconds();
  if (runtime < 60 || runtime > 28 * 24 * 60 * 60) {
    yield `maxRuntime is ${props.maxRuntime.toHumanString()}: SageMaker takes a minute at least and 28 days at most.`;
  }
  const sweep = props.sweepRate.toSeconds();
  if (sweep < 60 || sweep > 2 * 60 * 60 || sweep % 60 !== 0) {
    yield `sweepRate is ${props.sweepRate.toHumanString()}: give whole minutes, two hours at most, since after three an alarm says that no sweep comes.`;
  }
  for (const [type, price] of Object.entries(props.prices)) {
    if (!/^ml\.[a-z0-9.-]+$/.test(type) || !PRICE.test(price)) {
      yield `prices has \`${type}: ${price}\`: write an instance type and dollars for an hour, such as { 'ml.m5.large': '0.115 USD' }.`;
    }
  }
  if (JSON.stringify(props.prices).length > 2048) {
    yield 'prices is longer than 2048 characters, and the environment of a function holds 4 KB: keep the types that policies use.';
  }
  if (props.alarmNamePrefix.length > 255) {
    yield 'alarmNamePrefix is longer than 255 characters, and so than the name of any alarm.';
  }
  if (!Token.isUnresolved(props.alarmNamePrefix) && props.alarmNamePrefix.startsWith(`${props.prefix}-self-`)) {
    yield `alarmNamePrefix is \`${props.alarmNamePrefix}\`: alarms of that name are those on Rekindle itself, which never wake it.`;
  }
  if (
    props.customEventSource !== undefined &&
    !fits(props.customEventSource, /^(?!aws\.)(?!rekindle$)[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/)
  ) {
    yield `customEventSource is \`${props.customEventSource}\`: give one source such as shop.catalogue. A source of AWS, or rekindle itself, would be a loop.`;
  }
  if (props.alertEmail !== undefined && !fits(props.alertEmail, /^[^@\s]+@[^@\s]+$/)) {
    yield `alertEmail is \`${props.alertEmail}\`: give an address such as ml-platform@example.com.`;
  }
  if (
    !fits(props.runbookBase, /^(https:\/\/)?[A-Za-z0-9][A-Za-z0-9._~:@%/-]*[A-Za-z0-9]$/) ||
    props.runbookBase.length > 200
  ) {
    yield `runbookBase is \`${props.runbookBase}\`: give an https address or a path of 200 characters at most, without a slash at its end.`;
  }
  if (!['TRACE', 'DEBUG', 'INFO'].includes(props.logLevel)) {
    yield `logLevel is \`${props.logLevel}\`: give TRACE, DEBUG or INFO. Above INFO, Lambda would drop the decisions and the metrics.`;
  }
  if (props.logRetention === logs.RetentionDays.INFINITE) {
    yield 'logRetention is infinite, which the template does not know: give ten years, RetentionDays.TEN_YEARS, at most.';
  }
}
