import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Agent, connect, textOf } from './fixtures/agent.ts';
import { BothErasUpstream } from './fixtures/both-eras-upstream.ts';
import { type RunningGate, startGate } from './support/gate.ts';
import { RunningMock } from './support/running-mock.ts';

const policies = `apiVersion: sallyport/v1
rules:
  - id: masked
    on: { tools: [echo] }
    then: allow
    mask: [{ find: [email], in: [args, result] }]
  - id: hidden
    on: { tools: [structure] }
    then: allow
    mask: [{ path: 'structuredContent.n', with: redact }]
  - id: no-failures
    on: { tools: [fail] }
    when: { result.isError: { eq: true } }
    then: block
    reason: What fails is nobody's business.
  - id: fail
    on: { tools: [fail] }
    then: allow
`;
const MAIL = 'write to joe@example.com';

let own: BothErasUpstream;
let gate: RunningGate;
const agents: Agent[] = [];
const mocks: RunningMock[] = [];

async function at(url: string, token?: string): Promise<Agent['client']> {
  const agent = await connect(url, token === undefined ? {} : { token });
  agents.push(agent);
  return agent.client;
}

async function replayed(...args: string[]) {
  const mock = await RunningMock.start(gate.database, '--since', '1h', ...args);
  mocks.push(mock);
  return mock;
}

const called = (client: Agent['client'], name: string, args: Record<string, unknown> = {}) =>
  client.callTool({ name, arguments: args });

beforeAll(async () => {
  own = await BothErasUpstream.start('both');
  gate = await startGate({ upstreams: { db: { url: own.url, era: 'session' } }, policies });
  const client = await at(gate.endpoint('db'), await gate.token('ana', 'db'));
  expect((await client.listTools()).tools.map(({ name }) => name)).not.toContain('wait');
  expect(textOf(await called(client, 'echo', { message: MAIL }))).toContain('[redacted:email]');
  expect(textOf(await called(client, 'fail'))).toContain('no-failures');
  await called(client, 'structure');
  await Promise.all(agents.splice(0).map((agent) => agent.client.close()));
  await gate.halt();
});
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.client.close()));
  await Promise.all(mocks.splice(0).map((mock) => mock.stop()));
});
afterAll(async () => {
  await gate?.stop();
  await own?.stop();
});

describe('a mock without originals', () => {
  it('answers with what the client got, and knows no call by a value that was masked', async () => {
    const client = await at((await replayed()).endpoint('db'));
    await expect(called(client, 'echo', { message: MAIL })).rejects.toThrow(
      /differs in arguments.message; values there were masked/,
    );
    const seen = await called(client, 'echo', {
      message: MAIL.replace(/\S+@\S+/, '[redacted:email]'),
    });
    expect(textOf(seen)).toContain('[redacted:email]');
    expect(textOf(await called(client, 'fail'))).toContain('no-failures');
    expect(JSON.stringify(await called(client, 'structure'))).not.toContain('"n":7');
  });

  it('takes any value where one was masked, if it is loose', async () => {
    const client = await at((await replayed('--match', 'loose')).endpoint('db'));
    expect(textOf(await called(client, 'echo', { message: MAIL }))).toContain('[redacted:email]');
  });
});

describe('a mock with originals', () => {
  it('stands where the upstream was: masks, refusals and pruning of the gate are not there', async () => {
    const mock = await replayed('--originals', '--reason', 'a test');
    const client = await at(mock.endpoint('db'), mock.token);
    expect(textOf(await called(client, 'echo', { message: MAIL }))).toContain('[redacted:email]');
    expect(await called(client, 'structure')).toMatchObject({ structuredContent: { n: 7 } });
    expect(await called(client, 'fail')).toMatchObject({ content: [{ text: 'it failed' }] });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('wait');
  });

  it('lets nobody in who does not bring its token, and is recorded', async () => {
    const mock = await replayed('--originals', '--reason', 'to look into it');
    const answer = await fetch(mock.endpoint('db'), { method: 'POST', body: '{}' });
    expect(answer.status).toBe(401);
    const reader = gate.transcripts();
    const [record] = reader.exchanges({ method: 'transcripts/unseal', limit: 1 });
    expect(record?.sub).toMatch(/^os:/);
    const { detail } = reader.events(record?.id ?? '').at(-1) ?? {};
    expect(detail).toMatchObject({ what: 'replay mock', reason: 'to look into it' });
    const ids = detail?.exchanges as string[];
    const methods = ids.map((id) => reader.exchange(id)?.method);
    expect(methods).toContain('tools/call');
  });

  it('does not start without the key', async () => {
    const missing = join(gate.folder, 'no-such.key');
    await expect(replayed('--originals', '--key', missing)).rejects.toThrow(/no-such\.key/);
  });
});
