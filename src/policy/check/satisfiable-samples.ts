import type { Node } from '../../document/node.ts';
import type { Json, RawNumber } from '../../model/json.ts';
import type { OperatorUse } from '../ast.ts';
import type { Domain } from './satisfiable-domain.ts';

/** A value that stands for all that the operators in question can't tell from it. */
export type Sample =
  /** No value. */
  | { readonly kind: 'absent' }
  /** A value that can't be had. */
  | { readonly kind: 'unavailable' }
  /** This value and no other. */
  | { readonly kind: 'exact'; readonly value: Json }
  /** Any number that compares with the numbers of the policy as this one does. */
  | { readonly kind: 'number'; readonly value: number | RawNumber }
  /** Any text, not empty, that compares like `order`, and begins, ends and is as long as these say. */
  | {
      readonly kind: 'text';
      readonly order: string;
      readonly prefix: string;
      readonly suffix: string;
      readonly size: number;
    }
  /** Any list or object of so many members, at least one. */
  | { readonly kind: 'list' | 'object'; readonly size: number }
  /** Nothing is known: too many cases to go through. */
  | { readonly kind: 'unknown' };

const MAX_SAMPLES = 512;
const ABSENT: Sample = { kind: 'absent' };
const exact = (value: Json): Sample => ({ kind: 'exact', value });

/** Samples of every value that a path of this domain can lead to, as far as these operators can tell them apart. */
export function samplesOf(uses: readonly OperatorUse[], domain: Domain): readonly Sample[] {
  const samples = all(uses, domain);
  return samples.length > MAX_SAMPLES ? [{ kind: 'unknown' }] : samples;
}

function all(uses: readonly OperatorUse[], { type, optional, names }: Domain): readonly Sample[] {
  const sizes = sizesOf(uses);
  const absent = optional ? [ABSENT] : [];
  if (type === 'nothing') return [ABSENT];
  if (type === 'texts') return [...absent, exact([]), ...sized('list', sizes)];
  if (type === 'text') {
    const constants = unique([...textsOf(uses), ...(names?.known ?? []), '']);
    const fitting = constants.filter((text) => names?.fits(text) ?? true);
    const others = names && !names.open ? [] : texts(uses, sizes);
    return [...absent, ...fitting.map(exact), ...others];
  }
  return [
    ABSENT,
    { kind: 'unavailable' },
    ...[null, true, false, '', [], {}].map(exact),
    ...unique(textsOf(uses)).map(exact),
    ...texts(uses, sizes),
    ...numbers(uses),
    ...sized('list', sizes),
    ...sized('object', sizes),
  ];
}

/** Numbers at, between and beyond those of the policy, held by a double and only by their text. */
function numbers(uses: readonly OperatorUse[]): Sample[] {
  // Nothing but "type" can tell a whole number from another one.
  const fine = uses.some(({ operator }) => operator === 'type');
  const points = unique(uses.flatMap(({ operand }) => numbersIn(operand))).sort((a, b) => a - b);
  const [first = 0] = points;
  const last = points.at(-1) ?? first;
  const values: (number | RawNumber)[] = [...BEYOND];
  const between = (low: number, high: number) => {
    for (const value of fine ? inside(low, high) : middle(low, high)) {
      values.push(value, ...raws(value, fine));
    }
  };
  between(first - Math.max(8, Math.abs(first)), first);
  for (const [index, point] of points.entries()) {
    values.push(point, ...raws(point, fine));
    const next = points[index + 1];
    if (next !== undefined) between(point, next);
  }
  between(last, last + Math.max(8, Math.abs(last)));
  return values.map((value) => ({ kind: 'number', value }));
}

function middle(low: number, high: number): number[] {
  const value = low + (high - low) / 2;
  return value > low && value < high ? [value] : [];
}

/** Numbers between two, whole and not. Of three values less than 1 apart, at most one is whole. */
function inside(low: number, high: number): number[] {
  const span = high - low;
  return [
    Math.floor(low) + 1,
    low + Math.min(span / 2, 0.5),
    low + Math.min(span / 3, 0.25),
    low + Math.min(span / 7, 0.11),
    low + span / 2,
  ].filter((value) => value > low && value < high);
}

/** The number with digits that a double drops: whole, where it is, and with a tail behind the point. */
function raws(value: number, fine: boolean): RawNumber[] {
  if (!fine || !Number.isInteger(value)) return [rawNumber(String(value))];
  const whole = BigInt(value).toString();
  return [rawNumber(whole), rawNumber(`${whole}.${'0'.repeat(24)}1`)];
}

function rawNumber(text: string): RawNumber {
  return (JSON as unknown as { rawJSON(text: string): RawNumber }).rawJSON(text);
}

const BEYOND = ['-1e999', '1e999'].map(rawNumber);

function sized(kind: 'list' | 'object', sizes: readonly number[]): Sample[] {
  return sizes.map((size) => ({ kind, size }));
}

function texts(uses: readonly OperatorUse[], sizes: readonly number[]): Sample[] {
  const prefixes = affixes(uses, 'starts_with');
  const suffixes = affixes(uses, 'ends_with');
  const orders = ordersOf(textsOf(uses));
  const count = orders.length * prefixes.length * suffixes.length * sizes.length;
  if (count > MAX_SAMPLES) return [{ kind: 'unknown' }];
  return orders.flatMap((order) =>
    prefixes.flatMap((prefix) =>
      suffixes.flatMap((suffix) =>
        sizes.map((size): Sample => ({ kind: 'text', order, prefix, suffix, size })),
      ),
    ),
  );
}

/**
 * Each text belongs to the longest of these that it begins (ends) with, and begins with whatever that one does; one
 * that begins with none belongs to the last, which has nothing in common with them.
 */
function affixes(uses: readonly OperatorUse[], operator: string): string[] {
  const written = uses.flatMap((use) => (use.operator === operator ? textsIn(use.operand) : []));
  let stranger = '\uffff';
  while (written.some((text) => text.startsWith(stranger)))
    stranger = String.fromCharCode(stranger.charCodeAt(0) - 1);
  return unique([...written, stranger]);
}

/** A text below, between and above these, in the order of code units; none of them is one of these. */
function ordersOf(constants: readonly string[]): string[] {
  const points = unique(constants).sort((a, b) => (a < b ? -1 : 1));
  const after = points.flatMap((point, index) => {
    const next = `${point}\u0000`;
    return next === points[index + 1] ? [] : [next];
  });
  return points[0] === '' ? after : ['', ...after];
}

/** Sizes at and beside each number that stands below a `length`, and those that are always there. */
function sizesOf(uses: readonly OperatorUse[]): number[] {
  const bounds = uses.flatMap(({ operator, operand }) =>
    operator === 'length' ? numbersIn(operand) : [],
  );
  const near = bounds.flatMap((bound) => [
    Math.floor(bound),
    Math.floor(bound) + 1,
    Math.ceil(bound) - 1,
  ]);
  return unique([1, ...near]).filter((size) => size >= 1);
}

function textsOf(uses: readonly OperatorUse[]): string[] {
  return uses.flatMap(({ operand }) => textsIn(operand));
}

function textsIn(node: Node): string[] {
  if (node.kind === 'list') return node.items.flatMap(textsIn);
  return node.kind === 'scalar' && typeof node.value === 'string' ? [node.value] : [];
}

function numbersIn(node: Node): number[] {
  if (node.kind === 'list') return node.items.flatMap(numbersIn);
  if (node.kind === 'map') return node.entries.flatMap(({ value }) => numbersIn(value));
  return typeof node.value === 'number' && Number.isFinite(node.value) ? [node.value] : [];
}

function unique<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}
