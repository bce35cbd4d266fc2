import { App, Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Rekindle, RetrainingPolicy } from '../lib';

const app = new App();
const stack = new Stack(app, 'VisionModels', { env: { account: '445566778899', region: 'eu-central-1' } });

// The stack that is deployed already, by SAM or by CDK. The values are parameters and outputs of it.
const rekindle = Rekindle.fromAttributes(stack, 'Rekindle', {
  prefix: 'rekindle',
  trainingRoleArn: 'arn:aws:iam::445566778899:role/rekindle-training',
  scheduleRoleArn: 'arn:aws:iam::445566778899:role/rekindle-OwnersScheduleRole-1',
});

new RetrainingPolicy(stack, 'Defects', {
  rekindle,
  policy: {
    model: 'defects',
    owner: 'vision@example.com',
    triggers: {
      nightly: { schedule: 'cron(30 2 * * ? *)', timezone: 'Europe/Berlin', rule: 'defects-nightly' },
      drift: { alarm: '{model}-drift' },
    },
    start_when: { any: ['nightly', 'drift'] },
    guards: { cooldown: '3d', ask_first: true },
    training: {
      RoleArn: 'arn:aws:iam::445566778899:role/rekindle-training',
      AlgorithmSpecification: {
        TrainingImage: '445566778899.dkr.ecr.eu-central-1.amazonaws.com/defects:1.0',
        TrainingInputMode: 'File',
      },
      OutputDataConfig: { S3OutputPath: 's3://example-models/{model}/' },
      ResourceConfig: { InstanceType: 'ml.m5.2xlarge', InstanceCount: 1, VolumeSizeInGB: 50 },
      StoppingCondition: { MaxRuntimeInSeconds: 7200 },
    },
  },
  // Makes the schedule `defects-nightly`, and the alarm `defects-drift`.
  schedules: ['nightly'],
  alarms: {
    drift: (model) => ({
      metric: new cloudwatch.Metric({
        namespace: 'Vision',
        metricName: 'Drift',
        dimensionsMap: { Model: model },
        statistic: 'Maximum',
        period: Duration.hours(1),
      }),
      threshold: 0.2,
      evaluationPeriods: 3,
    }),
  },
});
