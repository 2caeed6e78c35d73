import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { erase } from '../../src/cli/erase.ts';
import { verify } from '../../src/cli/verify.ts';
import { configSchema } from '../../src/config/schema.ts';
import { Started } from '../../src/daemon/started.ts';
import { openTranscripts } from '../../src/daemon/transcripts.ts';
import { newProofKey, publicPemOf } from '../../src/store/proof/proof-key.ts';
import { SqliteReader } from '../../src/store/sqlite/reader.ts';
import { Folder, run } from '../cli/terminal.ts';
import { tamper } from '../store/proof/proved.ts';
import { answerOf, RawAgent } from './fixtures/raw-agent.ts';
import { Upstream } from './fixtures/upstream.ts';
import { allowAll, type RunningGate, startGate } from './support/gate.ts';

let own: Upstream;
let gate: RunningGate;
const folder = new Folder();
const SAID = 'what-the-caller-said';

function ownServer(): McpServer {
  const mcp = new McpServer({ name: 'own', version: '1' });
  mcp.registerTool('echo', { inputSchema: { text: z.string() } }, ({ text }) => ({
    content: [{ type: 'text' as const, text }],
  }));
  return mcp;
}

beforeAll(async () => {
  own = await Upstream.start(ownServer);
  const transcripts = { proof: { every: '50ms' } };
  gate = await startGate({
    upstreams: { own: { url: own.url } },
    policies: allowAll,
    config: { transcripts },
  });
  const agent = await RawAgent.begin(gate.endpoint('own'), await gate.token('ana', 'own'));
  await answerOf(await agent.request('tools/list', {}));
  for (let i = 0; i < 5; i++) await answerOf(await agent.call('echo', { text: SAID }));
  await agent.call('none', {});
  // Until the first block is signed there is nothing to verify.
  await vi.waitFor(verified);
});
afterAll(async () => {
  await gate?.stop();
  await own?.stop();
  folder.remove();
});

const verified = async () => {
  const { code, out } = await run(verify, gate.folder, gate.database, '--json');
  return { code, ...(JSON.parse(out) as { intact: boolean; steps: number; unsigned: number }) };
};

// In this order: a gate is asked, runs on, ends, and its file is tampered with.
describe('a gate', () => {
  it('makes a key that only its owner can read, and a public one', () => {
    const { mode } = statSync(join(gate.folder, 'proof.key'));
    expect(mode & 0o777).toBe(0o600);
    const pem = readFileSync(join(gate.folder, 'proof.pub'), 'utf8');
    expect(pem).toBe(publicPemOf(readFileSync(join(gate.folder, 'proof.key'), 'utf8')));
  });

  it('can have its transcripts verified, and erased, while it runs', async () => {
    expect(await verified()).toMatchObject({ code: 0, intact: true });
    const args = ['--db', gate.database, '--sub', 'ana', '--reason', 'request 4711', '--yes'];
    const { out } = await run(erase, gate.folder, ...args);
    expect(out).toMatch(/^erased \d+ exchanges/);
    expect(await verified()).toMatchObject({ code: 0, intact: true, erased: expect.any(Number) });
  });

  it('signs the rest when it ends, and leaves nothing of what was erased', async () => {
    await gate.halt();
    const report = await verified();
    expect(report).toMatchObject({ code: 0, intact: true, unsigned: 0, unsignedRecords: 0 });
    expect(report.steps).toBeGreaterThan(20);
    expect(gate.databaseBytes()).not.toContain(SAID);
    const reader = new SqliteReader(gate.database);
    expect(reader.exchanges({ sub: 'ana', limit: 9 }).length).toBeLessThan(9);
    reader.close();
  });

  it('says loudly at its next start that somebody has changed what it left', async () => {
    const { steps } = await verified();
    tamper(gate.database, `UPDATE event SET at = at + 1 WHERE position = ${steps}`);
    const errors: unknown[] = [];
    const nothing = () => undefined;
    const log = {
      info: nothing,
      warn: nothing,
      debug: nothing,
      error: (one: object) => errors.push(one),
    };
    const config = configSchema.parse({ upstreams: {}, transcripts: { path: 'transcripts.db' } });
    const started = new Started(log);
    const authenticator = () => ({ authenticate: () => Promise.reject(new Error('nobody calls')) });
    await openTranscripts({ config, base: gate.folder, log, authenticator } as never, started);
    await started.close();
    expect(errors).toMatchObject([{ code: 'PROOF_BROKEN' }]);
    expect((await verified()).code).toBe(1);
  });
});

describe('the key of the proof', () => {
  async function opened(proof: object): Promise<void> {
    const nothing = () => undefined;
    const log = { info: nothing, warn: nothing, debug: nothing, error: nothing };
    const config = configSchema.parse({ upstreams: {}, transcripts: { path: 't.db', proof } });
    const started = new Started(log);
    await openTranscripts({ config, base: folder.path, log } as never, started);
    await started.close();
  }

  it('may be another one, and the public keys of all are kept', async () => {
    await opened({});
    const first = readFileSync(join(folder.path, 'proof.pub'), 'utf8');
    const other = newProofKey();
    writeFileSync(join(folder.path, 'mine.pem'), other, { mode: 0o600 });
    await opened({ key: { file: 'mine.pem' } });
    await opened({ key: other });
    const both = readFileSync(join(folder.path, 'proof.pub'), 'utf8');
    expect(both).toBe(first + publicPemOf(other));
  });

  it.each([
    ['no key', 'not a key'],
    ['a public key', publicPemOf(newProofKey())],
  ])('keeps the gate from starting where it is %s', async (_, text) => {
    writeFileSync(join(folder.path, 'wrong.pem'), text, { mode: 0o600 });
    const refused = opened({ key: { file: 'wrong.pem' } });
    await expect(refused).rejects.toMatchObject({ code: 'TRANSCRIPT_KEY' });
  });
});
