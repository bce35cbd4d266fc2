import { readFileSync } from 'node:fs';
import * as path from 'node:path';

// This file is built into infra/cdk/build/lib.
const INFRA = path.resolve(__dirname, '../../..');

/** Path of a file below `infra/`. */
export function inInfra(...parts: string[]): string {
  return path.join(INFRA, ...parts);
}

/** The text of a file below `infra/` that SAM and CDK share. */
export function read(...parts: string[]): string {
  return readFileSync(inInfra(...parts), 'utf8');
}
