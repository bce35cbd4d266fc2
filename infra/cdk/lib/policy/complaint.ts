import { ErrorObject } from 'ajv';
import { nearest } from './nearest';

/** One thing that a policy document does not say as the schema wants it. */
export interface Complaint {
  /** The field, as the steps that lead to it. */
  readonly path: string[];
  /** What is wrong with it and what to do. */
  readonly text: string;
}

type Schema = Record<string, unknown>;

/** What the errors of the validator come to, for people: causes, without what follows from them. */
export function complaints(errors: ErrorObject[]): Complaint[] {
  // `null` is how a document leaves a field out; nobody is told to write it.
  const told = errors.filter((error) => !(error.keyword === 'type' && error.schema === 'null'));
  const misspelt = told.filter((error) => near(error) !== undefined);
  const kept = told.filter((error) => !follows(error, told, misspelt));
  const found = kept.map((error) => ({ path: pathOf(error), text: textOf(error) }));
  return found.filter((one, at) => found.findIndex((other) => same(one, other)) === at);
}

function same(one: Complaint, other: Complaint): boolean {
  return one.text === other.text && one.path.join('/') === other.path.join('/');
}

/** Whether an error is only a consequence, or a part, of another. */
function follows(error: ErrorObject, all: ErrorObject[], misspelt: ErrorObject[]): boolean {
  const choices = all.filter((other) => other !== error && isChoice(other));
  // A part of a choice that can be told as one sentence.
  if (
    choices.some(
      (choice) => error.schemaPath.startsWith(`${choice.schemaPath}/`) && choice.instancePath === error.instancePath,
    )
  ) {
    return true;
  }
  // Of the two forms that a field may have, the one that was not meant.
  if (error.keyword === 'type' && isForm(error, all)) {
    return true;
  }
  const beside = misspelt.filter((other) => other.instancePath === error.instancePath);
  const consequence = isChoice(error) && alternatives(error) !== undefined;
  if ((consequence || error.keyword === 'dependentRequired') && beside.length > 0) {
    return true;
  }
  const lacking = (error.params as Schema)['missingProperty'];
  if (error.keyword === 'required' && beside.some((other) => near(other) === lacking)) {
    return true;
  }
  if (!isBranch(error) || isChoice(error)) {
    return false;
  }
  // What is wrong further in says more than that no form fits.
  return all.some((other) => {
    const says = isBranch(other) ? isNullable(error) && !isNullable(other) : !isForm(other, all);
    return other !== error && says && isWithin(other, error.instancePath);
  });
}

function isBranch(error: ErrorObject): boolean {
  return error.keyword === 'anyOf' || error.keyword === 'oneOf';
}

/** A choice between fields, or between words. */
function isChoice(error: ErrorObject): boolean {
  return isBranch(error) && (alternatives(error) !== undefined || words(error) !== undefined);
}

/** The fields of which a choice wants one. */
function alternatives(error: ErrorObject): string[] | undefined {
  const parts = error.schema as Schema[];
  const only = parts.every((part) => Object.keys(part).every((key) => key === 'required'));
  return only ? parts.map((part) => (part['required'] as string[])[0] as string) : undefined;
}

/** The words of which a choice wants one. */
function words(error: ErrorObject): string[] | undefined {
  const parts = error.schema as Schema[];
  return parts.every((part) => 'const' in part) ? parts.map((part) => String(part['const'])) : undefined;
}

/** One of several forms that a field may have, such as text or a mapping, where another was written. */
function isForm(error: ErrorObject, all: ErrorObject[]): boolean {
  const forms = all.filter((other) => other.keyword === 'type' && other.instancePath === error.instancePath);
  return error.keyword === 'type' && (forms.length > 1 || typeof error.data === 'object') && isOfChoice(error, all);
}

function isOfChoice(error: ErrorObject, all: ErrorObject[]): boolean {
  return all.some(
    (other) => other.keyword === 'anyOf' && other.instancePath === error.instancePath && !isNullable(other),
  );
}

/** A choice of one thing and `null` is none. */
function isNullable(error: ErrorObject): boolean {
  const parts = error.schema as Schema[];
  return parts.length === 2 && parts.some((part) => part['type'] === 'null');
}

function isWithin(error: ErrorObject, path: string): boolean {
  return error.instancePath === path || error.instancePath.startsWith(`${path}/`);
}

