import { child, describe, type MapNode, type Node } from '../../document/node.ts';
import type { Reader } from '../../document/reader.ts';
import { maskerNames } from '../../mask/masker.ts';
import { isTokenLabel } from '../../mask/maskers/token-label.ts';
import type { MaskerSpec } from '../../model/decision.ts';
import { DURATION_HINT, parseDuration } from './parse-duration.ts';

type Name = MaskerSpec['masker'];
type Of<Masker extends Name> = Extract<MaskerSpec, { masker: Masker }>;

/** Digits of a digest: 64 bits, so that two values don't share one by chance. */
const HASH_DIGITS = 16;
const DAY = 86_400_000;
const MAX_EXPIRES = 366 * DAY;
const SCOPE = /^[A-Za-z0-9._-]{1,64}$/;
const DATES = ['month', 'year', 'decade'] as const;
const REDACT: MaskerSpec = { masker: 'redact' };

/** Maskers without options, or with options that can be left out. */
const plain: Readonly<Partial<Record<Name, MaskerSpec>>> = {
  redact: REDACT,
  hash: { masker: 'hash', length: HASH_DIGITS },
  token: { masker: 'token', scope: '', expires: DAY },
  remove: { masker: 'remove' },
  null: { masker: 'null' },
  generalize: { masker: 'generalize', date: 'year', ipv4: 24, ipv6: 48 },
};

/** What to write where a masker needs to be told more. */
const examples: Readonly<Partial<Record<Name, string>>> = {
  keep: 'with: { keep: { last: 4 } }',
  round: 'with: { round: 1000 }',
  replace: 'with: { replace: "someone" }',
  hash: 'with: { hash: { length: 16 } }',
  token: 'with: { token: { scope: crm } }',
  generalize: 'with: { generalize: { date: year } }',
};

const withOptions: Readonly<Partial<Record<Name, (node: Node, reader: Reader) => MaskerSpec>>> = {
  keep: parseKeep,
  hash: parseHash,
  token: parseToken,
  replace: parseReplace,
  round: parseRound,
  generalize: parseGeneralize,
};

/** Reads how a mask replaces what it finds; left out: `redact`. */
export function parseMasker(node: Node | undefined, reader: Reader): MaskerSpec {
  if (!node) return REDACT;
  if (node.kind === 'scalar') return parsePlain(node, reader);
  const map = reader.map(node, 'with', Object.keys(withOptions));
  if (!map) return REDACT;
  const named = map.entries.filter(({ key }) => Object.hasOwn(withOptions, key));
  const [first, second] = named;
  if (!first) {
    reader.error('MASKER_OPTIONS', node.at, 'with names no masker', examples.keep);
    return REDACT;
  }
  if (second) {
    const message = `a mask has one masker, not both "${first.key}" and "${second.key}"`;
    reader.error('MASKER_OPTIONS', second.at, message);
  }
  return withOptions[first.key as Name]?.(first.value, reader) ?? REDACT;
}

function parsePlain(node: Node & { kind: 'scalar' }, reader: Reader): MaskerSpec {
  // YAML reads a bare `null` as no value.
  if (node.value === null) return { masker: 'null' };
  if (typeof node.value === 'string' && !/[a-z]/i.test(node.value)) {
    const hint = `for a text of your own: { replace: ${JSON.stringify(node.value)} }`;
    reader.error('UNKNOWN_VALUE', node.at, `with can't be "${node.value}"`, hint);
    return REDACT;
  }
  const name = reader.choice(node, 'with', maskerNames);
  const spec = name && plain[name];
  if (name && !spec) {
    const what = name === 'replace' ? 'what stands instead' : 'how much';
    reader.error('MASKER_OPTIONS', node.at, `"${name}" needs to know ${what}`, examples[name]);
  }
  return spec ?? REDACT;
}

/** The options of a masker; of anything but a map it says what to write. */
function optionsOf(
  node: Node,
  name: Name,
  known: readonly string[],
  reader: Reader,
): MapNode | undefined {
  if (node.kind === 'map') return reader.map(node, name, known);
  const message = `${name} must be a map, not ${describe(node)}`;
  reader.error('WRONG_TYPE', node.at, message, examples[name]);
  return undefined;
}

function parseKeep(node: Node, reader: Reader): MaskerSpec {
  const options = optionsOf(node, 'keep', ['first', 'last'], reader);
  const bounds = { from: 0, to: 64, otherwise: 0 };
  const first = whole(options, 'first', bounds, reader);
  const last = whole(options, 'last', bounds, reader);
  if (options && options.entries.length === 0) {
    reader.error('MASKER_OPTIONS', node.at, 'keep keeps nothing', examples.keep);
  }
  return { masker: 'keep', first, last };
}

