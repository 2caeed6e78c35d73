import type { ClientInfo, Identity, IdentityFacts } from '../model/identity.ts';
import { isObject, type JsonObject, parseJson } from '../model/json.ts';
import type { ExchangeRecord, TranscriptEvent } from '../model/transcript.ts';
import type { HiddenPlace } from '../policy/explain/explain-hidden.ts';
import { ABSENT, type Subject, UNKNOWN, type Value } from '../policy/subject.ts';
import { argsOf, methodRow, targetOf } from '../protocol/methods.ts';
import { leavesNoShape, maskedPlaces, movedPlaces, namedPlaces } from './hidden-places.ts';
import { maskNotes } from './mask-notes.ts';

/** An exchange as a transcript has it. */
export interface Recorded {
  readonly record: ExchangeRecord;
  readonly events: readonly TranscriptEvent[];
  /** What the caller's token said; left out where the transcript has it not. */
  readonly identity?: IdentityFacts;
}

/** What policy can be asked about a recorded exchange. */
export interface RecordedSubject {
  /** The message that began it, as far as it was recorded. */
  readonly subject: Subject;
  /** The answer of the upstream, where there is one. */
  readonly answer?: Pick<Subject, 'result'> & { readonly error: Value };
  /** Places whose values are masked, cut, or were never recorded. */
  readonly hidden: readonly HiddenPlace[];
}

/** What of an identity is unknown where only the subject was recorded. */
const identityPlaces: readonly HiddenPlace[] = [
  ...['email', 'groups', 'scopes', 'actor', 'claims'].map((name) => ['identity', name]),
];

/**
 * The subject of a recorded exchange, or why there is none.
 *
 * @param options.answered reads the answer as well, which takes the longest.
 */
export function recordedSubject(
  { record, events, identity }: Recorded,
  { answered = true } = {},
): RecordedSubject | string {
  const [opened] = events;
  if (opened?.kind !== 'opened') return 'its first step was not recorded';
  const { kind } = opened.detail ?? {};
  if (kind === undefined) return 'it was refused before it was judged';
  if (kind === 'result' || kind === 'error') return 'it began with an answer';
  const { method } = record;
  const whole = opened.detail?.characters === undefined;
  const message = whole ? messageIn(opened.payload) : undefined;
  const params = message && (isObject(message.params) ? message.params : undefined);
  const target = targetOf(method, params ?? namedBy(record));
  const args = message ? (argsOf(method, params) ?? ABSENT) : UNKNOWN;
  const meta = message ? (params?._meta ?? ABSENT) : UNKNOWN;
  const { args: key, list } = methodRow(method);
  const up = hiddenIn(events, 'up', opened, [
    { at: key === undefined ? ['params'] : ['params', key], root: ['args'], value: args },
    { at: ['params', '_meta'], root: ['request', 'meta'], value: meta },
  ]);
  const { answer, event } = (answered ? answerIn(events) : undefined) ?? {};
  const down = event
    ? hiddenIn(events, 'down', event, [
        // What was left out of a list after masks were applied has moved what follows it.
        { at: ['result'], root: ['result'], value: answer?.result ?? ABSENT, moved: !!list },
        { at: ['error'], root: ['error'], value: answer?.error ?? ABSENT },
      ])
    : [];
  const client = clientOf(record.agent);
  const known: RecordedSubject = {
    subject: {
      identity: identityOf(record, identity),
      request: {
        upstream: record.upstream,
        method,
        now: record.openedAt,
        ...(record.protocol === undefined ? {} : { protocol: record.protocol }),
        ...(record.ip === undefined ? {} : { ip: record.ip }),
      },
      ...{ target, args, meta, result: UNKNOWN, client: client ?? {} },
      // What the upstream said of the tool then isn't part of the exchange.
      tool: target.kind === 'tools' ? UNKNOWN : ABSENT,
    },
    hidden: [
      ...up,
      ...(message ? [] : [['args'], ['request', 'meta']]),
      ...(identity ? omittedPlaces(identity) : identityPlaces),
      ...(record.ip === undefined ? [['request', 'ip']] : []),
      ...(client ? [] : [['client']]),
      ...(target.kind === 'tools' ? [['tool']] : []),
      ...down,
    ],
  };
  return answer ? { ...known, answer } : known;
}

