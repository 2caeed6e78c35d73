import { child, type Node } from '../../document/node.ts';
import type { Reader } from '../../document/reader.ts';
import { suggest } from '../../model/nearest.ts';
import type { Silence } from '../ast.ts';
import { problemCodes } from '../check/problem-codes.ts';

const SILENCE_KEYS = ['code', 'reason'];
const UNUSED = 'POLICY_SILENCE_UNUSED';
const silenceable = [...problemCodes].flatMap(([code, { severity }]) =>
  severity === 'warning' && code !== UNUSED ? [code] : [],
);

/** Reads which warnings of a rule or of a document are accepted, and why. */
export function parseSilences(node: Node | undefined, reader: Reader): Silence[] {
  if (!node) return [];
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => parseSilence(item, reader) ?? []);
}

function parseSilence(node: Node, reader: Reader): Silence | undefined {
  const map = reader.map(node, 'a silence', SILENCE_KEYS);
  if (!map) return undefined;
  const codeNode = child(map, 'code');
  const reasonNode = child(map, 'reason');
  if (!codeNode) reader.error('MISSING_KEY', map.at, 'a silence needs the code of a warning');
  const code = reader.text(codeNode, 'code');
  const reason = reader.text(reasonNode, 'reason');
  if (!reason?.trim() && (!reasonNode || reason !== undefined)) {
    const hint = 'whoever reads the policy wants to know why the warning is of no concern';
    reader.error('MISSING_KEY', (reasonNode ?? map).at, 'a silence needs a reason', hint);
  }
  if (!codeNode || code === undefined || !isSilenceable(code, codeNode, reader)) return undefined;
  return { at: map.at, code, reason: reason ?? '' };
}

function isSilenceable(code: string, { at }: Node, reader: Reader): boolean {
  if (silenceable.includes(code)) return true;
  if (problemCodes.has(code)) {
    const what = code === UNUSED ? 'a silence without use' : `${code} is an error, which`;
    reader.error('NOT_SILENCEABLE', at, `${what} can't be silenced`, 'correct what it reports');
  } else {
    reader.error(
      'UNKNOWN_VALUE',
      at,
      `no warning has the code "${code}"`,
      suggest(code, silenceable),
    );
  }
  return false;
}
