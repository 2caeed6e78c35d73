import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { RE2JS } from 're2js';
import { isList, isObject, isRawNumber, type Json, type JsonObject } from '../../model/json.ts';
import { type Budget, breadthOf, countedSchema, WORK, Work } from './schema-work.ts';

/** Characters of a schema that is compiled; of a longer one nobody can tell whether a result fits it. */
export const MAX_SCHEMA = 65_536;
/** Schemas inside of it: the time that it takes to compile them grows faster than their number. */
const MAX_PARTS = 1_000;
/** Characters of a text that formats look at: some of their patterns take longer than linear time. */
const MAX_FORMATTED = 2_048;
/** Steps of a compiled pattern; one with more is not checked. */
const MAX_PATTERN = 2_000;
/** What it takes to mend one complaint. */
const MENDING = 10;

/** What a value has that its schema refuses. */
export interface Complaint {
  /** Where in the value. */
  readonly path: readonly string[];
  /** What stands there. */
  readonly value: Json | undefined;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** The schema that has the keyword. */
  readonly schema: JsonObject;
}

/** The `outputSchema` of a tool, ready to judge structured content as the SDK's clients do. */
export interface OutputSchema {
  /** Undefined where it would take too long to tell. */
  fits(value: Json, budget: Budget): boolean | undefined;
  /** What the schema refuses of a value; undefined where that is too much, or would take too long to tell. */
  complaints(value: Json, budget: Budget): readonly Complaint[] | undefined;
}

/**
 * Compiles a JSON Schema: 2020-12, or draft 7 where it says so. What it takes from elsewhere is not fetched. What it
 * asks for is work that its upstream decides on, so that is counted and has an end.
 *
 * @returns undefined of a schema that can't be compiled: no client can check it either
 */
export function compileOutputSchema(schema: JsonObject): OutputSchema | undefined {
  try {
    if (JSON.stringify(schema).length > MAX_SCHEMA) return undefined;
    const work = new Work();
    const counted = countedSchema(plain(schema) as JsonObject, MAX_PARTS);
    const judge = compiled(counted, work, false);
    let explain: ValidateFunction | undefined;
    return {
      fits: (value, budget) => work.bound(budget, () => judge(plain(value))),
      complaints: (given, budget) => {
        const value = plain(given);
        if (work.bound(budget, () => judge(value)) === true) return [];
        explain ??= compiled(counted, work, true);
        return complaintsOf(explain, value, { work, budget });
      },
    };
  } catch {
    return undefined;
  }
}

/** The library knows no numbers that are held as text. */
function plain(value: Json): Json {
  return holdsText(value) ? (JSON.parse(JSON.stringify(value)) as Json) : value;
}

function holdsText(value: Json): boolean {
  if (isList(value)) return value.some(holdsText);
  if (isObject(value)) return Object.values(value).some(holdsText);
  return isRawNumber(value);
}

function compiled(schema: JsonObject, work: Work, allErrors: boolean): ValidateFunction {
  const isOld = /draft-0[67]/.test(String(schema.$schema ?? ''));
  const options = optionsFor(work, allErrors);
  const ajv = isOld ? new Ajv(options) : new Ajv2020(options);
  for (const [name, format] of boundedFormats) ajv.addFormat(name, format);
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    ...{ keyword: 'uniqueItems', type: 'array' },
    validate: (wanted: unknown, items: readonly unknown[]) => {
      return hasUniqueItems(wanted, items, work);
    },
  });
  ajv.addKeyword({
    ...{ keyword: WORK, before: '$ref', errors: false },
    validate: (weight: number, value: unknown) => work.spend(weight * breadthOf(value)),
  });
  return ajv.compile(schema);
}

function optionsFor(work: Work, allErrors: boolean): Options {
  return {
    allErrors,
    strict: false,
    verbose: allErrors,
    messages: false,
    validateSchema: false,
    // A part that is referred to a thousand times would be written out as often.
    inlineRefs: false,
    logger: false,
    code: {
      // The code of a large schema is written in seconds otherwise.
      optimize: false,
      regExp: Object.assign((pattern: string) => linearPattern(pattern, work), {
        code: 'undefined',
      }),
    },
  };
}

/** A pattern of the upstream's runs in linear time, or not at all: one that RE2 can't read is not checked. */
function linearPattern(pattern: string, work: Work): { test(text: string): boolean } {
  try {
    const compiled = RE2JS.compile(pattern);
    const size = compiled.programSize();
    if (size > MAX_PATTERN) return { test: () => true };
    return {
      test: (text) => work.spend((size * text.length) / 64) && compiled.matcher(text).find(),
    };
  } catch {
    return { test: () => true };
  }
}

type Format = (typeof fullFormats)[keyof typeof fullFormats];

const boundedFormats: readonly (readonly [string, Format])[] = Object.entries(fullFormats).map(
  ([name, format]) => [name, bounded(format)] as const,
);

function bounded(format: Format): Format {
  if (format instanceof RegExp) return bounded((text: string) => format.test(text));
  if (typeof format === 'function') {
    const check = format as (text: string) => boolean;
    return (text: string) => text.length > MAX_FORMATTED || check(text);
  }
  return format;
}

/** The library compares every element with every other one. */
function hasUniqueItems(wanted: unknown, items: readonly unknown[], work: Work): boolean {
  if (wanted !== true) return true;
  const seen = new Set<string>();
  for (const item of items) {
    const text = JSON.stringify(item);
    work.spend(text.length);
    seen.add(text);
  }
  return seen.size === items.length;
}

function complaintsOf(
  explain: ValidateFunction,
  value: Json,
  { work, budget }: { readonly work: Work; readonly budget: Budget },
): readonly Complaint[] | undefined {
  const fits = work.bound(budget, () => explain(value));
  if (fits !== false) return fits && [];
  const errors = explain.errors ?? [];
  // The library keeps them until it is asked the next time.
  explain.errors = null;
  budget.left -= errors.length * MENDING;
  return budget.left < 0 ? undefined : errors.map(complaintOf);
}

function complaintOf(error: ErrorObject): Complaint {
  const { instancePath, keyword, params, parentSchema, data } = error;
  return {
    value: data as Json | undefined,
    path: instancePath.split('/').slice(1).map(unescaped),
    keyword,
    params,
    schema: (typeof parentSchema === 'object' ? parentSchema : {}) as JsonObject,
  };
}

/** A step of a JSON Pointer (RFC 6901, section 4). */
function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
