import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ExportFigures } from '../../src/export/export-news.ts';
import { RetentionNews } from '../../src/export/retention-news.ts';
import { Exporting, stepIds, toHttp } from './exporting.ts';
import { BatchReceiver } from './receiver.ts';

let exporting: Exporting;
let receiver: BatchReceiver;
beforeEach(async () => {
  exporting = await Exporting.open();
  receiver = await BatchReceiver.start();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await exporting.close();
  await receiver.stop();
});
const until = (what: () => void) => vi.waitFor(what, { timeout: 10_000, interval: 2 });

/** How far retention has come, and would. */
function retention(removed: number, wanted: number): void {
  const db = new Database(exporting.path);
  const put = db.prepare('INSERT OR REPLACE INTO upkeep (name, position) VALUES (?, ?)');
  put.run('remove', removed);
  put.run('wait for exports', wanted);
  db.close();
}

describe('an export', () => {
  it('tells whether retention waits for it, or has given up', async () => {
    receiver.answer = (response) => void response.destroy();
    await exporting.record(1, 3);
    const { lane } = exporting.start('siem', toHttp(receiver.url));
    await until(() => expect(lane.figures().failing).toBe(true));
    const standing = () => lane.figures().retention;
    expect(standing()).toBe('free');
    retention(0, 6);
    expect(standing()).toBe('waits');
    retention(6, 6);
    expect(standing()).toBe('removes');
    receiver.answer = (response) => void response.writeHead(200).end();
    await until(() => expect(receiver.ids).toEqual(stepIds(1, 3)));
    await until(() => expect(standing()).toBe('free'));
  });

  it('tells nothing of retention before it knows how far it was', async () => {
    await exporting.record(1, 1);
    retention(2, 3);
    const { lane } = exporting.start('siem', toHttp(receiver.url), {
      get: () => {
        throw new Error('not now');
      },
      put: () => undefined,
    });
    await until(() => expect(lane.figures().failing).toBe(true));
    expect(lane.figures().retention).toBe('free');
  });

  it('keeps how far it is now and then, though nothing of it is wanted', async () => {
    let now = Date.now();
    vi.spyOn(Date, 'now').mockImplementation(() => now);
    const wanted = { ...toHttp(receiver.url), only: { upstream: ['none'] } };
    exporting.start('siem', wanted);
    const position = () => exporting.cursors.get('siem')?.position;
    await until(() => expect(position()).toBe(0));
    await exporting.record(1, 2);
    now += 11_000;
    await until(() => expect(position()).toBe(6));
  });
});

it('is told once each time it changes', () => {
  const news = new RetentionNews();
  const known = { sent: 0, failed: 0, missed: 0, behind: 7, failing: true };
  const of = (retention: ExportFigures['retention'], name = 'siem') => {
    const told = news.of({ ...known, name, retention });
    return told && 'log' in told ? [told.log, told.fields] : undefined;
  };
  const fields = { export: 'siem', behind: 7 };
  expect([of('free'), of('waits'), of('waits'), of('waits', 'other')]).toEqual([
    ...[undefined, ['warn', fields], undefined],
    ['warn', { export: 'other', behind: 7 }],
  ]);
  expect([of('removes'), of('removes'), of('free')]).toEqual([
    ...[['error', fields], undefined, ['info', fields]],
  ]);
});
