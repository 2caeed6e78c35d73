import { isList, isObject, type Json, textMember } from '../../model/json.ts';
import { methodRow } from '../../protocol/methods.ts';
import type { ToolCatalog } from '../catalog.ts';
import { forward, type Stage } from '../contract.ts';
import type { Exchange } from '../exchange.ts';
import { listedSubject, toolFor } from '../subject-of.ts';

const uses = { tools: 'tools/call', resources: 'resources/read', prompts: 'prompts/get' } as const;

/** Takes out of lists what the caller could not use, whatever the arguments. */
export function prune(catalog: ToolCatalog): Stage {
  return (frame, exchange) => {
    const { list } = methodRow(exchange.method);
    if (frame.kind !== 'result' || frame.direction !== 'down' || !list) return forward(frame);
    const { result } = frame.message;
    const value = result[list.key];
    // What should be a list and is none might be read as one elsewhere.
    const items = isList(value) ? value : [];
    const kept = items.filter((item) => isUsable(item, list, exchange, catalog));
    const hidden = items.length - kept.length;
    if (hidden > 0) exchange.note('masked', { what: `${list.key} (pruned)`, count: hidden });
    // Written anew even when all of it stays: the client reads just what was looked at.
    const { source: _, ...rest } = frame;
    const pruned = { ...result, [list.key]: kept };
    return forward({ ...rest, message: { ...frame.message, result: pruned } });
  };
}

type ListRow = NonNullable<ReturnType<typeof methodRow>['list']>;

function isUsable(item: Json, list: ListRow, exchange: Exchange, catalog: ToolCatalog): boolean {
  const { policies } = exchange.snapshot;
  const name = isObject(item) ? textMember(item, list.name) : undefined;
  if (!policies || name === undefined || list.kind === 'methods') return false;
  const target = { kind: list.kind, name };
  const subject = listedSubject(
    exchange,
    uses[list.kind],
    target,
    toolFor(exchange, catalog, target),
  );
  return list.name === 'uriTemplate'
    ? policies.couldAllowTemplate(subject)
    : policies.couldAllow(subject);
}
