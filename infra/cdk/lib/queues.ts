import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** Two nets. EventBridge counts Lambda's "accepted" as success, so it cannot know that a function failed later on. */
export class Queues extends Construct {
  /** Events that never reached a function. */
  readonly undelivered: sqs.Queue;
  /** Events that a function gave up, with the error. */
  readonly failed: sqs.Queue;

  constructor(scope: Construct, id: string, prefix: string, key: kms.IKey | undefined) {
    super(scope, id);
    const kept = {
      retentionPeriod: Duration.days(14),
      ...(key === undefined
        ? { encryption: sqs.QueueEncryption.SQS_MANAGED }
        : { encryption: sqs.QueueEncryption.KMS, encryptionMasterKey: key }),
      removalPolicy: RemovalPolicy.DESTROY,
    };
    this.undelivered = new sqs.Queue(this, 'Undelivered', { queueName: `${prefix}-undelivered`, ...kept });
    this.failed = new sqs.Queue(this, 'Failed', { queueName: `${prefix}-failed`, ...kept });
    for (const queue of [this.undelivered, this.failed]) {
      queue.addToResourcePolicy(
        new iam.PolicyStatement({
          sid: 'OnlyOverTLS',
          effect: iam.Effect.DENY,
          principals: [new iam.StarPrincipal()],
          actions: ['sqs:*'],
          resources: [queue.queueArn],
          conditions: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      );
      if (key !== undefined) {
        // Said aloud: a queue that was made without a key has the other encryption on.
        (queue.node.defaultChild as sqs.CfnQueue).sqsManagedSseEnabled = false;
      }
    }
  }

  /** Lets these rules leave in `undelivered` what they could not deliver. Schedules do it by their role. */
  keepUndeliveredOf(ruleArns: string[]): void {
    this.undelivered.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'OurRules',
        principals: [new iam.ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.undelivered.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': ruleArns } },
      }),
    );
  }
}
