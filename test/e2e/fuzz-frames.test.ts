import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { json, sse } from '../transport/fixtures/http-upstream.ts';
import type { Capture } from './fixtures/captures.ts';
import { FuzzedGate } from './fixtures/fuzzed-gate.ts';
import { type Mutation, mutate, mutations, textOf } from './fixtures/mutations.ts';
import { isWithin } from './fixtures/within.ts';

// A failure prints its seed and path; FUZZ_SEED runs it again, FUZZ_RUNS tries for longer.
const { FUZZ_SEED, FUZZ_RUNS = '1' } = process.env;
const bounds = (numRuns: number) => ({
  numRuns: numRuns * Number(FUZZ_RUNS),
  ...(FUZZ_SEED === undefined ? {} : { seed: Number(FUZZ_SEED) }),
  ...{ interruptAfterTimeLimit: 15_000 * Number(FUZZ_RUNS), markInterruptAsFailure: false },
});
const timeout = 30_000 + 15_000 * Number(FUZZ_RUNS);

let fuzzed: FuzzedGate;

beforeAll(async () => {
  fuzzed = await FuzzedGate.start();
});
afterEach(async () => {
  fuzzed.upstream.handler = fuzzed.replay;
  for (const capture of fuzzed.captures.filter(({ method }) => method === 'tools/list')) {
    const response = await fuzzed.post(capture.era, capture.body, capture.headers);
    expect(await response.text()).toContain('"echo"');
  }
  expect(fuzzed.gate.log.filter((line) => /STAGE_FAULT|"level":"error"/.test(line))).toEqual([]);
});
afterAll(() => fuzzed?.stop());

/** Any of the captures, which are known only once the tests run. */
const anyOf = (captures: () => readonly Capture[]) =>
  fc.nat(9_999).map((index): Capture => {
    const all = captures();
    const found = all[index % all.length];
    if (!found) throw new Error('nothing was captured');
    return found;
  });

/** For JSON.parse: the sign of a zero means nothing. */
const unsigned = (_key: string, value: unknown) => (value === 0 ? 0 : value);

/** Headers as a client would send them with such a body, where one can tell. */
function headersFor(body: string, { headers }: Capture): Record<string, string> {
  try {
    const { method, params } = JSON.parse(body);
    const named = params?.name ?? params?.uri;
    const own = { ...headers, 'mcp-method': String(method), 'mcp-name': String(named ?? '') };
    const ascii = Object.entries(own).filter(([, value]) =>
      /^[!-~]([ -~]{0,999}[!-~])?$/.test(value),
    );
    return Object.fromEntries(ascii.filter(([name]) => named !== undefined || name !== 'mcp-name'));
  } catch {
    return headers;
  }
}

/** Whether the gate itself says it, instead of the server. */
function isOwn({ error, result }: { error?: { data?: object }; result?: { _meta?: object } }) {
  const said = { ...error?.data, ...result?._meta };
  return 'code' in said || 'dev.sallyport/decision' in said;
}

describe.each(['session', 'stateless'] as const)('in the %s era', (era) => {
  it('sends nothing up but what was judged', { timeout }, async () => {
    let [sent, passed] = [0, 0];
    const way = fc.constantFrom('as it was', 'fitting');
    const property = async (capture: Capture, all: Mutation[], headers: string) => {
      const body = mutate(capture.body, all);
      const text = textOf(body);
      const fitting = headers === 'fitting' && era === 'stateless';
      const response = await fuzzed.post(
        era,
        body,
        fitting ? headersFor(text, capture) : capture.headers,
      );
      const answer = await response.text();
      expect([200, 202, 400, 404, 413]).toContain(response.status);
      if (answer !== '') expect(answer).toContain('"jsonrpc":"2.0"');
      sent++;
      for (const up of fuzzed.sentUp) {
        passed++;
        expect(fuzzed.letUp(up), `let up without having been judged: ${up}`).toBe(true);
        const { jsonrpc, id, method, params, ...other } = JSON.parse(up, unsigned);
        expect(other).toEqual({});
        const said = JSON.parse(text, unsigned);
        expect({ jsonrpc, id, method }).toEqual({
          jsonrpc: '2.0',
          id: said.id,
          method: said.method,
        });
        expect(isWithin(params, said.params), `${up} came of ${text}`).toBe(true);
        expect(params?.arguments).toEqual(said.params?.arguments);
      }
    };
    const any = anyOf(() => fuzzed.of(era));
    await fc.assert(fc.asyncProperty(any, mutations, way, property), bounds(400));
    // Otherwise there was nothing to see.
    expect(passed).toBeGreaterThan(sent / 10);
  });

  it.each(['JSON', 'a stream'])(
    'hands down of %s only what the server said',
    { timeout },
    async (form) => {
      let [heard, failed] = [0, 0];
      const property = async (capture: Capture, all: Mutation[], which: number, torn: boolean) => {
        const messages = form === 'JSON' ? capture.messages.slice(-1) : [...capture.messages];
        const at = which % messages.length;
        const said = messages.map((message, index) =>
          index === at && !torn ? mutate(message, all) : Buffer.from(message),
        );
        const events = said.flatMap((one) => [
          Buffer.from('event: message\ndata: '),
          one,
          Buffer.from('\n\n'),
        ]);
        const whole = Buffer.concat(form === 'JSON' ? said : events);
        const bytes = torn ? mutate(textOf(whole), all) : whole;
        fuzzed.upstream.handler = (response, received, id) => {
          if (
            received.body !== '' &&
            !received.body.includes('"sallyport-') &&
            received.method === 'POST'
          ) {
            return form === 'JSON' ? json(response, bytes) : sse(response, bytes);
          }
          fuzzed.replay(response, received, id);
        };
        const response = await fuzzed.post(era, capture.body, capture.headers);
        const answer = await response.text();
        const told = messagesOf(answer, response.headers.get('content-type'));
        const known = messagesOf(
          textOf(bytes),
          form === 'JSON' ? 'application/json' : 'text/event-stream',
        );
        expect(told.length).toBeGreaterThan(0);
        for (const text of told) {
          const message = JSON.parse(text);
          if (isOwn(message)) {
            failed++;
            continue;
          }
          heard++;
          expect(fuzzed.handedDown(text), `handed down without a record: ${text}`).toBe(true);
          const { id, ...rest } = message;
          const from = known.some((one) => isWithin(rest, parsed(one)));
          expect(from, `${text}\ncame of\n${known.join('\n')}`).toBe(true);
        }
      };
      const asks = ({ body, messages, method }: Capture) =>
        messages.length > 0 && !body.includes('inputResponses') && method !== 'initialize';
      const any = anyOf(() => fuzzed.of(era).filter(asks));
      await fc.assert(
        fc.asyncProperty(any, mutations, fc.nat(9), fc.boolean(), property),
        bounds(200),
      );
      expect(heard).toBeGreaterThan(0);
      expect(failed).toBeGreaterThan(0);
    },
  );
});

