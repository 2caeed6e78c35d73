import type { MaskerSpec } from '../model/decision.ts';
import { unreachable } from '../model/errors.ts';
import { isList, isObject, type Json } from '../model/json.ts';
import type { MaskContext } from './mask-context.ts';
import { generalize } from './maskers/generalize.ts';
import { hash } from './maskers/hash.ts';
import { keep } from './maskers/keep.ts';
import { redact } from './maskers/redact.ts';
import { round } from './maskers/round.ts';
import { tokenLabel } from './maskers/token-label.ts';
import type { TokenMint } from './token/token-mint.ts';
import { scalarText } from './walk/echo.ts';

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
export function maskerOf(spec: MaskerSpec, context: MaskContext, mint: TokenMint): Masker {
  switch (spec.masker) {
    case 'redact':
      return { text: redact, value: (_, label) => redact('', label) };
    case 'keep':
      return keepMasker(keep(spec.first, spec.last, spec.least));
    case 'hash': {
      const digest = hash(context.key, spec.length);
      return { text: digest, value: digest };
    }
    case 'token': {
      const token = (value: Json, name?: string) =>
        mint.mint(value, spec.label ?? tokenLabel(name), spec);
      return { text: token, value: token };
    }
    case 'replace':
      return replaceMasker(spec.value);
    case 'remove':
      return { text: () => '', value: () => REMOVED };
    case 'null':
      return { text: redact, value: () => null };
    case 'round':
      return orRedact(round(spec.to));
    case 'generalize':
      return orRedact(generalize(spec));
    default:
      return unreachable(spec);
  }
}

/** Nothing of a list or an object can be kept by its ends. */
function keepMasker(text: (found: string) => string): Masker {
  return {
    text,
    value: (value, label) =>
      isList(value) || isObject(value) ? redact('', label) : text(scalarText(value)),
  };
}

function replaceMasker(value: Extract<MaskerSpec, { masker: 'replace' }>['value']): Masker {
  return {
    text: (found, label) => (value === null ? redact(found, label) : String(value)),
    value: () => value,
  };
}

/** A masker that knows some values only; what it doesn't know is redacted. */
function orRedact(mask: (value: Json) => Json | undefined): Masker {
  return {
    text: (found, label) => {
      const masked = mask(found);
      return typeof masked === 'string' ? masked : redact(found, label);
    },
    value: (value, label) => mask(value) ?? redact('', label),
  };
}
