import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { erase } from '../../src/cli/erase.ts';
import { transcripts } from '../../src/cli/transcripts.ts';
import { SqliteReader } from '../../src/store/sqlite/reader.ts';
import { exchange, key, openProved, verified } from '../store/proof/proved.ts';
import { opening } from '../support/batches.ts';
import { run, runOn } from './terminal.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-erase-cli-'));
  path = join(folder, 't.db');
  writeFileSync(join(folder, 'proof.key'), key, { mode: 0o600 });
  const store = await openProved(path);
  for (const id of ['x1', 'x2']) await store.append(exchange(id, 'ana'));
  await store.append(exchange('x3', 'bo'));
  await store.close();
});
afterEach(() => rmSync(folder, { recursive: true }));

const why = ['--db', 't.db', '--reason', 'request 4711'];
const erased = (...args: string[]) => run(erase, folder, ...args, ...why, '--yes');
const says = (text: string) => readFileSync(path).includes(text);

describe('sallyport erase', () => {
  it('erases an exchange by the end of its id', async () => {
    const { code, out } = await erased('2');
    expect([code, out]).toEqual([0, 'erased 1 exchange (4 steps)\n']);
    expect(says('answer-of-x2')).toBe(false);
    expect(says('answer-of-x1')).toBe(true);
  });

  it('erases what a filter says, and with a subject who called', async () => {
    const { out } = await erased('--sub', 'ana');
    expect(out).toBe('erased 2 exchanges (8 steps), with who called\n');
    expect(says('session-of-x1')).toBe(false);
    expect(says('session-of-x3')).toBe(true);
    expect((await verified(path)).findings).toEqual([]);
  });

  it('leaves an exchange that says of each step that it is erased', async () => {
    await erased('x1');
    const { code, out } = await run(transcripts, folder, 'show', 'x1', '--db', 't.db');
    expect(code).toBe(0);
    expect(out).toMatch(/ opened +what it said is erased\n/);
    expect(out).not.toMatch(/null|undefined/);
    const whole = await run(transcripts, folder, 'show', 'x2', '--db', 't.db');
    expect(whole.out).not.toContain('erased');
    const reader = new SqliteReader(path);
    const [own] = reader.exchanges({ method: 'transcripts/erase', limit: 1 });
    reader.close();
    const { out: told } = await run(transcripts, folder, 'show', own?.id ?? '', '--db', 't.db');
    expect(told).toMatch(/^transcripts\/erase: delivered/);
    expect(told).not.toContain('policies');
  });

  it('takes the key of the proof from where the configuration has it, and does nothing without it', async () => {
    renameSync(join(folder, 'proof.key'), join(folder, 'elsewhere.key'));
    await expect(erased('x1')).rejects.toMatchObject({ code: 'ERASE_REFUSED' });
    expect(says('answer-of-x1')).toBe(true);
    const config = 'transcripts: { path: t.db, proof: { key: { file: elsewhere.key } } }\n';
    writeFileSync(join(folder, 'sallyport.yaml'), config);
    const { code } = await run(erase, folder, 'x1', '--reason', 'request 4711', '--yes');
    expect([code, says('answer-of-x1')]).toEqual([0, false]);
    expect((await verified(path)).findings).toEqual([]);
  });

  it('keeps who called, unless it is told to erase names', async () => {
    await erased('--session', 'session-of-x3');
    expect(says('session-of-x3')).toBe(true);
    await erased('--session', 'session-of-x3', '--names');
    expect(says('session-of-x3')).toBe(false);
  });

  it('says what it would do, and does nothing, with --dry-run', async () => {
    const { code, out } = await run(erase, folder, '--since', '2000-01-01', ...why, '--dry-run');
    expect([code, out]).toEqual([1, 'would erase no exchanges\n']);
    const all = await run(erase, folder, '--until', '1h', ...why, '--dry-run', '--json');
    expect(JSON.parse(all.out)).toMatchObject({ dry_run: true, exchanges: 3, erased: 0 });
    expect(says('answer-of-x1')).toBe(true);
  });

  it('ends what an earlier run left, also where nothing is left to erase', async () => {
    const db = new Database(path);
    db.exec(`INSERT INTO fact (digest, facts) VALUES ('left', '{"sub":"left-of-ana"}')`);
    db.close();
    expect((await erased('--sub', 'nobody')).code).toBe(1);
    expect(says('left-of-ana')).toBe(false);
    expect((await verified(path)).findings).toEqual([]);
  });

  it('asks, and takes nothing but yes', async () => {
    const answered = (text: string) => runOn([text], erase, folder, 'x1', ...why);
    for (const text of ['', 'y\n', 'no\n']) {
      await expect(answered(text)).rejects.toMatchObject({ code: 'ERASE_REFUSED' });
    }
    expect(says('answer-of-x1')).toBe(true);
    const { err, out } = await answered('yes\n');
    expect(err).toContain('Erase 1 exchange for good? Type yes: ');
    expect(out).toContain('erased 1 exchange');
  });

  it('leaves what has not ended, and exits with 1', async () => {
    const store = await openProved(path);
    await store.append(opening('open', 2, { sub: 'ana' }));
    const { code, err } = await erased('--sub', 'ana');
    expect(code).toBe(1);
    expect(err).toContain('1 exchange not ended yet');
    await store.close();
  });

  it('records who erased what, and why, but not the filter', async () => {
    await erased('--sub', 'bo');
    const reader = new SqliteReader(path);
    const [own] = reader.exchanges({ method: 'transcripts/erase', limit: 1 });
    expect(own?.sub).toMatch(/^os:./);
    const detail = { erased: ['x3'], names: true, reason: 'request 4711' };
    expect(reader.events(own?.id ?? '').at(-1)?.detail).toMatchObject(detail);
    reader.close();
    expect(says('"bo"')).toBe(false);
  });

  it.each([
    ['nothing that says what is meant', ['--reason', 'x'], 'USAGE'],
    ['ids and filters at once', ['x1', '--sub', 'ana', '--reason', 'x'], 'USAGE'],
    ['no reason', ['x1'], 'USAGE'],
    ['an id that is none', ['nobody', '--reason', 'x'], 'ERASE_REFUSED'],
    ['an id that several have', ['x', '--reason', 'x'], 'ERASE_REFUSED'],
  ])('refuses %s', async (_, args, code) => {
    const refused = run(erase, folder, ...args, '--db', 't.db', '--yes');
    await expect(refused).rejects.toMatchObject({ code });
    expect(says('answer-of-x1')).toBe(true);
  });
});
