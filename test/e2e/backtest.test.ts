import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { explain } from '../../src/cli/explain.ts';
import type { BacktestReport } from '../../src/cli/replay/backtest/backtest-report.ts';
import { backtest } from '../../src/cli/replay/backtest.ts';
import { suggest } from '../../src/cli/suggest.ts';
import { run } from '../cli/terminal.ts';
import { connect } from './fixtures/agent.ts';
import { type PeopleUpstream, person, startPeopleWithoutSessions } from './fixtures/people-upstream.ts'; // biome-ignore format: one line says it
import { Upstream } from './fixtures/upstream.ts';
import { Approver } from './support/approver.ts';
import { type RunningGate, startGate } from './support/gate.ts';

// A day of a real gate: both eras, masks on both ways, tokens that are put back, approvals, limits, pins, rules on
// results, tools and clients, then judged again by the same policy and by others.

const orders = `apiVersion: sallyport/v1
upstreams: [orders]
rules:
  - id: reads
    on: { tools: [query, report] }
    when: { identity.groups: { contains: analysts } }
    then: allow
    mask:
      - { find: email, in: [args, result] }
      - { path: 'structuredContent.salary', with: { keep: { last: 2 } } }
  - id: no-drops
    on: { tools: [query] }
    when: { args.sql: { matches: '(?i)drop' } }
    then: block
  - id: no-secrets-out
    on: { tools: [report] }
    when: { result.structuredContent.level: { eq: secret } }
    then: block
  - id: not-to-bob
    on: { tools: [query] }
    when: { args.to: { eq: bob@example.com } }
    then: block
  - id: hints
    on: { tools: ['*'] }
    when:
      all: [{ tool.annotations.destructiveHint: { eq: true } }, { client.name: { eq: agent } }]
    then: approve
    approval: { by: ['group:dba'] }
  - { id: pings, on: { tools: [ping] }, then: allow, limit: { calls: 2, per: 1h } }
  - { id: files, on: { resources: ['notes://**'] }, then: allow }
  - id: shadow
    on: { tools: [query] }
    mode: shadow
    then: block
`;
const people = `apiVersion: sallyport/v1
upstreams: [people]
rules:
  - id: people
    on: { tools: [get_person] }
    then: allow
    mask: [{ find: [email], with: token }, { path: structuredContent.salary, with: token }]
  - { id: letters, on: { tools: [send] }, then: allow, reveal: [email, salary] }
  - id: never-so-much
    on: { tools: [send] }
    when: { args.amount: { gt: 1000000 } }
    then: block
`;

/** Without some of the rules, with one more, and with a mask less. */
const changed = `apiVersion: sallyport/v1
upstreams: [orders]
rules:
  - id: reads
    on: { tools: [query, report] }
    when: { identity.groups: { contains: analysts } }
    then: allow
    mask: [{ find: email, in: [args, result] }]
  - id: no-to
    on: { tools: [query] }
    when: { args.to: { ends_with: '@example.com' } }
    then: block
  - { id: pings, on: { tools: [ping] }, then: allow, limit: { calls: 2, per: 1h } }
`;

const PIN = { versionNegotiation: { mode: { pin: '2026-07-28' } } } as const;
let renamed = false;

/** A server whose tool \`report\` becomes another one, so that its pin refuses it. */
function server(): McpServer {
  const mcp = new McpServer({ name: 'orders', version: '1' });
  const sql = z.object({ sql: z.string(), to: z.string().optional() }).shape;
  const said = (structuredContent: Record<string, unknown>): CallToolResult => ({
    content: [{ type: 'text', text: 'see ana@example.com' }],
    structuredContent,
  });
  mcp.registerTool('query', { inputSchema: sql }, () =>
    said({ salary: 4200, by: 'x@example.com' }),
  );
  mcp.registerTool('report', { description: renamed ? 'other' : 'a report' }, () => {
    return said({ level: 'open' });
  });
  mcp.registerTool('secret_report', {}, () => said({ level: 'secret' }));
  mcp.registerTool('drop', { annotations: { destructiveHint: true } }, () => said({}));
  mcp.registerTool('ping', {}, () => said({}));
  mcp.registerResource('note', 'notes://a', {}, ({ href }) => ({ contents: [{ uri: href, text: 'A' }] })); // biome-ignore format: one line says it
  return mcp;
}

