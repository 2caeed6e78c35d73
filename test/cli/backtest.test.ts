import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runBacktest } from '../../src/cli/replay/backtest/backtest-threads.ts';
import { listChangeText } from '../../src/cli/replay/backtest/backtest-words.ts';
import { backtest } from '../../src/cli/replay/backtest.ts';
import type { Recorded } from '../../src/replay/recorded-exchange.ts';
import { SqliteStore } from '../../src/store/sqlite/store.ts';
import { called, recorded } from '../support/recorded.ts';
import { Folder, run } from './terminal.ts';

const policy = (...rules: object[]) => JSON.stringify({ apiVersion: 'sallyport/v1', rules });
const all = { id: 'all', on: { tools: ['*'] }, then: 'allow' };
const large = { id: 'too-large', on: { tools: ['pay'] }, when: { 'args.n': { gt: 5 } }, then: 'block' }; // biome-ignore format: one line says it
const EVIL = '`</details> | <img src=x> @team [x](y) ```';

let folder: Folder;

const few = { id: 'few', on: { tools: ['pay'] }, limit: { calls: 2, per: '1h' } };
const hidden = { id: 'hidden', on: { tools: ['drop|all'] }, then: 'block' };

/** Keeps exchanges that were let through in a database of their own. */
async function keep(file: string, exchanges: readonly Recorded[]): Promise<void> {
  const store = await SqliteStore.open({ path: join(folder.path, file), durability: 'process' });
  for (const { record, events } of exchanges) {
    const { outcome: _, effect: __, ...head } = record;
    const end = { id: record.id, closedAt: record.openedAt + 5, outcome: 'answered' } as const;
    await store.append({ opened: [head], events, closed: [{ ...end, effect: 'allow', rule: 'all' }] }); // biome-ignore format: one line says it
  }
  await store.close();
}

const stepsTo = (result: object) => [
  { kind: 'decided' as const, detail: { effect: 'allow', rule: 'all', reason: '' } },
  { kind: 'forwarded' as const },
  { kind: 'answered' as const, payload: JSON.stringify({ jsonrpc: '2.0', id: 1, result }) },
];

beforeAll(async () => {
  folder = new Folder().write({
    'old/p.yaml': policy(all),
    'new/p.yaml': policy(all, large),
    'limit/p.yaml': policy(all, few, hidden),
    'broken/p.yaml': policy({ ...all, then: 'alow' }),
    'accepted.yaml':
      'accept:\n  - { target: "p*", to: block, reason: OPS-12 }\n  - { rule: nobody }\n',
    'limit.yaml': 'accept:\n  - { rule: few, to: limit }\n  - { target: "drop*", to: unlisted }\n',
    'wrong.yaml': 'accept:\n  - { form: allow }\n',
  });
  const steps = stepsTo({});
  const calls = Array.from({ length: 10 }, (_, n) => called(n === 0 ? EVIL : 'pay', { n, note: EVIL }, { steps })); // biome-ignore format: one line says it
  await keep('t.db', calls);
  const tools = ['pay', 'drop|all'].map((name) => ({ name, inputSchema: { type: 'object' } }));
  const list = recorded({ method: 'tools/list', params: {}, steps: stepsTo({ tools }) });
  await keep('l.db', [list, ...calls]);
});
afterAll(() => folder.remove());

const ran = (...args: string[]) => run(backtest, folder.path, '--db', 't.db', ...args);
const code = async (...args: string[]) => (await ran(...args)).code;

