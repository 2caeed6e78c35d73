import { principalOf } from '../../model/identity.ts';
import { isList, type Json, type JsonObject, textMember } from '../../model/json.ts';
import { digestOf } from '../../protocol/canonical.ts';
import type { Seal } from '../../protocol/seal.ts';
import type { Exchange, Resumed } from '../exchange.ts';

/** How long a client may take to come back with what it was asked for, in milliseconds. */
export const MAX_AGE = 600_000;
/** The gate's name for its own question, which shows the user a page; the client answers under it. */
export const VISIT_KEY = 'dev.sallyport/approval';

/** What the state says that a client brings back. */
export interface InputState {
  /** Methods of the upstream's questions, by their keys; undefined where the gate has asked, not the upstream. */
  readonly asked?: ReadonlyMap<string, string>;
  /** The approval that the call was made by. */
  readonly grant?: Resumed;
  /** The gate has asked: the approval that the call waits for, and how often it was asked to come back. */
  readonly held?: { readonly approval: string; readonly round: number };
}

/**
 * Seals a state for the client of an exchange. It fits the same request of the same caller to the same upstream, until
 * it is too old, and more than once.
 *
 * @param own the upstream's own state
 */
export function sealState(
  seal: Seal,
  exchange: Exchange,
  { asked, grant, held }: InputState,
  { own, until = exchange.now() + MAX_AGE }: { own?: string; until?: number } = {},
): string {
  return seal.seal({
    ...binding(exchange),
    e: until,
    ...(asked && { k: [...asked] }),
    ...(grant && { a: [grant.approval, grant.round] }),
    ...(held && { h: [held.approval, held.round] }),
    ...(own === undefined ? {} : { s: own }),
  });
}

/** What a state says, where it fits the request that brings it; nothing says why it doesn't. */
export function openState(
  seal: Seal,
  state: Json | undefined,
  exchange: Exchange,
): InputState | undefined {
  const facts = typeof state === 'string' ? seal.open(state) : undefined;
  if (!facts || typeof facts.e !== 'number' || facts.e < exchange.now()) return undefined;
  const fits = Object.entries(binding(exchange)).every(([key, value]) => facts[key] === value);
  if (!fits) return undefined;
  const held = counted(facts.h);
  if (held) return { held };
  if (!isList(facts.k)) return undefined;
  const grant = counted(facts.a);
  const asked = new Map(
    facts.k.flatMap((entry): [string, string][] => {
      const [key, method] = isList(entry) ? entry : [];
      return typeof key === 'string' && typeof method === 'string' ? [[key, method]] : [];
    }),
  );
  return { asked, ...(grant && { grant }) };
}

/** The request as its upstream gets it: with the state that is the upstream's own. */
export function withOwnState(seal: Seal, params: JsonObject): JsonObject {
  const { requestState, ...rest } = params;
  if (typeof requestState !== 'string') return params;
  const own = textMember(seal.open(requestState), 's');
  return own === undefined ? rest : { ...rest, requestState: own };
}

/** An approval's id, and a count of rounds. */
function counted(value: Json | undefined): Resumed | undefined {
  const [approval, round] = isList(value) ? value : [];
  return typeof approval === 'string' && typeof round === 'number'
    ? { approval, round }
    : undefined;
}

/** What a state is bound to: whose request it belongs to, and which. */
function binding({ identity, upstream, method, sent = {} }: Exchange): JsonObject {
  const { name = null, uri = null, arguments: args = null } = sent;
  return { p: principalOf(identity), u: upstream, m: method, d: digestOf([name, uri, args]) };
}