let gate: RunningGate;
let upstream: Upstream;
let stateless: PeopleUpstream;

beforeAll(async () => {
  upstream = await Upstream.start(server);
  stateless = await startPeopleWithoutSessions();
  gate = await startGate({
    upstreams: { orders: { url: upstream.url }, people: { url: stateless.url } },
    policies: { 'orders.yaml': orders, 'people.yaml': people },
    config: {
      admin: { listen: { port: 0 }, roles: { viewer: ['group:dba'] } },
      approvals: { wait: '5s' },
    },
  });
  await talkInSessions();
  await talkWithout();
});
afterAll(async () => {
  await gate?.stop();
  await Promise.all([upstream?.stop(), stateless?.stop()]);
});

async function talkInSessions(): Promise<void> {
  const bob = await Approver.of(gate);
  const { client } = await connect(gate.endpoint('orders'), { token: await gate.token('ana', 'orders') }); // biome-ignore format: one line says it
  await client.listTools();
  const call = (name: string, args: Record<string, unknown> = {}) =>
    client.callTool({ name, arguments: args }).catch(() => undefined);
  await call('query', { sql: 'select 1' });
  await call('query', { sql: 'select 2', to: 'bob@example.com' });
  await call('query', { sql: 'select 3', to: 'eve@example.com' });
  await call('query', { sql: 'drop table t' });
  await call('report');
  await call('secret_report');
  for (let i = 0; i < 4; i++) await call('ping');
  await client.readResource({ uri: 'notes://a' });
  await client.readResource({ uri: 'other://a' }).catch(() => undefined);
  const held = call('drop');
  await bob.approve((await bob.asked('drop')).id);
  await held;
  renamed = true;
  await client.close();
  const token = await gate.token('ana', 'orders');
  const again = await connect(gate.endpoint('orders'), { token });
  await again.client.listTools();
  await again.client.callTool({ name: 'report', arguments: {} }).catch(() => undefined);
  await again.client.close();
}

async function talkWithout(): Promise<void> {
  const token = await gate.token('ana', 'people');
  const client = new Client({ name: 'agent', version: '2' }, PIN);
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  const url = new URL(gate.endpoint('people'));
  await client.connect(new StreamableHTTPClientTransport(url, { requestInit }));
  await client.listTools();
  const { structuredContent } = await client.callTool({ name: 'get_person', arguments: {} });
  const { email, salary } = structuredContent as Record<string, string>;
  expect(email).not.toBe(person.email);
  await client.callTool({ name: 'send', arguments: { to: String(email), amount: String(salary) } });
  await client.callTool({ name: 'send', arguments: { to: 'nobody', amount: '5' } });
  await client.close();
}

async function judged(...args: string[]): Promise<{ code: number; report: BacktestReport }> {
  const { code, out, err } = await run(backtest, gate.folder, '--db', gate.database, '--json', ...args); // biome-ignore format: one line says it
  if (out === '') throw new Error(err);
  return { code, report: JSON.parse(out) as BacktestReport };
}

