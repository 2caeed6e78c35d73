import type { JsonObject } from '../../model/json.ts';
import { operators } from '../operators.ts';
import { detectorNameSchema } from './json-schema-mask.ts';
import { oneOrMany, TEXT, TEXTS } from './json-schema-parts.ts';

const SCALAR: JsonObject = { type: ['string', 'number', 'boolean', 'null'] };
const SCALARS: JsonObject = { type: 'array', items: SCALAR };
const BOUND: JsonObject = { type: ['string', 'number'] };
const YES: JsonObject = { const: true };
export const TESTS: JsonObject = { $ref: '#/$defs/tests' };
const TYPES: JsonObject = {
  enum: ['string', 'number', 'integer', 'boolean', 'null', 'list', 'object'],
};
const PART: JsonObject = { anyOf: [{ type: ['string', 'number'] }, SCALARS, TESTS] };
const WINDOW: JsonObject = {
  description: 'Days and times of the day in a time zone, or instants.',
  type: 'object',
  minProperties: 1,
  additionalProperties: false,
  properties: { days: TEXTS, from: TEXT, to: TEXT, zone: TEXT, after: TEXT, before: TEXT },
};

/** What each operator takes. */
const operands: Readonly<Record<string, JsonObject>> = {
  eq: SCALAR,
  ne: SCALAR,
  in: SCALARS,
  not_in: SCALARS,
  matches: TEXT,
  glob: TEXTS,
  starts_with: TEXTS,
  ends_with: TEXTS,
  contains: SCALAR,
  gt: BOUND,
  gte: BOUND,
  lt: BOUND,
  lte: BOUND,
  length: { anyOf: [{ type: 'number' }, TESTS] },
  exists: YES,
  absent: YES,
  type: oneOrMany(TYPES),
  cidr: TEXTS,
  time: oneOrMany(WINDOW),
  url_host: { anyOf: [...(TEXTS.anyOf as JsonObject[]), TESTS] },
  url: {
    type: 'object',
    minProperties: 1,
    additionalProperties: false,
    properties: { scheme: PART, host: PART, port: PART, path: PART, credentials: PART },
  },
  path_within: TEXTS,
  every: TESTS,
  some: TESTS,
  none: TESTS,
  detects: oneOrMany(detectorNameSchema()),
};

/** A map of operators, or one of the two words that need no operand. */
export function testsSchema(): JsonObject {
  const properties = [...operators].map(([name, { summary }]): [string, JsonObject] => {
    const description = `Holds when the value ${plain(summary)}.`;
    return [name, { description, ...(operands[name] ?? {}) }];
  });
  return {
    anyOf: [
      { enum: ['exists', 'absent'] },
      {
        type: 'object',
        minProperties: 1,
        additionalProperties: false,
        properties: Object.fromEntries(properties),
      },
    ],
  };
}

/** Names of the operators whose operands have no schema yet. */
export function operatorsWithoutSchema(): string[] {
  return [...operators.keys()].filter((name) => !Object.hasOwn(operands, name));
}

/** Links of the reference as plain words. */
function plain(summary: string): string {
  return summary.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '');
}
