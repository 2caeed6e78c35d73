import type { MaskerSpec } from '../model/decision.ts';
import { unreachable } from '../model/errors.ts';
import { keep } from './maskers/keep.ts';
import { redact } from './maskers/redact.ts';

/** Makes what takes a value's place. `label` names what was found, or is undefined at a path. */
export type Masker = (text: string, label?: string) => string;

export const maskerNames = ['redact', 'keep'] as const satisfies readonly MaskerSpec['masker'][];

/** The masker that a policy asks for. */
export function maskerOf(spec: MaskerSpec): Masker {
  switch (spec.masker) {
    case 'redact':
      return redact;
    case 'keep':
      return keep(spec.first, spec.last);
    default:
      return unreachable(spec);
  }
}