/** A recorded message; undefined where its text is missing or cut. */
export function messageIn(payload: string | undefined): JsonObject | undefined {
  if (payload === undefined) return undefined;
  try {
    const message = parseJson(payload);
    return isObject(message) ? message : undefined;
  } catch {
    return undefined;
  }
}

/** Params that name what the record says the exchange is about. */
function namedBy({ target }: ExchangeRecord): JsonObject | undefined {
  return target === undefined ? undefined : { name: target, uri: target };
}

function identityOf(record: ExchangeRecord, facts: IdentityFacts | undefined): Identity {
  if (facts) {
    const { omitted: _, ...identity } = facts;
    return identity;
  }
  const { sub = '', issuer = '', client } = record;
  const known = client === undefined ? {} : { client };
  return { sub, issuer, ...known, groups: [], scopes: [], claims: {} };
}

function omittedPlaces({ omitted = [] }: IdentityFacts): HiddenPlace[] {
  return omitted.map((name) => ['identity', 'claims', name]);
}

/** Name and version of a client; undefined where the record doesn't tell one from the other. */
function clientOf(agent: string | undefined): ClientInfo | undefined {
  if (agent === undefined) return {};
  const [name = '', version, ...more] = agent.split('/');
  if (more.length > 0 || agent.startsWith('@')) return undefined;
  return version === undefined ? { name } : { name, version };
}

/** A part of a message, and where it stands in what policy is asked. */
interface Part {
  readonly at: HiddenPlace;
  readonly root: HiddenPlace;
  readonly value: Value;
  /** True where places may not be where they were when they were named. */
  readonly moved?: boolean;
}

/** What masks have changed of one side, as the transcript says; where it doesn't say all, what looks like it too. */
function hiddenIn(
  events: readonly TranscriptEvent[],
  side: 'up' | 'down',
  event: TranscriptEvent,
  parts: readonly Part[],
): HiddenPlace[] {
  const sent = events.findIndex(({ kind }) => kind === 'forwarded');
  const middle = sent < 0 ? events.length : sent;
  const half = side === 'up' ? events.slice(0, middle) : events.slice(middle);
  const named = namedPlaces(event, half);
  const byShape = named ? !named.all : half.some(mayBeMasked);
  return parts.flatMap(({ at, root, value, moved = false }) => {
    if (typeof value === 'symbol') return [];
    const said = movedPlaces(named?.places ?? [], at, root);
    if (!byShape && !(named && moved)) return said;
    // What a shape can't tell may be anywhere.
    return half.some(leavesNoShape) ? [root] : [...said, ...maskedPlaces(value, root)];
  });
}

/** A mask was noted, or the message went nowhere. */
function mayBeMasked(event: TranscriptEvent): boolean {
  const { kind } = event;
  return (
    kind === 'blocked' ||
    kind === 'failed' ||
    maskNotes(event).some(({ rule }) => rule !== undefined)
  );
}

interface AnswerIn {
  readonly event: TranscriptEvent;
  readonly answer: NonNullable<RecordedSubject['answer']>;
}

/** What the upstream answered: as it was received where that is recorded, otherwise as it went on. */
function answerIn(events: readonly TranscriptEvent[]): AnswerIn | undefined {
  const stopped = events.findLast(
    ({ kind, detail }) =>
      kind === 'received' && (detail?.kind === 'result' || detail?.kind === 'error'),
  );
  const event = stopped ?? events.findLast(({ kind }) => kind === 'answered');
  if (!event || event.detail?.characters !== undefined) return undefined;
  const { result, error } = messageIn(event.payload) ?? {};
  if (isObject(result)) return { event, answer: { result, error: ABSENT } };
  return isObject(error) ? { event, answer: { result: ABSENT, error } } : undefined;
}
