import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Exporting, stepIds } from './exporting.ts';
import { BatchReceiver, idsIn } from './receiver.ts';

const EXCHANGES = 40;
const script = new URL('./export-and-die.ts', import.meta.url).pathname;
const all = stepIds(1, EXCHANGES);

let exporting: Exporting;
let receiver: BatchReceiver;
let child: ChildProcess | undefined;
beforeEach(async () => {
  exporting = await Exporting.open();
  receiver = await BatchReceiver.start();
  await exporting.record(1, EXCHANGES);
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await exporting.close();
  await receiver.stop();
});

function start(kind: 'file' | 'http', target: string): ChildProcess {
  const cursors = join(exporting.folder, 'exports.db');
  child = spawn(process.execPath, [script, exporting.path, cursors, kind, target], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return child;
}

async function killed(running: ChildProcess): Promise<void> {
  running.kill('SIGKILL');
  await once(running, 'exit');
}

describe('an export that is killed', () => {
  it('loses nothing, and sends again what had no answer: the same batch under the same id', async () => {
    // It dies when a batch has come of which it does not know yet that it was taken: once at each of two.
    for (const last of [2, 5]) {
      const arrived = Promise.withResolvers<void>();
      receiver.answer = (response) => {
        if (receiver.tried.length < last) response.writeHead(200).end();
        else arrived.resolve();
      };
      const running = start('http', receiver.url);
      await arrived.promise;
      await killed(running);
      const unknown = receiver.tried.at(-1);
      if (unknown) receiver.taken.push(unknown);
    }
    receiver.answer = (response) => void response.writeHead(200).end();
    start('http', receiver.url);
    await vi.waitFor(() => expect(new Set(receiver.ids).size).toBe(all.length), { timeout: 9_000 });
    const keys = receiver.taken.map(({ headers }) => headers['idempotency-key']);
    const once = receiver.taken.filter((_, at) => keys.indexOf(keys[at]) === at);
    expect(receiver.ids.length).toBeGreaterThan(all.length);
    // Whoever takes each id once has each record once, in order.
    expect(once.flatMap(({ text }) => idsIn(text))).toEqual(all);
    expect([...new Set(receiver.ids)]).toEqual(all);
  });

  it('leaves whole lines in a file, and goes on behind them', async () => {
    const path = join(exporting.folder, 'out.jsonl');
    const text = () => readFileSync(path, 'utf8');
    const running = start('file', path);
    await vi.waitFor(() => expect(text()).not.toBe(''), { timeout: 9_000, interval: 1 });
    await killed(running);
    start('file', path);
    await vi.waitFor(() => expect(new Set(idsIn(text())).size).toBe(all.length), {
      ...{ timeout: 9_000, interval: 20 },
    });
    expect([...new Set(idsIn(text()))]).toEqual(all);
  });
});
