import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { PerFunction, perFunction } from '../lib/functions';
import { Parameters, propsOf } from '../lib/parameters';
import { RekindleProps } from '../lib/props';
import { Rekindle } from '../lib/rekindle';
import { RekindleStack } from '../lib/stack';

export const ENV = { account: '445566778899', region: 'eu-central-1' };
export const TRAINING_ROLE = 'arn:aws:iam::445566778899:role/rekindle-training';

/** Path of a policy that the tests know to the line. */
export function fixture(name: string): string {
  return path.resolve(__dirname, '../../test/fixtures', name);
}

/** What somebody gives who wants everything. */
export const SWITCHED_ON: Parameters = {
  DataBuckets: 'late-orders-features,late-orders-labels',
  DataQualityEvents: 'ENABLED',
  MonitoringEvents: 'ENABLED',
  CustomEventSource: 'shop.catalogue',
  ExampleScheduleState: 'ENABLED',
  EncryptionKeyArn: 'arn:aws:kms:eu-central-1:445566778899:key/2f6642c4-b1a0-4d8e-9f60-515243342516',
  AlertEmail: 'ml-platform@example.com',
};

/** Code that lies in a bucket, so that nothing has to be built or copied. */
export function someCode(scope: Construct): PerFunction<lambda.Code> {
  const bucket = s3.Bucket.fromBucketName(scope, 'Code', 'code');
  return perFunction((name) => lambda.Code.fromBucketV2(bucket, `${name}.zip`));
}

/** The stack for parameters of the SAM template. */
export function stackOf(parameters: Parameters = {}): RekindleStack {
  return new RekindleStack(new App(), 'Rekindle', {
    env: ENV,
    rekindle: (scope) => ({
      ...propsOf(scope, { TrainingRoleArn: TRAINING_ROLE, ...parameters }),
      code: someCode(scope),
    }),
  });
}

/** A stack with Rekindle in it, to add policies to. */
export function home(props: Partial<RekindleProps> = {}): { stack: Stack; rekindle: Rekindle } {
  const stack = new Stack(new App(), 'Home', { env: ENV });
  const trainingRole = iam.Role.fromRoleArn(stack, 'TrainingRole', TRAINING_ROLE, { mutable: false });
  return { stack, rekindle: new Rekindle(stack, 'Rekindle', { code: someCode(stack), trainingRole, ...props }) };
}

export interface Resource {
  readonly Type: string;
  // What CloudFormation is given has no type here; the tests say what they expect of it.
  readonly Properties: any;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** The resources of a stack, by logical id. */
export type Resources = Record<string, Resource>;

export function resourcesOf(stack: Stack): Resources {
  return Template.fromStack(stack).toJSON()['Resources'] as Resources;
}

/** Those of one type. */
export function ofType(resources: Resources, type: string): [string, Resource][] {
  return Object.entries(resources).filter(([, resource]) => resource.Type === type);
}

/** The message of what a function throws. */
export function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}
