import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileCache } from '../support/compile-cache.ts';
import { type RunningGate, startGate } from './support/gate.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const page = read('docs/staging.md');
const [script = ''] = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = '']) => text);
const execute = promisify(execFile);

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let folder: string;
let gate: RunningGate;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-staging-'));
  cpSync(join(root, 'demo/files'), join(folder, 'files'), { recursive: true });
  const server = join(root, 'node_modules/.bin/mcp-server-filesystem');
  gate = await startGate({
    upstreams: { files: { command: [server, join(folder, 'files')], cwd: folder } },
    policies: { 'default.yaml': read('policies/default.yaml') },
  });
  // What the image has: the command, the configuration in the folder where commands run, and Node.
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const main = join(root, 'src/main.ts');
  writeFileSync(join(bin, 'sallyport'), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  chmodSync(join(bin, 'sallyport'), 0o755);
  writeFileSync(join(folder, 'sallyport.yaml'), `transcripts: { path: ${gate.database} }\n`);
});
afterAll(async () => {
  await gate?.stop();
  if (folder) rmSync(folder, { recursive: true });
});

async function runScript(text: string): Promise<Ended> {
  const env = {
    ...compileCache,
    PATH: `${join(folder, 'bin')}:${dirname(process.execPath)}:${process.env.PATH}`,
    GATE: gate.url,
    ANA_TOKEN: await gate.token('ana', 'files'),
    BOB_TOKEN: await gate.token('bob', 'files'),
  };
  try {
    const { stdout, stderr } = await execute('sh', ['-c', text], { cwd: folder, env });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

describe('the staging recipe', { timeout: 120_000 }, () => {
  it('runs as it stands on the page, and all is as agreed', async () => {
    const { code, out, err } = await runScript(script);
    expect({ code, out, err }).toMatchObject({ code: 0 });
    expect(out).toMatch(/^staging: all as agreed$/m);
    expect(err).toContain('gate: block by files-only-drafts-are-written: Write below');
  });

  it('fails where the gate lets something pass that it should not', async () => {
    const policy = read('policies/default.yaml');
    const open = `${policy}---\napiVersion: sallyport/v1\nrules:\n  - { id: too-wide, on: { tools: [write_file] }, then: allow }\n`;
    gate.writePolicy('default.yaml', open);
    await gate.daemon.look();
    const { code, err } = await runScript(script);
    expect(code).toBe(1);
    expect(err).toContain("an analyst's write ended with 0");
  });

  it('lists the keys of an exchange that the page has, and no others', async () => {
    const exchanges = gate.transcripts().exchanges({ limit: 100 });
    const keys = new Set(exchanges.flatMap((one) => Object.keys(one)));
    const rows = page.slice(page.indexOf('## `sallyport transcripts list --json`'));
    const named = [...rows.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, key = '']) => key),
    );
    expect(named).toEqual(expect.arrayContaining([...keys]));
  });
});
