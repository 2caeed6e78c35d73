import type { MaskerSpec } from '../model/decision.ts';
import type { Json } from '../model/json.ts';
import type { MaskContext } from './mask-context.ts';
import { keep } from './maskers/keep.ts';
import { redact } from './maskers/redact.ts';
import type { TokenMint } from './token-mint.ts';

/** What a masker gives where nothing takes the value's place: its member or element goes. */
export const REMOVED = Symbol('removed');

/** Makes what takes a value's place. */
export interface Masker {
  /** What takes the place of a stretch of text. `label` names what was found, or is undefined at a path. */
  text(found: string, label?: string): string;
  /** What takes the place of a whole value, never null. Left out: its text, masked. */
  value?(value: Json, label?: string): Json | typeof REMOVED;
}

export const maskerNames = [
  ...(['redact', 'keep', 'hash', 'token', 'replace'] as const),
  ...(['remove', 'null', 'round', 'generalize'] as const),
] satisfies readonly MaskerSpec['masker'][];

/** The masker that a policy asks for. */
export function maskerOf(spec: MaskerSpec, _context: MaskContext, _mint: TokenMint): Masker {
  switch (spec.masker) {
    case 'keep':
      return { text: keep(spec.first, spec.last) };
    default:
      return { text: redact };
  }
}
