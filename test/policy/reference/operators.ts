import type { Json } from '../../../src/model/json.ts';
import { all, any, not, type Verdict, verdict } from './outcomes.ts';
import { ASTRAY, NOTHING, type Reached } from './paths.ts';
import { finds, fits, inNetworks, urlOf, within } from './texts.ts';
import { inWindows } from './time.ts';
import { doubleOf, elements, isRaw, members, typeOf } from './values.ts';

type Operand = Json;
/** Several operators, all of which must hold; a bare word is one without an operand. */
export type Uses = string | Readonly<Record<string, Operand>>;

/** What operators say of a value. */
export function passes(uses: Uses, value: Reached): Verdict {
  const list: readonly [string, Operand][] =
    typeof uses === 'string' ? [[uses, true]] : Object.entries(uses);
  return all(list.map(([name, operand]) => judge(name, operand, value)));
}

function judge(name: string, operand: Operand, value: Reached): Verdict {
  if (value === ASTRAY) return 'fault';
  if (value === NOTHING) return verdict(['absent', 'ne', 'not_in', 'none'].includes(name));
  return present(name, operand, value);
}

function present(name: string, operand: Operand, value: Json): Verdict {
  switch (name) {
    case 'exists':
      return 'true';
    case 'absent':
      return 'false';
    case 'eq':
      return oneOf([operand], value);
    case 'ne':
      return not(oneOf([operand], value));
    case 'in':
      return oneOf(elements(operand), value);
    case 'not_in':
      return not(oneOf(elements(operand), value));
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return compare(name, value, operand);
    case 'type':
      return any(listed(operand).map((type) => isOfType(type, value)));
    case 'length':
      return lengthPasses(operand, value);
    case 'contains':
      return contains(operand, value);
    case 'every':
      return typeOf(value) === 'list'
        ? all(elements(value).map((one) => passes(operand as Uses, one)))
        : 'fault';
    case 'some':
      return someOf(operand as Uses, value);
    case 'none':
      return not(someOf(operand as Uses, value));
    case 'detects':
      return detects(listed(operand), value);
    default:
      return typeof value === 'string' ? ofText(name, operand, value) : 'fault';
  }
}

function ofText(name: string, operand: Operand, text: string): Verdict {
  switch (name) {
    case 'starts_with':
      return verdict(listed(operand).some((start) => text.startsWith(start)));
    case 'ends_with':
      return verdict(listed(operand).some((end) => text.endsWith(end)));
    case 'glob':
      return verdict(listed(operand).some((glob) => fits(glob, text)));
    case 'matches':
      return verdict(finds(operand as string, text));
    case 'path_within':
      return within(text, listed(operand));
    case 'cidr':
      return inNetworks(text, listed(operand));
    case 'time':
      return inWindows(text, operand);
    case 'url_host':
    case 'url': {
      const parts = urlOf(text);
      if (!parts) return 'fault';
      const wanted =
        name === 'url' ? (operand as Readonly<Record<string, Operand>>) : { host: operand };
      return all(Object.entries(wanted).map(([part, of]) => judgePart(part, of, parts)));
    }
    default:
      throw new Error(`the reference knows no operator "${name}"`);
  }
}

function judgePart(
  part: string,
  operand: Operand,
  { url, host }: { readonly url: URL; readonly host: string },
): Verdict {
  if (part === 'host') {
    if (typeOf(operand) === 'object') return passes(operand as Uses, host);
    return verdict(listed(operand).some((glob) => fits(glob.toLowerCase(), host)));
  }
  const own = { 'http:': 80, 'ws:': 80, 'https:': 443, 'wss:': 443, 'ftp:': 21 }[url.protocol];
  const values: Readonly<Record<string, Reached>> = {
    scheme: url.protocol.slice(0, -1),
    port: url.port ? Number(url.port) : (own ?? NOTHING),
    path: url.pathname,
    credentials: url.username || url.password ? `${url.username}:${url.password}` : NOTHING,
  };
  const value = values[part] ?? NOTHING;
  if (part === 'credentials' || typeOf(operand) === 'object') return passes(operand as Uses, value);
  return verdict([operand].flat().includes(value as never));
}

