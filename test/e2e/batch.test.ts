import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HttpUpstream } from '../transport/fixtures/http-upstream.ts';
import { allowAll, type RunningGate, startGate } from './support/gate.ts';
import { startMcpUpstream } from './support/mcp-upstream.ts';
import { type Answer, answerOf, call, message, RawClient } from './support/raw-client.ts';

let gate: RunningGate;
let upstream: HttpUpstream;
let ana: RawClient;

const policies = `${allowAll}  - id: no-secrets
    on: { tools: ['*'] }
    when: { args.text: { contains: secret } }
    then: block
`;

beforeAll(async () => {
  upstream = await startMcpUpstream();
  gate = await startGate({ upstreams: { files: { url: upstream.url } }, policies });
  ana = await open('2025-03-26');
});

afterAll(async () => {
  await gate.stop();
  await upstream.close();
});

async function open(protocolVersion: string): Promise<RawClient> {
  const client = new RawClient(gate.endpoint('files'), await gate.token('ana', 'files'));
  const params = {
    protocolVersion,
    capabilities: {},
    clientInfo: { name: 'batches', version: '1' },
  };
  const response = await client.post(message('initialize', params));
  await response.text();
  client.session = response.headers.get('mcp-session-id') ?? undefined;
  return client;
}

const initialized = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' });
const batch = (...members: string[]) => `[${members.join(',')}]`;

async function answersTo(body: string): Promise<Answer[]> {
  const response = await ana.post(body);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const events = (await response.text()).trim().split('\n\n');
  return events.map((event) => JSON.parse(event.replace(/^(?:id: .*\n)?data: /, '')));
}

describe('a batch of a 2025-03-26 session', () => {
  it('has each member judged, sent and answered by itself', async () => {
    const before = upstream.received.length;
    const answers = await answersTo(
      batch(
        call('one', 1),
        initialized,
        call('a secret', 2),
        call('two', '3'),
        '{"jsonrpc":"1.0"}',
      ),
    );
    const by = (id: unknown) => answers.find((answer) => answer.id === id);
    expect(answers).toHaveLength(4);
    expect(by(1)?.result?.content?.[0]?.text).toBe('one');
    expect(by(2)?.result?.content?.[0]?.text).toContain('no-secrets');
    expect(by('3')?.result?.content?.[0]?.text).toBe('two');
    expect(by(null)?.error?.data?.code).toBe('FRAME_INVALID');
    const sent = upstream.received.slice(before).map(({ body }) => JSON.parse(body));
    expect(sent.map(({ method, id }) => [method, id])).toEqual(
      expect.arrayContaining([
        ['tools/call', 1],
        ['tools/call', '3'],
        ['notifications/initialized', undefined],
      ]),
    );
    expect(sent).toHaveLength(3);
  });

  it('has an exchange in the transcript for each member', async () => {
    const reader = gate.transcripts();
    await answersTo(batch(call('x', 11), call('secret', 12)));
    const outcomes = reader.exchanges({ limit: 2 }).map(({ outcome }) => outcome);
    expect(outcomes.sort()).toEqual(['answered', 'blocked']);
  });

  it('without requests is taken', async () => {
    const response = await ana.post(batch(initialized, initialized));
    expect(response.status).toBe(202);
    expect(await response.text()).toBe('');
  });

  it('can not hold initialize, nor an id twice', async () => {
    const answers = await answersTo(
      batch(message('initialize', {}, 'i'), call('first', 'd'), call('second', 'd')),
    );
    const codes = answers.map(({ id, error }) => [id, error?.data?.code]);
    expect(codes).toEqual(
      expect.arrayContaining([
        ['i', 'FRAME_INVALID'],
        ['d', 'REQUEST_DUPLICATE'],
        ['d', undefined],
      ]),
    );
  });

  it('must have members, and not too many', async () => {
    const empty = await ana.post('[]');
    expect(empty.status).toBe(400);
    expect((await answerOf(empty)).error?.data?.code).toBe('FRAME_INVALID');
    const long = await ana.post(batch(...Array.from({ length: 101 }, () => initialized)));
    expect(long.status).toBe(413);
    expect((await answerOf(long)).error?.data?.code).toBe('FRAME_TOO_LARGE');
    const deep = await ana.post(
      batch(call(`${'['.repeat(80)}${']'.repeat(80)}`)).replace(/"(\[+\]+)"/, '$1'),
    );
    expect(deep.status).toBe(400);
    expect((await answerOf(deep)).error?.data?.code).toBe('FRAME_TOO_DEEP');
  });
});

describe('a batch of another revision', () => {
  it('is refused, since that has none', async () => {
    const later = await open('2025-06-18');
    const response = await later.post(batch(call('x')));
    expect(response.status).toBe(400);
    expect((await answerOf(response)).error?.data?.code).toBe('FRAME_BATCH');
  });
});
