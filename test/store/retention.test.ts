import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { factRecord } from '../../src/pipeline/identity-ledger.ts';
import { compact } from '../../src/store/sqlite/compaction/compact.ts';
import { shrink } from '../../src/store/sqlite/compaction/shrink.ts';
import { prove } from '../../src/store/sqlite/proof/prove.ts';
import { retain } from '../../src/store/sqlite/retention/retain.ts';
import {
  DOOMED,
  type DoomedStep,
  StepRemover,
} from '../../src/store/sqlite/retention/step-remover.ts';
import { closeLeftOpen } from '../../src/store/sqlite/run/close-left-open.ts';
import { wordIndexing } from '../../src/store/sqlite/search/index-words.ts';
import { end, head, step } from '../support/batches.ts';
import { exhaust, Kept } from '../support/kept.ts';

const DAY = 86_400_000;
let kept: Kept;

beforeEach(() => {
  kept = new Kept();
});
afterEach(() => kept.stop());

const idOf = (n: number) => `call-${String(n).padStart(5, '0')}`;
const textOf = (n: number) => `{"rows":[${`"order ${n} of ${n * 7919}",`.repeat(30)}null]}`;

/** A call of three steps at a time, with a signature behind each tenth. */
function record(from: number, to: number, upstream = 'db'): void {
  for (let n = from; n < to; n++) {
    const id = idOf(n);
    const at = kept.now;
    kept.append({
      facts: [factOf(upstream)],
      opened: [head(id, { openedAt: at, upstream, identity: factOf(upstream).digest })],
      events: [
        step(id, 0, { at, payload: `{"id":"${id}"}` }),
        step(id, 1, { at, kind: 'decided', detail: { rule: 'r' } }),
        step(id, 2, { at, kind: 'answered', payload: textOf(n) }),
      ],
      closed: [end(id, { closedAt: at })],
    });
    if (n % 10 === 9) kept.run(prove);
  }
}

const factOf = (upstream: string) => factRecord({ sub: `caller of ${upstream}` });
const ids = (upstream?: string) =>
  kept.reader
    .exchangesAfter('', { limit: 10_000 })
    .filter((one) => one.upstream !== '' && (!upstream || one.upstream === upstream))
    .map(({ id }) => id);
const removals = () =>
  kept.reader
    .exchangesAfter('', { limit: 10_000 })
    .filter(({ method }) => method === 'transcripts/remove')
    .map(({ id }) => kept.reader.events(id).at(-1)?.detail);
const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => idOf(from + n));