describe('a day of a real gate, judged again', () => {
  it('comes out as it did by the same policy', async () => {
    const { code, report } = await judged('--policy', 'policies');
    const { rows, open, matrix, beside, judged: count, unjudged } = report;
    expect(rows).toEqual([]);
    expect(code).toBe(0);
    expect(count).toBeGreaterThan(20);
    expect(matrix).toMatchObject({ 'approve approve': 1, 'mask mask': 4 });
    expect(matrix['allow allow']).toBeGreaterThan(10);
    expect(matrix['block block']).toBe(5);
    expect(matrix['limit limit']).toBe(2);
    expect(report.lists).toMatchObject({ open: {}, changes: [], unknownItems: 0 });
    expect(report.lists.compared).toBeGreaterThan(0);
    // This is told, and not judged.
    expect(beside).toEqual({ pin: 1 });
    expect(unjudged).toEqual({
      'it is a stream or the end of a session': 2,
      'it was refused before it was judged': 1,
    });
    // What tokens stand for was judged, and is not in the transcript.
    expect(open.map(({ target, exchanges }) => ({ target, exchanges }))).toEqual([
      { target: 'send', exchanges: 1 },
    ]);
  });

  it('comes out as it did without keys, as far as it can be told', async () => {
    const { code, report } = await judged('--policy', 'policies', '--masked-only');
    expect(report.rows).toEqual([]);
    expect(code).toBe(0);
    const what = report.open.map(({ before, target, method }) => `${before} ${target ?? method}`);
    // A rule asks for the address that is masked.
    expect(what.sort()).toEqual(['allow send', 'block query', 'mask query']);
  });

  it('comes out as it did, policy against policy', async () => {
    const { report } = await judged('--policy', 'policies', '--baseline', 'policies');
    expect(report.rows).toEqual([]);
    expect(report.baseline.revision).toBe(report.policy.revision);
  });

  it('names what another policy would do otherwise, by rule, tool and caller, with examples', async () => {
    gate.writePolicy('../new/orders.yaml', changed);
    gate.writePolicy('../new/people.yaml', people);
    const { code, report } = await judged('--policy', 'new');
    expect(code).toBe(1);
    const told = report.rows.map((row) => {
      const { before, after, target, method, beforeRule, afterRule, gained, lost, exchanges } = row;
      const rules = `${beforeRule ?? '-'}>${afterRule ?? '-'}`;
      const masks = [...gained.map((one) => `+${one}`), ...lost.map((one) => `-${one}`)];
      return [exchanges, before, after, target ?? method, rules, ...masks].join(' ');
    });
    expect(told.sort()).toEqual(
      [
        '1 allow block resources/read files>-',
        '1 approve block drop hints>-',
        '1 block allow query no-drops>reads',
        '1 mask block query reads>no-to',
        '1 mask mask query reads>reads -structuredContent.salary keep',
      ].sort(),
    );
    expect(report.callers).toMatchObject([{ sub: 'ana', changed: report.changed }]);
    expect(report.gone.map(({ rule }) => rule).sort()).toEqual(['hints', 'no-drops', 'not-to-bob', 'files', 'shadow'].sort()); // biome-ignore format: one line says it
    const [example] = report.rows.flatMap(({ examples }) => examples);
    expect(example).toMatchObject({ exchange: expect.any(String), sub: 'ana' });
    expect(JSON.stringify(report)).not.toContain('@example.com');
  });

  it('counts limits again, and tells what lists would show otherwise', async () => {
    const wider = orders.replace('calls: 2', 'calls: 9').replace('[query, report]', '[query]');
    gate.writePolicy('../wider/orders.yaml', wider);
    gate.writePolicy('../wider/people.yaml', people);
    const { report } = await judged('--policy', 'wider', '--target', 'ping');
    expect(report.rows).toMatchObject([
      {
        before: 'limit',
        after: 'allow',
        target: 'ping',
        exchanges: 2,
        examples: [{ args: '{}' }, {}],
      },
    ]);
    const { lists } = (await judged('--policy', 'wider')).report;
    expect(lists.changes).toMatchObject([
      { change: 'unlisted', upstream: 'orders', item: 'report' },
    ]);
    const { code } = await judged('--policy', 'policies', '--baseline', 'wider');
    expect(code).toBe(1);
  });

  it('is explained as it came, and shown as it may be read', async () => {
    const reader = gate.transcripts();
    const { id = '' } =
      reader
        .exchanges({ target: 'query', limit: 100 })
        .find((one) =>
          reader.events(one.id).some(({ payload }) => payload?.includes('select 3')),
        ) ?? {};
    const explained = (...args: string[]) =>
      run(explain, gate.folder, id, '--db', gate.database, '--policies', 'policies', ...args);
    const { out } = await explained();
    expect(out).toContain('the same decision');
    const { out: masked } = await explained('--masked-only');
    expect(masked).toContain("can't be told");
    for (const text of [out, masked]) expect(text).not.toContain('eve@');
  });

  it('is no source of masked values for a policy that is suggested', async () => {
    const { out } = await run(suggest, gate.folder, '--db', gate.database);
    expect(out).toContain('query');
    expect(out).not.toContain('eve@');
    expect(out).not.toContain(person.email);
  });
});
