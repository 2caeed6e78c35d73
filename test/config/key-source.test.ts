import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyFrom } from '../../src/config/key-source.ts';
import { textOfCommand } from '../../src/config/key-source-command.ts';
import {
  defaultKeyFile,
  masterKeyKind,
  masterKeysToOpen,
  masterKeysToSeal,
} from '../../src/config/key-source-master.ts';
import type { KeySource } from '../../src/config/schema/transcripts-schema.ts';

const hex = 'ab'.repeat(32);
const bytes = Buffer.from(hex, 'hex');
const other = Buffer.alloc(32, 1);

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'sallyport-keys-'));
});
afterEach(() => rmSync(base, { recursive: true }));

const print = (code: string): KeySource => ({ command: [process.execPath, '-e', code] });
const refused = (message: string) =>
  expect.objectContaining({
    code: 'TRANSCRIPT_KEY',
    message: expect.stringContaining(message) as string,
  }) as Error;

describe('a master key', () => {
  it.each<[string, KeySource]>([
    ['written out', hex],
    ['in a file', { file: 'a.key' }],
    ['printed by a program', print(`console.log('${bytes.toString('base64')}')`)],
    [
      'printed by a program with the environment of the gate',
      print(`console.log(process.env.PATH && "${hex}")`),
    ],
  ])('may be %s', async (_, source) => {
    writeFileSync(join(base, 'a.key'), hex, { mode: 0o600 });
    expect((await keyFrom(source, masterKeyKind, base)).equals(bytes)).toBe(true);
  });

  const wrong: [string, KeySource, string][] = [
    ['something else', 'secret-text', 'the master key of originals is not 32 bytes'],
    ['in a file that is not there', { file: 'b.key' }, 'there is no key file'],
    ['in a file that others can read', { file: 'open.key' }, 'has the mode 0644'],
    ['in a file that has something else', { file: 'wrong.key' }, 'does not hold 32 bytes'],
    ['from no program', { command: ['/no/such/program'] }, 'there is no such program'],
    ['from a program that fails', print('process.exit(3)'), 'it ended with 3'],
    [
      'from a program that is killed',
      print("process.kill(process.pid, 'SIGKILL')"),
      'it was ended by SIGKILL',
    ],
    [
      'from a program that prints too much',
      print("console.log('x'.repeat(1e6))"),
      'it printed more than 4096 bytes',
    ],
    ['from a program that prints nothing', print(''), 'prints is not 32 bytes'],
    [
      'from a program that prints more',
      print(`console.log('${hex} ok')`),
      'prints is not 32 bytes',
    ],
  ];
  it.each(wrong)('is refused %s, and nothing of it is told', async (_, source, message) => {
    writeFileSync(join(base, 'open.key'), hex, { mode: 0o644 });
    writeFileSync(join(base, 'wrong.key'), 'secret-text', { mode: 0o600 });
    const failure = await keyFrom(source, masterKeyKind, base).catch((error: Error) => error);
    expect(failure).toEqual(refused(message));
    expect(String(failure)).not.toMatch(/secret-text|abab/);
  });

  it('is not waited for forever, nor what its program has started', async () => {
    const sleep = 'require("child_process").spawn("sleep", ["60"], { stdio: "inherit" })';
    const command = [process.execPath, '-e', `${sleep}; setTimeout(() => {}, 60000)`];
    await expect(textOfCommand(command, 'TRANSCRIPT_KEY', base, 300)).rejects.toThrow(
      refused('it took longer than 0.3 s'),
    );
  });

  it('has nothing of what its program says on standard error', async () => {
    const source = print(`console.error('${hex}'); process.exit(1)`);
    const failure = await keyFrom(source, masterKeyKind, base).catch((error: Error) => error);
    expect(JSON.stringify(failure)).not.toContain('abab');
  });
});

describe('the master keys of a database', () => {
  const database = () => join(base, 'deep', 't.db');

  it('are one in a file beside it unless told otherwise, made once', async () => {
    expect(await masterKeysToOpen({ database: database(), base })).toBeUndefined();
    const [made] = await masterKeysToSeal({ database: database(), base });
    expect(readFileSync(defaultKeyFile(database()), 'utf8').trim()).toBe(made.toString('base64'));
    expect(await masterKeysToSeal({ database: database(), base })).toEqual([made]);
    expect(await masterKeysToOpen({ database: database(), base })).toEqual([made]);
  });

  it('are those of the configuration, in their order, all or none', async () => {
    const keys = [hex, print(`console.log('${other.toString('hex')}')`)];
    expect(await masterKeysToSeal({ database: database(), base, keys })).toEqual([bytes, other]);
    const wrong = [hex, 'none'];
    await expect(masterKeysToSeal({ database: database(), base, keys: wrong })).rejects.toThrow(
      refused('is not 32 bytes'),
    );
  });
});
