import { type JsonObject, member } from '../../model/json.ts';
import { isStatelessRevision } from '../../protocol/revisions.ts';
import { forward, type Stage } from '../contract.ts';
import type { Exchange } from '../exchange.ts';

/** How long a result may be taken as fresh at most, in milliseconds: a reload of the policies should be seen soon. */
const MAX_TTL = 60_000;

/** Methods whose results say how long they may be kept (2026-07-28, caching). */
const CACHEABLE = new Set([
  ...['server/discover', 'tools/list', 'prompts/list'],
  ...['resources/list', 'resources/templates/list', 'resources/read'],
]);

/** Says what a client may keep of a stateless-era result: policy decides by identity, so it is nobody else's. */
export const cacheHints: Stage = (frame, exchange) => {
  const { protocol } = exchange.session;
  if (frame.kind !== 'result' || frame.direction !== 'down') return forward(frame);
  if (!isStatelessRevision(protocol)) return forward(frame);
  const { result } = frame.message;
  const hinted = withHints(result, exchange);
  if (hinted === result) return forward(frame);
  const { source: _, ...rest } = frame;
  return forward({ ...rest, message: { ...frame.message, result: hinted } });
};

/** The result as it may be kept, the same one where nothing changes. */
export function withHints(
  result: JsonObject,
  { method, params = {} }: Pick<Exchange, 'method' | 'params'>,
): JsonObject {
  // Absent means complete (2026-07-28, basic, result type).
  const { resultType = 'complete' } = result;
  if (!CACHEABLE.has(method)) {
    return result.resultType === undefined ? { ...result, resultType } : result;
  }
  if (resultType === 'input_required') return withoutHints(result);
  if (resultType !== 'complete') return result;
  // What was asked for with more than the key of a cache says must not be kept.
  const isRetry = ['inputResponses', 'requestState'].some(
    (key) => member(params, key) !== undefined,
  );
  return { ...result, resultType, ttlMs: isRetry ? 0 : capped(result), cacheScope: 'private' };
}

/** A question is no result yet. */
function withoutHints(result: JsonObject): JsonObject {
  const { ttlMs, cacheScope, ...rest } = result;
  return ttlMs === undefined && cacheScope === undefined ? result : rest;
}

function capped({ ttlMs }: JsonObject): number {
  if (typeof ttlMs !== 'number' || !(ttlMs > 0)) return 0;
  return Math.min(Math.trunc(ttlMs), MAX_TTL);
}
