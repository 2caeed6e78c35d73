import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transcripts } from '../../src/cli/transcripts.ts';
import { SqliteStore } from '../../src/store/sqlite/store.ts';
import { closing, head, step } from '../support/batches.ts';
import { Folder } from './terminal.ts';

let folder: Folder;
let store: SqliteStore;
beforeAll(async () => {
  folder = new Folder();
  store = await SqliteStore.open({ path: join(folder.path, 't.db'), durability: 'process' });
  await keep('01', '{"sql":"DROP TABLE users"}', { sub: 'ana', target: 'execute' });
  await keep('02', '{"sql":"select 1"}', { sub: 'bob', agent: 'cursor/1.2', client: 'ide' });
  await keep('03', '{"sql":"drop view \\u001b[2Jv"}', { sub: 'bob', issuer: 'https://x.test' });
  await store.append(closing('03', { outcome: 'blocked', effect: 'block', rule: 'no-drops' }));
});
afterAll(async () => {
  await store.close();
  folder.remove();
});

async function keep(id: string, payload: string, more: Parameters<typeof head>[1]) {
  const openedAt = Date.UTC(2026, 0, 31, 12, Number(id));
  await store.append({
    opened: [head(id, { ...more, openedAt })],
    events: [step(id, 0), step(id, 1, { kind: 'received', payload })],
    closed: [],
  });
}
interface Place {
  readonly colour?: boolean;
  readonly signal?: AbortSignal;
  readonly seen?: (out: string) => void;
}
async function run(args: readonly string[], place: Place = {}) {
  let [out, err] = ['', ''];
  const [verb = '', ...rest] = args;
  const code = await transcripts.run([verb, '--db', 't.db', ...rest], {
    input: (async function* () {})(),
    out: (text) => {
      out += text;
      place.seen?.(out);
    },
    err: (text) => {
      err += text;
    },
    ...{ drained: () => undefined, colour: place.colour ?? false, cwd: folder.path, env: {} },
    signal: place.signal ?? new AbortController().signal,
  });
  return { code, out, err };
}
const idsIn = (text: string) =>
  [...text.matchAll(/^\S+(?: \S+)?Z? +(\d\d) /gm)].map(([, id]) => id);
const list = async (...args: string[]) => {
  const { code, out } = await run(['list', '--json', ...args]);
  expect(code).toBe(0);
  return JSON.parse(out);
};

describe('sallyport transcripts search', () => {
  it('prints what was found, oldest first, with the step and some text around the words', async () => {
    const { code, out } = await run(['search', 'drop']);
    expect(code).toBe(0);
    expect(idsIn(out)).toEqual(['01', '03']);
    expect(out).toContain('  received  {"sql":"DROP TABLE users"}\n');
  });

  it('marks the words on a terminal, and lets nothing that was recorded command it', async () => {
    const { out } = await run(['search', 'drop'], { colour: true });
    expect(out).toContain('\x1b[1mDROP\x1b[22m TABLE');
    expect(stripVTControlCharacters(out)).toContain('drop view \\x1b[2Jv');
  });

  it.each([
    [
      ['drop', 'OR', 'select'],
      ['01', '02', '03'],
    ],
    [['drop', 'users'], ['01']],
    [['drop -users'], ['03']],
    [['--', 'drop', '-users'], ['03']],
    [['"drop table"'], ['01']],
    [['sel*', '--sub', 'bob'], ['02']],
    [['drop', '--effect', 'block'], ['03']],
    [['drop', '--until', '2026-01-31T12:02:00Z'], ['01']],
  ])('%j finds %j', async (args, wanted) => {
    const { out } = await run(['search', ...args]);
    expect(idsIn(out)).toEqual(wanted);
  });

  it('says that there may be more, and that there is nothing', async () => {
    expect((await run(['search', 'drop', '--limit', '1'])).err).toContain('there may be more');
    expect(await run(['search', 'nothing'])).toMatchObject({ code: 0, err: 'nothing found\n' });
  });

  it.each([
    [[], 'USAGE'],
    [['-only'], 'USAGE'],
    [['--', '-only'], 'SEARCH_TEXT'],
    [['a', '--effect', 'blok'], 'USAGE'],
    [['a', '--since', 'then'], 'USAGE'],
    [['a', '--cursor', 'x'], 'SEARCH_CURSOR'],
  ])('refuses %j with %s', async (args, code) => {
    await expect(run(['search', ...args])).rejects.toMatchObject({ code });
  });
});

describe('sallyport transcripts list', () => {
  it('takes every filter', async () => {
    const ids = async (...args: string[]) =>
      (await list(...args)).exchanges.map(({ id }: { id: string }) => id);
    expect(await ids('--agent', 'cursor/1.2')).toEqual(['02']);
    expect(await ids('--client', 'ide')).toEqual(['02']);
    expect(await ids('--issuer', 'https://x.test')).toEqual(['03']);
    expect(await ids('--effect', 'block')).toEqual(['03']);
    expect(await ids('--text', 'drop', '--sub', 'bob')).toEqual(['03']);
    expect(await ids('--until', '2026-01-31T12:02:00Z')).toEqual(['01']);
    expect(await ids('--since', '2026-01-31T12:02:00Z', '--until', '2026-02-01')).toEqual([
      '02',
      '03',
    ]);
  });

  it('goes on with --cursor', async () => {
    const first = await list('--limit', '2');
    expect(first.exchanges.map(({ id }: { id: string }) => id)).toEqual(['02', '03']);
    const second = await list('--limit', '2', '--cursor', first.next);
    expect(second.exchanges.map(({ id }: { id: string }) => id)).toEqual(['01']);
  });
});

describe('sallyport transcripts follow', () => {
  it('tells with words the exchanges that have them, once they are over', async () => {
    const controller = new AbortController();
    const end = (id: string) =>
      store.append({
        ...{ opened: [], events: [step(id, 2, { kind: 'answered' })] },
        closed: [{ id, closedAt: Date.UTC(2026, 1, 1), outcome: 'answered' }],
      });
    await Promise.all([end('01'), end('02'), end('03')]);
    const seen = (out: string) => void (/ 03 /.test(out) && controller.abort());
    const { out } = await run(['follow', '--from-start', '--text', 'drop'], {
      ...{ signal: controller.signal, seen },
    });
    expect(idsIn(out)).toEqual(['01', '03']);
  });
});

describe('a search that is paged', () => {
  it('goes on with --cursor, whatever was recorded since', async () => {
    const first = JSON.parse((await run(['search', 'drop', '--limit', '1', '--json'])).out);
    expect(first.exchanges).toMatchObject([{ id: '03', hit: { seq: 1, kind: 'received' } }]);
    await keep('04', '{"sql":"drop again"}', {});
    const cursor = ['--cursor', first.next];
    const second = JSON.parse((await run(['search', 'drop', '--json', ...cursor])).out);
    expect(second.exchanges.map(({ id }: { id: string }) => id)).toEqual(['01']);
    expect(second.next).toBeUndefined();
  });
});
