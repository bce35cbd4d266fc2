import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { allow, document } from './rights';

export interface SchedulesToFunctionProps {
  readonly groupName: string;
  readonly target: lambda.IFunction;
  readonly undelivered: sqs.IQueue;
  /** What the role says of itself. */
  readonly roleDescription: string;
  /** The queue of what could not be delivered may be under a key of the owner's. */
  readonly useTheKey: iam.IManagedPolicy | undefined;
  /** The name of what the role may do. */
  readonly policyName: string;
}

/** A group of schedules, and the role in which those of this group wake one function and nothing else. */
export class SchedulesToFunction extends Construct {
  readonly group: scheduler.CfnScheduleGroup;
  readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: SchedulesToFunctionProps) {
    super(scope, id);
    this.group = new scheduler.CfnScheduleGroup(this, 'Group', { name: props.groupName });
    // A role can be tied to a group, not to a single schedule.
    const groupArn = Stack.of(this).formatArn({
      service: 'scheduler',
      resource: 'schedule-group',
      resourceName: props.groupName,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    this.role = new iam.Role(this, 'Role', {
      description: props.roleDescription,
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID, 'aws:SourceArn': groupArn } },
      }),
      managedPolicies: props.useTheKey === undefined ? [] : [props.useTheKey],
      inlinePolicies: {
        [props.policyName]: document(
          allow('Wake', { actions: ['lambda:InvokeFunction'], resources: [props.target.functionArn] }),
          allow('KeepWhatCouldNotBeDelivered', {
            actions: ['sqs:SendMessage'],
            resources: [props.undelivered.queueArn],
          }),
        ),
      },
    });
  }
}
