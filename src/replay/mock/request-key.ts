import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { digestOf } from '../../protocol/canonical.ts';
import { without } from '../../protocol/era-words.ts';
import { argsOf, methodRow, targetOf } from '../../protocol/methods.ts';

/** A request, as far as it decides what it is answered. */
export interface Asked {
  readonly method: string;
  readonly params: JsonObject | undefined;
}

/** What a request asks of what: `tools/call query`, `tasks/list`. */
export function subjectKey({ method, params }: Asked): string {
  const { kind, name } = targetOf(method, params);
  return kind === 'methods' ? method : `${method} ${name}`;
}

/**
 * What of params decides the answer: all but `_meta`, which each request has anew, and the state of an earlier round,
 * of which only counts that there is one. Arguments left out are no arguments.
 */
export function tellingParams({ method, params = {} }: Asked): JsonObject {
  const { args, target } = methodRow(method);
  const bare = without(params, ['_meta', 'requestState']);
  // Responses say as well that it is not the first round, and an upstream may do without a state of its own.
  const isLater = Object.hasOwn(params, 'requestState') && !Object.hasOwn(params, 'inputResponses');
  const named = args !== undefined && target !== undefined;
  const none = named && argsOf(method, params) === undefined ? { [args]: {} } : {};
  return { ...bare, ...none, ...(isLater ? { requestState: true } : {}) };
}

/** The same for requests that ask the same, whatever the order of members. */
export function requestKey(asked: Asked): string {
  return digestOf([asked.method, tellingParams(asked)]);
}

/** The same also for requests that differ only in what each call has anew, or in members with these names. */
export function looseKey(asked: Asked, ignored: ReadonlySet<string>): string {
  return digestOf([asked.method, steady(tellingParams(asked), ignored)]);
}

/** Members that each call has anew, by what most programs call them; case, `-` and `_` don't count. */
export const volatileNames: readonly string[] = [
  ...['requestid', 'correlationid', 'traceid', 'spanid', 'traceparent', 'tracestate'],
  ...['idempotencykey', 'nonce', 'timestamp', 'clientrequestid', 'clienttoken', 'invocationid'],
];
const volatile = new Set(volatileNames);
/** RFC 9562, section 4. */
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
/** A moment with its time of day (RFC 3339, section 5.6); a day alone is most often meant. */
const MOMENT = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?(?:[Zz]|[+-]\d\d:?\d\d)?$/;

/** True of a value that each call has anew. */
export function isVolatile(value: Json): boolean {
  return typeof value === 'string' && (UUID.test(value) || MOMENT.test(value));
}

/** True of a member that doesn't count. */
export function isIgnored(name: string, ignored: ReadonlySet<string>): boolean {
  return ignored.has(name) || volatile.has(name.replace(/[-_]/g, '').toLowerCase());
}

/** The value without what doesn't count. */
function steady(value: Json, ignored: ReadonlySet<string>): Json {
  if (isVolatile(value)) return '';
  if (Array.isArray(value)) return value.map((item) => steady(item, ignored));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) =>
      isIgnored(name, ignored) ? [] : [[name, steady(item, ignored)]],
    ),
  );
}
