import { isList, isObject, type Json, type JsonObject } from '../../model/json.ts';

/** Longest value that stands in one line with its key. */
const MAX_FLOW = 72;
const PLAIN = /^[A-Za-z][A-Za-z0-9_./-]*$/;
/** Words that are no text in YAML 1.2, or weren't in 1.1, which some readers still go by. */
const WORDS = /^(?:true|false|null|yes|no|on|off|y|n)$/i;
/** What a terminal obeys, or a reader can't see; JSON leaves these as they are. */
const HIDDEN = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** JSON as lines of YAML (1.2), without anything that can't be seen. */
export function yamlLines(value: JsonObject | readonly Json[]): string[] {
  if (isList(value)) {
    return value.flatMap((item) => {
      const [first = '', ...rest] = isFlow(item) ? [flow(item)] : yamlLines(item);
      return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
    });
  }
  return Object.entries(value as JsonObject).flatMap(([key, item]) => {
    if (isFlow(item)) return [`${scalar(key, true)}: ${flow(item)}`];
    return [`${scalar(key, true)}:`, ...yamlLines(item).map((line) => `  ${line}`)];
  });
}

/** True of what stands in one line: plain values, short lists of them, and short maps of either. */
function isFlow(value: Json): value is Exclude<Json, JsonObject | readonly Json[]> {
  if (!isList(value) && !isObject(value)) return true;
  const isFlat = isList(value)
    ? value.every(isPlain)
    : Object.values(value).every((item) => (isList(item) ? item.every(isPlain) : isPlain(item)));
  return isFlat && flow(value).length <= MAX_FLOW;
}

function isPlain(value: Json): boolean {
  return !isList(value) && !isObject(value);
}

function flow(value: Json): string {
  if (isList(value)) return `[${value.map(flow).join(', ')}]`;
  if (!isObject(value)) return scalar(value);
  const members = Object.entries(value).map(([key, item]) => `${scalar(key, true)}: ${flow(item)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** Keys such as `on` are read as they are by every reader of policies. */
function scalar(value: Json, isKey = false): string {
  if (typeof value === 'string' && PLAIN.test(value) && (isKey || !WORDS.test(value))) return value;
  return JSON.stringify(value).replace(HIDDEN, (character) => {
    return `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;
  });
}
