import { randomUUID } from 'node:crypto';

/** What a stream is for: the answer of one POST, or what an upstream sends of its own accord (GET). */
export type StreamKind = 'call' | 'listen';

/** A cursor within one stream (2025-11-25, transports, resumability). */
export interface EventId {
  readonly stream: string;
  readonly number: number;
  /** The id that the upstream gave the same event. */
  readonly upstream: string | undefined;
}

const letters = { call: 'c', listen: 'g' } as const satisfies Record<StreamKind, string>;
const FORM = /^([cg][\w-]{12})\.(\d{1,15})(?:\.([\w-]{1,1024}))?$/;
/** What a header can carry back to the upstream, and is not too long to send with each event. */
const CARRIED = /^[\x21-\x7e](?:[\x20-\x7e]{0,510}[\x21-\x7e])?$/;

/** A name that no other stream has, in this session or any other, here or on another replica. */
export function newStreamName(kind: StreamKind): string {
  // Node keeps random bytes for these ready, and each POST needs a name.
  const random = randomUUID();
  return letters[kind] + random.slice(0, 8) + random.slice(9, 13);
}

export function kindOf(stream: string): StreamKind {
  return stream.startsWith(letters.call) ? 'call' : 'listen';
}

/** An id as the client gets it: whoever reads it again knows the stream, and where the upstream was. */
export function encodeEventId({ stream, number, upstream }: EventId): string {
  const own = `${stream}.${number}`;
  if (upstream === undefined || !CARRIED.test(upstream)) return own;
  return `${own}.${Buffer.from(upstream).toString('base64url')}`;
}

/** What an id says; undefined where it was not made here. */
export function decodeEventId(id: string): EventId | undefined {
  const [, stream, number, carried] = FORM.exec(id) ?? [];
  if (stream === undefined) return undefined;
  const text = carried === undefined ? undefined : Buffer.from(carried, 'base64url').toString();
  const upstream = text !== undefined && CARRIED.test(text) ? text : undefined;
  return { stream, number: Number(number), upstream };
}
