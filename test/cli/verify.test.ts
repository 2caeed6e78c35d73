import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verify } from '../../src/cli/verify.ts';
import { newProofKey, publicPemOf } from '../../src/store/proof/proof-key.ts';
import { Eraser } from '../../src/store/sqlite/proof/eraser.ts';
import { proofLines } from '../../src/store/sqlite/proof/proof-lines.ts';
import { key, publicKey, record, tamper } from '../store/proof/proved.ts';
import { run, runOn } from './terminal.ts';

let folder: string;
let lines: string[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-verify-'));
  const path = join(folder, 't.db');
  record(path, ['a', 'b']);
  const eraser = new Eraser(path, key);
  await eraser.erase(['a'], { names: true, reason: 'asked', by: 'os:dpo' });
  await eraser.finish();
  eraser.close();
  record(path, ['c', 'd']);
  writeFileSync(join(folder, 'proof.pub'), publicKey);
  writeFileSync(join(folder, 'other.pub'), publicPemOf(newProofKey()));
  lines = [...proofLines(path)];
  writeFileSync(join(folder, 'proof.jsonl'), lines.join(''));
  writeFileSync(join(folder, 'sallyport.yaml'), 'transcripts: { path: t.db }\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

const verified = (...args: string[]) => run(verify, folder, ...args);
/** Verifies lines that somebody has changed. */
function changed(change: (lines: string[]) => readonly string[]) {
  return runOn([change([...lines]).join('')], verify, folder, '-', '--key', 'proof.pub');
}

describe('sallyport verify', () => {
  it('takes a database by --db as other verbs do, and one file only', async () => {
    const { code, out } = await verified('--db', 't.db');
    expect([code, out.includes('Intact')]).toEqual([0, true]);
    await expect(verified('t.db', '--db', 't.db')).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('says that a database is what was signed, and prints a checkpoint', async () => {
    const { code, out, err } = await verified('t.db');
    expect(code).toBe(0);
    expect(out).toContain('22 steps at positions 1 to 22 in 2 blocks');
    expect(out).toContain('1 exchange erased');
    expect(out).toContain('Intact');
    expect(out).toMatch(/\nsallyport\.1\.22\.\d+\.[\w-]{43}\.[0-9a-f]{16}\.[\w-]{86}\n/);
    // Whoever can change the database can change the key beside it.
    expect(err).toContain('--key');
    expect((await verified('t.db', '--key', 'proof.pub')).err).toBe('');
  });

  it('finds the database of the configuration', async () => {
    expect((await verified()).code).toBe(0);
  });

  it('goes on from a checkpoint, or says that it does not', async () => {
    const { out } = await verified('t.db', '--json');
    const { checkpoint } = JSON.parse(out) as { checkpoint: string };
    expect((await verified('t.db', '--checkpoint', checkpoint)).code).toBe(0);
    const old = join(folder, 'old.db');
    record(old, ['a']);
    const behind = await verified('old.db', '--checkpoint', checkpoint);
    expect(behind.code).toBe(1);
    expect(behind.out).toContain('positions 6 to 22 rolled back behind the checkpoint');
    await expect(verified('t.db', '--checkpoint', 'x')).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('names the first wrong place, and exits with 1', async () => {
    const path = join(folder, 'broken.db');
    record(path, ['a', 'b', 'c']);
    tamper(
      path,
      'DELETE FROM event WHERE position = 7',
      `UPDATE event SET at = 5 WHERE position = 9`,
    );
    const { code, out } = await verified('broken.db');
    expect(code).toBe(1);
    expect(out).toContain('PROOF_BROKEN: 1 changed, 1 removed');
    const [, first = ''] = out.split('The first wrong place:\n');
    expect(first).toMatch(/^ {2}position 7 removed/);
    expect(out).not.toContain('sallyport.1.');
    const json = JSON.parse((await verified('broken.db', '--json')).out) as object;
    expect(json).toMatchObject({
      ...{ intact: false, counts: { changed: 1, removed: 1 } },
      findings: [
        { wrong: 'removed', position: 7 },
        { wrong: 'changed', position: 9, exchange: 'b' },
      ],
    });
  });

  it('takes a range of positions or times', async () => {
    expect((await verified('t.db', '--from', '11', '--to', '12')).out).toContain('11 to 22');
    expect((await verified('t.db', '--from', '1h')).out).toContain('1 to 22');
    const turned = verified('t.db', '--from', '9', '--to', '3');
    await expect(turned).rejects.toMatchObject({ code: 'USAGE' });
  });

  it.each([
    ['no file', ['none.db'], 'PROOF_UNREADABLE'],
    ['a file that is no proof', ['sallyport.yaml'], 'PROOF_UNREADABLE'],
    ['no key', ['t.db', '--key', 'none.pub'], 'PROOF_UNREADABLE'],
    ['a key that is none', ['t.db', '--key', 'sallyport.yaml'], 'PROOF_UNREADABLE'],
    ['two files', ['a', 'b'], 'USAGE'],
    ['a range of an export', ['proof.jsonl', '--from', '3'], 'USAGE'],
  ])('refuses %s', async (_, args, code) => {
    await expect(verified(...args)).rejects.toMatchObject({ code });
  });

  it('refuses a private key', async () => {
    writeFileSync(join(folder, 'private.pem'), newProofKey(), { mode: 0o600 });
    const refused = verified('t.db', '--key', 'private.pem');
    await expect(refused).rejects.toMatchObject({ code: 'PROOF_UNREADABLE' });
  });
});

describe('an exported proof', () => {
  it('is verified without the database', async () => {
    const { code, out } = await verified('proof.jsonl');
    expect(code).toBe(0);
    expect(out).toContain('22 steps at positions 1 to 22 in 2 blocks');
    expect(out).toContain('1 exchange erased');
  });

  it('may have the steps of some exchanges only', async () => {
    const some = [...proofLines(join(folder, 't.db'), { filter: { target: 'target-of-c' } })];
    expect(some).toHaveLength(7);
    const { code, out } = await changed(() => some);
    expect(code).toBe(0);
    expect(out).toContain('5 steps');
    expect(out).toContain('7 steps of these blocks are not in the file');
  });

  it('holds nothing of what was masked or erased', () => {
    const text = lines.join('');
    expect(text).not.toMatch(/(original|secret)-of-|(request|target|session)-of-a/);
    expect(text).toContain('answer-of-b');
  });

  it('is refused by another key', async () => {
    const { code, out } = await verified('proof.jsonl', '--key', 'other.pub');
    expect(code).toBe(1);
    expect(out).toContain('which is none of those given');
  });

  const cases: readonly (readonly [string, (lines: string[]) => readonly string[], string])[] = [
    [
      'a payload',
      (all) => all.map((line) => line.replace('answer-of-b', 'answer-of-x')),
      'changed',
    ],
    ['a target', (all) => all.map((line) => line.replace('"target-of-b"', '"x"')), 'changed'],
    [
      'a caller',
      (all) => all.map((line) => line.replace('"names":["session-of-b"', '"names":["x"')),
      'changed',
    ],
    ['a kind', (all) => all.map((line) => line.replace('"decided"', '"blocked"')), 'changed'],
    ['the order', (all) => all.with(3, all[4] ?? '').with(4, all[3] ?? ''), 'reordered'],
    ['a step of another block', (all) => [...all, all[3] ?? ''], 'not signed by the gate'],
    ['a block', (all) => all.map((line) => line.replace('"last":22', '"last":21')), 'not signed'],
    ['a line', (all) => all.with(5, 'what?\n'), 'unreadable'],
  ];
  it.each(cases)('is broken where somebody has changed %s', async (_, change, wrong) => {
    const { code, out } = await changed(change);
    expect(code).toBe(1);
    expect(out).toContain(wrong);
  });
});

describe('docs/proof.md', () => {
  it('has a verifier in Python that agrees', () => {
    const docs = readFileSync(join(import.meta.dirname, '../../docs/proof.md'), 'utf8');
    const [, script = ''] = /```python\n([\s\S]*?)```/.exec(docs) ?? [];
    expect(script.trim().split('\n').length).toBeLessThanOrEqual(45);
    const file = join(folder, 'verify.py');
    writeFileSync(file, script);
    const python = (input: string) =>
      spawnSync('python3', [file, join(folder, 'proof.pub'), input], { encoding: 'utf8' });
    const fine = python(join(folder, 'proof.jsonl'));
    expect(fine.stderr).toBe('');
    expect(fine.stdout).toContain('22 steps in 2 blocks: intact');
    const broken = join(folder, 'broken.jsonl');
    writeFileSync(broken, lines.join('').replace('answer-of-b', 'answer-of-x'));
    expect(python(broken).status).toBe(1);
    writeFileSync(broken, lines.join('').replace('"last":22', '"last":21'));
    expect(python(broken).status).toBe(1);
  });
});
