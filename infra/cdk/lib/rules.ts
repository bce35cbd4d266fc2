import { Aws } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface RuleToFunctionProps {
  readonly ruleName: string;
  readonly description: string;
  readonly enabled: boolean;
  /** Either this or `scheduleExpression`, which knows UTC only. */
  readonly eventPattern?: Record<string, unknown>;
  readonly scheduleExpression?: string;
  readonly target: lambda.IFunction;
  /** The name of the target inside the rule. */
  readonly targetId: string;
  readonly undelivered: sqs.IQueue;
}

/**
 * A rule that wakes a function, and nobody else's rule may.
 *
 * INVARIANT: no rule that reaches a function that can start a job matches our own events (source `rekindle`) or the end
 * of a training job. Lambda's recursion guard does not see loops through EventBridge, so nothing would stop one.
 */
export class RuleToFunction extends Construct {
  readonly rule: events.CfnRule;

  constructor(scope: Construct, id: string, props: RuleToFunctionProps) {
    super(scope, id);
    // Not `events.Rule`: its permission does not name the account, and its name for the target changes with the
    // construct tree.
    this.rule = new events.CfnRule(this, 'Rule', {
      name: props.ruleName,
      description: props.description,
      state: props.enabled ? 'ENABLED' : 'DISABLED',
      eventPattern: props.eventPattern,
      scheduleExpression: props.scheduleExpression,
      targets: [
        {
          id: props.targetId,
          arn: props.target.functionArn,
          ...delivery(props.undelivered),
        },
      ],
    });
    new lambda.CfnPermission(this, 'MayWake', {
      functionName: props.target.functionName,
      action: 'lambda:InvokeFunction',
      principal: 'events.amazonaws.com',
      sourceArn: this.rule.attrArn,
      sourceAccount: Aws.ACCOUNT_ID,
    });
  }
}

export interface RuleToTopicProps {
  readonly ruleName: string;
  readonly description: string;
  readonly bus: events.IEventBus;
  readonly eventPattern: Record<string, unknown>;
  readonly topic: sns.ITopic;
  readonly targetId: string;
  /** What is said of an event: words in angle brackets are values of it, by the paths of `values`. */
  readonly text: string;
  readonly values: Record<string, string>;
  readonly undelivered: sqs.IQueue;
}

/** A rule that tells people. */
export class RuleToTopic extends Construct {
  readonly rule: events.CfnRule;

  constructor(scope: Construct, id: string, props: RuleToTopicProps) {
    super(scope, id);
    this.rule = new events.CfnRule(this, 'Rule', {
      name: props.ruleName,
      description: props.description,
      eventBusName: props.bus.eventBusName,
      state: 'ENABLED',
      eventPattern: props.eventPattern,
      targets: [
        {
          id: props.targetId,
          arn: props.topic.topicArn,
          inputTransformer: { inputPathsMap: props.values, inputTemplate: props.text },
          ...delivery(props.undelivered),
        },
      ],
    });
  }
}

/** For as long as Lambda would keep an event, as often as EventBridge tries; then the queue has it. */
function delivery(undelivered: sqs.IQueue) {
  return {
    retryPolicy: { maximumEventAgeInSeconds: 21600, maximumRetryAttempts: 185 },
    deadLetterConfig: { arn: undelivered.queueArn },
  };
}
