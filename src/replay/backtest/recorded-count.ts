import { isObject, type JsonObject } from '../../model/json.ts';
import type { RecordedCase } from '../recorded-case.ts';

/** A limit as a step names it that it has refused. */
export interface NamedLimit {
  readonly rule: string;
  readonly calls: number;
  /** Milliseconds. */
  readonly per: number;
}

/** What limits made of a message when it was recorded. */
export interface RecordedCount {
  /** When it was counted, or would have been; milliseconds since the epoch. */
  readonly at: number;
  /** It went on, or after people had said yes; it was refused by a limit; it was stopped before one was asked. */
  readonly then: 'went' | 'approved' | 'limited' | 'stopped';
  /** The limit that refused it. */
  readonly limit?: NamedLimit;
}

/** Reads when a message went on, or which limit did not let it. */
export function recordedCount({ events, direction, request }: RecordedCase): RecordedCount {
  let held = false;
  for (const { kind, detail, payload, at } of events) {
    if (kind === 'held' || kind === 'resolved') held = true;
    // What the gate says in the caller's name is a step as well; of what comes up, the text is with the first step.
    const isMessage = detail?.by === undefined && (payload === undefined) === (direction === 'up');
    if (kind === 'forwarded' && isMessage) return { at, then: held ? 'approved' : 'went' };
    if (kind !== 'decided' || detail?.would !== undefined) continue;
    const limit = detail?.code === undefined ? limitIn(detail?.limit) : undefined;
    if (limit) return { at, then: 'limited', limit };
  }
  return { at: request.now, then: 'stopped' };
}

function limitIn(value: unknown): NamedLimit | undefined {
  const limit = isObject(value as JsonObject) ? (value as JsonObject) : {};
  const { rule, calls, per } = limit;
  if (typeof rule !== 'string' || typeof calls !== 'number' || typeof per !== 'number') {
    return undefined;
  }
  return { rule, calls, per };
}
