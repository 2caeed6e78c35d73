import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compact } from '../../src/store/sqlite/compaction/compact.ts';
import { prove } from '../../src/store/sqlite/proof/prove.ts';
import { indexWords } from '../../src/store/sqlite/search/index-words.ts';
import type { ChoreMaker } from '../../src/store/sqlite/upkeep/chore.ts';
import { GateLoad } from '../../src/store/sqlite/upkeep/gate-load.ts';
import { head, step } from '../support/batches.ts';
import { Kept } from '../support/kept.ts';

/** Steps that index and compaction take at a time. */
const AT_ONCE = 256;

describe('how busy a gate is', () => {
  it('is told by its thread to another one', async () => {
    const load = new GateLoad();
    expect(load.isBusy()).toBe(false);
    load.tell(0.79);
    expect(load.isBusy()).toBe(false);
    load.tell(1);
    const code = `const { parentPort, workerData } = require('node:worker_threads');
      parentPort.postMessage(workerData);`;
    const worker = new Worker(code, { eval: true, workerData: load.shared });
    const shared = await new Promise((resolve) => worker.once('message', resolve));
    expect(new GateLoad(shared as SharedArrayBuffer).isBusy()).toBe(true);
  });

  it('is measured while it works, until told to end', async () => {
    const load = new GateLoad();
    const end = load.measure();
    const tell = vi.spyOn(load, 'tell');
    await vi.waitFor(() => expect(tell).toHaveBeenCalled(), { timeout: 10_000 });
    end();
    const [share] = tell.mock.calls[0] ?? [];
    expect(share).toBeGreaterThanOrEqual(0);
    expect(share).toBeLessThanOrEqual(1);
  });
});

describe('the pace of upkeep', () => {
  let kept: Kept;
  let isBusy: boolean;
  /** Each look at the clock takes a millisecond. */
  let clock: number;

  beforeEach(() => {
    kept = new Kept();
    isBusy = false;
    clock = 0;
    const events = Array.from({ length: 4 * AT_ONCE }, (_, seq) =>
      step('a', seq, { at: kept.now, payload: `{"n":${seq}}` }),
    );
    kept.append({ opened: [head('a')], events, closed: [] });
    kept.run(prove);
    kept.now += 1_000;
    vi.spyOn(performance, 'now').mockImplementation(() => clock++);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    kept.stop();
  });

  const made = (make: ChoreMaker) =>
    kept.chore((context) => make({ ...context, isBusy: () => isBusy }), {
      ...{ search: true, compact: 1 },
    });
  const done = (name: string) =>
    kept.ask('SELECT coalesce(max(position), 0) FROM upkeep WHERE name = ?', name)[0];
  const times = (count: number, work: () => unknown) => {
    for (let left = count; left > 0; left--) work();
  };

  it('indexes with short rests where the gate has time', () => {
    const chore = made(indexWords);
    times(15, () => chore.step());
    expect(done('words')).toBe(3 * AT_ONCE);
  });

  it('rests long between two steps of the index while the gate is busy', () => {
    isBusy = true;
    const chore = made(indexWords);
    times(25, () => chore.step());
    expect(done('words')).toBe(AT_ONCE);
  });

  it('never rests for longer than a second', () => {
    isBusy = true;
    const chore = made(indexWords);
    let calls = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (calls++ === 0 ? 0 : 10_000));
    chore.step();
    vi.spyOn(performance, 'now').mockImplementation(() => 11_000);
    chore.step();
    expect(done('words')).toBe(2 * AT_ONCE);
  });

  const behind = [
    { steps: 60_000, what: 'as ever', looks: 15 },
    { steps: 210_000, what: 'half of the time', looks: 3 },
  ];
  it.each(behind)('indexes $what, however busy, where $steps steps wait', ({ steps, looks }) => {
    kept.ask('UPDATE event SET position = position + ? WHERE seq = 1023 RETURNING 1', steps);
    isBusy = true;
    const chore = made(indexWords);
    times(looks, () => chore.step());
    expect(done('words')).toBe(3 * AT_ONCE);
  });

  it('compacts without rests, and hardly while the gate is busy, but for a minute at most', () => {
    isBusy = true;
    const chore = made(compact);
    times(25, () => chore.step());
    expect(done('compact')).toBe(AT_ONCE);
    clock += 1_000;
    kept.now += 60_000;
    times(2, () => chore.step());
    expect(done('compact')).toBe(3 * AT_ONCE);
  });

  it('compacts steps that have waited for a minute, though the gate is busy only most of the time', () => {
    isBusy = true;
    const chore = made(compact);
    kept.now += 60_000;
    chore.step();
    isBusy = false;
    chore.step();
    isBusy = true;
    chore.step();
    expect(done('compact')).toBe(3 * AT_ONCE);
  });

  it('compacts without rests where the gate has time', () => {
    const chore = made(compact);
    times(4, () => chore.step());
    expect(done('compact')).toBe(4 * AT_ONCE);
  });
});