describe('sallyport replay backtest', () => {
  it('prints what would be otherwise, and exits with 1', async () => {
    const { code, out, err } = await ran('--policy', 'new', '--examples', '1');
    expect([code, err]).toEqual([1, '']);
    expect(out).toMatch(/^10 exchanges judged, \S+ to \S+\nby new \(revision [0-9a-f]{12}\), compared with what was decided then\n/); // biome-ignore format: one line says it
    expect(out).toContain('before \\ after  allow  block\nallow           6      4\n');
    expect(out).toMatch(/4 +allow → block +db pay +all → too-large/);
    expect(out).toContain('4 exchanges judged otherwise.');
  });

  it('finds no differences to the policies that were in force', async () => {
    const { code, out } = await ran('--policy', 'old');
    expect([code, out.trimEnd().split('\n').at(-1)]).toEqual([0, 'No differences.']);
  });

  it('compares with other policies', async () => {
    expect(await code('--policy', 'new', '--baseline', 'old')).toBe(1);
    expect(await code('--policy', 'new', '--baseline', 'new')).toBe(0);
  });

  it('exits with 0 where all that changed is accepted, and names what nothing needs', async () => {
    expect(await code('--policy', 'new', '--accept', 'too-large')).toBe(0);
    expect(await code('--policy', 'new', '--accept', 'other')).toBe(1);
    const { code: exit, out } = await ran('--policy', 'new', '--accept', 'accepted.yaml');
    expect(exit).toBe(0);
    expect(out).toContain('4 exchanges judged otherwise, all of them accepted.');
    expect(out).toContain('Acceptances that nothing needs: {"rule":"nobody"}');
  });

  it('narrows', async () => {
    const { out } = await ran(
      '--policy',
      'new',
      '--json',
      '--target',
      'pay',
      '--since',
      '2026-01-01',
    );
    expect(JSON.parse(out)).toMatchObject({ judged: 9, changed: 4, indeterminate: 0 });
    expect(await code('--policy', 'new', '--until', '2025-01-01')).toBe(0);
  });

  it('writes Markdown in which nothing of a caller is read as Markdown', async () => {
    const { out } = await ran('--policy', 'new', '--markdown', '--baseline', 'broken').catch(() => ({ out: '' })); // biome-ignore format: one line says it
    expect(out).toBe('');
    folder.write({ 'none/p.yaml': policy({ id: 'none', on: { tools: ['x'] }, then: 'allow' }) });
    const { out: text } = await ran('--policy', 'none', '--markdown');
    const [tables = ''] = text.split('````text');
    expect(text).toContain('````text');
    expect(tables).not.toContain('<img');
    expect(tables).not.toContain('@team');
    expect(tables.split('\n').filter((line) => line.startsWith('| 1 |'))).toHaveLength(1);
    expect(text.match(/<\/details>$/gm)).toHaveLength(2);
  });

  it('judges on several threads as on one', async () => {
    const task = {
      path: join(folder.path, 't.db'),
      ...{ keys: undefined, filter: {}, examples: 3 },
      policies: [{ file: 'p.yaml', text: policy(all, large) }],
    };
    const signal = new AbortController().signal;
    const run = { signal, progress: () => undefined };
    const one = await runBacktest(task, run);
    expect(await runBacktest(task, { ...run, few: 0, share: 7, threads: 2 })).toEqual(one);
    expect(one.judged).toBe(10);
    const failing = { ...task, policies: [{ file: 'p.yaml', text: 'rules: [' }] };
    const failed = runBacktest(failing, { ...run, few: 0, share: 7, threads: 2 });
    await expect(failed).rejects.toMatchObject({ code: 'REPLAY_FAILED' });
    const stopped = runBacktest(task, { ...run, signal: AbortSignal.abort(), few: 0, share: 7, threads: 2 }); // biome-ignore format: one line says it
    await expect(stopped).rejects.toMatchObject({ code: 'CLIENT_GONE' });
  });

  it('tells what limits would refuse, and what lists would show otherwise', async () => {
    const limited = (...args: string[]) => run(backtest, folder.path, '--db', 'l.db', '--policy', 'limit', ...args); // biome-ignore format: one line says it
    const { code, out } = await limited('--examples', '1');
    expect(code).toBe(1);
    expect(out).toContain('9 messages counted by limits, which refuse 7 (few 7)\n');
    expect(out).toMatch(/7 +allow → limit +db pay +all → few\n.+ ana \{"n":3,"note":/);
    expect(out).toContain('1 list compared\n');
    expect(out).toContain('Listed otherwise\ndb drop|all: no longer listed for ana (1 list)\n');
    expect(out).toContain('7 exchanges judged otherwise; 1 item listed otherwise.');
    expect(out).toContain('2 messages went on while a limit looked back to before the first');
    expect((await limited('--accept', 'few')).code).toBe(1);
    const accepted = await limited('--accept', 'limit.yaml');
    expect([accepted.code, accepted.out.includes('1 item listed otherwise, it is accepted.')]).toEqual([0, true]); // biome-ignore format: one line says it
    const { out: markdown } = await limited('--markdown', '--target', 'pay');
    expect(markdown).toContain('\n  - only what was selected is counted');
    expect((await limited('--markdown')).out).toContain('\n- db drop&#124;all&#58; no longer listed for ana &#40;1 list&#41;'); // biome-ignore format: one line says it
    const { out: json } = await limited('--json');
    expect(JSON.parse(json)).toMatchObject({
      ...{ changed: 7, changedItems: 1, acceptedItems: 0, partial: false },
      limits: { counted: 9, refused: { few: 7 }, unknownKeys: 0, crowded: 0 },
      lists: { compared: 1, changes: [{ change: 'unlisted', item: 'drop|all', lists: 1 }] },
    });
  });

  it('counts limits over all threads in the order of time', async () => {
    const task = {
      path: join(folder.path, 'l.db'),
      ...{ keys: undefined, filter: {}, examples: 3 },
      policies: [{ file: 'p.yaml', text: policy(all, few, hidden) }],
    };
    const run = { signal: new AbortController().signal, progress: () => undefined };
    const one = await runBacktest(task, run);
    expect(one.matrix).toEqual({ 'allow allow': 4, 'allow limit': 7 });
    expect(await runBacktest(task, { ...run, few: 0, share: 7, threads: 2 })).toEqual(one);
  });

  it.each([
    ['without a policy', [], 'USAGE'],
    ['with policies that have errors', ['--policy', 'broken'], 'POLICY_INVALID'],
    ['with no such policies', ['--policy', 'nowhere'], 'POLICY_UNREADABLE'],
    ['with a number of examples that is none', ['--policy', 'new', '--examples', '-'], 'USAGE'],
    ['with two ways to print', ['--policy', 'new', '--json', '--markdown'], 'USAGE'],
    ['with an accepted difference that says nothing', ['--policy', 'new', '--accept', 'wrong.yaml'], 'USAGE'], // biome-ignore format: one line says it
    ['with an acceptance that is not there', ['--policy', 'new', '--accept', 'x.yaml'], 'USAGE'],
    ['with a span that ends before it begins', ['--policy', 'new', '--since', '1h', '--until', '2h'], 'USAGE'], // biome-ignore format: one line says it
    ['with words', ['--policy', 'new', 'now'], 'USAGE'],
  ])('refuses to run %s', async (_, args, expected) => {
    await expect(ran(...args)).rejects.toMatchObject({ code: expected });
  });
});

it('names a caller once, whichever issuers know the name', () => {
  const callers = ['https://a', 'https://b'].map((issuer) => ({ sub: 'ana', issuer }));
  const change = {
    change: 'unlisted' as const,
    upstream: 'db',
    method: 'tools/list',
    item: 'drop',
  };
  const text = listChangeText({ ...change, lists: 2, callers, moreCallers: false });
  expect(text).toBe('db drop: no longer listed for ana (2 lists)');
});
