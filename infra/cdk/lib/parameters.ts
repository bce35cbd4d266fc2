import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { LogLevel, RekindleProps } from './props';

/** Values in the words of the SAM template's parameters, as `cdk.json` and the command line give them: `infra/README.md` explains each. */
export type Parameters = Record<string, string>;

type Reader = (value: string, scope: Construct) => Partial<RekindleProps>;

const READERS: Record<string, Reader> = {
  TrainingRoleArn: (value, scope) => ({ trainingRole: role(scope, value) }),
  AllowedInstanceTypes: (value) => ({ allowedInstanceTypes: list(value) }),
  MaxRuntimeSeconds: (value) => ({ maxRuntime: Duration.seconds(number('MaxRuntimeSeconds', value)) }),
  Prices: (value) => ({ prices: table(value) }),
  AlarmNamePrefix: (value) => ({ alarmNamePrefix: value }),
  SweepRate: (value) => ({ sweepRate: rate(value) }),
  ExampleScheduleState: (value) => ({ exampleSchedule: isOn('ExampleScheduleState', value) }),
  DataBuckets: (value) => ({ dataBuckets: list(value) }),
  DataQualityEvents: (value) => ({ dataQualityEvents: isOn('DataQualityEvents', value) }),
  MonitoringEvents: (value) => ({ monitoringEvents: isOn('MonitoringEvents', value) }),
  CustomEventSource: (value) => (value === '' ? {} : { customEventSource: value }),
  PolicyPath: (value) => ({ policyPath: value }),
  ExamplePolicy: (value) => ({ examplePolicy: isTrue('ExamplePolicy', value) }),
  AlertEmail: (value) => (value === '' ? {} : { alertEmail: value }),
  AlertTopicArn: (value, scope) =>
    value === '' ? {} : { alertTopic: sns.Topic.fromTopicArn(scope, 'AlertTopic', value) },
  RunbookBase: (value) => ({ runbookBase: value }),
  LogLevel: (value) => ({ logLevel: value as LogLevel }),
  LogRetentionDays: (value) => ({ logRetention: number('LogRetentionDays', value) }),
  DeletionProtection: (value) => ({ deletionProtection: isTrue('DeletionProtection', value) }),
  ReserveSweepConcurrency: (value) => ({ reserveSweepConcurrency: isTrue('ReserveSweepConcurrency', value) }),
  EncryptionKeyArn: (value, scope) => (value === '' ? {} : { encryptionKey: key(scope, value) }),
  Prefix: (value) => ({ prefix: value }),
  Architecture: (value) => ({ architecture: architecture(value) }),
};

/** The names of all of them. */
export const PARAMETERS = Object.keys(READERS);

/** Props of `Rekindle` from parameters of the SAM template. A name that it does not have is refused. */
export function propsOf(scope: Construct, parameters: Parameters): Omit<RekindleProps, 'code'> {
  const props: Partial<RekindleProps> = {};
  for (const [name, value] of Object.entries(parameters)) {
    const reader = READERS[name];
    if (reader === undefined) {
      throw new Error(
        `There is no parameter ${name}. There are ${PARAMETERS.join(', ')}; infra/README.md explains them.`,
      );
    }
    Object.assign(props, reader(String(value), scope));
  }
  const { trainingRole } = props;
  if (trainingRole === undefined) {
    throw new Error(
      'TrainingRoleArn is missing: give the ARN of the execution role of your training jobs, with `-c TrainingRoleArn=…` or in cdk.json.',
    );
  }
  return { ...props, trainingRole };
}

function role(scope: Construct, arn: string): iam.IRole {
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/.test(arn)) {
    throw new Error(`TrainingRoleArn is \`${arn}\`: give the ARN of an IAM role.`);
  }
  return iam.Role.fromRoleArn(scope, 'TrainingRole', arn, { mutable: false });
}

function key(scope: Construct, arn: string): kms.IKey {
  if (!/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/.test(arn)) {
    throw new Error(`EncryptionKeyArn is \`${arn}\`: give the ARN of a KMS key, not of an alias.`);
  }
  return kms.Key.fromKeyArn(scope, 'EncryptionKey', arn);
}

function list(value: string): string[] {
  return value === '' ? [] : value.split(',').map((item) => item.trim());
}

function number(name: string, value: string): number {
  const read = Number(value);
  if (value.trim() === '' || !Number.isInteger(read)) {
    throw new Error(`${name} is \`${value}\`: give a whole number.`);
  }
  return read;
}

function table(value: string): Record<string, string> {
  try {
    return JSON.parse(value) as Record<string, string>;
  } catch {
    throw new Error(`Prices is \`${value}\`: give JSON such as {"ml.m5.large": "0.115 USD"}.`);
  }
}

function rate(value: string): Duration {
  const [, count, unit] = /^rate\((\d+) (minute|hour)s?\)$/.exec(value) ?? [];
  if (count === undefined) {
    throw new Error(`SweepRate is \`${value}\`: give a rate such as rate(15 minutes).`);
  }
  return unit === 'hour' ? Duration.hours(Number(count)) : Duration.minutes(Number(count));
}

function isOn(name: string, value: string): boolean {
  return oneOf(name, value, 'ENABLED', 'DISABLED');
}

function isTrue(name: string, value: string): boolean {
  return oneOf(name, value, 'true', 'false');
}

function oneOf(name: string, value: string, yes: string, no: string): boolean {
  if (value !== yes && value !== no) {
    throw new Error(`${name} is \`${value}\`: give ${yes} or ${no}.`);
  }
  return value === yes;
}

function architecture(value: string): lambda.Architecture {
  return oneOf('Architecture', value, 'x86_64', 'arm64') ? lambda.Architecture.X86_64 : lambda.Architecture.ARM_64;
}
