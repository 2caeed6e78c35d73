import { createHmac } from 'node:crypto';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CursorStore } from '../../src/export/cursor-store.ts';
import { Exporting, exchangeBatch, idOf, sent, stepIds, toHttp, usual } from './exporting.ts';
import { BatchReceiver, type ReceivedBatch } from './receiver.ts';

let exporting: Exporting;
let receiver: BatchReceiver;
beforeEach(async () => {
  exporting = await Exporting.open();
  receiver = await BatchReceiver.start();
});
afterEach(async () => {
  await exporting.close();
  await receiver.stop();
});
const until = (what: () => void) => vi.waitFor(what, { timeout: 5_000, interval: 2 });
const removeUpTo = (position: number) => {
  const db = new Database(exporting.path);
  db.prepare('DELETE FROM event WHERE position <= ?').run(position);
  db.close();
};
const got = (ids: string[]) => until(() => expect(receiver.ids).toEqual(ids));

describe('an export', () => {
  it('sends what is there, then what comes, in order', async () => {
    await exporting.record(1, 3);
    const { lane } = exporting.start('siem', toHttp(receiver.url));
    await got(stepIds(1, 3));
    const fine = { sent: 9, failed: 0, behind: 0, failing: false };
    await until(() => expect(lane.figures()).toMatchObject(fine));
    await exporting.record(4, 4);
    await got(stepIds(1, 4));
  });

  it('goes on where it was after a restart, and sends nothing twice', async () => {
    await exporting.record(1, 2);
    const first = exporting.start('siem', toHttp(receiver.url));
    await got(stepIds(1, 2));
    await first.stop();
    await exporting.record(3, 4);
    exporting.start('siem', toHttp(receiver.url));
    await got(stepIds(1, 4));
  });

  it('sends what was recorded last before it stops', async () => {
    const { stop } = exporting.start('siem', toHttp(receiver.url, { wait: 60_000 }));
    await exporting.record(1, 2);
    await stop();
    expect(receiver.ids).toEqual(stepIds(1, 2));
  });

  it('may begin with what comes from now on', async () => {
    await exporting.record(1, 2);
    const first = exporting.start('siem', { ...toHttp(receiver.url), from: 'now' });
    await until(() => expect(exporting.cursors.get('siem')).toMatchObject({ position: 6 }));
    await first.stop();
    await exporting.record(3, 3);
    exporting.start('siem', { ...toHttp(receiver.url), from: 'now' });
    await got(stepIds(3, 3));
  });

  it('has no more in a batch than it is told, and waits for more to go with little', async () => {
    await exporting.record(1, 4);
    const batch = { records: 5, size: 1_048_576 };
    exporting.start('siem', toHttp(receiver.url, { batch, wait: 50 }));
    await got(stepIds(1, 4));
    expect(receiver.taken.map(({ text }) => text.trim().split('\n').length)).toEqual([5, 5, 2]);
  });

  it('keeps batches to their size, though one record has more', async () => {
    const batch = { records: 500, size: 2_000 };
    await exporting.store.append(exchangeBatch(1, {}, 'x'.repeat(5_000)));
    await exporting.record(2, 9);
    exporting.start('siem', toHttp(receiver.url, { batch }));
    await got(stepIds(1, 9));
    const sizes = receiver.taken.map(({ text }) => text.length);
    expect(sizes.filter((size) => size > 2_100)).toHaveLength(1);
    expect(sizes.length).toBeGreaterThan(3);
  });

  it('sends exchanges as they end, and what must not wait for that', async () => {
    const id = idOf(7);
    const step = { exchange: id, revision: 'r1', at: 5_000 };
    const { opened } = exchangeBatch(7);
    exporting.start('siem', { ...toHttp(receiver.url), records: 'exchanges' });
    await exporting.store.append({
      opened,
      events: [
        { ...step, seq: 0, kind: 'opened' },
        { ...step, seq: 1, kind: 'held', detail: { approval: 'a-1' } },
        { ...step, seq: 2, kind: 'received', detail: { direction: 'down' } },
        { ...step, seq: 3, kind: 'decided', detail: { effect: 'block', rule: 'no' } },
        { ...step, seq: 4, kind: 'blocked', detail: { reason: 'No.' } },
      ],
      closed: [],
    });
    await got([`${id}/1`, `${id}/4`]);
    await exporting.store.append({
      opened: [],
      events: [
        { ...step, seq: 5, kind: 'resolved', detail: { approval: 'a-1', state: 'granted' } },
        { ...step, seq: 6, kind: 'answered', payload: '{"result":1}' },
      ],
      closed: [{ id, closedAt: 6_000, outcome: 'answered', effect: 'approve', rule: 'ask' }],
    });
    await got([1, 4, 5, 6].map((seq) => `${id}/${seq}`));
    const records = receiver.taken.flatMap(({ text }) => text.trim().split('\n').map((line) => JSON.parse(line))); // biome-ignore format: one line says it
    expect(records.map(({ record }) => record)).toEqual(['held', 'blocked', 'resolved', 'exchange']); // biome-ignore format: one line says it
    expect(records[1]).toMatchObject({ reason: 'No.', effect: 'block', rule: 'no' });
    expect(records[3]).toMatchObject({ outcome: 'answered', approvals: [{ state: 'granted' }] });
    expect(records[3].answer).toEqual({ result: 1 });
  });

  it('sends only what is wanted', async () => {
    await exporting.record(1, 1);
    await exporting.record(2, 2, { upstream: 'mail' });
    await exporting.record(3, 3, { upstream: 'files' });
    const only = { upstream: ['mail', 'files'], outcome: 'answered' };
    exporting.start('siem', { ...toHttp(receiver.url), records: 'exchanges', only });
    await got([`${idOf(2)}/2`, `${idOf(3)}/2`]);
    await until(() => expect(exporting.cursors.get('siem')?.position).toBe(9));
  });

  it('has neither originals nor messages where none are wanted', async () => {
    const batch = exchangeBatch(1);
    const [first, ...others] = batch.events;
    if (!first) throw new Error('there is one');
    const events = [{ ...first, original: '{"secret":"the-original"}' }, ...others];
    await exporting.store.append({ ...batch, events });
    exporting.start('all', toHttp(receiver.url));
    await got(stepIds(1, 1));
    exporting.start('little', { ...toHttp(receiver.url), payloads: false });
    await until(() => expect(receiver.taken).toHaveLength(2));
    const [all = '', little = ''] = receiver.taken.map(({ text }) => text);
    expect(all + little).not.toContain('the-original');
    expect([all.includes('hello'), little.includes('hello')]).toEqual([true, false]);
  });

  it('tells what retention removed before it could be sent', async () => {
    await exporting.record(1, 3);
    exporting.cursors.put('siem', { position: 1, step: `${idOf(1)}/0`, pending: null });
    removeUpTo(4);
    const { lane } = exporting.start('siem', toHttp(receiver.url));
    await got(stepIds(1, 3).slice(4));
    await until(() => expect(lane.figures()).toMatchObject({ missed: 3 }));
    expect(exporting.warnings).toContain('steps were removed before they could be exported');
  });

  it('tells of a batch that was removed whole before it was taken', async () => {
    await exporting.record(1, 3);
    exporting.cursors.put('siem', { position: 1, step: `${idOf(1)}/0`, pending: 6 });
    removeUpTo(6);
    const { lane } = exporting.start('siem', toHttp(receiver.url));
    await got(stepIds(1, 3).slice(6));
    expect(lane.figures().missed).toBe(5);
    expect(exporting.warnings).toEqual(['steps were removed before they could be exported']);
  });

  it('misses nothing of what was removed before there was such an export', async () => {
    await exporting.record(1, 3);
    removeUpTo(4);
    const { lane } = exporting.start('siem', toHttp(receiver.url));
    await got(stepIds(1, 3).slice(4));
    expect([lane.figures().missed, exporting.warnings]).toEqual([0, []]);
  });

  it('does not begin anew because it could not read where it was', async () => {
    await exporting.record(1, 2);
    exporting.cursors.put('siem', { position: 5, step: `${idOf(2)}/1`, pending: null });
    const { cursors } = exporting;
    let faults = 2;
    const get = (name: string) => {
      if (faults-- > 0) throw new Error('disk I/O error');
      return cursors.get(name);
    };
    const put: CursorStore['put'] = (name, cursor) => cursors.put(name, cursor);
    const { lane } = exporting.start('siem', toHttp(receiver.url), { get, put });
    await until(() => expect(lane.figures()).toMatchObject({ failing: true, failed: 1 }));
    await got(stepIds(2, 2).slice(2));
    await until(() => expect(lane.figures()).toMatchObject({ failing: false, failed: 2 }));
    expect(exporting.warnings).toEqual(['an export cannot read or keep where it is']);
  });

  it('reads a batch again that reaches over many pages, as it was', async () => {
    const only = { upstream: 'rare' };
    await exporting.record(1, 1, { upstream: 'rare' });
    await exporting.record(2, 1_400);
    await exporting.record(1_401, 1_401, { upstream: 'rare' });
    const answers = [503];
    receiver.answer = (response) => void response.writeHead(answers.shift() ?? 200).end();
    exporting.start('siem', { ...toHttp(receiver.url, { wait: 60_000, batch: { records: 6, size: 1_048_576 } }), only }); // biome-ignore format: one line says it
    await got([...stepIds(1, 1), ...stepIds(1_401, 1_401)]);
    const keys = receiver.tried.map(({ headers }) => headers['idempotency-key']);
    expect([keys.length, new Set(keys).size]).toEqual([2, 1]);
  });

  it('begins anew where the database is another one', async () => {
    await exporting.record(1, 2);
    exporting.cursors.put('siem', { position: 5, step: 'another/7', pending: null });
    exporting.cursors.put('more', { position: 500, step: 'another/7', pending: null });
    exporting.start('siem', toHttp(receiver.url));
    await got(stepIds(1, 2));
    exporting.start('more', toHttp(receiver.url));
    await got([...stepIds(1, 2), ...stepIds(1, 2)]);
    // What it names had been removed there, and nothing has such a place here.
    exporting.cursors.put('gone', { position: 500, step: null, pending: null });
    exporting.start('gone', toHttp(receiver.url));
    await got([...stepIds(1, 2), ...stepIds(1, 2), ...stepIds(1, 2)]);
    expect(exporting.warnings).toHaveLength(3);
  });
});

