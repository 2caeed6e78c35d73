import { child, type MapNode, type Node } from '../../document/node.ts';
import type { Reader } from '../../document/reader.ts';
import { formatPath, parsePath } from '../../mask/place/path.ts';
import type { Effect } from '../../model/decision.ts';
import type { LimitSpec } from '../ast.ts';
import { hasManySteps, readsResult, rootProblem } from '../roots.ts';
import { DURATION_HINT } from './parse-duration.ts';
import { readSpan } from './read-span.ts';

const LIMIT_KEYS = ['calls', 'per', 'by'];
/** What a counter can hold in little room and still count exactly enough (docs/policy-language.md, limits). */
const MAX_CALLS = 1_000_000;
/** A month: a counter is kept as long as what it counts. */
const MAX_PER = '31d';

type By = LimitSpec['by'][number];

/** Who calls; the issuer belongs to it, because two issuers may know different people by one `sub`. */
const CALLER: readonly By[] = [
  { path: ['identity', 'issuer'], text: 'identity.issuer' },
  { path: ['identity', 'sub'], text: 'identity.sub' },
];

/** Reads the limits of one rule. */
export function parseLimits(
  node: Node | undefined,
  then: Effect | undefined,
  reader: Reader,
): LimitSpec[] {
  if (!node) return [];
  if (then === 'block') {
    const hint = 'give the limit to a rule that lets calls through, or to one without "then"';
    reader.error('LIMIT_UNUSED', node.at, 'a rule that blocks has nothing to count', hint);
  }
  const items = node.kind === 'list' ? node.items : [node];
  if (items.length === 0) {
    const hint = 'such as { calls: 100, per: 1h }';
    reader.error('LIMIT_UNUSED', node.at, 'limit is empty, so it bounds nothing', hint);
  }
  const limits = items.flatMap((item) => parseLimit(item, reader) ?? []);
  reportUnreachable(limits, reader);
  return limits;
}

function parseLimit(node: Node, reader: Reader): LimitSpec | undefined {
  const map = reader.map(node, 'a limit', LIMIT_KEYS);
  if (!map) return undefined;
  const calls = parseCalls(map, reader);
  const per = parsePer(map, reader);
  const by = parseBy(child(map, 'by'), reader);
  if (calls === undefined || per === undefined || !by) return undefined;
  return { at: map.at, calls, per, by };
}

function parseCalls(map: MapNode, reader: Reader): number | undefined {
  const node = child(map, 'calls');
  if (!node) {
    reader.error('MISSING_KEY', map.at, 'a limit needs "calls"', 'such as { calls: 100, per: 1h }');
  }
  const calls = reader.number(node, 'calls');
  if (node === undefined || calls === undefined) return undefined;
  if (Number.isInteger(calls) && calls >= 1 && calls <= MAX_CALLS) return calls;
  const hint = calls === 0 ? 'to let nothing through, use "then: block"' : undefined;
  const message = `calls must be a whole number from 1 to ${MAX_CALLS}`;
  reader.error('LIMIT_CALLS', node.at, message, hint);
  return undefined;
}

function parsePer(map: MapNode, reader: Reader): number | undefined {
  const node = child(map, 'per');
  if (!node) {
    reader.error('MISSING_KEY', map.at, 'a limit needs "per"', DURATION_HINT);
    return undefined;
  }
  return readSpan(node, { what: 'per', code: 'LIMIT_PER', most: MAX_PER }, reader);
}

function parseBy(node: Node | undefined, reader: Reader): readonly By[] | undefined {
  if (!node) return CALLER;
  if (node.kind === 'list' && node.items.length === 0) {
    const hint = 'for one count for all, name what they share, such as request.upstream';
    reader.error('LIMIT_BY', node.at, 'by is empty', hint);
    return undefined;
  }
  const items = node.kind === 'list' ? node.items : [node];
  const paths = items.map((item) => parseByPath(item, reader));
  const known = paths.filter((path) => path !== undefined);
  if (known.length < paths.length) return undefined;
  // How a path is written, and in which order, makes no other count.
  const byText = new Map(known.map((by) => [by.text, by]));
  return [...byText.values()].sort((a, b) => (a.text < b.text ? -1 : 1));
}

function parseByPath(node: Node, reader: Reader): By | undefined {
  const text = reader.text(node, 'by (one path or a list)');
  if (text === undefined) return undefined;
  const path = parsePath(text);
  if (typeof path === 'string') {
    reader.error('BAD_PATH', node.at, path);
    return undefined;
  }
  const problem = rootProblem(path);
  if (problem) {
    reader.error('UNKNOWN_ROOT', node.at, `nothing is called "${text}"`, problem);
    return undefined;
  }
  const unfit = unfitness(path);
  if (unfit) reader.error('LIMIT_BY', node.at, `"${text}" ${unfit}`);
  return unfit ? undefined : { path, text: formatPath(path) };
}

/** Why what stands at a path can't tell counts apart. */
function unfitness(path: By['path']): string | undefined {
  if (hasManySteps(path)) return 'names many values, and each call needs one count';
  if (readsResult(path)) return 'is known only after the call, and calls are counted before';
  return formatPath(path) === 'request.time'
    ? 'is another for every call, so nothing would be counted together'
    : undefined;
}

/** Of two limits that count the same, one may be so wide that the other is always reached before it. */
function reportUnreachable(limits: readonly LimitSpec[], reader: Reader): void {
  for (const [index, limit] of limits.entries()) {
    const tighter = limits.find((other, at) => {
      if (at === index || paths(other) !== paths(limit)) return false;
      if (other.calls === limit.calls && other.per === limit.per) return at < index;
      return other.calls <= limit.calls && other.per >= limit.per;
    });
    if (!tighter) continue;
    const where = `${tighter.at.line}:${tighter.at.column}`;
    const hint = `the limit at ${where} is always reached before it`;
    reader.error('LIMIT_UNREACHABLE', limit.at, 'the limit can never be reached', hint);
  }
}

function paths({ by }: LimitSpec): string {
  return JSON.stringify(by.map(({ text }) => text));
}
