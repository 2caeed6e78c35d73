import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { RE2JS } from 're2js';
import type { Json, JsonObject } from '../model/json.ts';

/** Characters of a schema that is compiled; of a longer one nobody can tell whether a result fits it. */
const MAX_SCHEMA = 65_536;
/** Characters of a text that formats look at: some of their patterns take longer than linear time. */
const MAX_FORMATTED = 2_048;

/** What a value has that its schema refuses. */
export interface Complaint {
  /** Where in the value. */
  readonly path: readonly string[];
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** The schema that has the keyword. */
  readonly schema: JsonObject;
}

/** The `outputSchema` of a tool, ready to judge structured content as the SDK's clients do. */
export interface OutputSchema {
  /** What the schema refuses of a value; nothing where the value fits. */
  complaints(value: Json): readonly Complaint[];
}

/**
 * Compiles a JSON Schema: 2020-12, or draft 7 where it says so. What it takes from elsewhere is not fetched.
 *
 * @returns undefined of a schema that can't be compiled: no client can check it either
 */
export function compileOutputSchema(schema: JsonObject): OutputSchema | undefined {
  if (JSON.stringify(schema).length > MAX_SCHEMA) return undefined;
  try {
    const isOld = /draft-0[67]/.test(String(schema.$schema ?? ''));
    const ajv = isOld ? new Ajv(options) : new Ajv2020(options);
    for (const [name, format] of boundedFormats) ajv.addFormat(name, format);
    ajv.removeKeyword('uniqueItems');
    ajv.addKeyword({ keyword: 'uniqueItems', type: 'array', validate: hasUniqueItems });
    const validate = ajv.compile(schema);
    return { complaints: (value) => complaintsOf(validate, value) };
  } catch {
    return undefined;
  }
}

const options: Options = {
  strict: false,
  allErrors: true,
  verbose: true,
  validateSchema: false,
  addUsedSchema: false,
  logger: false,
  // A pattern of the upstream's must not be able to hold the gate up, so it runs in linear time.
  code: { regExp: Object.assign(linearPattern, { code: 'undefined' }) },
};

/** A pattern that RE2 can't read is not checked: there is no way to do so that can't be abused. */
function linearPattern(pattern: string): { test(text: string): boolean } {
  try {
    const compiled = RE2JS.compile(pattern);
    return { test: (text) => compiled.matcher(text).find() };
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
function hasUniqueItems(wanted: unknown, items: readonly unknown[]): boolean {
  if (wanted !== true) return true;
  return new Set(items.map((item) => JSON.stringify(item))).size === items.length;
}

function complaintsOf(validate: ValidateFunction, value: Json): readonly Complaint[] {
  return validate(value) ? [] : (validate.errors ?? []).map(complaintOf);
}

function complaintOf({ instancePath, keyword, params, parentSchema }: ErrorObject): Complaint {
  return {
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