describe('an export that is not taken', () => {
  it('is tried until it is, under the same id, and nothing is lost', async () => {
    const answers = [503, 500, 401];
    receiver.answer = (response) => void response.writeHead(answers.shift() ?? 200).end();
    await exporting.record(1, 2);
    const { lane } = exporting.start('siem', toHttp(receiver.url, { wait: 1 }));
    await until(() => expect(receiver.tried).toHaveLength(1));
    // What comes meanwhile is for the next batch.
    await exporting.record(3, 3);
    await got(stepIds(1, 3));
    const keys = receiver.tried.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys.slice(0, 4)).size).toBe(1);
    expect(keys[4]).not.toBe(keys[0]);
    await until(() => {
      expect(lane.figures()).toMatchObject({ sent: 9, failed: 3, failing: false });
    });
    expect(exporting.warnings).toEqual([
      'an export fails; it is tried until it works',
      'an export works again',
    ]);
  });

  it('is sent again after a restart as the same batch, whatever has come since', async () => {
    receiver.answer = (response) => void response.destroy();
    await exporting.record(1, 2);
    const first = exporting.start('siem', toHttp(receiver.url));
    await until(() => expect(receiver.tried).toHaveLength(1));
    await first.stop(1);
    await exporting.record(3, 3);
    receiver.answer = (response) => void response.writeHead(200).end();
    exporting.start('siem', toHttp(receiver.url));
    await got(stepIds(1, 3));
    const [tried, again] = receiver.tried.map(({ headers }) => headers['idempotency-key']);
    expect(again).toBe(tried);
  });

  it('is waited for as long as the receiver asks', async () => {
    receiver.answer = (response) => void response.writeHead(429, { 'retry-after': '3600' }).end();
    await exporting.record(1, 1);
    const { lane } = exporting.start('siem', toHttp(receiver.url));
    await until(() =>
      expect(lane.figures()).toMatchObject({ failed: 1, failing: true, behind: 3 }),
    );
    const [told] = exporting.news;
    expect(told).toMatchObject({
      fields: { again: 3_600_000, cause: 'the receiver answered 429' },
    });
    expect(lane.figures().oldest).toBeTypeOf('number');
  });

  it('is halved where it is too large, and a record too large goes without its messages', async () => {
    receiver.answer = (response, { text }) => void response.writeHead(text.length > 1_000 ? 413 : 200).end(); // biome-ignore format: one line says it
    await exporting.store.append(exchangeBatch(1, {}, 'x'.repeat(3_000)));
    await exporting.record(2, 3);
    exporting.start('siem', toHttp(receiver.url));
    await got(stepIds(1, 3));
    const [first = ''] = receiver.taken[0]?.text.split('\n') ?? [];
    expect(JSON.parse(first)).toMatchObject({ seq: 0, cut: true });
  });

  it('does not hold up another one', async () => {
    const broken = await BatchReceiver.start();
    broken.answer = (response) => void response.destroy();
    await exporting.record(1, 2);
    exporting.start('broken', toHttp(broken.url));
    exporting.start('siem', toHttp(receiver.url));
    await got(stepIds(1, 2));
    await broken.stop();
  });
});

