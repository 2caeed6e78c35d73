import type { Identity, IdentityFacts } from '../model/identity.ts';
import type { ExchangeRecord } from '../model/transcript.ts';
import type { HiddenPlace } from '../policy/explain/explain-hidden.ts';

/** Callers that are remembered by their names, then forgotten at once. */
const MAX_REMEMBERED = 10_000;

/** What of an identity is unknown where only the subject was recorded. */
const placesBeside: readonly HiddenPlace[] = [
  ...['email', 'groups', 'scopes', 'actor', 'claims'].map((name) => ['identity', name]),
];

const NOTHING: readonly HiddenPlace[] = [];

const byFacts = new WeakMap<IdentityFacts, Identity>();
const hiddenByFacts = new WeakMap<IdentityFacts, readonly HiddenPlace[]>();
const byName = new Map<string, Identity>();

/**
 * Who called, as policy is asked about it: the same object for the same caller, so that policies find out once what
 * concerns it.
 */
export function recordedIdentity(
  { sub = '', issuer = '', client }: ExchangeRecord,
  facts: IdentityFacts | undefined,
): Identity {
  if (facts) return identityIn(facts);
  const key = JSON.stringify([sub, issuer, client]);
  const known = byName.get(key);
  if (known) return known;
  if (byName.size >= MAX_REMEMBERED) byName.clear();
  const named = client === undefined ? {} : { client };
  const identity = { sub, issuer, ...named, groups: [], scopes: [], claims: {} };
  byName.set(key, identity);
  return identity;
}

/** What of it is not known. */
export function hiddenOfIdentity(facts: IdentityFacts | undefined): readonly HiddenPlace[] {
  if (!facts) return placesBeside;
  const known = hiddenByFacts.get(facts);
  if (known) return known;
  const { omitted = [] } = facts;
  const places =
    omitted.length === 0 ? NOTHING : omitted.map((name) => ['identity', 'claims', name]);
  hiddenByFacts.set(facts, places);
  return places;
}

/** What beside the identity may not be known. */
export interface UnknownFacts {
  readonly ip: boolean;
  readonly client: boolean;
  readonly tool: boolean;
}

const withFacts = new WeakMap<readonly HiddenPlace[], Map<number, readonly HiddenPlace[]>>();

/** Places of an identity together with those of other facts: the same list for the same places. */
export function hiddenWith(
  places: readonly HiddenPlace[],
  { ip, client, tool }: UnknownFacts,
): readonly HiddenPlace[] {
  const key = Number(ip) + 2 * Number(client) + 4 * Number(tool);
  if (key === 0) return places;
  const lists = withFacts.get(places) ?? new Map<number, readonly HiddenPlace[]>();
  withFacts.set(places, lists);
  const known = lists.get(key);
  if (known) return known;
  const all = [
    ...places,
    ...(ip ? [['request', 'ip']] : []),
    ...(client ? [['client']] : []),
    ...(tool ? [['tool']] : []),
  ];
  lists.set(key, all);
  return all;
}

function identityIn(facts: IdentityFacts): Identity {
  const known = byFacts.get(facts);
  if (known) return known;
  const { omitted: _, ...identity } = facts;
  byFacts.set(facts, identity);
  return identity;
}
