import { type ClientInfo, type Identity, principalOf } from '../model/identity.ts';
import { isObject, member, textMember } from '../model/json.ts';
import type { RequestFrame } from '../model/message.ts';
import { metaKeys, metaOf } from '../protocol/meta.ts';
import { isStatelessRevision } from '../protocol/revisions.ts';
import type { UpstreamSession } from '../transport/contract.ts';
import type { SessionFacts } from './exchange.ts';
import type { Session } from './session.ts';

/** Who sends a message, and how it came. */
export interface Caller {
  readonly identity: Identity;
  readonly upstream: string;
  /** Revision that the request names. */
  readonly protocol?: string | undefined;
  readonly ip?: string | undefined;
}

/** What an exchange is told of a caller's session. */
export function factsOf(
  { protocol, ip }: Caller,
  session: Pick<Session, 'name' | 'client' | 'protocol'> | undefined,
): SessionFacts {
  const revision = session?.protocol ?? protocol;
  return {
    name: session?.name ?? '',
    client: session?.client ?? {},
    ...(revision === undefined ? {} : { protocol: revision }),
    ...(ip === undefined ? {} : { ip }),
  };
}

/** The session as the upstream knows it, under the revision that a request names. */
export function upstreamSessionOf(
  session: Session,
  revision?: string | undefined,
): UpstreamSession {
  const { upstreamSession, protocol } = session;
  return {
    owner: principalOf(session),
    session: upstreamSession,
    protocol: revision ?? protocol,
  };
}

/** True of a message that belongs to no session and says all there is to know. */
export function isStateless({ protocol }: Caller): boolean {
  return isStatelessRevision(protocol);
}

/** True of a client that says in `initialize` that its user can be asked to open a page (2025-11-25, elicitation). */
export function showsPages({ message }: RequestFrame): boolean {
  const { capabilities } = message.params ?? {};
  const elicitation = isObject(capabilities) ? member(capabilities, 'elicitation') : undefined;
  return isObject(elicitation) && isObject(member(elicitation, 'url'));
}

/** What the client says of itself, in `initialize` or with the request; bounded. */
export function clientInfo({ message }: RequestFrame): ClientInfo {
  const info = message.params?.clientInfo ?? metaOf(message.params)[metaKeys.clientInfo];
  if (!isObject(info)) return {};
  const name = textMember(info, 'name')?.slice(0, 128);
  const version = textMember(info, 'version')?.slice(0, 64);
  return {
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
  };
}
