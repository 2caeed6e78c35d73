import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { transcripts } from '../../src/cli/transcripts.ts';
import { SqliteStore } from '../../src/store/sqlite/store.ts';
import { exchangeBatch, idOf, stepIds } from '../export/exporting.ts';
import { idsIn } from '../export/receiver.ts';
import { Folder, run } from './terminal.ts';

let folder: Folder;
let store: SqliteStore;
beforeEach(async () => {
  folder = new Folder();
  store = await SqliteStore.open({ path: join(folder.path, 't.db'), durability: 'process' });
  for (const n of [1, 2]) await store.append(exchangeBatch(n));
  await store.append(exchangeBatch(3, { upstream: 'mail', sub: 'bob' }, 'quarterly figures'));
});
afterEach(async () => {
  await store.close();
  folder.remove();
});
const exported = (...args: string[]) => run(transcripts, folder.path, 'export', '--db', 't.db', ...args); // biome-ignore format: one line says it
const ids = async (...args: string[]) => idsIn((await exported(...args)).out);

describe('transcripts export', () => {
  it('writes every step as JSON lines', async () => {
    const { code, out, err } = await exported();
    expect([code, err]).toEqual([0, '']);
    expect(idsIn(out)).toEqual(stepIds(1, 3));
    expect(JSON.parse(out.split('\n')[0] ?? '')).toMatchObject({ payload: { text: 'hello' } });
  });

  it.each([
    [
      ['--records', 'exchanges'],
      [1, 2, 3],
    ],
    [['--records', 'exchanges', '--upstream', 'mail'], [3]],
    [
      ['--format', 'ocsf', '--sub', 'ana'],
      [1, 2],
    ],
    [['--format', 'ocsf', '--effect', 'block'], []],
    [['--records', 'exchanges', '--until', '2026-01-31T12:00:02Z'], [1]],
    [['--records', 'exchanges', '--since', '2026-01-31T12:00:03Z'], [3]],
    [['--records', 'exchanges', '--text', 'quarterly'], [3]],
    [['--records', 'exchanges', '--text', 'quarterly', '--sub', 'ana'], []],
  ] as const)('narrows by %j', async (args, numbers) => {
    const { out } = await exported(...args);
    const lines = out
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    const found = lines.map(({ id, metadata }) => id ?? metadata.uid);
    expect(found).toEqual(numbers.map((n) => `${idOf(n)}/2`));
  });

  it('leaves messages out where that is asked for', async () => {
    expect((await exported('--no-payloads')).out).not.toContain('hello');
    expect((await exported('--format', 'ocsf')).out).not.toContain('hello');
    expect((await exported('--format', 'ocsf', '--payloads')).out).toContain('hello');
  });

  it('writes to a new file that only its owner may read', async () => {
    const { code, out, err } = await exported('--format', 'cef', '--to', 'out.cef');
    expect([code, out, err]).toEqual([0, '', '3 records in out.cef\n']);
    expect(readFileSync(join(folder.path, 'out.cef'), 'utf8')).toMatch(/^(?:CEF:0\|.*\n){3}$/);
    expect(statSync(join(folder.path, 'out.cef')).mode & 0o777).toBe(0o600);
    await expect(exported('--to', 'out.cef')).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  });

  it('writes OpenTelemetry logs as documents', async () => {
    const { out } = await exported('--format', 'otlp', '--records', 'steps');
    const [line = '', ...others] = out.trim().split('\n');
    expect(others).toEqual([]);
    expect(JSON.parse(line).resourceLogs[0].scopeLogs[0].logRecords).toHaveLength(9);
  });

  it('writes the proof that verify reads', async () => {
    const { code, out } = await exported('--format', 'proof');
    expect(code).toBe(0);
    expect(JSON.parse(out.split('\n')[0] ?? '')).toMatchObject({ type: 'proof', version: 1 });
  });

  it('goes on with what is recorded until it is interrupted', async () => {
    const controller = new AbortController();
    let out = '';
    const running = transcripts.run(['export', '--db', 't.db', '--follow'], {
      ...{ input: (async function* () {})(), drained: () => undefined, err: () => undefined },
      ...{ colour: false, cwd: folder.path, env: {}, signal: controller.signal },
      out: (text) => {
        out += text;
        if (idsIn(out).length === 9) void store.append(exchangeBatch(4));
        if (idsIn(out).length === 12) controller.abort();
      },
    });
    expect(await running).toBe(0);
    expect(idsIn(out)).toEqual(stepIds(1, 4));
  });

  it.each([
    [['--format', 'ocfs']],
    [['--format', 'ocsf', '--records', 'steps']],
    [['--format', 'cef', '--payloads']],
    [['--payloads', '--no-payloads']],
    [['--records', 'all']],
    [['--follow', '--text', 'x']],
    [['--format', 'proof', '--follow']],
    [['--outcome', 'blcked']],
    [['more']],
  ])('refuses %j', async (args) => {
    await expect(exported(...args)).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('says that there is no database', async () => {
    const ran = run(transcripts, folder.path, 'export', '--db', 'none.db');
    await expect(ran).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
    expect(await ids('--upstream', 'none')).toEqual([]);
  });
});
