import { targetOf } from '../protocol/methods.ts';
import { type RecordedMessage, recordedMessages } from './recorded-message.ts';
import type { Recorded } from './recorded-subject.ts';
import type { Scanner } from './scanner.ts';

/** Sensitive data of one kind in the messages of one tool, one way. */
export interface ScanRow {
  readonly upstream: string;
  readonly method: string;
  /** Tool or prompt; left out of all else. */
  readonly target?: string;
  readonly kind: 'tools' | 'prompts' | 'resources' | 'methods';
  /** `args` went to the upstream, `result` came from it. */
  readonly side: 'args' | 'result';
  readonly detector: string;
  /** Findings in messages that left, and exchanges with some. */
  readonly passed: number;
  readonly exchanges: number;
  /** Findings in messages that were stopped: nobody got them, but the transcript has them. */
  readonly stopped: number;
  /** One of the exchanges. */
  readonly example: string;
  /** Where they stood, most frequent first; never a value. */
  readonly places: readonly string[];
}

/** What a scan came to. */
export interface Scan {
  readonly rows: readonly ScanRow[];
  /** What was read. */
  readonly exchanges: number;
  readonly messages: number;
  /** Messages of which only the beginning was kept, and so looked at. */
  readonly cut: number;
  /** Findings that there was no room for in the table. */
  readonly more: number;
  /** Milliseconds since the epoch; left out where nothing was read. */
  readonly first?: number;
  readonly last?: number;
}

export interface ScanOptions {
  readonly scanner: Scanner;
  /** Tools, prompts and methods; left out: all. */
  readonly targets?: readonly string[] | undefined;
  /** Told now and then how many exchanges were read. */
  readonly progress?: (read: number) => void;
}

/** Rows of the table, and places that each counts. */
const MOST_ROWS = 5_000;
const MOST_PLACES = 200;
const SHOWN_PLACES = 20;
const EVERY = 5_000;

/** Looks for sensitive data that passed unmasked in recorded exchanges. */
export async function scanTraffic(
  traffic: Iterable<Recorded> | AsyncIterable<Recorded>,
  options: ScanOptions,
): Promise<Scan> {
  const table = new ScanTable();
  const { scanner, targets, progress } = options;
  let exchanges = 0;
  let messages = 0;
  let cut = 0;
  let first: number | undefined;
  let last: number | undefined;
  for await (const recorded of traffic) {
    const about = aboutOf(recorded);
    if (targets && !targets.includes(about.target ?? about.method)) continue;
    if (++exchanges % EVERY === 0) progress?.(exchanges);
    const { openedAt } = recorded.record;
    first = Math.min(first ?? openedAt, openedAt);
    last = Math.max(last ?? openedAt, openedAt);
    for (const message of recordedMessages(recorded.events)) {
      messages++;
      if (message.cut) cut++;
      table.add(about, message, scanner, recorded.record.id);
    }
  }
  const when = first === undefined || last === undefined ? {} : { first, last };
  return { rows: table.rows(), exchanges, messages, cut, more: table.more, ...when };
}

type About = Pick<ScanRow, 'upstream' | 'method' | 'target' | 'kind'>;

/** What an exchange is about. URIs are left out: there are many, and one may hold a value. */
function aboutOf({ record }: Recorded): About {
  const { upstream, method, target } = record;
  const params = target === undefined ? undefined : { name: target, uri: target };
  const { kind } = targetOf(method, params);
  const isNamed = (kind === 'tools' || kind === 'prompts') && target !== undefined;
  return { upstream, method, kind, ...(isNamed ? { target } : {}) };
}

interface Entry extends About {
  readonly side: ScanRow['side'];
  readonly detector: string;
  readonly example: string;
  readonly places: Map<string, number>;
  passed: number;
  stopped: number;
  exchanges: number;
  /** The last exchange that was counted. */
  counted: string | undefined;
}

class ScanTable {
  more = 0;
  readonly #entries = new Map<string, Entry>();

  add(about: About, message: RecordedMessage, scanner: Scanner, exchange: string): void {
    for (const { detector, count, places } of scanner.find(message, about.method)) {
      const side = message.direction === 'up' ? 'args' : 'result';
      const entry = this.#entry(about, side, detector, exchange);
      if (!entry) {
        this.more += count;
        continue;
      }
      if (message.left) entry.passed += count;
      else entry.stopped += count;
      if (message.left && entry.counted !== exchange) {
        entry.exchanges++;
        entry.counted = exchange;
      }
      for (const place of places) {
        const known = entry.places.get(place);
        if (known !== undefined || entry.places.size < MOST_PLACES) {
          entry.places.set(place, (known ?? 0) + 1);
        }
      }
    }
  }

  /** What passed most first. */
  rows(): ScanRow[] {
    return [...this.#entries.values()]
      .sort(
        (a, b) => b.passed - a.passed || b.stopped - a.stopped || (keyOf(a) < keyOf(b) ? -1 : 1),
      )
      .map(({ places, counted: _, ...row }) => {
        const sorted = [...places].sort((a, b) => b[1] - a[1]).map(([place]) => place);
        return { ...row, places: sorted.slice(0, SHOWN_PLACES) };
      });
  }

  #entry(about: About, side: ScanRow['side'], detector: string, example: string) {
    const key = keyOf({ ...about, side, detector });
    const known = this.#entries.get(key);
    if (known || this.#entries.size >= MOST_ROWS) return known;
    const counts = { passed: 0, stopped: 0, exchanges: 0, counted: undefined };
    const entry: Entry = { ...about, side, detector, example, places: new Map(), ...counts };
    this.#entries.set(key, entry);
    return entry;
  }
}

function keyOf({
  upstream,
  method,
  target,
  side,
  detector,
}: Omit<ScanRow, 'passed' | 'stopped' | 'exchanges' | 'example' | 'places' | 'kind'>): string {
  return JSON.stringify([upstream, method, target, side, detector]);
}
