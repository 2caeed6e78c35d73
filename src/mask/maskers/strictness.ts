import type { MaskerSpec } from '../../model/decision.ts';
import { unreachable } from '../../model/errors.ts';

type Name = MaskerSpec['masker'];
type Of<Masker extends Name> = Extract<MaskerSpec, { masker: Masker }>;

/** The strictest first: it says least of what stood there. */
const strictestFirst = [
  ...(['remove', 'null', 'redact', 'replace', 'hash', 'token'] as const),
  ...(['generalize', 'round', 'keep'] as const),
] satisfies readonly Name[];

const RANK = new Map<Name, number>(strictestFirst.map((name, rank) => [name, rank]));
/** They show parts of the value, each another one, so that two of them together show what neither of them would. */
const showParts: readonly Name[] = ['generalize', 'round', 'keep'];
/** The coarsest first. */
const DATES = ['decade', 'year', 'month'] as const;

/**
 * The one masker for a value to which several apply. Whatever their order it is the same, and one more of them never
 * shows more: two of a kind become what both of them allow, and two that each show a part of the value become `redact`.
 * Of more than two, give all at once: the strictest of two and a third may be another than that of all three.
 *
 * @param specs one at least
 */
export function strictest(specs: readonly MaskerSpec[]): MaskerSpec {
  const [first, ...others] = specs;
  if (!first) throw new RangeError('there is no strictest of none');
  if (others.length === 0) return first;
  const partial = new Set(specs.map(({ masker }) => masker).filter((it) => showParts.includes(it)));
  const all: readonly MaskerSpec[] = partial.size > 1 ? [...specs, { masker: 'redact' }] : specs;
  const rank = Math.min(...all.map(rankOf));
  return all.filter((spec) => rankOf(spec) === rank).reduce(both);
}

/** {@link strictest} of two. */
export function stricter(a: MaskerSpec, b: MaskerSpec): MaskerSpec {
  return strictest([a, b]);
}

function rankOf(spec: MaskerSpec): number {
  return RANK.get(spec.masker) ?? unreachable(spec as never);
}

/** Two of one kind, as one that shows no more than either. */
function both(a: MaskerSpec, b: MaskerSpec): MaskerSpec {
  switch (a.masker) {
    case 'remove':
    case 'null':
    case 'redact':
      return a;
    case 'replace':
      return inOrder(a, b);
    case 'hash':
      return { ...a, length: Math.min(a.length, (b as typeof a).length) };
    case 'token':
      return shorterLived(a, b as typeof a);
    case 'round':
      return a.to >= (b as typeof a).to ? a : b;
    case 'generalize':
      return coarser(a, b as typeof a);
    case 'keep':
      return lessKept(a, b as typeof a);
    default:
      return unreachable(a);
  }
}

function shorterLived(a: Of<'token'>, b: Of<'token'>): MaskerSpec {
  if (a.expires !== b.expires) return a.expires < b.expires ? a : b;
  return inOrder(a, b);
}

function coarser(a: Of<'generalize'>, b: Of<'generalize'>): MaskerSpec {
  const date = DATES.find((unit) => unit === a.date || unit === b.date) ?? a.date;
  return { ...a, date, ipv4: Math.min(a.ipv4, b.ipv4), ipv6: Math.min(a.ipv6, b.ipv6) };
}

/** What both show: the shorter of each end, of values that are long enough for both. */
function lessKept(a: Of<'keep'>, b: Of<'keep'>): MaskerSpec {
  const [first, last] = [Math.min(a.first, b.first), Math.min(a.last, b.last)];
  const least = Math.max(leastOf(a), leastOf(b));
  const usual = (first + last) * 2;
  return { masker: 'keep', first, last, ...(least === usual ? {} : { least }) };
}

/** How many characters a value needs for any of it to be shown. */
export function leastOf({ first, last, least }: Of<'keep'>): number {
  return least ?? (first + last) * 2;
}

/** Neither is stricter, so the text of what they are decides, which is the same in every order. */
function inOrder(a: MaskerSpec, b: MaskerSpec): MaskerSpec {
  return keyOf(a) <= keyOf(b) ? a : b;
}

function keyOf(spec: MaskerSpec): string {
  return JSON.stringify(Object.entries(spec).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** True of two that do the same. */
export function sameMasker(a: MaskerSpec, b: MaskerSpec): boolean {
  return a === b || keyOf(a) === keyOf(b);
}
