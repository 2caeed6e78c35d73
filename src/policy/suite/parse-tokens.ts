import { child, describe, type Node, toJson } from '../../document/node.ts';
import type { Reader } from '../../document/reader.ts';
import type { KnownToken } from '../../mask/token/known-token.ts';
import { isTokenText, TOKEN_LENGTH } from '../../mask/token/token-text.ts';
import { parseScope } from '../parse/parse-masker.ts';

/** Tokens that the caller of a case was given before, by their texts. */
export type CaseTokens = ReadonlyMap<string, KnownToken>;

/** Reads `TOKEN: value`, or `TOKEN: { value, scope }` where they have a scope. */
export function parseTokens(node: Node | undefined, reader: Reader): CaseTokens {
  const tokens = new Map<string, KnownToken>();
  if (!node) return tokens;
  if (node.kind !== 'map') {
    reader.error('WRONG_TYPE', node.at, `tokens must be a map, not ${describe(node)}`);
    return tokens;
  }
  for (const { key, at, value } of node.entries) {
    if (!isTokenText(key)) {
      const digits = '0'.repeat(TOKEN_LENGTH);
      const hint = `a label, a colon and ${TOKEN_LENGTH} digits, such as person-id:${digits}`;
      reader.error('BAD_TOKEN', at, `"${key}" does not look as tokens do`, hint);
      continue;
    }
    const label = key.slice(0, key.indexOf(':'));
    tokens.set(key, { label, ...parseValue(value, reader) });
  }
  return tokens;
}

function parseValue(node: Node, reader: Reader): Pick<KnownToken, 'value' | 'scope'> {
  if (node.kind !== 'map') return { value: toJson(node), scope: '' };
  const map = reader.map(node, 'a token', ['value', 'scope']);
  const value = child(map, 'value');
  if (!value) reader.error('MISSING_KEY', node.at, 'a token needs the value that it stands for');
  return { value: value ? toJson(value) : null, scope: parseScope(child(map, 'scope'), reader) };
}
