import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HttpUpstream, json } from '../transport/fixtures/http-upstream.ts';
import { RawAgent } from './fixtures/raw-agent.ts';
import { type RunningGate, startGate } from './support/gate.ts';
import { mcpHandler } from './support/mcp-upstream.ts';

const policies = `apiVersion: sallyport/v1
rules:
  - { id: all, on: { tools: ['*'], resources: ['**'], prompts: ['*'], methods: ['**'] }, then: allow }
  - { id: hide, mask: { find: email, in: [args, result], notice: true } }
  - { id: late, when: { 'result.isError': { eq: true } }, mask: { find: payment-card } }
`;
const secret = 'eve.secret@example.org';
const card = '4111 1111 1111 1111';
const filling = 'nothing to see. '.repeat(20_000);

let upstream: HttpUpstream;
let gate: RunningGate;
let agent: RawAgent;
/** What the upstream says to the next request, as messages; the last is the answer. */
let says: (id: unknown) => object[] = () => [];

beforeAll(async () => {
  upstream = await HttpUpstream.start((response, received, id) => {
    const isCall = received.body.includes('"hold-on"');
    if (!isCall) return mcpHandler(response, received, id);
    events(response, says(id));
  });
  gate = await startGate({ upstreams: { own: { url: upstream.url } }, policies });
  const token = await gate.token('ana', 'own');
  const capabilities = { sampling: {}, elicitation: { form: {}, url: {} }, roots: {} };
  agent = await RawAgent.begin(gate.endpoint('own'), token, capabilities);
});
afterAll(async () => {
  await gate?.stop();
  await upstream?.close();
});

function events(response: ServerResponse, messages: readonly object[]): void {
  if (messages.length === 1) return json(response, JSON.stringify(messages[0]));
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const message of messages) response.write(`data: ${JSON.stringify(message)}\n\n`);
  response.end();
}

const rpc = (message: object) => ({ jsonrpc: '2.0', ...message });
const result = (id: unknown, value: object, more: object = {}) =>
  rpc({ id, result: value, ...more });
const done = (id: unknown) => result(id, { content: [] });
const told = (method: string, params: object) => rpc({ method, params });
const text = (value: string) => ({ type: 'text', text: value });

const kinds: readonly (readonly [string, (id: unknown, secret: string) => object[]])[] = [
  ['a result', (id, it) => [result(id, { content: [text(it)], structuredContent: { [it]: [it] }, _meta: { 'com.example/x': it } })]],
  ['an error', (id, it) => [rpc({ id, error: { code: -32000, message: it, data: { [it]: it } } })]],
  ['an error whose data is a text', (id, it) => [rpc({ id, error: { code: -32000, message: it, data: it } })]],
  ['what stands beside the result', (id, it) => [result(id, { content: [] }, { note: it, [it]: 1 })]],
  ['what stands beside an error', (id, it) => [rpc({ id, error: { code: 1, message: 'm', [it]: it }, note: it })]],
  ['members that it has twice', (id, it) => [JSON.parse(JSON.stringify(done(id))), { ...done(id), result: { content: [text(`{"a":"${it}","a":1}`)] } }]],
  ['a log', (id, it) => [told('notifications/message', { level: 'info', logger: it, data: { [it]: it } }), done(id)]],
  ['progress', (id, it) => [told('notifications/progress', { progressToken: 'p', progress: 1, message: it, _meta: { x: it } }), done(id)]],
  ['a cancellation', (id, it) => [told('notifications/cancelled', { requestId: 'nobody', reason: it }), done(id)]],
  ['a resource that has changed', (id, it) => [told('notifications/resources/updated', { uri: 'x://y', title: it }), done(id)]],
  ['a notification that nobody knows', (id, it) => [told('notifications/own/thing', { [it]: it }), done(id)]],
  ['a question for the model', (id, it) => [rpc({ id: 6, method: 'sampling/createMessage', params: { messages: [{ role: 'user', content: text(it) }], systemPrompt: it, maxTokens: 9, metadata: { it } } }), done(id)]],
  ['a question for the user', (id, it) => [rpc({ id: 7, method: 'elicitation/create', params: { message: it, requestedSchema: { type: 'object', properties: { a: { type: 'string', title: it, default: it } } } } }), done(id)]],
  ['an answer to nobody', (id, it) => [result('other', { content: [text(it)] }), done(id)]],
  ['a large log before a result', (id, it) => [told('notifications/message', { level: 'info', data: filling + it }), done(id)]],
  ['a large result', (id, it) => [result(id, { content: [text(filling + it)], structuredContent: { a: it } })]],
  ['a large error', (id, it) => [rpc({ id, error: { code: 1, message: it, data: { filling, it } } })]],
]; // biome-ignore format: cases stand in lines

let nextId = 0;
async function ask(messages: (id: unknown) => object[]): Promise<string> {
  says = messages;
  const args = { name: 'hold-on', arguments: {}, _meta: { progressToken: 'p' } };
  const response = await agent.request('tools/call', args, `call-${nextId++}`);
  return await response.text();
}

it.each(kinds)('%s leaves masked, and is recorded so', async (_, messages) => {
  const left = await ask((id) => messages(id, secret));
  expect(left).not.toContain(secret);
  expect(left).toContain('"id":"call-');
  expect(gate.databaseBytes().includes(secret)).toBe(false);
});

it('what left before a result is masked by rules that only the result decides', async () => {
  const log = told('notifications/message', { level: 'info', data: card });
  const left = await ask((id) => [log, result(id, { content: [text(card)], isError: true })]);
  expect(left).toContain('[redacted:payment-card]');
  expect(left).not.toContain(card);
  expect(gate.databaseBytes().includes(card)).toBe(false);
});

it('large and small messages leave in the order in which they came', async () => {
  const log = (data: string) => told('notifications/message', { level: 'info', data });
  const left = await ask((id) => [
    log(`one ${secret}`),
    log(`two ${filling}${secret}`),
    log(`three ${secret}`),
    result(id, { content: [text(`four ${filling}${secret}`)] }),
  ]);
  const words = [...left.matchAll(/"(one|two|three|four) /g)].map(([, word]) => word);
  expect(words).toEqual(['one', 'two', 'three', 'four']);
  expect(left).not.toContain(secret);
});

it('the log has none of it', () => {
  expect(gate.log.join()).not.toContain(secret);
});
