import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { compileCache } from '../support/compile-cache.ts';
import { notes } from './fixtures/both-eras-server.ts';
import { BothErasUpstream } from './fixtures/both-eras-upstream.ts';
import { take } from './fixtures/tour.ts';
import { bothErasTour } from './fixtures/tours.ts';
import { VisitorV1 } from './fixtures/visitor-v1.ts';
import { allowAll, type RunningGate, startGate } from './support/gate.ts';

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
const inspector = join(modules, '@modelcontextprotocol/inspector/clients/launcher/build/index.js');
const remote = join(modules, 'mcp-remote/dist/proxy.js');
/** Home of the programs, so that they leave nothing behind. */
const home = mkdtempSync(join(tmpdir(), 'sallyport-clients-'));
const { PATH = '' } = process.env;
const env = { ...compileCache, PATH, HOME: home, MCP_REMOTE_CONFIG_DIR: home };

let both: BothErasUpstream;
let modern: BothErasUpstream;
let gate: RunningGate;

beforeAll(async () => {
  both = await BothErasUpstream.start('both');
  modern = await BothErasUpstream.start('stateless');
  gate = await startGate({
    upstreams: { both: { url: both.url }, modern: { url: modern.url } },
    policies: allowAll,
  });
});
afterAll(async () => {
  await gate?.stop();
  await Promise.all([both?.stop(), modern?.stop()]);
  rmSync(home, { recursive: true });
});

const authorization = async (endpoint: string) =>
  `Authorization: Bearer ${await gate.tokenAt('bob', endpoint)}`;

/** What the Inspector prints of a result. */
async function inspect(endpoint: string, ...args: readonly string[]): Promise<object> {
  const header = ['--header', await authorization(endpoint)];
  const all = [
    inspector,
    '--cli',
    '--server-url',
    endpoint,
    ...header,
    '--format',
    'json',
    ...args,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, all, { env });
  return JSON.parse(stdout).result;
}

it.each([
  ['legacy', 'both'],
  ['legacy', 'modern'],
  ['modern', 'both'],
])('shows the command line of the Inspector, in its %s era, what %s has', async (era, upstream) => {
  const ask = (method: string, ...args: readonly string[]) => {
    const how = ['--transport', 'http', '--protocol-era', era, '--method', method];
    return inspect(gate.endpoint(upstream), ...how, ...args);
  };
  const call = ['--tool-name', 'echo', '--tool-arg', 'message=hi'];
  const [tools, result, resource, prompt] = await Promise.all([
    ask('tools/list'),
    ask('tools/call', ...call),
    ask('resources/read', '--uri', notes.a),
    ask('prompts/get', '--prompt-name', 'visit', '--prompt-args', 'city=Bern'),
  ]);
  expect(tools).toMatchObject({
    tools: expect.arrayContaining([expect.objectContaining({ name: 'echo' })]),
  });
  expect(result).toMatchObject({ content: [{ text: 'Echo: hi' }] });
  expect(resource).toMatchObject({ contents: [{ uri: notes.a, text: 'the note a' }] });
  expect(JSON.stringify(prompt)).toContain('Show me Bern');
});

it('lets the Inspector in by HTTP+SSE', async () => {
  const how = ['--transport', 'sse', '--method', 'tools/call'];
  const call = ['--tool-name', 'echo', '--tool-arg', 'message=hi'];
  expect(await inspect(`${gate.url}/sse/modern`, ...how, ...call)).toMatchObject({
    content: [{ text: 'Echo: hi' }],
  });
});

describe('mcp-remote', () => {
  it.each([
    ['mcp/both', 'http-only'],
    ['mcp/modern', 'http-only'],
    ['sse/both', 'sse-only'],
  ])('carries a client of stdio to %s, %s', async (path, transport) => {
    const url = `${gate.url}/${path}`;
    const header = ['--header', await authorization(url)];
    const how = [url, ...header, '--allow-http', '--transport', transport, '--silent'];
    const visitor = await VisitorV1.overStdio([process.execPath, remote, ...how], env);
    try {
      const seen = await take(visitor, bothErasTour);
      const direct = await VisitorV1.overHttp({ url: both.url });
      const { progress, ...expected } = (await take(direct, bothErasTour)) as { progress: object };
      await direct.close();
      expect(seen).toMatchObject(expected);
      await visitor.log('info');
      await visitor.call('steps', { count: 1 });
      await vi.waitFor(() => expect(visitor.heard.logs).toContain('all steps done'));
      await visitor.watch(notes.a);
      await vi.waitFor(async () => {
        for (const upstream of [both, modern]) await upstream.touch(notes.a);
        expect(visitor.heard.updates).toContain(notes.a);
      });
    } finally {
      await visitor.close();
    }
  });
});
