import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface AlertTopicProps {
  readonly prefix: string;
  readonly encryptionKey?: kms.IKey | undefined;
}

/**
 * Where the alarms go, and what a model needs a person for.
 *
 * Encrypted with a key of the owner's only: with the one that AWS manages for SNS, CloudWatch could not publish. What
 * is sent says nothing secret.
 */
export class AlertTopic extends sns.Topic {
  private readonly prefix: string;

  constructor(scope: Construct, id: string, props: AlertTopicProps) {
    super(scope, id, { topicName: `${props.prefix}-alerts`, displayName: 'Rekindle', masterKey: props.encryptionKey });
    this.prefix = props.prefix;
  }

  /** Lets the alarms of the stack publish, and one rule; nobody without TLS. */
  letIn(ruleArn: string): void {
    const alarms = Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: `${this.prefix}-self-*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const publish = { actions: ['sns:Publish'], resources: [this.topicArn] };
    const ours = { 'aws:SourceAccount': Aws.ACCOUNT_ID };
    this.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'OurAlarms',
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
        ...publish,
        conditions: { StringEquals: ours, ArnLike: { 'aws:SourceArn': alarms } },
      }),
    );
    this.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'WhatNeedsAPerson',
        principals: [new iam.ServicePrincipal('events.amazonaws.com')],
        ...publish,
        conditions: { StringEquals: ours, ArnEquals: { 'aws:SourceArn': ruleArn } },
      }),
    );
    this.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'OnlyOverTLS',
        effect: iam.Effect.DENY,
        principals: [new iam.StarPrincipal()],
        ...publish,
        conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
  }
}
