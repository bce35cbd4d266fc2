import { CfnResource } from 'aws-cdk-lib';
import { NagPackSuppression, NagSuppressions } from 'cdk-nag';
import { IConstruct } from 'constructs';

/** One finding of cdk-nag that stays as it is, of one resource, and why. */
export interface Acknowledged extends NagPackSuppression {
  /** The way to the resource from the construct `Rekindle`. */
  readonly at: string;
}

const JOBS = { regex: '/^Resource::arn:[^*]*:training-job\\/rk-\\*$/' };
const ITSELF_A_NET =
  'It is itself where events end that could not be delivered or answered. They stay for two weeks, and an alarm says that they are there.';

/** All of them. A finding that is not here fails `cdk synth`. */
export const ACKNOWLEDGED: readonly Acknowledged[] = [
  {
    at: 'Rights/GatherFacts',
    id: 'AwsSolutions-IAM5',
    appliesTo: ['Resource::*'],
    reason:
      'IAM knows nothing narrower for cloudwatch:GetMetricData and sagemaker:ListMonitoringExecutions, and composite alarms are described with `*` only. All three read.',
  },
  {
    at: 'Rights/GatherFacts',
    id: 'AwsSolutions-IAM5',
    appliesTo: [{ regex: '/^Resource::arn:[^*]*:alarm:\\*$/' }],
    reason: 'A policy may name any alarm of the account, and its tags are read to know whether it is meant. It reads.',
  },
  {
    at: 'Rights/GatherFacts',
    id: 'AwsSolutions-IAM5',
    appliesTo: [{ regex: '/^Resource::arn:[^*]*:parameter\\/[^*]*\\/\\*$/' }],
    reason:
      'Every parameter below the path is a policy. Who may read a path reads what is below it, with or without this line.',
  },
  {
    at: 'Rights/Trace',
    id: 'AwsSolutions-IAM5',
    appliesTo: ['Resource::*'],
    reason: 'X-Ray knows no resource to name. Both actions send traces and read nothing.',
  },
  {
    at: 'Rights/StartTraining',
    id: 'AwsSolutions-IAM5',
    appliesTo: [JOBS],
    reason:
      'The name of a job is made from model and generation, so only its beginning is known. Jobs of that name are those of Rekindle.',
  },
  {
    at: 'Rights/on-training-end-role',
    id: 'AwsSolutions-IAM5',
    appliesTo: [JOBS],
    reason:
      'The name of a job is made from model and generation, so only its beginning is known. The function may describe it and nothing else.',
  },
  { at: 'Queues/Undelivered', id: 'AwsSolutions-SQS3', reason: ITSELF_A_NET },
  { at: 'Queues/Failed', id: 'AwsSolutions-SQS3', reason: ITSELF_A_NET },
];

/** Writes the acknowledgements to the resources they are about: each finds exactly one. */
export function acknowledge(rekindle: IConstruct): void {
  for (const { at, ...suppression } of ACKNOWLEDGED) {
    const resource = resourceAt(rekindle, at);
    // A topic of the owner's is not ours to judge.
    if (resource !== undefined) {
      NagSuppressions.addResourceSuppressions(resource, [suppression]);
    }
  }
}

/** What CloudFormation makes of a construct below `Rekindle`. */
export function resourceAt(rekindle: IConstruct, at: string): CfnResource | undefined {
  const construct = at
    .split('/')
    .reduce<IConstruct | undefined>((here, step) => here?.node.tryFindChild(step), rekindle);
  return construct?.node.defaultChild as CfnResource | undefined;
}
