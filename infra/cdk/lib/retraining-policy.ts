import * as path from 'node:path';
import { Stack, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { RekindlePolicy } from '../generated/policy';
import { Home } from './home';
import { policyAlarms, PolicyAlarms } from './policy/alarms';
import { PolicyDocument, readPolicyFile, writePolicy } from './policy/document';
import { entries, models } from './policy/models';
import { policySchedules } from './policy/schedules';

export interface RetrainingPolicyProps {
  /** The stack that reads the policy: `Rekindle`, or `Rekindle.fromAttributes`. */
  readonly rekindle: Home;
  /** The policy, or the path of a YAML file that holds it. */
  readonly policy: RekindlePolicy | string;
  /**
   * Text of the file that is another one here, such as an account: by what it is to be replaced.
   * @default - the file as it stands
   */
  readonly replace?: Record<string, string>;
  /**
   * The last part of the parameter's name.
   * @default - the name of the file without its ending, or the model
   */
  readonly name?: string;
  /**
   * A standard parameter holds 4 KB; an advanced one 8 KB, and costs a little.
   * @default ParameterTier.STANDARD
   */
  readonly tier?: ssm.ParameterTier;
  /**
   * The triggers for whose `rule` a schedule of EventBridge Scheduler is made, by the trigger's own expression and time
   * zone.
   * @default - none: the sweep finds the ticks, later
   */
  readonly schedules?: string[];
  /**
   * The triggers for whose `alarm` one is made, and what it watches: a policy knows only its name.
   * @default - none: they exist
   */
  readonly alarms?: PolicyAlarms;
}

/** One policy, checked when the app is synthesised, as a parameter that Rekindle reads. */
export class RetrainingPolicy extends Construct {
  readonly policy: RekindlePolicy;
  readonly parameter: ssm.StringParameter;
  /** What was made for `schedules`, by the name of the schedule. */
  readonly schedules: Readonly<Record<string, scheduler.CfnSchedule>>;
  /** What was made for `alarms`, by the name of the alarm. */
  readonly alarms: Readonly<Record<string, cloudwatch.Alarm>>;

  constructor(scope: Construct, id: string, props: RetrainingPolicyProps) {
    super(scope, id);
    const file = typeof props.policy === 'string' ? props.policy : undefined;
    const source =
      file === undefined ? `The policy at ${this.node.path}` : path.relative(process.cwd(), path.resolve(file));
    const document =
      typeof props.policy === 'string'
        ? readPolicyFile(props.policy, props.replace)
        : writePolicy(source, props.policy);
    this.policy = document.policy;

    const name = props.name ?? (file === undefined ? (document.policy.model ?? '') : path.parse(file).name);
    const tier = props.tier ?? ssm.ParameterTier.STANDARD;
    const mistakes = [
      ...this.mistakesOfModels(),
      ...this.mistakesOfName(name),
      ...this.mistakesOfText(document, tier),
      ...this.mistakesOfRole(props.rekindle),
    ];
    if (mistakes.length > 0) {
      throw new Error(`${source} cannot become a parameter.\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`);
    }
    this.parameter = new ssm.StringParameter(this, 'Parameter', {
      parameterName: `${props.rekindle.policyPath}/${name}`,
      description: `A policy of Rekindle, for ${entries(document.policy).join(', ')}.`.slice(0, 1024),
      stringValue: document.text,
      tier,
      simpleName: false,
    });
    this.schedules = policySchedules(this, source, document.policy, props.rekindle, props.schedules ?? []);
    this.alarms = policyAlarms(this, source, document.policy, props.rekindle, props.alarms ?? {});
  }

  private *mistakesOfModels(): Generator<string> {
    try {
      models(this.policy);
    } catch (error) {
      yield (error as Error).message;
    }
  }

  private *mistakesOfName(name: string): Generator<string> {
    if (!Token.isUnresolved(name) && !/^[a-zA-Z0-9_.-]+$/.test(name)) {
      yield `The parameter would be called \`${name}\`: give \`name\`, of letters, digits and \`_.-\`.`;
    }
  }

  private *mistakesOfText({ text }: PolicyDocument, tier: ssm.ParameterTier): Generator<string> {
    const most = tier === ssm.ParameterTier.STANDARD ? 4096 : 8192;
    const bytes = Buffer.byteLength(this.literal(text));
    if (bytes > most) {
      const what =
        most === 4096
          ? 'give `tier: ParameterTier.ADVANCED`, which holds 8192, or shorten it'
          : 'shorten it, or split it by models';
      yield `It has ${bytes} bytes, and a parameter of this tier holds ${most}: ${what}.`;
    }
    if (text.includes('{{')) {
      yield `It has two opening braces in a row, which Parameter Store refuses: write \`{ a: { b: 1 } }\` with spaces.`;
    }
  }

  private *mistakesOfRole(rekindle: Home): Generator<string> {
    const written = (this.policy.training as Record<string, unknown>)['RoleArn'];
    const only = rekindle.trainingRoleArn;
    if (written === undefined) {
      yield '`training.RoleArn` is missing: name the training role of the stack.';
    } else if (only !== undefined && !this.agree(String(written), only)) {
      yield `\`training.RoleArn\` is \`${String(written)}\`, and Rekindle may pass \`${only}\` only: write that one, or give \`replace\`.`;
    }
  }

  /** Whether two values are the same, as far as can be known before they are deployed. */
  private agree(one: string, other: string): boolean {
    const unknown = Token.isUnresolved(one) || Token.isUnresolved(other);
    const stack = Stack.of(this);
    return unknown || JSON.stringify(stack.resolve(one)) === JSON.stringify(stack.resolve(other));
  }

  /** What of a text is known before it is deployed. */
  private literal(text: string): string {
    const resolved: unknown = Stack.of(this).resolve(text);
    if (typeof resolved === 'string') return resolved;
    const parts = (resolved as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join']?.[1] ?? [];
    return parts.filter((part) => typeof part === 'string').join('');
  }
}
