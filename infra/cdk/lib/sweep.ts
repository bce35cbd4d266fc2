import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { SchedulesToFunction } from './schedules';

export interface SweepProps {
  readonly prefix: string;
  readonly rate: Duration;
  readonly target: lambda.IFunction;
  readonly undelivered: sqs.IQueue;
  readonly useTheKey: iam.IManagedPolicy | undefined;
}

/** The schedule of the sweep, in a group of its own. */
export class Sweep extends SchedulesToFunction {
  constructor(scope: Construct, id: string, props: SweepProps) {
    super(scope, id, {
      groupName: `${props.prefix}-sweep`,
      target: props.target,
      undelivered: props.undelivered,
      useTheKey: props.useTheKey,
      roleDescription: "Lets the sweep's schedule invoke on-metric-check.",
      policyName: 'wake-on-metric-check',
    });
    new scheduler.CfnSchedule(this, 'Schedule', {
      name: 'sweep',
      groupName: this.group.ref,
      description: 'Wakes on-metric-check.',
      scheduleExpression: rate(props.rate),
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: props.target.functionArn,
        roleArn: this.role.roleArn,
        // The words in angle brackets are filled in by Scheduler. The execution id is left out: it is new for every
        // attempt, so it cannot tell a repetition from a new tick; the scheduled time can.
        input: JSON.stringify({
          rekindle: 'sweep',
          schedule: '<aws.scheduler.schedule-arn>',
          scheduled_time: '<aws.scheduler.scheduled-time>',
          attempt: '<aws.scheduler.attempt-number>',
        }),
        retryPolicy: { maximumEventAgeInSeconds: 900, maximumRetryAttempts: 10 },
        deadLetterConfig: { arn: props.undelivered.queueArn },
      },
    });
  }
}

/** A rate expression; EventBridge wants the singular for one. */
function rate(duration: Duration): string {
  const minutes = duration.toMinutes();
  const [count, unit] = minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute'];
  return `rate(${count} ${unit}${count === 1 ? '' : 's'})`;
}
