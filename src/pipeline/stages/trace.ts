import type { Frame } from '../../model/message.ts';
import { metaOf } from '../../protocol/meta.ts';
import { isStatelessRevision } from '../../protocol/revisions.ts';
import { malformedTrace } from '../../protocol/trace.ts';
import { forward, type Stage } from '../contract.ts';

/** Takes off a trace context that is malformed (2026-07-28, basic); one that is well-formed goes on. */
export const trace: Stage = (frame, exchange) => {
  const { protocol } = exchange.session;
  if (frame.kind !== 'request' || !isStatelessRevision(protocol)) {
    return forward(frame);
  }
  const meta = metaOf(frame.message.params);
  const malformed = malformedTrace(meta);
  if (malformed.length === 0) return forward(frame);
  exchange.note('masked', { what: '_meta (malformed trace context)', count: malformed.length });
  const kept = Object.entries(meta).filter(([name]) => !malformed.includes(name));
  const { source: _, ...rest } = frame;
  const params = { ...frame.message.params, _meta: Object.fromEntries(kept) };
  return forward({ ...rest, message: { ...frame.message, params } } as Frame);
};
