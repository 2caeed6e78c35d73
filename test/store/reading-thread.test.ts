import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteReader } from '../../src/store/sqlite/reader.ts';
import { ReadingThread } from '../../src/store/sqlite/search/reading-thread.ts';
import { SqliteStore } from '../../src/store/sqlite/store.ts';
import { head, step } from '../support/batches.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-reading-'));
  path = join(folder, 'transcripts.db');
  const store = await SqliteStore.open({ path, durability: 'process' });
  await store.append({ opened: [head('e1')], events: [step('e1', 0)], closed: [] });
  await store.close();
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the thread that reads transcripts', () => {
  it('answers what it is asked, each question its own', async () => {
    const thread = new ReadingThread(path);
    const asked = Array.from({ length: 20 }, (_, n) =>
      n % 2 === 0 ? thread.lastPosition() : thread.exchange('e1').then((found) => found?.id),
    );
    expect(new Set(await Promise.all(asked))).toEqual(new Set([1, 'e1']));
    const wrong = thread.search({ text: '', limit: 1 }).catch((error) => error);
    expect([(await wrong).code, await thread.lastPosition()]).toEqual(['SEARCH_TEXT', 1]);
    await thread.close();
  });

  it('keeps a gate that stops from none but the one that it is at', async () => {
    const thread = new ReadingThread(path);
    const asked = Array.from({ length: 20 }, () =>
      thread.lastPosition().then(
        () => 'answered',
        ({ code }) => code,
      ),
    );
    await thread.close();
    const [first, ...others] = await Promise.all(asked);
    expect(first).toBe('answered');
    expect(new Set(others)).toEqual(new Set(['GATE_STOPPING']));
  });

  it('refuses more than may wait, and asks them to come again', async () => {
    const thread = new ReadingThread(path);
    const asked = Array.from({ length: 201 }, () => thread.lastPosition());
    const last = await asked.at(-1)?.catch((error) => error);
    expect(last).toMatchObject({ code: 'CALL_LIMIT', retryAfter: '1' });
    expect(await Promise.all(asked.slice(0, -1))).toHaveLength(200);
    await thread.close();
  });
});

describe('an exchange that is not there', () => {
  it('is looked for by its end only where that may be one', () => {
    const reader = new SqliteReader(path);
    expect(reader.exchange('1')?.id).toBe('e1');
    expect(reader.exchange('2')).toBeUndefined();
    reader.close();
  });
});
