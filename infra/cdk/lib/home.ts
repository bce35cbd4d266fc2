import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** What a policy needs to know of the stack that reads it: of this app, or deployed by anybody, SAM included. */
export interface Home {
  readonly prefix: string;
  /** One parameter below this path is one policy. */
  readonly policyPath: string;
  /** The one role a policy may name as `RoleArn`; not checked where it is not known. */
  readonly trainingRoleArn?: string;
  /** Alarms wake Rekindle whose name begins so; not checked where it is not known. */
  readonly alarmNamePrefix?: string;
  /** Where owners put their schedules. */
  readonly scheduleGroupName: string;
  /** The role of the owners' schedules; needed only for these. */
  readonly scheduleRoleArn?: string;
  readonly onScheduleArn: string;
  readonly undeliveredQueueArn: string;
}

/** What cannot be derived from the prefix. The names are those of the stack's parameters and outputs. */
export interface RekindleAttributes {
  /** @default 'rekindle' */
  readonly prefix?: string;
  /** @default '/rekindle/policies' */
  readonly policyPath?: string;
  readonly trainingRoleArn?: string;
  readonly alarmNamePrefix?: string;
  readonly scheduleRoleArn?: string;
}

export function homeOf(scope: Construct, attributes: RekindleAttributes): Home {
  const prefix = attributes.prefix ?? 'rekindle';
  const stack = Stack.of(scope);
  return {
    ...attributes,
    prefix,
    policyPath: attributes.policyPath ?? '/rekindle/policies',
    scheduleGroupName: prefix,
    onScheduleArn: stack.formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName: `${prefix}-on-schedule`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
    undeliveredQueueArn: stack.formatArn({
      service: 'sqs',
      resource: `${prefix}-undelivered`,
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    }),
  };
}