describe('retention by age', () => {
  it('removes much at a time where steps are small, and little where they are large', () => {
    const large = `"${'x'.repeat(1_500_000)}"`;
    for (let n = 0; n < 10; n++) {
      const id = idOf(n);
      const steps = [step(id, 0, { at: kept.now }), step(id, 1, { at: kept.now, payload: large })];
      const opened = [head(id, { openedAt: kept.now })];
      kept.append({ opened, events: steps, closed: [end(id, { closedAt: kept.now })] });
    }
    kept.run(prove);
    kept.now += 2 * DAY;
    record(10, 20);
    const chore = kept.chore(retain, { keep: { age: DAY }, proof: kept.proof });
    let [before, worst] = [kept.ask('SELECT count(*) FROM event')[0] as number, 0];
    while (chore.step()) {
      const now = kept.ask('SELECT count(*) FROM event')[0] as number;
      worst = Math.max(worst, before - now);
      before = now;
    }
    expect(ids()).toEqual(range(10, 20));
    expect(worst).toBeLessThanOrEqual(3);
  });

  it('writes nothing while there is nothing to remove', () => {
    record(0, 100);
    kept.now += 2 * DAY;
    record(100, 200);
    const chore = kept.chore(retain, { keep: { age: DAY }, proof: kept.proof });
    exhaust(chore);
    kept.ask('PRAGMA wal_checkpoint(TRUNCATE)');
    const other = new Database(kept.path);
    // Whoever needs to write finds out that he can't.
    other.exec('BEGIN IMMEDIATE');
    expect(chore.step()).toBe(false);
    other.close();
  });

  it('takes a large text along with the last step that has it, also where one was erased meanwhile', async () => {
    const large = `"${'y'.repeat(9_000)}"`;
    for (const id of ['one', 'two']) {
      const opened = [head(id, { openedAt: kept.now })];
      const events = [step(id, 0, { at: kept.now, payload: large })];
      kept.append({ opened, events, closed: [end(id, { closedAt: kept.now })] });
    }
    record(0, 100);
    kept.now += DAY;
    kept.run(compact, { compact: 1 });
    expect(kept.ask('SELECT refs FROM blob WHERE refs > 1')).toEqual([2]);
    const db = new Database(kept.path);
    const doomed = db
      .prepare<[], DoomedStep>(`SELECT ${DOOMED} FROM event WHERE exchange = 'one'`)
      .all();
    await kept.erase(['one']);
    db.transaction(() => new StepRemover(db).remove(doomed))();
    db.close();
    expect(kept.reader.events('two')[0]?.payload).toBe(large);
  });

  it('ends what a gate that died has left open long ago, so that it can be removed', () => {
    const opened = [head('call-00000-left', { openedAt: kept.now })];
    const events = [step('call-00000-left', 0, { at: kept.now })];
    kept.append({ opened, events, closed: [] });
    record(1, 20);
    kept.now += 2 * DAY;
    record(20, 40);
    kept.run(retain, { keep: { age: DAY } });
    const db = new Database(kept.path);
    db.exec('DELETE FROM run');
    closeLeftOpen(db, { newest: 5 });
    db.close();
    expect(kept.reader.exchange('call-00000-left')?.outcome).toBe('failed');
  });

  it('removes whole blocks from the beginning, says so, and leaves a proof that holds', async () => {
    record(0, 100);
    kept.now += 2 * DAY;
    record(100, 200);
    kept.run(compact, { compact: DAY });
    kept.run(retain, { keep: { age: DAY } });
    expect(ids()).toEqual(range(100, 200));
    expect(removals()).toMatchObject([{ reason: 'age', removed: [[1, 300]] }]);
    expect(kept.reader.eventsAfter(0, 1)[0]?.position).toBe(301);
    for (const table of ['pack', 'erased_contents', 'erased_names']) {
      expect(kept.ask(`SELECT count(*) FROM ${table}`), table).toEqual([0]);
    }
    kept.run(prove);
    expect(await kept.verify()).toMatchObject({ findings: [], unsigned: 0, unsignedRecords: 0 });
  });

  it('keeps the newest block, however old, and the last one that it removed', async () => {
    record(0, 100);
    kept.now += 90 * DAY;
    kept.run(retain, { keep: { age: DAY } });
    expect(ids()).toEqual(range(90, 100));
    expect(kept.ask('SELECT last FROM block')).toEqual([270, 300]);
    kept.run(prove);
    expect((await kept.verify()).findings).toEqual([]);
  });

  it('goes on day by day, and takes its own records along', async () => {
    for (let day = 0; day < 5; day++) {
      record(day * 20, day * 20 + 20);
      kept.now += DAY;
      kept.run(retain, { keep: { age: 1.5 * DAY } });
      kept.run(prove);
      expect((await kept.verify()).findings).toEqual([]);
    }
    expect(ids()).toEqual(range(80, 100));
    expect(removals().length).toBeLessThan(3);
    expect(kept.alarms).toEqual([]);
  });

  it('keeps what is still going on, and removes it later', async () => {
    const early = { at: kept.now };
    kept.append({
      opened: [head('long', { openedAt: kept.now })],
      events: [step('long', 0, early)],
      closed: [],
    });
    record(0, 20);
    kept.now += 2 * DAY;
    record(20, 40);
    kept.run(retain, { keep: { age: DAY } });
    expect(kept.reader.exchange('long')?.outcome).toBe('open');
    kept.run(prove);
    expect((await kept.verify()).findings).toEqual([]);
    kept.append({
      opened: [],
      events: [step('long', 1, { at: kept.now, kind: 'closed' })],
      closed: [end('long', { closedAt: kept.now })],
    });
    record(40, 60);
    expect(kept.reader.events('long').map(({ seq }) => seq)).toEqual([1]);
    expect((await kept.verify()).findings).toEqual([]);
    kept.now += 2 * DAY;
    record(60, 70);
    kept.run(retain, { keep: { age: DAY } });
    expect(kept.reader.exchange('long')).toBeUndefined();
    kept.run(prove);
    expect((await kept.verify()).findings).toEqual([]);
  });

  it('goes on where it was interrupted, also by a gate that would keep more', async () => {
    record(0, 300);
    kept.now += 2 * DAY;
    record(300, 310);
    const chore = kept.chore(retain, { keep: { age: DAY }, proof: kept.proof });
    chore.step();
    chore.step();
    kept.run(prove);
    expect(ids().length).toBeGreaterThan(10);
    expect((await kept.verify()).findings).toEqual([]);
    kept.reopen();
    kept.run(retain, { keep: {} });
    expect(ids()).toEqual(range(300, 310));
    expect(removals()).toHaveLength(1);
    expect((await kept.verify()).findings).toEqual([]);
  });

  it('removes facts that nothing has named since, and no others', () => {
    record(0, 20, 'old');
    const seen = (digest: string, at: number) =>
      kept.ask('UPDATE fact SET seen = ? WHERE digest = ? RETURNING 1', at, digest);
    seen(factOf('old').digest, kept.now);
    kept.now += 10 * DAY;
    record(20, 40, 'new');
    seen(factOf('new').digest, kept.now);
    kept.run(retain, { keep: { age: DAY } });
    expect(kept.ask('SELECT digest FROM fact')).toEqual([factOf('new').digest]);
  });

  it('removes nothing that has no proof yet', () => {
    record(0, 9);
    kept.now += 9 * DAY;
    kept.run(retain, { keep: { age: DAY } });
    expect(ids()).toEqual(range(0, 9));
    // Where there is no proof at all it does.
    exhaust(kept.chore(retain, { keep: { age: DAY } }));
    expect(ids()).toEqual([]);
    expect(kept.reader.lastPosition()).toBeGreaterThan(27);
  });

  it('is not kept from it by steps of the future, which a clock that was wrong has left', () => {
    record(0, 10);
    kept.now += 400 * DAY;
    record(10, 20);
    kept.now -= 399 * DAY;
    record(20, 30);
    kept.now += 3 * DAY;
    record(30, 40);
    kept.run(retain, { keep: { age: DAY } });
    expect(ids()).toEqual(range(30, 40));
  });
});

