import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import {
  CreateMessageRequestSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { compileCache } from '../support/compile-cache.ts';
import { textOf } from './fixtures/agent.ts';
import { echoingServer } from './fixtures/plain-servers.ts';
import { EverythingServer } from './fixtures/servers.ts';
import { Upstream } from './fixtures/upstream.ts';
import { allowAll, type RunningGate, startGate } from './support/gate.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

let folder: string;
let server: EverythingServer;
let own: Upstream;
let gate: RunningGate;
const abandoned: string[] = [];
const clients: Client[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-stdio-'));
  server = await EverythingServer.start();
  own = await Upstream.start(() => echoingServer((name) => abandoned.push(name)));
  gate = await startGate({
    upstreams: { everything: { url: server.url }, own: { url: own.url } },
    policies: allowAll,
  });
});

afterAll(async () => {
  for (const client of clients) await client.close();
  await gate.stop();
  await Promise.all([server.stop(), own.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

async function connect(upstream: string | undefined, prepare?: (client: Client) => void) {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [main, 'stdio', ...(upstream === undefined ? [] : [upstream]), '--gate', gate.url],
    env: { ...compileCache, SALLYPORT_TOKEN: await gate.token('bob', upstream) },
  });
  const client = new Client({ name: 'stdio', version: '1' }, { capabilities: { sampling: {} } });
  prepare?.(client);
  await client.connect(transport);
  clients.push(client);
  return client;
}

/** Runs the verb to its end. */
async function run(args: readonly string[], env: Record<string, string>, input: string) {
  const child = spawn(process.execPath, [main, 'stdio', ...args], {
    env: { ...compileCache, ...env },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  child.stdin.end(input);
  const [code] = await once(child, 'exit');
  return { code, out, err };
}

describe('sallyport stdio', () => {
  it('is a server to a client that only speaks stdio', async () => {
    const client = await connect('everything', (it) =>
      it.setRequestHandler(CreateMessageRequestSchema, () => ({
        ...{ role: 'assistant', model: 'm', content: { type: 'text', text: 'sampled' } },
      })),
    );
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('echo');
    const result = await client.callTool({ name: 'echo', arguments: { message: 'hi\nthere' } });
    expect(textOf(result)).toContain('hi\nthere');
    const progress = vi.fn();
    const long = { name: 'trigger-long-running-operation', arguments: { duration: 0.2, steps: 2 } };
    await client.callTool(long, undefined, { onprogress: progress });
    expect(progress).toHaveBeenCalled();
    const name = tools.find((tool) => tool.name.includes('sampling'))?.name ?? '';
    const sampled = await client.callTool({ name, arguments: { prompt: 'p', maxTokens: 5 } });
    expect(textOf(sampled)).toContain('sampled');
  });

  it('leads to all upstreams at once where none is named', async () => {
    const client = await connect(undefined);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['everything__echo', 'own__echo']),
    );
  });

  it('takes calls back, and hears what the server says of its own accord', async () => {
    const changed = vi.fn();
    const client = await connect('own', (it) =>
      it.setNotificationHandler(ToolListChangedNotificationSchema, changed),
    );
    await own.isHeard();
    own.latest.sendToolListChanged();
    await vi.waitFor(() => expect(changed).toHaveBeenCalled());
    const controller = new AbortController();
    const call = client.callTool({ name: 'wait', arguments: { name: 'w' } }, undefined, {
      signal: controller.signal,
    });
    call.catch(() => undefined);
    await vi.waitFor(() => expect(own.methods).toContain('tools/call'));
    controller.abort('enough');
    await vi.waitFor(() => expect(abandoned).toEqual(['w']));
  });

  it('reads its token from a file, and ends with its input', async () => {
    const file = join(folder, 'token');
    writeFileSync(file, `${await gate.token('bob', 'own')}\n`);
    const args = ['own', '--gate', gate.url, '--token-file', file];
    const params = {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'a', version: '1' },
    };
    const initialize = JSON.stringify({ jsonrpc: '2.0', id: 'i', method: 'initialize', params });
    const { code, out } = await run(args, {}, `not json\n${initialize}\n`);
    expect(code).toBe(0);
    const [broken, answer] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(broken.error.code).toBe(-32700);
    expect(answer).toMatchObject({ id: 'i', result: { serverInfo: { name: 'own' } } });
  });

  it('says what is wrong with how it was called', async () => {
    expect(await run(['own'], {}, '')).toMatchObject({
      code: 2,
      err: expect.stringContaining('SALLYPORT_TOKEN'),
    });
    const env = { SALLYPORT_TOKEN: 'x' };
    expect((await run(['a', 'b'], env, '')).err).toContain('one upstream');
    expect((await run(['own', '--gate', 'nowhere'], env, '')).err).toContain('no URL');
  });
});
