import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as destinations from 'aws-cdk-lib/aws-lambda-destinations';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';

/** The four functions, named for what wakes them. */
export const FUNCTIONS = ['on-schedule', 'on-alarm', 'on-metric-check', 'on-training-end'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** Something for each function. */
export type PerFunction<T> = Record<FunctionName, T>;

/** Builds something for each function. */
export function perFunction<T>(make: (name: FunctionName) => T): PerFunction<T> {
  return Object.fromEntries(FUNCTIONS.map((name) => [name, make(name)])) as PerFunction<T>;
}

/** What tells one function from the next, besides what wakes it. */
interface Traits {
  readonly description: string;
  readonly timeout: Duration;
  /** How many may run at a time, where the account lets anything be reserved. */
  readonly reserved?: number;
  readonly retries: number;
  /** How long its event stays worth answering. */
  readonly eventAge: Duration;
}

const TRAITS: PerFunction<Traits> = {
  'on-schedule': {
    description: 'Answers scheduled rules and EventBridge Scheduler.',
    timeout: Duration.seconds(60),
    // A monthly tick comes once: keep trying for as long as Lambda keeps an event, six hours.
    retries: 2,
    eventAge: Duration.hours(6),
  },
  'on-alarm': {
    description: "Answers CloudWatch alarms and news of data. Also takes requests by hand, see the console's Test tab.",
    timeout: Duration.seconds(60),
    // An alarm speaks once, when it changes, and is silent for as long as it lasts.
    retries: 2,
    eventAge: Duration.hours(6),
  },
  'on-metric-check': {
    description: 'The sweep: reads metrics, looks again at everything pending and closes what has ended.',
    timeout: Duration.seconds(300),
    // One sweep after the other. This spares CloudWatch and SageMaker; it is not a lock, the ledger's conditions are.
    reserved: 1,
    // A stale sweep is worthless, the next one sees more.
    retries: 1,
    eventAge: Duration.minutes(15),
  },
  'on-training-end': {
    description: 'Closes the runs of training jobs that have ended. Its role can start nothing.',
    timeout: Duration.seconds(60),
    // A fleet's jobs may end together. Each is one question to SageMaker, and none is in a hurry.
    reserved: 2,
    retries: 2,
    eventAge: Duration.hours(6),
  },
};

/**
 * The code of each function: a folder for each below `folder`, with its `bootstrap`, as cargo-lambda leaves them in
 * `target/lambda`. Nothing is compiled here.
 */
export function bootstraps(folder: string): PerFunction<lambda.Code> {
  const missing = FUNCTIONS.filter((name) => !existsSync(path.join(folder, name, 'bootstrap')));
  if (missing.length > 0) {
    throw new Error(
      `${folder} has no ${missing.map((name) => `${name}/bootstrap`).join(', ')}. ` +
        'Build the functions first, see infra/cdk/README.md, or give the folder that holds them as `code`.',
    );
  }
  return perFunction((name) => lambda.Code.fromAsset(path.join(folder, name)));
}

export interface FunctionSettings {
  readonly functionName: string;
  readonly code: lambda.Code;
  readonly role: iam.Role;
  readonly logGroup: logs.ILogGroup;
  readonly logLevel: string;
  readonly architecture: lambda.Architecture;
  readonly environment: Record<string, string>;
  readonly failed: sqs.IQueue;
  readonly reserve: boolean;
  readonly encryptionKey: kms.IKey | undefined;
}

/** What is passed to `new lambda.Function` for one of the four. */
export function functionProps(name: FunctionName, settings: FunctionSettings): lambda.FunctionProps {
  const traits = TRAITS[name];
  return {
    functionName: settings.functionName,
    description: traits.description,
    runtime: lambda.Runtime.PROVIDED_AL2023,
    handler: 'bootstrap',
    architecture: settings.architecture,
    code: settings.code,
    memorySize: 256,
    timeout: traits.timeout,
    environment: settings.environment,
    environmentEncryption: settings.encryptionKey,
    tracing: lambda.Tracing.ACTIVE,
    // Every right is written in rights.ts. Without this, CDK would add what it thinks the function needs.
    role: settings.role.withoutPolicyUpdates(),
    logGroup: settings.logGroup,
    loggingFormat: lambda.LoggingFormat.JSON,
    applicationLogLevelV2: settings.logLevel as lambda.ApplicationLogLevel,
    systemLogLevelV2: lambda.SystemLogLevel.INFO,
    reservedConcurrentExecutions: settings.reserve ? traits.reserved : undefined,
    retryAttempts: traits.retries,
    maxEventAge: traits.eventAge,
    onFailure: new destinations.SqsDestination(settings.failed),
  };
}
