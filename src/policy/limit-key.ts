import { createHash } from 'node:crypto';
import type { LimitClaim } from '../model/decision.ts';
import type { Identity } from '../model/identity.ts';
import { isList, isObject, isRawNumber, type Json, withoutZerosAtEnd } from '../model/json.ts';
import type { LimitSpec } from './ast.ts';
import { compileLookup } from './roots.ts';
import { ABSENT, type Subject, UNAVAILABLE, UNKNOWN } from './subject.ts';

/** What a message claims of the limits of one rule. */
export type CompiledLimits = (subject: Subject) => readonly LimitClaim[];

/**
 * Compiles the limits of a rule; undefined where it has none.
 *
 * A key is a digest: it goes to a database, where no value of a call may stand. It names the rule, the paths and their
 * values, but not the numbers of the limit, so that what has been counted still counts when a reload changes those.
 */
export function compileLimits(
  rule: string,
  limits: readonly LimitSpec[],
): CompiledLimits | undefined {
  if (limits.length === 0) return undefined;
  const compiled = limits.map((limit) => compileLimit(rule, limit, rankOf(limit, limits)));
  return (subject) => compiled.map((claim) => claim(subject));
}

/** Limits that count by the same paths are told apart by their spans: the shortest is the first. */
function rankOf(limit: LimitSpec, limits: readonly LimitSpec[]): number {
  const paths = pathsOf(limit).join();
  return limits.filter((other) => other.per < limit.per && pathsOf(other).join() === paths).length;
}

function pathsOf({ by }: LimitSpec): string[] {
  return by.map(({ text }) => JSON.stringify(text));
}

function compileLimit(rule: string, limit: LimitSpec, rank: number) {
  const { calls, per, by } = limit;
  const head = `${JSON.stringify(rule)},[${pathsOf(limit).join()}],${rank}`;
  const lookups = by.map(({ path }) => compileLookup(path));
  const claimOf = (subject: Subject): LimitClaim => {
    let text = head;
    for (const lookup of lookups) {
      const value = lookup(subject);
      if (value === UNKNOWN || value === UNAVAILABLE) return { rule, key: undefined, calls, per };
      text += value === ABSENT ? ',-' : `,${textOf(value as Json)}`;
    }
    const key = createHash('sha256').update(text).digest('base64url');
    return { rule, key, calls, per };
  };
  if (by.some(({ path }) => path[0] !== 'identity')) return claimOf;
  const known = new WeakMap<Identity, LimitClaim>();
  return (subject: Subject): LimitClaim => {
    const before = known.get(subject.identity);
    if (before) return before;
    const claim = claimOf(subject);
    known.set(subject.identity, claim);
    return claim;
  };
}

/** The same text for the same value, however it was written; different ones for different values. */
function textOf(value: Json): string {
  if (isList(value)) return `[${value.map(textOf).join()}]`;
  if (typeof value === 'number') return decimal(String(value));
  if (isRawNumber(value)) return decimal(value.rawJSON);
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${textOf(value[name] as Json)}`);
  return `{${members.join()}}`;
}

/** Digits of an exponent that is reckoned with; a longer one would take long, and stays as it is. */
const MAX_POWER = 30;

/** A number as digits without zeros around them and a power of ten: 1.20e3 and 1200 are both `12e2`. */
function decimal(source: string): string {
  const [, sign = '', whole = '', fraction = '', up = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?)0*(\d+))?$/.exec(source) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = withoutZerosAtEnd(digits);
  if (significant === '') return '0';
  if (power.length > MAX_POWER) return source;
  const shift = digits.length - significant.length - fraction.length;
  return `${sign}${significant}e${BigInt(`${up}${power}`) + BigInt(shift)}`;
}
