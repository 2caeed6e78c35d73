import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-e2e-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('shows all that it promises, checked step by step, and clears up', () => {
  const env = { ...process.env, TMPDIR: folder };
  const options = { cwd: root, env, encoding: 'utf8', timeout: 60_000 } as const;
  const { status, stdout, stderr } = spawnSync('npm', ['run', '-s', 'demo'], options);

  expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
  const steps = stdout.split('\n').filter((line) => /^ ?\d+ {2}\S/.test(line));
  expect(steps.map((step) => step.trim())).toEqual([
    '1  Start an issuer, three MCP servers, and the gate in front of them',
    '2  Ana and Bob connect to the same servers, and are shown different tools',
    '3  Ana reads customers.csv',
    '4  Ana writes a file, and is refused',
    '5  Bob writes the same file, but only among the drafts',
    '6  Bob writes to a customer whose name and address his agent never sees',
    '7  Bob publishes his draft: his call waits until Dora says yes',
    '8  Nobody gets the environment of a server, where credentials live',
    '9  Somebody leaves a key in the folder; a rule is added while everything runs',
    '10  The transcript: every tool call that the gate saw',
    '11  The story of the call that was masked',
    '12  Why the other one was blocked: "sallyport explain"',
    '13  What if analysts could not read files? "sallyport replay backtest" asks the calls of today',
    '14  Is that what was recorded? "sallyport verify" needs the public key alone',
    '15  No address and no card number is in the files of the gate',
  ]);
  expect(stdout).toContain('Ada Lovelace,[redacted:email],***************1111');
  expect(stdout).toContain('Blocked by policy rule "keys-stay-here"');
  expect(stdout).toMatch(/Dear person:[0-9a-z]{16}, invoice 1043/);
  expect(stdout).toContain('Dear Dorothy Vaughan, invoice 1043');
  expect(stdout).not.toMatch(/ada@example\.com|5555555555554444/);
  expect(stdout).toContain('reads well');
  expect(stdout).not.toContain('\u001b');
  expect(readdirSync(folder).filter((name) => name.startsWith('sallyport'))).toEqual([]);
}, 60_000);
