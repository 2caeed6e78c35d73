import { randomBytes } from 'node:crypto';
import {
  isObject,
  type Json,
  type JsonObject,
  parseJson,
  textMember,
} from '../../../model/json.ts';
import { isSessionRevision } from '../../../protocol/revisions.ts';

/** What a session-era client said in `initialize`; its id carries it, so that any gate can serve the session. */
export interface ClientFacts {
  readonly protocol: string;
  readonly info: JsonObject | undefined;
  readonly capabilities: JsonObject;
}

const PREFIX = 'era1.';
/** The longest session id that everything on the way takes. */
const MAX_LENGTH = 1024;

/** A new id for a session that the upstream knows nothing of. What does not fit is left out. */
export function mintSessionId(facts: ClientFacts): string {
  const nonce = randomBytes(12).toString('base64url');
  const { protocol } = facts;
  for (const trim of trims) {
    const { info, capabilities } = trim(facts);
    const told = { n: nonce, p: protocol, ...(info && { i: info }), c: capabilities };
    const id = PREFIX + Buffer.from(JSON.stringify(told), 'utf8').toString('base64url');
    if (id.length <= MAX_LENGTH) return id;
  }
  const told = JSON.stringify({ n: nonce, p: protocol, c: {} });
  return PREFIX + Buffer.from(told, 'utf8').toString('base64url');
}

/** True of an id that looks as if it was minted here; no upstream may give such a one. */
export function isMinted(id: string | undefined): boolean {
  return id?.startsWith(PREFIX) ?? false;
}

/** What an id says; undefined for one that was not minted here. */
export function readSessionId(id: string | undefined): ClientFacts | undefined {
  if (!id?.startsWith(PREFIX) || id.length > MAX_LENGTH) return undefined;
  const told = parse(Buffer.from(id.slice(PREFIX.length), 'base64url').toString('utf8'));
  const protocol = textMember(told, 'p');
  const capabilities = told?.c;
  if (protocol === undefined || !isSessionRevision(protocol)) return undefined;
  if (!isObject(capabilities)) return undefined;
  return { protocol, info: isObject(told?.i) ? told.i : undefined, capabilities };
}

type Trim = (facts: ClientFacts) => Pick<ClientFacts, 'info' | 'capabilities'>;

const trims: readonly Trim[] = [
  (facts) => facts,
  ({ info, capabilities }) => ({ info: named(info, 128, 64), capabilities }),
  ({ info, capabilities }) => ({ info: named(info, 64, 32), capabilities: known(capabilities) }),
  ({ capabilities }) => ({ info: undefined, capabilities: known(capabilities) }),
];

function named(info: JsonObject | undefined, name: number, version: number) {
  if (!info) return undefined;
  return {
    name: textMember(info, 'name')?.slice(0, name) ?? '',
    version: textMember(info, 'version')?.slice(0, version) ?? '',
  };
}

/** What decides which questions the client may be asked. */
function known({ roots, sampling, elicitation }: JsonObject): JsonObject {
  const parts = { roots: [], sampling: ['tools', 'context'], elicitation: ['form', 'url'] };
  const given: Record<string, Json | undefined> = { roots, sampling, elicitation };
  return Object.fromEntries(
    Object.entries(parts).flatMap(([kind, members]) => {
      const value = given[kind];
      if (!isObject(value)) return [];
      const kept = members.filter((member) => isObject(value[member]));
      return [[kind, Object.fromEntries(kept.map((member) => [member, {}]))]];
    }),
  );
}

function parse(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
