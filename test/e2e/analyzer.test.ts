import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { json, PresidioServer } from '../support/presidio-server.ts';
import { answerOf, RawAgent } from './fixtures/raw-agent.ts';
import { type RawUpstream, startRawUpstream } from './fixtures/raw-upstream.ts';
import { type RunningGate, startGate } from './support/gate.ts';

const policies = `apiVersion: sallyport/v1
rules:
  - id: reads
    on: { tools: [get_person] }
    then: allow
    mask: { find: ['presidio:PERSON'], with: token }
  - id: writes
    on: { tools: [note] }
    then: allow
    mask: { find: [presidio], in: [args, result] }
`;
const NAME = 'Zoë 😀 Lovelace';

let server: PresidioServer;
let upstream: RawUpstream;
let gate: RunningGate;
let ana: RawAgent;
let reached = 0;

beforeAll(async () => {
  server = await PresidioServer.start();
  upstream = await startRawUpstream({
    'tools/call': (params) => {
      reached++;
      const { arguments: args } = params as { arguments?: { rows?: number } };
      const filler = 'nothing to see here. '.repeat(8);
      const rows = Array.from({ length: args?.rows ?? 0 }, (_, n) => `${n} ${filler} ${NAME}`);
      const content = [{ type: 'text', text: `😀 ${NAME}, ${JSON.stringify(args)}` }];
      return JSON.stringify({ content, structuredContent: { people: [{ name: NAME }], rows } });
    },
  });
  const presidio = {
    ...{ url: server.url, timeout: '4s', entities: ['PERSON'] },
    headers: { Authorization: 'Bearer analyzer-key' },
  };
  const config = { analyzers: { presidio }, policies: {} };
  gate = await startGate({ upstreams: { own: { url: upstream.url } }, policies, config });
  ana = await RawAgent.begin(gate.endpoint('own'), await gate.token('ana', 'own'), {});
});
beforeEach(() => {
  server.known = [{ word: NAME, entity: 'PERSON' }];
});
afterEach(() => {
  server.instead = undefined;
});
afterAll(async () => {
  await gate?.stop();
  await upstream?.stop();
  await server?.stop();
});

const call = async (name: string, args: object = {}) => answerOf(await ana.call(name, args));

it('masks what the analyzer finds, in text, structured content and arguments, with surrogate pairs', async () => {
  const read = await call('get_person', { a: 1 });
  const text = JSON.stringify(read);
  expect(text).not.toContain('Lovelace');
  expect(text.match(/person:[0-9a-hjkmnp-tv-z]{16}/g)?.length).toBeGreaterThanOrEqual(2);
  expect(new Set(text.match(/[a-z:-]*person:[0-9a-hjkmnp-tv-z]{16}/g)).size).toBe(1);
  await call('note', { text: `for ${NAME} 😀` });
  expect(upstream.bodies.at(-1)).toContain('for [redacted:presidio] 😀');
  expect(server.headers.every((one) => one === 'Bearer analyzer-key')).toBe(true);
  expect(gate.databaseBytes()).not.toContain('Lovelace');
});

it('masks a large result as well, which another thread does', async () => {
  const text = JSON.stringify(await call('get_person', { rows: 1_600 }));
  expect(text.length).toBeGreaterThan(262_144);
  expect(text).not.toContain('Lovelace');
  expect(text.match(/person:[0-9a-hjkmnp-tv-z]{16}/g)?.length).toBeGreaterThanOrEqual(1_600);
});

it.each<[string, () => void]>([
  ['does not answer in time', () => (server.instead = () => undefined)],
  ['answers something else', () => (server.instead = (response) => json(response, 200, [[]]))],
])('lets nothing through where the analyzer %s', async (_, break_) => {
  break_();
  const before = reached;
  const read = JSON.stringify(await call('get_person'));
  expect(read).toContain('the call was made, but the analyzer');
  expect(reached).toBe(before + 1);
  const written = JSON.stringify(await call('note', { text: NAME }));
  expect(written).toContain('Blocked by policy');
  expect(reached).toBe(before + 1);
  expect(read + written + gate.databaseBytes() + gate.log.join()).not.toContain('Lovelace');
});

it('makes no call at all while the analyzer is known to be dead, and goes on once it is back', async () => {
  const port = Number(new URL(server.url).port);
  await server.stop();
  for (let n = 0; n < 3; n++) await call('get_person');
  const before = reached;
  const refused = JSON.stringify(await call('get_person'));
  expect(refused).toContain('the analyzer does not answer now');
  expect(refused).toContain('Try again in 5s');
  expect(reached).toBe(before);
  expect(gate.log.join()).toContain('texts could not be analyzed');
  server = await PresidioServer.start(port);
  server.known = [{ word: NAME, entity: 'PERSON' }];
  await expect
    .poll(async () => JSON.stringify(await call('get_person')), { timeout: 20_000, interval: 500 })
    .toMatch(/person:[0-9a-hjkmnp-tv-z]{16}/);
  expect(gate.databaseBytes()).not.toContain('Lovelace');
});

it('says in the log, at the start and after a change, that rules name an analyzer and none is configured', async () => {
  const options = { upstreams: { own: { url: upstream.url } }, policies };
  const bare = await startGate(options);
  try {
    const told = () => bare.log.filter((line) => line.includes('rules name an analyzer'));
    expect(told()).toHaveLength(1);
    expect(told()[0]).toContain('"rules":["reads","writes"]');
    bare.writePolicy('default.yaml', policies.replace('id: writes', 'id: changed'));
    await bare.daemon.look();
    expect(told().at(-1)).toContain('"rules":["reads","changed"]');
  } finally {
    await bare.stop();
  }
  expect(gate.log.join()).not.toContain('rules name an analyzer');
});
