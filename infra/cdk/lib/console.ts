import { readdirSync } from 'node:fs';
import * as path from 'node:path';
import { Aws } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { inInfra, read } from './repository';

export interface ConsoleProps {
  readonly prefix: string;
  /** In the order in which a person would look for a decision. */
  readonly logGroups: logs.ILogGroup[];
}

/** What people look at: the dashboard, and the saved queries of Logs Insights. Both lie in `infra/dashboard/`. */
export class Console extends Construct {
  readonly dashboard: cloudwatch.CfnDashboard;

  constructor(scope: Construct, id: string, props: ConsoleProps) {
    super(scope, id);
    this.dashboard = new cloudwatch.CfnDashboard(this, 'Dashboard', {
      dashboardName: props.prefix,
      dashboardBody: filled(read('dashboard', 'dashboard.json'), props.prefix),
    });
    for (const file of readdirSync(inInfra('dashboard', 'queries')).filter((name) => name.endsWith('.txt'))) {
      const { name } = path.parse(file);
      new logs.CfnQueryDefinition(this, `query-${name}`, {
        name: `${props.prefix}/${name}`,
        logGroupNames: props.logGroups.map((group) => group.logGroupName),
        queryString: read('dashboard', 'queries', file),
      });
    }
  }
}

/** The dashboard's body as SAM's `Fn::Sub` would fill it in. */
function filled(body: string, prefix: string): string {
  const values: Record<string, string> = {
    Prefix: prefix,
    'AWS::AccountId': Aws.ACCOUNT_ID,
    'AWS::Partition': Aws.PARTITION,
    'AWS::Region': Aws.REGION,
  };
  // On one line: a dashboard has a limit, and so has a template.
  return JSON.stringify(JSON.parse(body)).replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) {
      throw new Error(
        `infra/dashboard/dashboard.json has \${${name}}, which nobody fills in: give it a value in lib/console.ts.`,
      );
    }
    return value;
  });
}
