import type { ClientInfo } from '../model/identity.ts';
import { textMember } from '../model/json.ts';
import type { Seal } from '../protocol/seal.ts';
import type { SessionIdentity } from './session.ts';

/** An id longer than this was not made here. */
const MAX_LENGTH = 4_096;

/** The ids that clients hold: they carry what a session is, sealed. */
export class SessionIds {
  readonly #seal: Seal;

  constructor(seal: Seal) {
    this.#seal = seal;
  }

  issue(facts: SessionIdentity): string {
    const { name, sub, issuer, upstream, begunAt, upstreamSession, protocol, client } = facts;
    return this.#seal.seal({
      ...{ n: name, s: sub, i: issuer, u: upstream, t: begunAt },
      ...(upstreamSession === undefined ? {} : { x: upstreamSession }),
      ...(protocol === undefined ? {} : { p: protocol }),
      ...(client.name === undefined ? {} : { c: client.name }),
      ...(client.version === undefined ? {} : { v: client.version }),
      ...(facts.visits ? { e: true } : {}),
    });
  }

  /** What an id says; undefined where it was not made with this key. */
  read(id: string): SessionIdentity | undefined {
    const facts = id.length <= MAX_LENGTH ? this.#seal.open(id) : undefined;
    const name = textMember(facts, 'n');
    const sub = textMember(facts, 's');
    const issuer = textMember(facts, 'i');
    const upstream = textMember(facts, 'u');
    const begunAt = facts?.t;
    if (!facts || name === undefined || sub === undefined || issuer === undefined) return undefined;
    if (upstream === undefined || typeof begunAt !== 'number') return undefined;
    const upstreamSession = textMember(facts, 'x');
    const protocol = textMember(facts, 'p');
    const client = clientOf(textMember(facts, 'c'), textMember(facts, 'v'));
    const visits = facts.e === true;
    return { name, sub, issuer, upstream, begunAt, upstreamSession, protocol, client, visits };
  }
}

function clientOf(name: string | undefined, version: string | undefined): ClientInfo {
  return {
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
  };
}
