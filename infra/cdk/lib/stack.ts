import { CfnOutput, Stack, StackProps } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { FunctionName } from './functions';
import { Rekindle } from './rekindle';
import { RekindleProps } from './props';

export interface RekindleStackProps extends StackProps {
  /** Props of `Rekindle`. Where they need constructs, such as an imported role, these are made inside the stack. */
  readonly rekindle: (scope: Construct) => RekindleProps;
}

/** Rekindle alone, with the outputs that the SAM template has. */
export class RekindleStack extends Stack {
  readonly rekindle: Rekindle;

  constructor(scope: Construct, id: string, props: RekindleStackProps) {
    super(scope, id, {
      description: 'Rekindle decides when a model must be trained again and starts exactly one SageMaker training job.',
      ...props,
    });
    this.rekindle = new Rekindle(this, 'Rekindle', props.rekindle(this));
    const { prefix, policyPath } = this.rekindle;
    const console = (page: string, place: string) =>
      `https://${this.region}.console.aws.amazon.com/${page}?region=${this.region}${place}`;

    // What a person opens, first.
    this.output(
      'DashboardUrl',
      console('cloudwatch/home', `#dashboards/dashboard/${prefix}`),
      'Is the fleet fresh, at what price, and why did a model (not) retrain?',
    );
    this.output(
      'PoliciesUrl',
      console('systems-manager/parameters/', `&tab=Table#list_parameter_filters=Path:Recursive:${policyPath}`),
      'What the owners want. Each parameter keeps its history.',
    );
    this.output(
      'LedgerUrl',
      console('dynamodbv2/home', `#item-explorer?table=${prefix}`),
      'What was started and why, what it cost, whether it helped, and what is pending.',
    );
    this.output(
      'AlarmsUrl',
      console('cloudwatch/home', `#alarmsV2:?search=${prefix}-self-`),
      'The alarms on Rekindle itself.',
    );
    this.output(
      'RequestsUrl',
      console('lambda/home', `#/functions/${prefix}-on-alarm?tab=testing`),
      'Where requests by hand are typed, on the Test tab of on-alarm.',
    );
    this.output(
      'TrainingJobsUrl',
      console('sagemaker/home', '#/jobs'),
      'The training jobs. Those of Rekindle begin with rk-.',
    );

    const arn = (name: FunctionName) => this.rekindle.functions[name].functionArn;

    this.output('TableName', this.rekindle.table.tableName, 'The ledger: what was started, why, and what is pending.');
    this.output('BusName', this.rekindle.bus.eventBusName, 'Where decisions are announced, source `rekindle`.');
    this.output('BusArn', this.rekindle.bus.eventBusArn, 'For rules on that bus made by other stacks.');
    this.output('OnScheduleArn', arn('on-schedule'), "Target of the owners' schedules.");
    this.output('OnAlarmArn', arn('on-alarm'), 'The function that answers alarms.');
    this.output('OnMetricCheckArn', arn('on-metric-check'), 'The sweep.');
    this.output('OnTrainingEndArn', arn('on-training-end'), 'The function that closes runs.');
    this.output('AlertTopicArn', this.rekindle.alertTopic.topicArn, 'Where the alarms on Rekindle itself go.');
    this.output(
      'UndeliveredQueueUrl',
      this.rekindle.undeliveredQueue.queueUrl,
      'Events that never reached a function.',
    );
    this.output(
      'UndeliveredQueueArn',
      this.rekindle.undeliveredQueue.queueArn,
      "Dead-letter queue of the owners' schedules.",
    );
    this.output(
      'FailedQueueUrl',
      this.rekindle.failedQueue.queueUrl,
      'Events that a function gave up, with the error.',
    );
    this.output('ScheduleGroup', this.rekindle.scheduleGroupName, 'Where owners put their schedules.');
    this.output('ScheduleRoleArn', this.rekindle.scheduleRoleArn, "The role of the owners' schedules.");
    this.output('PolicyPath', this.rekindle.policyPath, 'Where owners put their policies.');
  }

  private output(name: string, value: string, description: string): void {
    new CfnOutput(this, name, { value, description });
  }
}
