import type { OperatorUse } from '../ast.ts';
import type { TestCondition } from './condition-tests.ts';

/** Roots whose type or content is known, so that one test can be enough to contradict. */
const KNOWN_ROOTS = new Set(['identity', 'target', 'request', 'client', 'tool']);
/** Tests of known roots that are fine by themselves, which is most of them. */
const PLAIN_TEXT = new Set([
  'identity.sub',
  'identity.email',
  'identity.issuer',
  'identity.client',
  'request.time',
  'request.ip',
  'client.name',
]);
export const LISTS = new Set(['identity.groups', 'identity.scopes']);
const ANY_TEXT = new Set([
  'eq',
  'ne',
  'matches',
  'starts_with',
  'ends_with',
  'glob',
  'gt',
  'gte',
  'lt',
  'lte',
  'cidr',
]);

/** True of a test that, by itself, certainly holds for some value of its path. */
export function isPlain({ path, text, uses }: TestCondition): boolean {
  const [use, second] = uses;
  if (!use || use.operand.kind === 'map' || use.operator === 'length') return false;
  const isOpen = !KNOWN_ROOTS.has(String(path[0])) || path[1] === 'claims' || path[1] === 'meta';
  if (second) return isOpen && isRange(uses);
  if (isOpen) return true;
  const [first] = use.operand.kind === 'list' ? use.operand.items : [use.operand];
  if (first?.kind !== 'scalar' || typeof first.value !== 'string') return false;
  if (LISTS.has(text)) return use.operator === 'contains';
  return PLAIN_TEXT.has(text) && ANY_TEXT.has(use.operator);
}

/** Bounds with a number between them. */
function isRange(uses: readonly OperatorUse[]): boolean {
  let low = -Number.MAX_VALUE;
  let high = Number.MAX_VALUE;
  for (const { operator, operand } of uses) {
    const bound = operand.kind === 'scalar' ? operand.value : undefined;
    if (typeof bound !== 'number') return false;
    if (operator === 'gt' || operator === 'gte') low = Math.max(low, bound);
    else if (operator === 'lt' || operator === 'lte') high = Math.min(high, bound);
    else return false;
  }
  const middle = low / 2 + high / 2;
  return low < middle && middle < high;
}
