import { isList, isObject, type Json, type JsonObject, textMember } from '../../model/json.ts';

/** What one upstream has answered. */
export interface Part {
  readonly upstream: string;
  readonly result: JsonObject;
}

/** Characters of instructions that one upstream may contribute. */
const MAX_INSTRUCTIONS = 16_384;

/** What all can do: whoever can do something makes the union able to. */
export function joinCapabilities(parts: readonly Part[]): JsonObject {
  const all = parts.map(({ result }) => result.capabilities);
  return all.reduce<JsonObject>(
    (joined, more) => (isObject(more) ? merged(joined, more) : joined),
    {},
  );
}

/** Switches are on where one of them is; settings of the first come first. */
function merged(some: JsonObject, more: JsonObject): JsonObject {
  const joined = new Map<string, Json>(Object.entries(some));
  for (const [key, value] of Object.entries(more)) {
    const before = joined.get(key);
    if (isObject(before) && isObject(value)) joined.set(key, merged(before, value));
    else if (before === undefined || before === false) joined.set(key, value);
  }
  return Object.fromEntries(joined);
}

/** The instructions of all, each under the name that its tools carry; undefined where none has any. */
export function joinInstructions(
  parts: readonly Part[],
  nameOf: (upstream: string) => string,
): string | undefined {
  const texts = parts.flatMap(({ upstream, result }) => {
    const text = textMember(result, 'instructions')?.slice(0, MAX_INSTRUCTIONS);
    return text ? [`# ${nameOf(upstream)}\n\n${text}`] : [];
  });
  return texts.length === 0 ? undefined : texts.join('\n\n');
}

/** Cache hints as the most cautious of all gives them (2026-07-28, caching); none where no part has any. */
export function joinCacheHints(parts: readonly Part[]): JsonObject {
  const times = parts.flatMap(({ result }) =>
    typeof result.ttlMs === 'number' ? [result.ttlMs] : [],
  );
  if (times.length === 0) return {};
  const ttlMs = times.length < parts.length ? 0 : Math.min(...times);
  return { ttlMs, cacheScope: 'private' };
}

/** The items of all, in the order of the upstreams. */
export function joinItems(parts: readonly Part[], key: string): readonly Json[] {
  return parts.flatMap(({ result }) => {
    const items = result[key];
    return isList(items) ? items : [];
  });
}
