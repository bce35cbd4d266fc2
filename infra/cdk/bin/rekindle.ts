import { App, Aspects } from 'aws-cdk-lib';
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';
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

function main(): void {
  const app = new App({ context: CURRENTLY_RECOMMENDED_FLAGS });
  const stages = app.node.getContext('stages') as Record<string, Stage>;
  const chosen = String(app.node.tryGetContext('stage'));
  const stage = stages[chosen];
  if (stage === undefined) {
    throw new Error(`There is no stage \`${chosen}\` in cdk.json: it has ${Object.keys(stages).join(', ')}.`);
  }
  // What the command line says wins: `-c LogLevel=DEBUG`.
  const given = PARAMETERS.map((name) => [name, app.node.tryGetContext(name)] as const).filter(
    ([, value]) => value !== undefined,
  );
  const parameters: Parameters = { ...stage.parameters, ...Object.fromEntries(given) };

  new RekindleStack(app, 'Rekindle', {
    stackName: stage.stackName,
    env: {
      account: stage.account ?? process.env['CDK_DEFAULT_ACCOUNT'],
      region: stage.region ?? process.env['CDK_DEFAULT_REGION'],
    },
    tags: { app: 'rekindle', stage: chosen },
    rekindle: (scope) => ({ ...propsOf(scope, parameters), code: bootstraps(String(app.node.tryGetContext('code'))) }),
  });
  Aspects.of(app).add(new AwsSolutionsChecks());
}

try {
  main();
} catch (error) {
  // Whoever runs `cdk` is told what to do, not where in here it was noticed.
  console.error(`error: ${(error as Error).message}`);
  process.exit(1);
}
