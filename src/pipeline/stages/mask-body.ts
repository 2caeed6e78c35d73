import { applyMasks, type Masked, type MaskHow, type MaskReport } from '../../mask/mask.ts';
import type { MaskContext } from '../../mask/mask-context.ts';
import type { Place } from '../../mask/place/place.ts';
import type { MaskObligation, MaskSide, PathSegment } from '../../model/decision.ts';
import { isObject, type Json, type JsonObject, withMember } from '../../model/json.ts';
import { type Part, valueAt, withValueAt } from '../carried.ts';

export interface MaskBody {
  readonly place: Place;
  readonly side: MaskSide;
  readonly masks: readonly MaskObligation[];
  /** Where the paths of masks begin. */
  readonly base?: readonly PathSegment[];
  readonly context: MaskContext;
  readonly parts: readonly Part[];
  /** What an analyzer has found. */
  readonly found?: MaskHow['found'] | undefined;
  /** Nothing of it leaves, so only what was judged is shown of its parts. */
  readonly stopped: boolean;
}

/** Params or a result with masks applied: to each part those that are due there, to all else all of them. */
export function maskBody(body: JsonObject, how: MaskBody): Masked {
  const { place, side, masks, base, parts, stopped } = how;
  const known = { side, context: how.context, ...(how.found && { found: how.found }) };
  if (parts.length === 0) return applyMasks(body, masks, { place, base, ...known });
  const holders = new Set(parts.map(({ path }) => path[0]));
  const names = Object.keys(body);
  const plain = Object.fromEntries(
    names.filter((name) => !holders.has(name)).map((name) => [name, body[name] as Json]),
  );
  const all = [...new Set([masks, ...parts.map((part) => part.masks ?? [])].flat())];
  const { value, reports, tokens } = applyMasks(plain, all, { place, base, ...known });
  const reported: MaskReport[] = [...reports];
  const minted = [...tokens];
  let out: JsonObject = isObject(value) ? value : {};
  for (const name of names) {
    if (holders.has(name)) out = withMember(out, name, stopped ? {} : (body[name] as Json));
  }
  for (const part of parts) {
    const before = valueAt(body, part.path);
    if (!part.masks || before === undefined) continue;
    const masked = applyMasks(before, part.masks, { place: part.place, ...known });
    reported.push(...masked.reports);
    minted.push(...masked.tokens);
    out = stopped ? withShown(out, part, masked.value) : withPart(out, part, masked.value, before);
  }
  return { value: out, reports: reported, tokens: minted };
}

function withPart(out: JsonObject, { path }: Part, value: Json, before: Json): JsonObject {
  return value === before ? out : (withValueAt(out, path, value) as JsonObject);
}

/** A part of what was stopped; what the gate has made of an upstream's own is left out. */
function withShown(out: JsonObject, { what, path }: Part, value: Json): JsonObject {
  const [holder, key] = path;
  switch (what.kind) {
    case 'own':
      return out;
    case 'outcome':
      return withMember(out, holder, value);
    case 'request':
    case 'answer':
    case 'unasked': {
      const shown = what.kind === 'request' ? { method: what.method, params: value } : value;
      const others = out[holder];
      return withMember(
        out,
        holder,
        withMember(isObject(others) ? others : {}, String(key), shown),
      );
    }
  }
}