/** A question of a server as it comes in a stream, and a result that ends it. */
const question = '{"jsonrpc":"2.0","id":0,"method":"roots/list"}';
const enough = (id: unknown) => JSON.stringify({ jsonrpc: '2.0', id, result: { content: [] } });

/** A call whose stream a test writes. */
function streamedCall(id: number, begin: string) {
  const call = { jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'echo' } };
  let end = () => {};
  fuzzed.upstream.handler = (response, received, theirs) => {
    if (theirs !== id) return fuzzed.replay(response, received, theirs);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${begin}\n\n`);
    end = () => void response.end(`data: ${enough(theirs)}\n\n`);
  };
  return { stream: fuzzed.post('session', JSON.stringify(call), {}), end: () => end() };
}

/** Reads the first message of a stream. */
async function firstOf(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  let heard = '';
  while (!/\bdata: \{.*\n\n/.test(heard)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`no message came: ${heard}`);
    heard += Buffer.from(value).toString('utf8');
  }
  return messagesOf(heard, 'text/event-stream')[0] ?? '';
}

it('takes answers to questions of servers as they were judged, or not at all', {
  timeout,
}, async () => {
  let [passed, calls] = [0, 1_000];
  const roots = '{"jsonrpc":"2.0","id":"ID","result":{"roots":[{"uri":"file:///a","name":"a"}]}}';
  const property = async (all: Mutation[]) => {
    const { stream, end } = streamedCall(calls++, question);
    const reader = ((await stream).body as ReadableStream<Uint8Array>).getReader();
    try {
      const { id } = JSON.parse(await firstOf(reader));
      const body = mutate(roots.replace('ID', id), all);
      const response = await fuzzed.post('session', body, {});
      await response.text();
      expect([200, 202, 400, 404, 413]).toContain(response.status);
      for (const up of fuzzed.sentUp) {
        passed++;
        expectAnswer(up, textOf(body), id);
      }
    } finally {
      end();
      await reader.read();
      await reader.cancel();
    }
  };
  await fc.assert(fc.asyncProperty(mutations, property), bounds(100));
  expect(passed).toBeGreaterThan(0);
});

/** Whatever else it says, it is for the question that was asked. */
function expectAnswer(up: string, text: string, id: unknown): void {
  const said = JSON.parse(text);
  const { id: theirs, ...rest } = JSON.parse(up);
  expect(fuzzed.letUp(up), `let up without having been judged: ${up}`).toBe(true);
  if (rest.method === undefined) expect({ id: said.id, theirs }).toEqual({ id, theirs: 0 });
  expect(isWithin(rest, said), `${up} came of ${text}`).toBe(true);
}

it('hands down one reading of what a server says of its own accord', async () => {
  const params = '"params":{"level":"info","data":"a","data":"b"}';
  const twice = `{"jsonrpc":"2.0","method":"x/y","method":"notifications/message",${params}}`;
  const { stream, end } = streamedCall(999, twice);
  const reader = ((await stream).body as ReadableStream<Uint8Array>).getReader();
  const told = await firstOf(reader);
  end();
  await reader.read();
  await reader.cancel();
  expect(told).toBe(JSON.stringify(JSON.parse(twice)));
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}

/** Messages of a response, as a client of the web platform reads them. */
function messagesOf(text: string, type: string | null): string[] {
  if (!type?.startsWith('text/event-stream')) return text === '' ? [] : [text];
  const found: string[] = [];
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  let data: string[] = [];
  for (const line of lines) {
    if (line === '') {
      if (data.some((one) => one !== '')) found.push(data.join('\n'));
      data = [];
    } else if (line === 'data' || line.startsWith('data:'))
      data.push(line.slice(5).replace(/^ /, ''));
  }
  return found;
}
