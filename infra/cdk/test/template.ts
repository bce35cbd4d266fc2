import { ofType, Resource, Resources } from './support';

/** One statement of a role. */
export interface Statement {
  readonly effect: string;
  readonly actions: string[];
  readonly resources: unknown[];
  // Operators by name, each with its keys.
  readonly conditions: Record<string, Record<string, unknown>>;
}

// -- reading a template

export function refersTo(value: unknown, id: string): boolean {
  return value !== undefined && JSON.stringify(value).includes(`"${id}"`);
}

/** A text with the names of what CloudFormation puts in. */
export function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  const join = (value as { 'Fn::Join'?: [string, unknown[]] } | undefined)?.['Fn::Join'];
  return join === undefined ? JSON.stringify(value ?? '') : join[1].map(flat).join(join[0]);
}

export function idOf(resources: Resources, type: string, text: string): string {
  const [id] =
    ofType(resources, type).find(([, one]) => JSON.stringify(one.Properties).includes(`"Description":"${text}`)) ?? [];
  if (id === undefined) throw new Error(`there is no ${type} that says "${text}"`);
  return id;
}

export function named(resources: Resources, type: string, text: string): Resource {
  return resources[idOf(resources, type, text)] as Resource;
}

export function functionOf(resources: Resources, name: string): string {
  return (
    ofType(resources, 'AWS::Lambda::Function').find(
      ([, one]) => one.Properties.FunctionName === `rekindle-${name}`,
    )?.[0] ?? ''
  );
}

export function queueOf(resources: Resources, name: string): string {
  return (
    ofType(resources, 'AWS::SQS::Queue').find(([, one]) => one.Properties.QueueName === `rekindle-${name}`)?.[0] ?? ''
  );
}

export function roleOf(resources: Resources, functionId: string): Resource {
  return resources[resources[functionId]?.Properties.Role['Fn::GetAtt'][0]] as Resource;
}

export function statementsOf(resources: Resources, role: Resource): Statement[] {
  const attached = (role.Properties.ManagedPolicyArns ?? []).map(
    (arn: { Ref: string }) => resources[arn.Ref]?.Properties.PolicyDocument,
  );
  const inline = (role.Properties.Policies ?? []).map((policy: { PolicyDocument: unknown }) => policy.PolicyDocument);
  return [...attached, ...inline].flatMap(({ Statement }) => Statement.map(statement));
}

export function* allStatements(resources: Resources): Generator<[string, Statement]> {
  for (const [id, role] of ofType(resources, 'AWS::IAM::Role')) {
    for (const one of statementsOf(resources, role)) yield [id, one];
  }
}

export function statement(written: Record<string, unknown>): Statement {
  return {
    effect: String(written['Effect']),
    actions: [written['Action']].flat() as string[],
    resources: [written['Resource']].flat(),
    conditions: (written['Condition'] ?? {}) as Statement['conditions'],
  };
}

export function* targets(resources: Resources): Generator<[string, Resource['Properties']]> {
  for (const [id, rule] of ofType(resources, 'AWS::Events::Rule')) {
    for (const target of rule.Properties.Targets) yield [id, target];
  }
  for (const [id, schedule] of ofType(resources, 'AWS::Scheduler::Schedule')) yield [id, schedule.Properties.Target];
}

// -- breaking a template

export function first(resources: Resources, type: string): Resource {
  const found = ofType(resources, type)[0];
  if (found === undefined) throw new Error(`there is no ${type}`);
  return found[1];
}

export function drop(resources: Resources, type: string): void {
  delete resources[ofType(resources, type)[0]?.[0] ?? ''];
}

export function put(resources: Resources, type: string, what: Partial<Resource>): void {
  Object.assign(first(resources, type), what);
}

export function policyStatement(resources: Resources, text: string, at: number): Resource['Properties'] {
  return named(resources, 'AWS::IAM::ManagedPolicy', text).Properties.PolicyDocument.Statement[at];
}

export function queueStatement(resources: Resources, name: string, sid: string): Resource['Properties'] {
  const queue = queueOf(resources, name);
  return ofType(resources, 'AWS::SQS::QueuePolicy')
    .filter(([, one]) => refersTo(one.Properties.Queues, queue))
    .flatMap(([, one]) => one.Properties.PolicyDocument.Statement)
    .find((one: { Sid: string }) => one.Sid === sid);
}

export function topicStatement(resources: Resources, sid: string): Resource['Properties'] {
  return first(resources, 'AWS::SNS::TopicPolicy').Properties.PolicyDocument.Statement.find(
    (one: { Sid: string }) => one.Sid === sid,
  );
}

export function trustOf(resources: Resources, text: string): Resource['Properties'] {
  return named(resources, 'AWS::IAM::Role', text).Properties.AssumeRolePolicyDocument.Statement[0];
}

export function patternOf(resources: Resources, text: string): Resource['Properties'] {
  return named(resources, 'AWS::Events::Rule', text).Properties.EventPattern;
}
