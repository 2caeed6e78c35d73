import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { formatLockFile } from '../../src/policy/pin/lock-file.ts';
import { toolDefinition } from '../../src/policy/pin/tool-definition.ts';
import { connect } from './fixtures/agent.ts';
import { Upstream } from './fixtures/upstream.ts';
import { type GateOptions, type RunningGate, startGate } from './support/gate.ts';

const query = {
  name: 'query',
  inputSchema: {
    type: 'object' as const,
    properties: { sql: { type: 'string' }, limit: { type: 'integer' } },
    additionalProperties: false,
  },
};
const send = { name: 'send', inputSchema: { type: 'object' as const } };
const policy = (...rules: string[]) => `apiVersion: sallyport/v1
upstreams: [own]
rules:
${rules.map((rule) => `  - ${rule}\n`).join('')}`;
const reads = '{ id: reads, on: { tools: [query] }, when: { args.sqll: { glob: "select *" } }, then: allow }'; // biome-ignore format: one line says it
const sends = '{ id: sends, on: { tools: [sent] }, then: block }';

/** Pages of the list, as the server has them now. */
let pages: (typeof query | typeof send)[][];
let own: Upstream;
let folder: string;
const cleanups: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  pages = [[query, send]];
  own = await Upstream.start(pagedServer);
  folder = mkdtempSync(join(tmpdir(), 'sallyport-warnings-'));
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await own.stop();
  rmSync(folder, { recursive: true, force: true });
});

function pagedServer(): McpServer {
  const mcp = new McpServer({ name: 'paged', version: '1' }, { capabilities: { tools: {} } });
  mcp.server.setRequestHandler(ListToolsRequestSchema, ({ params }) => {
    const at = Number(params?.cursor ?? 0);
    const more = at + 1 < pages.length ? { nextCursor: String(at + 1) } : {};
    return { tools: pages[at] ?? [], ...more };
  });
  return mcp;
}

async function gateOf(policies: string, more: Partial<GateOptions> = {}): Promise<RunningGate> {
  const gate = await startGate({ upstreams: { own: { url: own.url } }, policies, ...more });
  cleanups.push(() => gate.stop());
  return gate;
}

async function visitor(gate: RunningGate) {
  const { client } = await connect(gate.endpoint('own'), { token: await gate.token('ana', 'own') });
  cleanups.push(() => client.close());
  return client;
}

interface Warned {
  readonly level: string;
  readonly code?: string;
  readonly message: string;
}
const warned = (gate: RunningGate) =>
  gate.log
    .map((line) => JSON.parse(line) as Warned)
    .filter(({ code }) => /^POLICY_(?:UNKNOWN_TOOL|UNKNOWN_ARG|ARG)/.test(code ?? ''));
const codes = (gate: RunningGate) => warned(gate).map(({ code }) => code);
const eventually = (gate: RunningGate, ...expected: string[]) =>
  vi.waitFor(() => expect(codes(gate)).toEqual(expected), { timeout: 10_000 });

describe('rules that contradict what an upstream really has', () => {
  it('are warned of with their place, once it has listed its tools', async () => {
    const gate = await gateOf(policy(reads, sends));
    expect(warned(gate)).toEqual([]);
    await (await visitor(gate)).listTools();
    await eventually(gate, 'POLICY_UNKNOWN_ARGUMENT', 'POLICY_UNKNOWN_TOOL');
    const [argument, tool] = warned(gate);
    expect(argument?.level).toBe('warn');
    expect(argument?.message).toMatch(/default\.yaml:4:\d+ warning POLICY_UNKNOWN_ARGUMENT query takes no "args\.sqll"; did you mean "sql"\?; .*one caller/); // biome-ignore format: one line says it
    expect(tool?.message).toMatch(/default\.yaml:5:\d+ .* own has no tool "sent"/);
  });

  it('are warned of once, however often and by however many callers it is listed', async () => {
    const gate = await gateOf(policy(reads));
    const [first, second] = [await visitor(gate), await visitor(gate)];
    for (const client of [first, second, first]) await client.listTools();
    await eventually(gate, 'POLICY_UNKNOWN_ARGUMENT');
    pages = [[query]];
    for (const client of [first, second]) await client.listTools();
    // What comes of the next revision shows that the lists before were looked at.
    gate.writePolicy('default.yaml', policy(reads, sends));
    await eventually(gate, 'POLICY_UNKNOWN_ARGUMENT', 'POLICY_UNKNOWN_ARGUMENT', 'POLICY_UNKNOWN_TOOL'); // biome-ignore format: one line says it
  });

  it('are found by what was listed before when other policies come into force', async () => {
    const gate = await gateOf(policy('{ id: fine, on: { tools: [query] }, then: allow }'));
    await (await visitor(gate)).listTools();
    gate.writePolicy('default.yaml', policy(sends));
    await eventually(gate, 'POLICY_UNKNOWN_TOOL');
  });

  it('are not guessed from a part of a list', async () => {
    pages = [[query], [send]];
    const sending = '{ id: sending, on: { tools: [send] }, then: allow }';
    const gate = await gateOf(policy(sending, sends));
    const client = await visitor(gate);
    const { nextCursor } = await client.listTools();
    await client.listTools({ cursor: nextCursor });
    pages = [[query, send]];
    await client.listTools();
    await eventually(gate, 'POLICY_UNKNOWN_TOOL');
    expect(warned(gate)[0]?.message).toContain('"sent"');
  });

  it('are not guessed while one of their upstreams is not known', async () => {
    const both = `apiVersion: sallyport/v1
upstreams: ["o*"]
rules:
  - ${reads}
`;
    const upstreams = { own: { url: own.url }, other: { url: own.url } };
    const gate = await gateOf(both, { upstreams });
    await (await visitor(gate)).listTools();
    const other = await connect(gate.endpoint('other'), {
      token: await gate.token('ana', 'other'),
    });
    cleanups.push(() => other.client.close());
    expect(codes(gate)).toEqual([]);
    await other.client.listTools();
    await eventually(gate, 'POLICY_UNKNOWN_ARGUMENT');
  });

  it('are said to be meant by silence', async () => {
    const silence = 'silence: [{ code: POLICY_UNKNOWN_TOOL, reason: "it comes next week" }]';
    const quiet = `{ id: quiet, on: { tools: [sent] }, then: block, ${silence} }`;
    const gate = await gateOf(policy(quiet, reads));
    await (await visitor(gate)).listTools();
    await eventually(gate, 'POLICY_UNKNOWN_ARGUMENT');
  });

  it('are found at the start where the lock file says which tools there are', async () => {
    const file = join(folder, 'lock.json');
    const lock = (...tools: (typeof query | typeof send)[]) =>
      writeFileSync(
        file,
        formatLockFile(
          new Map([
            ['own', new Map(tools.flatMap((tool) => toolDefinition(tool) ?? []).map((one) => [one.name, one]))], // biome-ignore format: one line says it
          ]),
        ),
      );
    lock(query);
    const gate = await gateOf(policy(reads), { config: { pins: { mode: 'lock', file } } });
    await eventually(gate, 'POLICY_UNKNOWN_ARGUMENT');
    expect(warned(gate)[0]?.message).toContain('the lock file has it');
    pages = [[]];
    await (await visitor(gate)).listTools();
    lock(send);
    await eventually(gate, 'POLICY_UNKNOWN_ARGUMENT', 'POLICY_UNKNOWN_TOOL');
    expect(warned(gate)[1]?.message).toContain('own has no tool "query"');
  });
});