function pathOf(error: ErrorObject): string[] {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const { additionalProperty, property } = error.params as Record<string, string | undefined>;
  const field = additionalProperty ?? property ?? dependent(error);
  return field === undefined ? path : [...path, field];
}

function textOf(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownField(error);
    case 'required':
      return `lacks \`${String(params['missingProperty'])}\`${about(error, String(params['missingProperty']))}`;
    case 'dependentRequired':
      return `needs \`${String(params['missingProperty'])}\` beside it.`;
    case 'oneOf':
    case 'anyOf':
      return choice(error);
    case 'type':
      return `is ${shown(error.data)}, and must be ${kind(error.schema)}.${about(error)}`;
    case 'pattern':
      return `is ${shown(error.data)}, and must be written ${suchAs(error)}.${about(error)}`;
    case 'minimum':
      return `is ${shown(error.data)}, and must be ${String(params['limit'])} at least.${about(error)}`;
    case 'maximum':
      return `is ${shown(error.data)}, and must be ${String(params['limit'])} at most.${about(error)}`;
    default:
      return `is ${shown(error.data)}, and ${error.message ?? 'does not fit'}.${about(error)}`;
  }
}

function unknownField(error: ErrorObject): string {
  const suggestion = near(error);
  const known = fieldsOf(error);
  if (suggestion !== undefined) {
    return `is no field that is known here. Did you mean \`${suggestion}\`?`;
  }
  const which = known.length <= 12 ? `Known are ${listed(known)}.` : 'infra/policies/REFERENCE.md has those that are.';
  return `is no field that is known here. ${which}`;
}

function choice(error: ErrorObject): string {
  const fields = alternatives(error);
  if (fields !== undefined) {
    const there = fields.filter((field) => isSet(error.data, field));
    const exactly = error.keyword === 'oneOf' ? 'exactly one' : 'one';
    const beside = dependent(error) === undefined ? '' : ' beside it';
    const has = there.length > 1 ? `; it has ${listed(there)}` : '';
    return `needs ${exactly} of ${listed(fields)}${beside}${has}.`;
  }
  const named = words(error);
  if (named !== undefined) {
    return `is ${shown(error.data)}, and must be one of ${listed(named)}.`;
  }
  return `is ${shown(error.data)}, which is no form that it may have.${about(error)}`;
}

/** The field on which `dependentSchemas` depends, if an error is about one. */
function dependent(error: ErrorObject): string | undefined {
  return /\/dependentSchemas\/([^/]+)\/(?:oneOf|anyOf)$/.exec(error.schemaPath)?.[1];
}

function isSet(data: unknown, field: string): boolean {
  return (data as Record<string, unknown>)[field] !== undefined;
}

function fieldsOf(error: ErrorObject): string[] {
  return Object.keys((error.parentSchema as { properties?: Schema }).properties ?? {}).sort();
}

/** What the schema says of the field, in one sentence. */
function about(error: ErrorObject, field?: string): string {
  const parent = error.parentSchema as { description?: string; properties?: Record<string, Schema> };
  const description = field === undefined ? parent.description : parent.properties?.[field]?.['description'];
  const end = field === undefined ? '' : '.';
  if (typeof description !== 'string') {
    return end;
  }
  // A full stop inside of `rate(...)` or `1.5` is followed by no capital.
  const sentence = /^.*?\.(?=\s+[A-Z]|\s*$)/s.exec(description)?.[0] ?? description;
  return `${end} ${sentence}`;
}

function suchAs(error: ErrorObject): string {
  const examples = (error.parentSchema as { examples?: string[] }).examples ?? [];
  return examples.length === 0 ? 'otherwise' : `like ${listed(examples)}`;
}

function shown(value: unknown): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return `\`${text.length > 60 ? `${text.slice(0, 60)}…` : text}\``;
}

const KINDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping of fields',
  array: 'a list',
};

function kind(type: unknown): string {
  const types = (Array.isArray(type) ? type : [type]).filter((one) => one !== 'null').map(String);
  return types.map((one) => KINDS[one] ?? one).join(' or ');
}

function listed(names: string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

/** The known field that an unknown one was probably meant to be. */
function near(error: ErrorObject): string | undefined {
  const written = (error.params as Record<string, unknown>)['additionalProperty'];
  return typeof written === 'string' ? nearest(written, fieldsOf(error)) : undefined;
}
