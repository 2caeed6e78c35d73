import type { MaskerSpec } from '../../model/decision.ts';
import type { Json } from '../../model/json.ts';
import { networkOf } from './generalize-address.ts';
import { dateUpTo, numberUpTo } from './generalize-date.ts';

/** Characters; dates and addresses are shorter. */
const MAX_LENGTH = 80;

/**
 * Less of a value, which stays what it is: a date becomes its month, year or decade, an IP address its network.
 *
 * @returns undefined for anything else
 */
export function generalize(
  spec: Extract<MaskerSpec, { masker: 'generalize' }>,
): (value: Json) => Json | undefined {
  return (value) => {
    if (typeof value === 'number') return numberUpTo(value, spec.date);
    if (typeof value !== 'string' || value.length > MAX_LENGTH) return undefined;
    return dateUpTo(value, spec.date) ?? networkOf(value.trim(), spec);
  };
}