/** Of the types among the candidates, and one of them. A value of another type can't be judged. */
function oneOf(candidates: readonly Json[], value: Json): Verdict {
  const type = typeOf(value);
  const alike = candidates.filter((candidate) => typeOf(candidate) === type);
  if (alike.length === 0) return 'fault';
  return any(alike.map((candidate) => equal(candidate, value)));
}

function equal(operand: Json, value: Json): Verdict {
  // Whether two numbers are equal depends on every digit, the lost ones too.
  return isRaw(value) ? 'fault' : verdict(value === operand);
}

function compare(name: 'gt' | 'gte' | 'lt' | 'lte', value: Json, operand: Json): Verdict {
  const type = typeOf(value);
  if (type !== typeOf(operand) || (type !== 'number' && type !== 'string')) return 'fault';
  const [a, b] = type === 'number' ? [doubleOf(value), doubleOf(operand)] : [value, operand];
  // The digits that a double loses decide only where the doubles are the same.
  if (isRaw(value) && a === b) return 'fault';
  const [left, right] = [a as number, b as number];
  if (name === 'gt') return verdict(left > right);
  if (name === 'gte') return verdict(left >= right);
  return verdict(name === 'lt' ? left < right : left <= right);
}

function isOfType(type: string, value: Json): Verdict {
  if (type !== 'integer') return verdict(typeOf(value) === type);
  if (typeOf(value) !== 'number') return 'false';
  return verdict(isRaw(value) ? /^-?\d+$/.test(value.rawJSON) : Number.isInteger(value));
}

function lengthPasses(operand: Operand, value: Json): Verdict {
  const type = typeOf(value);
  if (type !== 'string' && type !== 'list' && type !== 'object') return 'fault';
  const length = typeof value === 'string' ? [...value].length : sizeOf(value);
  return typeof operand === 'number'
    ? verdict(length === operand)
    : passes(operand as Uses, length);
}

function sizeOf(value: Json): number {
  return typeOf(value) === 'list' ? elements(value).length : members(value).length;
}

function contains(operand: Operand, value: Json): Verdict {
  if (typeOf(value) === 'list') return any(elements(value).map((one) => isElement(one, operand)));
  if (typeof value !== 'string' || typeof operand !== 'string') return 'fault';
  return verdict(value.includes(operand));
}

/** An element of another type is another element. */
function isElement(one: Json, operand: Json): Verdict {
  return typeOf(one) === typeOf(operand) ? equal(operand, one) : 'false';
}

function someOf(uses: Uses, value: Json): Verdict {
  if (typeOf(value) !== 'list') return 'fault';
  return any(elements(value).map((one) => passes(uses, one)));
}

/** Enough of the detectors for the values that the tests make up. */
const detectors: Readonly<Record<string, RegExp>> = {
  email: /[\p{L}\p{N}._-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/u,
  'payment-card': /(?<!\d)4111[ -]?1111[ -]?1111[ -]?1111(?!\d)/,
};

function detects(names: readonly string[], value: Json): Verdict {
  // There is nothing to be found in these.
  if (value === null || typeof value === 'boolean') return 'false';
  if (typeof value !== 'string' && typeOf(value) !== 'number') return 'fault';
  const text = isRaw(value) ? value.rawJSON : String(value);
  // A password before the host of a URL is no address.
  const plain = text.replace(/\w:\/\/[^\s:@/]*:[\p{L}\p{N}._-]*@/gu, ' ');
  return verdict(names.some((name) => detectors[name]?.test(name === 'email' ? plain : text)));
}

function listed(operand: Operand): readonly string[] {
  return (Array.isArray(operand) ? operand : [operand]) as readonly string[];
}
