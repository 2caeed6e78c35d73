import type { Told } from '../../../src/replay/timeline/timeline-step.ts';
import type { StoredEvent } from '../../../src/store/contract.ts';

/** What differs each time it is recorded, by what it is called instead. */
const differing: readonly (readonly [string, RegExp])[] = [
  ['id', /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g],
  ['port', /(?<=127\.0\.0\.1:)\d+/g],
  // Digests, states and ids that the gate makes.
  ['made', /[A-Za-z0-9_-]{32,}={0,2}/g],
];
const START = Date.UTC(2026, 0, 31, 12);
/** Milliseconds between two steps. */
const STEP = 10;

/** A transcript as it is recorded each time: names instead of random ids, and times that grow evenly. */
export function normalised(told: readonly Told[]): Told[] {
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  const named = (kind: string, text: string) => {
    const known = names.get(text);
    if (known !== undefined) return known;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    names.set(text, `${kind}-${count}`);
    return `${kind}-${count}`;
  };
  const times = timesOf(told);
  const renamed = differing.reduce(
    (text, [kind, pattern]) => text.replace(pattern, (found) => named(kind, found)),
    JSON.stringify(told.map((one) => withTimes(one, times))),
  );
  return JSON.parse(renamed);
}

/**
 * The place of each step in the order in which all of them came. What gives a call up has its steps together: whether
 * the call ends before its upstream has been told is a matter of luck.
 */
function timesOf(told: readonly Told[]): (event: StoredEvent) => number {
  const placed = told.flatMap(({ record, events }) => {
    const [first] = events as StoredEvent[];
    const isTogether = record.method === 'notifications/cancelled';
    return (events as StoredEvent[]).map((event) => ({
      event,
      rank: isTogether ? (first?.position ?? 0) : event.position,
    }));
  });
  const sorted = placed.sort((a, b) => a.rank - b.rank || a.event.seq - b.event.seq);
  const times = new Map(sorted.map(({ event }, index) => [event.position, START + index * STEP]));
  return ({ position }) => times.get(position) ?? START;
}

function withTimes({ record, events }: Told, timeOf: (event: StoredEvent) => number): Told {
  const timed = (events as StoredEvent[]).map((event) => {
    const { position: _, detail, ...rest } = event;
    const kept = detail && { detail: untimed(detail) };
    return { ...rest, ...kept, at: timeOf(event), revision: 'r1' };
  });
  const [openedAt = START] = timed.map(({ at }) => at);
  const closed = record.closedAt === undefined ? {} : { closedAt: timed.at(-1)?.at ?? START };
  return { record: { ...record, openedAt, ...closed, revision: 'r1' }, events: timed };
}

function untimed(detail: NonNullable<StoredEvent['detail']>) {
  return 'until' in detail ? { ...detail, until: START } : detail;
}
