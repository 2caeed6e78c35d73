import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CursorStore } from '../../src/export/cursor-store.ts';
import type { ExportNews } from '../../src/export/export-news.ts';
import type { ExportWanted } from '../../src/export/export-wanted.ts';
import type { Lane } from '../../src/export/lane.ts';
import { openLane } from '../../src/export/open-lane.ts';
import { openSink } from '../../src/export/open-sink.ts';
import type { TranscriptBatch } from '../../src/model/transcript.ts';
import { BatchWriter } from '../../src/store/sqlite/commit/batch-writer.ts';
import { StepFeed } from '../../src/store/sqlite/feed/step-feed.ts';
import { START } from './records.ts';

/** What the configuration has unless it says otherwise. */
export const sent = { batch: { records: 500, size: 1_048_576 }, wait: 1, timeout: 5_000 };
export const usual = { format: 'jsonl', only: {}, from: 'oldest' } as const;
export const toHttp = (url: string, more: object = {}): ExportWanted => ({
  ...usual,
  http: { ...sent, url, headers: {}, gzip: true, ...more },
});

export const toFile = (path: string): ExportWanted => ({ ...usual, file: { path, rotate: false } });

export const idOf = (n: number) => `01a1fd25-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** An exchange of three steps that ended, unless told otherwise. */
export function exchangeBatch(
  n: number,
  facts: Partial<TranscriptBatch['opened'][0]> = {},
  text = 'hello',
): TranscriptBatch {
  // biome-ignore format: one line says it
  const id = idOf(n);
  const at = START + n * 1_000;
  const step = { exchange: id, revision: 'r1' };
  return {
    opened: [
      {
        ...{ id, openedAt: at, upstream: 'db', method: 'tools/call', target: 'query' },
        ...{ sub: 'ana', issuer: 'https://login.test', revision: 'r1', ...facts },
      },
    ],
    events: [
      { ...step, seq: 0, at, kind: 'opened', payload: `{"method":"tools/call","text":"${text}"}` },
      { ...step, seq: 1, at: at + 1, kind: 'decided', detail: { effect: 'allow', rule: 'all' } },
      { ...step, seq: 2, at: at + 2, kind: 'answered', payload: '{"result":{}}' },
    ],
    closed: [{ id, closedAt: at + 2.5, outcome: 'answered', effect: 'allow', rule: 'all' }],
  };
}

/** Ids of the records of steps of exchanges from one number to another. */
export const stepIds = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => idOf(from + at)).flatMap((id) =>
    [0, 1, 2].map((seq) => `${id}/${seq}`),
  );

/** A database of transcripts, and exports of it. */
export class Exporting {
  readonly folder = mkdtempSync(join(tmpdir(), 'sallyport-export-'));
  readonly news: ExportNews[] = [];
  readonly path = join(this.folder, 'transcripts.db');
  /** Writes as the gate does, at once. */
  store!: { append(batch: TranscriptBatch): Promise<void>; close(): void };
  source!: StepFeed;
  cursors!: CursorStore;
  readonly #closers: (() => Promise<void>)[] = [];

  static async open(): Promise<Exporting> {
    const made = new Exporting();
    const options = { path: made.path, durability: 'process' } as const;
    const writer = new BatchWriter(options, { busy: 1_000, checkpoint: 1_000 });
    made.store = { append: async (batch) => writer.write(batch), close: () => writer.close() };
    made.source = new StepFeed(made.path);
    made.cursors = new CursorStore(join(made.folder, 'exports.db'));
    return made;
  }

  async record(from: number, to: number, facts?: Partial<TranscriptBatch['opened'][0]>) {
    for (let n = from; n <= to; n++) await this.store.append(exchangeBatch(n, facts));
  }

  /** Starts an export; gives what stops it, and waits for that. */
  start(
    name: string,
    wanted: ExportWanted,
    cursors: Pick<CursorStore, 'get' | 'put'> = this.cursors,
  ): { lane: Lane; stop: (within?: number) => Promise<void> } {
    const tell = (news: ExportNews) => void this.news.push(news);
    const clock = Date.now;
    const sink = openSink(name, wanted, { base: this.folder, gate: 'gate-1', clock, tell });
    const lane = openLane(name, wanted, {
      ...{ source: this.source, cursors, sink, tell, clock, poll: 2, rest: 2 },
      // Tries follow each other at once but for half of the first second.
      ...{ origin: { gate: 'gate-1', version: '1.2.3' }, random: () => -0.99 },
    });
    const running = lane.run();
    let stopped: Promise<void> | undefined;
    const stop = (within = 5_000) => {
      stopped ??= (async () => {
        lane.stop(within);
        await running;
        await sink.close();
      })();
      return stopped;
    };
    this.#closers.push(() => stop(1));
    return { lane, stop };
  }

  get warnings(): string[] {
    return this.news.flatMap((one) => ('log' in one ? [one.message] : []));
  }

  async close(): Promise<void> {
    for (const closer of this.#closers) await closer();
    this.source.close();
    this.cursors.close();
    this.store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
