import { App, Aspects } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bootstraps } from '../lib/functions';
import { PARAMETERS, Parameters, propsOf } from '../lib/parameters';
import { RekindleStack } from '../lib/stack';

interface Stage {
  readonly stackName: string;
  readonly account?: string;
  readonly region?: string;
  readonly parameters: Parameters;
}

const app = new App();
const stages = app.node.getContext('stages') as Record<string, Stage>;
const chosen = String(app.node.tryGetContext('stage') ?? 'dev');
const stage = stages[chosen];
if (stage === undefined) {
  throw new Error(`There is no stage \`${chosen}\` in cdk.json: it has ${Object.keys(stages).join(', ')}.`);
}
// What the command line says wins: `-c LogLevel=DEBUG`.
const given = PARAMETERS.map((name) => [name, app.node.tryGetContext(name)] as const).filter(([, value]) => value !== undefined);
const parameters: Parameters = { ...stage.parameters, ...Object.fromEntries(given) };

new RekindleStack(app, 'Rekindle', {
  stackName: stage.stackName,
  env: {
    account: stage.account ?? process.env['CDK_DEFAULT_ACCOUNT'],
    region: stage.region ?? process.env['CDK_DEFAULT_REGION'],
  },
  rekindle: (scope) => ({ ...propsOf(scope, parameters), code: bootstraps(String(app.node.tryGetContext('code'))) }),
});
Aspects.of(app).add(new AwsSolutionsChecks());
