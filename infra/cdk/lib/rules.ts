import { Aws } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as lambda from 'aws-cdk-lib/aws-lambda';
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
 * INVARIANT: no rule that reaches a function that can start a job matches our own events (source `rekindle`) or the end of a training
 * job. Lambda's recursion guard does not see loops through EventBridge, so nothing would stop one.
 */
export class RuleToFunction extends Construct {
  readonly rule: events.CfnRule;

  constructor(scope: Construct, id: string, props: RuleToFunctionProps) {
    super(scope, id);
    // Not `events.Rule`: its permission does not name the account, and its name for the target changes with the construct tree.
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
          // For as long as Lambda would keep the event, as often as EventBridge tries.
          retryPolicy: { maximumEventAgeInSeconds: 21600, maximumRetryAttempts: 185 },
          deadLetterConfig: { arn: props.undelivered.queueArn },
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
