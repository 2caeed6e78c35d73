import { isList, isObject, type Json, type JsonObject } from '../../model/json.ts';

/** A text of a definition, and where it stands. */
export interface DefinitionText {
  /** As a path: `inputSchema.properties.sql.description`. */
  readonly at: string;
  readonly text: string;
  /** It names something: the tool itself, or a member of a schema. */
  readonly isName: boolean;
}

/** Characters of texts that are looked at; a definition with more of them can't be judged. */
const MAX_CHARACTERS = 65_536;

/** Every text of a definition, names of members included; undefined where that is too much to look at. */
export function definitionTexts(definition: JsonObject): DefinitionText[] | undefined {
  const texts: DefinitionText[] = [];
  let left = MAX_CHARACTERS;
  const add = (at: string, text: string, isName: boolean) => {
    left -= text.length + 1;
    if (left >= 0) texts.push({ at, text, isName });
  };
  const visit = (value: Json, at: string): void => {
    if (left < 0) return;
    if (typeof value === 'string') add(at, value, at === 'name');
    else if (isList(value)) for (const [i, item] of value.entries()) visit(item, `${at}[${i}]`);
    else if (isObject(value)) {
      for (const [key, inner] of Object.entries(value)) {
        const inside = stepTo(at, key);
        add(inside, key, true);
        visit(inner, inside);
      }
    }
  };
  visit(definition, '');
  return left < 0 ? undefined : texts;
}

/** A path with one more step. */
export function stepTo(at: string, key: string): string {
  if (!/^[\w$-]{1,64}$/.test(key)) return `${at}[${JSON.stringify(key.slice(0, 64))}]`;
  return at === '' ? key : `${at}.${key}`;
}
