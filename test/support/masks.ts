import { createSecretKey } from 'node:crypto';
import type { MaskContext } from '../../src/mask/mask-context.ts';
import { parsePath } from '../../src/mask/place/path.ts';
import type { MaskerSpec, MaskObligation, MaskSide } from '../../src/model/decision.ts';

export const redact: MaskerSpec = { masker: 'redact' };
export const keep = (first: number, last: number): MaskerSpec => ({ masker: 'keep', first, last });

const at = { file: 'p.yaml', line: 1, column: 1 };
const both: readonly MaskSide[] = ['args', 'result'];

export function find(names: readonly string[], spec: MaskerSpec = redact): MaskObligation {
  return { rule: 'r', at, sides: both, target: { find: names }, with: spec };
}

export function path(text: string, spec: MaskerSpec = redact): MaskObligation {
  const steps = parsePath(text);
  if (typeof steps === 'string') throw new Error(steps);
  return { rule: 'r', at, sides: both, target: { path: steps, text }, with: spec };
}

export function fields(globs: readonly string[], spec: MaskerSpec = redact): MaskObligation {
  return { rule: 'r', at, sides: both, target: { fields: globs }, with: spec };
}

export const everything = find(['email', 'payment-card']);

/** A key that is known, and a caller. */
export const testKey = new Uint8Array(32);

export const testContext: MaskContext = {
  key: createSecretKey(testKey),
  owner: 'https://idp\nana',
};
