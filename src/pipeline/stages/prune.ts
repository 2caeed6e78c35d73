import { isList } from '../../model/json.ts';
import { methodRow } from '../../protocol/methods.ts';
import type { ToolCatalog } from '../catalog.ts';
import { forward, type Stage } from '../contract.ts';
import { listedSubject, toolFor } from '../subject-of.ts';
import { isListed } from './listed-item.ts';

/** Takes out of lists what the caller could not use, whatever the arguments. */
export function prune(catalog: ToolCatalog): Stage {
  return (frame, exchange) => {
    const { list } = methodRow(exchange.method);
    if (frame.kind !== 'result' || frame.direction !== 'down' || !list) return forward(frame);
    const { result } = frame.message;
    const value = result[list.key];
    // What should be a list and is none might be read as one elsewhere.
    const items = isList(value) ? value : [];
    const { policies } = exchange.snapshot;
    const kept = items.filter((item) => {
      if (!policies) return false;
      return isListed(item, list, policies, (method, target) => {
        return listedSubject(exchange, method, target, toolFor(exchange, catalog, target));
      });
    });
    const hidden = items.length - kept.length;
    if (hidden > 0) exchange.note('masked', { what: `${list.key} (pruned)`, count: hidden });
    // Written anew even when all of it stays: the client reads just what was looked at.
    const { source: _, ...rest } = frame;
    const pruned = { ...result, [list.key]: kept };
    return forward({ ...rest, message: { ...frame.message, result: pruned } });
  };
}
