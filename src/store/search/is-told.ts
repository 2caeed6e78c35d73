import type { EventKind } from '../../model/transcript.ts';

const told: ReadonlySet<EventKind> = new Set(['held', 'resolved', 'blocked', 'failed']);

/** Whether somebody wrote the facts of such a step, or a rule says them; those of the others are words of the gate itself. */
export function isTold(kind: EventKind): boolean {
  return told.has(kind);
}