function parseHash(node: Node, reader: Reader): MaskerSpec {
  const options = optionsOf(node, 'hash', ['length'], reader);
  const length = whole(options, 'length', { from: 8, to: 64, otherwise: HASH_DIGITS }, reader);
  return { masker: 'hash', length };
}

function parseToken(node: Node, reader: Reader): MaskerSpec {
  const options = optionsOf(node, 'token', ['scope', 'expires', 'as'], reader);
  const scope = parseScope(child(options, 'scope'), reader);
  const expires = parseExpires(child(options, 'expires'), reader);
  const label = parseLabel(child(options, 'as'), reader);
  return { masker: 'token', scope, expires, ...(label === undefined ? {} : { label }) };
}

/** Reads the scope of tokens; left out: the one without a name. */
export function parseScope(node: Node | undefined, reader: Reader): string {
  const scope = reader.text(node, 'scope') ?? '';
  if (!node || SCOPE.test(scope) || node.kind !== 'scalar' || typeof node.value !== 'string') {
    return scope;
  }
  const hint = 'use up to 64 letters, digits, dots, hyphens and underscores';
  reader.error('MASKER_OPTIONS', node.at, `"${scope}" can't be a scope`, hint);
  return '';
}

function parseExpires(node: Node | undefined, reader: Reader): number {
  if (!node) return DAY;
  const text = node.kind === 'scalar' ? `"${node.value}"` : describe(node);
  const expires = parseDuration(text.slice(1, -1));
  if (expires <= MAX_EXPIRES) return expires;
  const isLong = expires > MAX_EXPIRES;
  const message = isLong ? `expires is at most 366d, not ${text}` : `expires can't be ${text}`;
  reader.error('MASKER_OPTIONS', node.at, message, isLong ? undefined : DURATION_HINT);
  return DAY;
}

function parseLabel(node: Node | undefined, reader: Reader): string | undefined {
  const label = reader.text(node, 'as');
  if (node === undefined || label === undefined || isTokenLabel(label)) return label;
  const hint = 'use up to 32 small letters, digits and hyphens';
  reader.error('MASKER_OPTIONS', node.at, `a token can't be called "${label}"`, hint);
  return undefined;
}

function parseReplace(node: Node, reader: Reader): MaskerSpec {
  if (node.kind === 'scalar') {
    const { value, inexact } = node;
    if (typeof value !== 'number' || (Number.isFinite(value) && !inexact)) {
      return value === null ? { masker: 'null' } : { masker: 'replace', value };
    }
  }
  const message = `replace can't be ${inWords(node)}`;
  reader.error('MASKER_OPTIONS', node.at, message, 'a text, a number, true or false');
  return REDACT;
}

function inWords(node: Node): string {
  return node.kind === 'scalar' ? 'a number that a double does not hold' : describe(node);
}

function parseRound(node: Node, reader: Reader): MaskerSpec {
  const to = reader.number(node, 'round');
  if (to === undefined) return REDACT;
  if (to >= 1e-9 && to <= 1e15) return { masker: 'round', to };
  const hint = 'such as 1000, for the nearest thousand';
  reader.error('MASKER_OPTIONS', node.at, `nothing can be rounded to ${to}`, hint);
  return REDACT;
}

function parseGeneralize(node: Node, reader: Reader): MaskerSpec {
  const options = optionsOf(node, 'generalize', ['date', 'ipv4', 'ipv6'], reader);
  const { date, ipv4, ipv6 } = plain.generalize as Of<'generalize'>;
  return {
    masker: 'generalize',
    date: reader.choice(child(options, 'date'), 'date', DATES) ?? date,
    ipv4: whole(options, 'ipv4', { from: 0, to: 31, otherwise: ipv4 }, reader),
    ipv6: whole(options, 'ipv6', { from: 0, to: 127, otherwise: ipv6 }, reader),
  };
}

function whole(
  map: MapNode | undefined,
  key: string,
  { from, to, otherwise }: { from: number; to: number; otherwise: number },
  reader: Reader,
): number {
  const node = child(map, key);
  const value = reader.number(node, key);
  if (node === undefined || value === undefined) return otherwise;
  if (Number.isInteger(value) && value >= from && value <= to) return value;
  reader.error('WRONG_TYPE', node.at, `${key} must be a whole number from ${from} to ${to}`);
  return otherwise;
}
