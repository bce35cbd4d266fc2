import { Aws } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { Home } from './home';
import { readPolicyFile } from './policy/document';
import { inInfra } from './repository';

/** Installs `infra/policies/churn.yaml`, with the names of this stack. It observes and starts nothing. */
export function examplePolicy(scope: Construct, home: Home & { readonly trainingRoleArn: string }): ssm.CfnParameter {
  const { text } = readPolicyFile(inInfra('policies', 'churn.yaml'), {
    'rekindle-weekly': `${home.prefix}-weekly`,
    'arn:aws:iam::445566778899:role/rekindle-training': home.trainingRoleArn,
    '445566778899.dkr.ecr.eu-central-1.amazonaws.com': `${Aws.ACCOUNT_ID}.dkr.ecr.${Aws.REGION}.amazonaws.com`,
  });
  return new ssm.CfnParameter(scope, 'ExampleChurnPolicy', {
    name: `${home.policyPath}/example-churn`,
    type: 'String',
    tier: 'Standard',
    description: 'An example of a Rekindle policy. It observes and starts nothing.',
    value: text,
  });
}
