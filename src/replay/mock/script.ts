import type { Json } from '../../model/json.ts';
import type { AnswerFrame, Frame, NotificationFrame, RequestFrame } from '../../model/message.ts';
import type { Outcome, TranscriptEvent } from '../../model/transcript.ts';
import type { HiddenPlace } from '../../policy/explain/explain-hidden.ts';
import { frameOf, parseText } from '../../protocol/jsonrpc.ts';
import { maskedPlaces, movedPlaces, namedPlaces } from '../hidden-places.ts';
import type { Recorded } from '../recorded-subject.ts';
import type { Asked } from './request-key.ts';

/** A message that came before the answer. */
export interface Line {
  /** Milliseconds since what came before it. */
  readonly after: number;
  readonly frame: RequestFrame | NotificationFrame;
}

/** How an exchange ended for its client. */
export type Ending = { readonly after: number } & (End | Silence);

type End = Answer | Failure | Unreadable;

interface Answer {
  readonly kind: 'answer';
  readonly message: AnswerFrame['message'];
}
/** The gate told of an error. */
interface Failure {
  readonly kind: 'failure';
  readonly code: string;
  readonly message: string;
}
/** The client gave it up, or the gate never saw its end. */
interface Silence {
  readonly kind: 'silence';
}
/** Its text was not kept, not whole, or was erased. */
interface Unreadable {
  readonly kind: 'unreadable';
}

/** What a client got for one request, in order. */
export interface Script {
  readonly exchange: string;
  readonly lines: readonly Line[];
  readonly ending: Ending;
}

/** Brackets inside brackets, as the gate bounds them. */
const MAX_DEPTH = 512;

/** The message of a client's that began an exchange; undefined where it was not kept whole. */
export function openingOf({ events }: Pick<Recorded, 'events'>): Frame | undefined {
  const [opened] = events;
  return opened?.kind === 'opened' ? frameIn(opened, 'up') : undefined;
}

/** What an upstream sent of its own accord, as the client got it; undefined where it got nothing. */
export function toldIn({ events }: Pick<Recorded, 'events'>): Line['frame'] | undefined {
  for (const event of events) {
    const frame = lineIn(event);
    if (frame) return frame;
  }
  return undefined;
}

/**
 * What the client asked, once as the transcript may be read and once as it came, where both are at hand and differ: a
 * mock stands where the upstream was, or where the gate was.
 */
export function askedIn({ events }: Pick<Recorded, 'events'>): readonly Asked[] {
  const [opened] = events;
  if (opened?.kind !== 'opened') return [];
  const { original: _, ...readable } = opened;
  const versions = opened.original === undefined ? [opened] : [opened, readable];
  return versions.flatMap((version) => {
    const frame = frameIn(version, 'up');
    if (frame?.kind !== 'request') return [];
    const { method, params } = frame.message;
    return [{ method, params }];
  });
}

/** Where masks have changed params of the request, as the readable transcript says. */
export function maskedParams({ events }: Pick<Recorded, 'events'>): readonly HiddenPlace[] {
  const [opened] = events;
  const { original: _, ...readable } = opened ?? {};
  const frame = opened && frameIn(readable as TranscriptEvent, 'up');
  if (!opened || frame?.kind !== 'request') return [];
  const sent = events.findIndex(({ kind }) => kind === 'forwarded');
  const named = namedPlaces(opened, sent < 0 ? events : events.slice(0, sent));
  const said = named ? movedPlaces(named.places, ['params'], []) : [];
  if (named?.all) return said;
  return [...said, ...maskedPlaces((frame.message.params ?? {}) as Json, [])];
}

export interface ScriptOptions {
  /** As the upstream said it, what was stopped on its way back too; otherwise as the client got it. */
  readonly originals: boolean;
}

/** What came for a request. */
export function scriptOf({ record, events }: Recorded, { originals }: ScriptOptions): Script {
  const { outcome } = record;
  const lines: Line[] = [];
  let ending: Ending | undefined;
  let before = events[0]?.at ?? record.openedAt;
  for (const event of events.slice(1)) {
    const after = Math.max(0, event.at - before);
    const line = lineIn(event);
    const end = line ? undefined : endIn(event, outcome, originals);
    if (line) lines.push({ after, frame: line });
    // What was stopped is followed by the refusal, which is not the upstream's.
    if (end && !(originals && ending?.kind === 'answer')) ending = { after, ...end };
    if (line || end) before = event.at;
  }
  const after = Math.max(0, (record.closedAt ?? before) - before);
  return { exchange: record.id, lines, ending: ending ?? { after, kind: 'silence' } };
}

function lineIn(event: TranscriptEvent): RequestFrame | NotificationFrame | undefined {
  if (event.kind !== 'forwarded' || event.payload === undefined) return undefined;
  const frame = frameIn(event, 'down');
  return frame?.kind === 'request' || frame?.kind === 'notification' ? frame : undefined;
}

function endIn(event: TranscriptEvent, outcome: Outcome, originals: boolean): End | undefined {
  const { kind, payload, detail } = event;
  switch (outcome) {
    case 'answered':
      return kind === 'answered' ? answerIn(event) : undefined;
    case 'blocked': {
      const isAnswer =
        kind === 'received' && (detail?.kind === 'result' || detail?.kind === 'error');
      const stopped = originals && isAnswer && !isSealed(event) ? answerIn(event) : undefined;
      if (stopped?.kind === 'answer') return stopped;
      // What is stopped on its way within an exchange that goes on is blocked as well, but is not last.
      return kind === 'blocked' && payload !== undefined ? answerIn(event) : undefined;
    }
    case 'failed':
      return kind === 'failed' ? failureIn(event) : undefined;
    default:
      return undefined;
  }
}

/** There is an original that the keys at hand don't open. */
function isSealed(event: TranscriptEvent): boolean {
  return (event as { readonly sealed?: true }).sealed === true;
}

function answerIn(event: TranscriptEvent): Answer | Unreadable {
  const frame = frameIn(event, 'down');
  if (frame?.kind !== 'result' && frame?.kind !== 'error') return { kind: 'unreadable' };
  return { kind: 'answer', message: frame.message };
}

function failureIn({ detail = {} }: TranscriptEvent): Failure {
  const { code, message, reason } = detail;
  const said = typeof message === 'string' ? message : reason;
  return {
    kind: 'failure',
    code: typeof code === 'string' ? code : 'UPSTREAM_ENDED',
    message: typeof said === 'string' ? said : 'the call failed',
  };
}

/** The message of a step: as it came where that is at hand, otherwise as it may be read. */
function frameIn(event: TranscriptEvent, direction: 'up' | 'down'): Frame | undefined {
  const { original, payload } = event;
  return (
    (original === undefined ? undefined : frameOfText(original, direction)) ??
    (payload === undefined ? undefined : frameOfText(payload, direction))
  );
}

/** Undefined where the text was cut, or is no message. */
function frameOfText(text: string, direction: 'up' | 'down'): Frame | undefined {
  try {
    return frameOf(parseText(text, MAX_DEPTH), direction);
  } catch {
    return undefined;
  }
}
