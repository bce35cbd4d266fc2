// Makes the type of a policy from its schema, before each build: so the two cannot differ.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { compile } from 'json-schema-to-typescript';

const file = new URL('../policies/policy.schema.json', import.meta.url);

/**
 * Leaves out what a type cannot say: which fields need each other.
 * It would become `& { [k: string]: unknown }`, which lets every misspelt field in. The validator says it at synthesis.
 */
function sayable(schema) {
  if (Array.isArray(schema)) return schema.map(sayable);
  if (schema === null || typeof schema !== 'object') return schema;
  const { dependentRequired, dependentSchemas, ...rest } = schema;
  for (const word of ['oneOf', 'anyOf']) {
    if (rest[word]?.every((part) => Object.keys(part).every((key) => key === 'required'))) delete rest[word];
  }
  return Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, sayable(value)]));
}

const type = await compile(sayable(JSON.parse(readFileSync(file, 'utf8'))), 'RekindlePolicy', {
  bannerComment: '// Made from infra/policies/policy.schema.json by policy-type.mjs, at each build.',
  additionalProperties: false,
});
mkdirSync('generated', { recursive: true });
writeFileSync('generated/policy.ts', type);