describe('retention by size', () => {
  it('removes the oldest until the database is small enough, and stays so', async () => {
    const size = 600_000;
    for (let round = 0; round < 6; round++) {
      record(round * 100, round * 100 + 100);
      kept.run(retain, { keep: { size } });
      kept.run(shrink);
      kept.now += 60_000;
      const pages = kept.value('page_count') - kept.value('freelist_count');
      expect(pages * kept.value('page_size')).toBeLessThanOrEqual(size);
    }
    const left = ids();
    expect(left.at(-1)).toBe(idOf(599));
    expect(left.length).toBeGreaterThan(100);
    expect(left).toEqual(range(600 - left.length, 600));
    expect(removals().at(-1)).toMatchObject({ reason: 'size' });
    kept.run(prove);
    expect((await kept.verify()).findings).toEqual([]);
  });

  it('leaves the newest block where no size is small enough', () => {
    record(0, 100);
    kept.run(retain, { keep: { size: 1_000 } });
    expect(ids()).toEqual(range(90, 100));
  });
});

describe('retention by upstream', () => {
  const keep = { upstreams: { chat: DAY } };

  it('removes its exchanges from the middle, says which steps, and leaves a proof that holds', async () => {
    record(0, 20);
    record(20, 120, 'chat');
    record(120, 140);
    kept.now += 2 * DAY;
    kept.run(compact, { compact: DAY });
    record(140, 160, 'chat');
    kept.run(retain, { keep });
    expect(ids()).toEqual([...range(0, 20), ...range(120, 160)]);
    expect(removals()[0]).toMatchObject({ reason: 'upstream', upstream: 'chat' });
    expect(kept.reader.events(idOf(130))[2]?.payload).toBe(textOf(130));
    kept.run(prove);
    expect(await kept.verify()).toMatchObject({ removed: 300, findings: [] });
    expect(kept.alarms).toEqual([]);
  });

  it('removes a long exchange in portions once it has ended, from among others', async () => {
    const at = kept.now;
    kept.append({
      opened: [head('long', { upstream: 'chat', openedAt: at })],
      events: [],
      closed: [],
    });
    for (let seq = 0; seq < 700; seq++) {
      kept.append({
        opened: [],
        events: [step('long', seq, { at, payload: `part ${seq}` })],
        closed: [],
      });
      if (seq % 100 === 0) record(seq / 100, seq / 100 + 1);
    }
    record(10, 20);
    kept.now += 2 * DAY;
    record(20, 40);
    kept.run(retain, { keep });
    expect(kept.reader.events('long')).toHaveLength(700);
    kept.append({
      opened: [],
      events: [step('long', 700, { at: kept.now, kind: 'closed' })],
      closed: [end('long', { closedAt: kept.now })],
    });
    record(40, 60);
    kept.now += 2 * DAY;
    kept.run(retain, { keep });
    expect(kept.reader.exchange('long')).toBeUndefined();
    expect(kept.reader.events('long')).toEqual([]);
    expect(ids('db')).toHaveLength(57);
    kept.run(prove);
    expect(await kept.verify()).toMatchObject({ removed: 701, findings: [] });
  });
});

it('takes the words of removed steps out of the index', () => {
  record(0, 40);
  kept.run(wordIndexing, { search: true });
  const found = () => kept.ask(`SELECT count(*) FROM words WHERE words MATCH 'order'`)[0];
  expect(found()).toBe(40);
  kept.now += 2 * DAY;
  record(40, 60);
  kept.run(retain, { keep: { age: DAY } });
  expect(found()).toBe(0);
});
