import { isList, isObject, type JsonObject, textMember } from '../../model/json.ts';
import { visible } from '../../model/visible.ts';

/** Kinds of things, in the order that they are shown, and what each is called by. */
const KINDS = {
  tools: 'name',
  resources: 'uri',
  resourceTemplates: 'uriTemplate',
  prompts: 'name',
} as const;
/** Characters of a description. */
const MOST = 100;
/** Columns that a name may take before its description no longer stands below the others. */
const MOST_NAME = 40;

/** What a caller is shown, each with the beginning of its description. */
export function listLines(result: JsonObject): string[] {
  const lines = Object.entries(KINDS).flatMap(([kind, key]) => {
    const list = result[kind];
    const items = isList(list) ? list.filter(isObject) : [];
    if (items.length === 0) return [];
    const rows = items.map((item) => ({
      name: visible(textMember(item, key) ?? ''),
      about: visible(beginning(textMember(item, 'description') ?? '')),
    }));
    const width = Math.max(...rows.map(({ name }) => Math.min(name.length, MOST_NAME)));
    return [`${kind}:`, ...rows.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`.trimEnd())]; // biome-ignore format: one line says it
  });
  return lines.length > 0 ? lines : ['nothing is shown to this caller'];
}

/** The first sentence, or what there is room for of it. */
function beginning(description: string): string {
  const [line = ''] = description.trim().split(/\r?\n/);
  const [sentence = line] = /^.*?[.!?](?=\s)/u.exec(line) ?? [];
  if (sentence.length <= MOST) return sentence;
  return `${sentence.slice(0, MOST - 1).replace(/[\ud800-\udbff]$/, '').trimEnd()}…`; // biome-ignore format: one line says it
}
