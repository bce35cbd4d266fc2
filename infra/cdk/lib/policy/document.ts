import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import Ajv2020, { ValidateFunction } from 'ajv/dist/2020';
import { Document, isMap, LineCounter, parseDocument, stringify } from 'yaml';
import { RekindlePolicy } from '../../generated/policy';
import { read } from '../repository';
import { Complaint, complaints } from './complaint';
import { Tokens } from './tokens';

/** A policy that fits the schema, and the text of it that goes into Parameter Store. */
export interface PolicyDocument {
  readonly policy: RekindlePolicy;
  readonly text: string;
}

interface Place {
  readonly line: number;
  readonly col: number;
}

const SCHEMA = 'infra/policies/policy.schema.json';
let validator: ValidateFunction | undefined;

/** Reads a policy from a YAML file, as it is written there but for what `replace` puts into its place. */
export function readPolicyFile(file: string, replace: Record<string, string> = {}): PolicyDocument {
  const name = path.relative(process.cwd(), path.resolve(file));
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`${name} cannot be read: ${(error as Error).message}. Give the path of a policy in YAML.`);
  }
  for (const [old, by] of Object.entries(replace)) {
    if (!text.includes(old)) {
      throw new Error(
        `${name} does not have \`${old}\`, which is to be replaced. Take it out of \`replace\`, or correct it.`,
      );
    }
    text = text.replaceAll(old, by);
  }
  return { policy: parse(name, text), text };
}

/** Checks a policy that was written as an object, and writes it down as YAML. */
export function writePolicy(name: string, policy: RekindlePolicy): PolicyDocument {
  const tokens = new Tokens();
  const safe = tokens.hideIn(policy) as RekindlePolicy;
  validate(name, safe, () => undefined);
  // Without line breaks inside a text: a token would be torn apart.
  return { policy, text: tokens.show(stringify(safe, { lineWidth: 0, aliasDuplicateObjects: false })) };
}

function parse(name: string, text: string): RekindlePolicy {
  const tokens = new Tokens();
  const lines = new LineCounter();
  const document = parseDocument(tokens.hide(text), { lineCounter: lines, prettyErrors: false });
  const [mistake] = [...document.errors, ...document.warnings];
  if (mistake !== undefined) {
    const { line, col } = lines.linePos(mistake.pos[0]);
    const what =
      mistake.code === 'DUPLICATE_KEY' ? 'This field was written before: keep one of the two.' : `${mistake.message}.`;
    throw new Error(`${name} is no YAML that can be read.\n  line ${line}, column ${col}: ${what}`);
  }
  const policy: unknown = document.toJS();
  if (policy === null || typeof policy !== 'object' || Array.isArray(policy)) {
    throw new Error(`${name} holds no policy: it must be a mapping with \`model\`, \`triggers\` and \`training\`.`);
  }
  validate(name, policy, (complaint) => where(document, lines, complaint.path));
  return tokens.showIn(policy) as RekindlePolicy;
}

function validate(name: string, policy: unknown, where: (complaint: Complaint) => Place | undefined): void {
  validator ??= new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: false,
    // `.nan` is no number.
    strictNumbers: true,
    // Widths of numbers, which only Rust asks about.
    formats: { double: true, uint32: true, uint64: true, int64: true },
  }).compile(JSON.parse(read('policies', 'policy.schema.json')));
  if (validator(policy)) {
    return;
  }
  const found = complaints(validator.errors ?? []).map((complaint) => {
    const field = complaint.path.length === 0 ? 'the policy' : `\`${complaint.path.join('.')}\``;
    const place = where(complaint);
    const at = place === undefined ? '' : `line ${place.line}, column ${place.col}: `;
    return { place, text: `  ${at}${field} ${complaint.text}` };
  });
  found.sort(
    (one, other) =>
      (one.place?.line ?? 0) - (other.place?.line ?? 0) || (one.place?.col ?? 0) - (other.place?.col ?? 0),
  );
  throw new Error(`${name} does not fit ${SCHEMA}.\n${found.map(({ text }) => text).join('\n')}`);
}

/** Where a field is written, or what encloses it. */
function where(document: Document, lines: LineCounter, path: string[]): Place {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => String(item.key) === step);
      if (pair === undefined) break;
      offset = (pair.key as { range?: [number] }).range?.[0] ?? offset;
      node = pair.value;
    } else {
      node = (node as { items?: unknown[] } | null)?.items?.[Number(step)];
      offset = (node as { range?: [number] } | undefined)?.range?.[0] ?? offset;
    }
  }
  return lines.linePos(offset);
}