describe('the receiver', () => {
  it('can check who sent it, and that nobody changed it', async () => {
    const secret = 'a secret of sixteen';
    await exporting.record(1, 1);
    exporting.start('siem', toHttp(receiver.url, { secret, bearer: 'token-1', headers: { 'X-Own': 'o' } })); // biome-ignore format: one line says it
    await got(stepIds(1, 1));
    const [{ headers, raw }] = receiver.taken as [ReceivedBatch];
    const [, seconds = '', hex = ''] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['sallyport-signature'])) ?? [];
    const mac = createHmac('sha256', secret);
    mac.update(`${seconds}.${headers['idempotency-key']}.`).update(raw);
    expect(mac.digest('hex')).toBe(hex);
    expect(headers).toMatchObject({
      ...{ authorization: 'Bearer token-1', 'x-own': 'o', 'content-encoding': 'gzip' },
      ...{ 'content-type': 'application/x-ndjson' },
    });
  });

  it('is told of by the path and login of its URL, and gets no redirect', async () => {
    receiver.answer = (response, { path }) => {
      const headers = { location: '/elsewhere' };
      response.writeHead(path === '/in?x=1' ? 200 : 500).end();
      if (path !== '/in?x=1') response.writeHead(302, headers);
    };
    await exporting.record(1, 1);
    const url = `${receiver.url.replace('//', '//100%:s%2Fp@')}/in?x=1`;
    exporting.start('siem', toHttp(url, { gzip: false }));
    await got(stepIds(1, 1));
    expect(receiver.taken[0]?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('100%:s/p').toString('base64')}`,
    });
    expect(receiver.taken[0]?.headers).not.toHaveProperty('content-encoding');
  });

  it('may be a collector that tells what it rejected', async () => {
    const partialSuccess = { rejectedLogRecords: '1', errorMessage: 'no' };
    receiver.answer = (response) => void response.writeHead(200).end(JSON.stringify({ partialSuccess })); // biome-ignore format: one line says it
    await exporting.record(1, 1);
    exporting.start('otel', { ...toHttp(receiver.url), ...usual, format: 'otlp' });
    await until(() => expect(exporting.warnings).toHaveLength(1));
    expect(receiver.taken[0]?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(receiver.taken[0]?.text ?? '')).toHaveProperty('resourceLogs');
    expect(sent.timeout).toBeGreaterThan(0);
  });
});
