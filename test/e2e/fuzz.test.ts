import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type HttpUpstream, json, resultText } from '../transport/fixtures/http-upstream.ts';
import { textOf } from './fixtures/mutations.ts';
import { allowAll, type RunningGate, startGate } from './support/gate.ts';
import { mcpHandler, startMcpUpstream } from './support/mcp-upstream.ts';
import { call, RawClient } from './support/raw-client.ts';

let upstream: HttpUpstream;
let gate: RunningGate;
let ana: RawClient;

beforeAll(async () => {
  upstream = await startMcpUpstream();
  gate = await startGate({
    upstreams: { files: { url: upstream.url } },
    policies: allowAll,
    config: { limits: { message: '64KiB', depth: 24 } },
  });
  ana = await RawClient.open(gate, 'ana', 'files');
});
afterEach(async () => {
  upstream.handler = mcpHandler;
  expect(await ana.echo('still here')).toBe('still here');
  expect(gate.log.filter((line) => /STAGE_FAULT|"level":"error"/.test(line))).toEqual([]);
});
afterAll(async () => {
  await gate?.stop();
  await upstream?.close();
});

/** Sends a body, checks that it is answered, and gives what the upstream got of it. */
async function post(body: string | Uint8Array): Promise<string[]> {
  upstream.received.length = 0;
  const response = await ana.post(body, {}, AbortSignal.timeout(10_000));
  const text = await response.text();
  expect([200, 202, 400]).toContain(response.status);
  if (response.status === 202) expect(text).toBe('');
  else expect(JSON.parse(text)).toMatchObject({ jsonrpc: '2.0' });
  return upstream.received.map((received) => received.body);
}

/** What of a call counts. The sign of a zero doesn't. */
function envelope(text: string): unknown {
  const unsigned = (_key: string, one: unknown) => (one === 0 ? 0 : one);
  // JSON.parse takes the last of duplicate keys.
  const { jsonrpc, id, method, params } = JSON.parse(text, unsigned);
  return { jsonrpc, id, method, params: method === 'tools/call' ? seen(params) : params };
}

/** Params of a call that rules can see; the others are taken off. */
function seen(params: object | undefined): object | undefined {
  const known = ['name', 'arguments', '_meta'];
  return (
    params && Object.fromEntries(Object.entries(params).filter(([key]) => known.includes(key)))
  );
}

/** What is forwarded means what was sent, and nothing else. */
function expectSame(forwarded: readonly string[], body: string): void {
  expect(forwarded.length).toBeLessThanOrEqual(1);
  for (const text of forwarded) {
    expect(envelope(text)).toEqual(envelope(body));
    const known = ['jsonrpc', 'id', 'method', 'params'];
    expect(known).toEqual(expect.arrayContaining(Object.keys(JSON.parse(text))));
  }
}

const json5 = fc.jsonValue({ maxDepth: 4, noUnicodeString: false });
const awkward = fc.constantFrom(
  ...['__proto__', 'constructor', 'toString', 'jsonrpc', 'id', 'method', 'params', 'name'],
  ...['arguments', '_meta', 'uri', '\u0000', '\ud800', '', 'tools/call', 'ping', '2.0'],
);
const value = fc.oneof(json5, awkward, fc.constantFrom(-0, 1e308, 2 ** 53, 0.1, null, [], {}));

it('answers any JSON value, and forwards none that is no message', async () => {
  await fc.assert(
    fc.asyncProperty(value, async (any) => {
      const body = JSON.stringify(any);
      expectSame(await post(body), body);
    }),
    { numRuns: 60 },
  );
});

it('forwards messages of odd parts as they were judged, or not at all', async () => {
  const method = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom('tools/call', 'resources/read', 'ping', 'x/y') },
    { weight: 1, arbitrary: value },
  );
  const params = fc.dictionary(fc.oneof(awkward, fc.string({ unit: 'grapheme' })), value);
  const parts = fc.record(
    {
      jsonrpc: fc.oneof({ weight: 9, arbitrary: fc.constant('2.0') }, value),
      id: fc.oneof(fc.integer(), fc.string(), fc.double({ noNaN: true }), value),
      method,
      params: fc.oneof(
        fc.record({ name: fc.string({ minLength: 1 }), arguments: params, _meta: value }),
        params,
        value,
      ),
      result: value,
      error: value,
      extra: value,
    },
    { requiredKeys: ['jsonrpc', 'method'] },
  );
  let forwarded = 0;
  await fc.assert(
    fc.asyncProperty(parts, async (message) => {
      const body = JSON.stringify(message);
      const got = await post(body);
      forwarded += got.length;
      expectSame(got, body);
    }),
    { numRuns: 120 },
  );
  expect(forwarded).toBeGreaterThan(20);
});

const keys = ['id', 'method', 'params', 'jsonrpc', 'name', 'arguments', 'text', 'x'];
const texts = ['"tools/call"', '"ping"', '1', '"2.0"', '{}', '{"name":"b"}', 'null', '[1]', '-0.0'];
const pair = fc
  .tuple(fc.constantFrom(...keys), fc.constantFrom(...texts))
  .map(([key, text]) => `"${key}":${text}`);
const escaped = pair.map((text) => text.replace(/[a-z]/, (letter) => unicode(letter)));
const unicode = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;

it('has one reading of duplicate keys, wherever they are and however they are spelt', async () => {
  const good = call('x', 5);
  const places = [...good.matchAll(/[{,]/g)].map(({ index }) => index + 1);
  let forwarded = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...places),
      fc.oneof(pair, escaped),
      async (place, duplicate) => {
        const body = `${good.slice(0, place)}${duplicate},${good.slice(place)}`;
        const got = await post(body);
        forwarded += got.length;
        expectSame(got, body);
      },
    ),
    { numRuns: 80 },
  );
  expect(forwarded).toBeGreaterThan(10);
});

it('answers a good message with any byte of it changed', async () => {
  const good = Buffer.from(call('grüße \\ud83c 1e400 12345678901234567890', 5));
  await fc.assert(
    fc.asyncProperty(fc.nat(good.length - 1), fc.nat(255), fc.nat(2), async (at, byte, width) => {
      const body = Buffer.concat([
        good.subarray(0, at),
        Buffer.of(byte),
        good.subarray(at + width),
      ]);
      const forwarded = await post(body);
      if (forwarded.length > 0) expectSame(forwarded, textOf(body));
    }),
    { numRuns: 120 },
  );
});

it('keeps every digit of numbers', async () => {
  const digits = fc
    .tuple(
      fc.constantFrom('', '-'),
      fc.bigInt({ min: 0n, max: 10n ** 40n }),
      fc.constantFrom('', '.5', '.10', '.123456789012345678901'),
      fc.constantFrom('', 'e3', 'E-300', 'e400', 'e+5'),
    )
    .map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(digits, async (number) => {
      const body = call('DIGITS').replace('"DIGITS"', number);
      const [forwarded = ''] = await post(body);
      const [, kept = ''] = /"text":(-?[\d.eE+-]+)\}/.exec(forwarded) ?? [];
      expect(exact(kept)).toBe(exact(number));
    }),
    { numRuns: 60 },
  );
});

/** A number as sign, digits and exponent without needless zeros. */
function exact(text: string): string {
  const [, sign = '', whole = '', part = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const all = (whole + part).replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  if (digits === '') return '0';
  const power = Number(exponent) - part.length + (all.length - digits.length);
  return `${sign}${digits}e${power}`;
}

it('answers whatever the upstream answers', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        value.map((any) => JSON.stringify(any)),
        value.map((any) => JSON.stringify({ jsonrpc: '2.0', id: 5, result: any })),
        value.map((any) => JSON.stringify({ jsonrpc: '2.0', id: 5, error: any })),
        value.map((any) => JSON.stringify({ jsonrpc: '2.0', id: any, result: {} })),
        value.map((any) => `data: ${JSON.stringify(any)}\n\ndata: ${resultText(5)}\n\n`),
        fc.string(),
      ),
      fc.constantFrom('application/json', 'text/event-stream', 'text/html'),
      fc.constantFrom(200, 200, 202, 301, 400, 404, 500),
      async (body, type, status) => {
        const client = await RawClient.open(gate, 'ana', 'files');
        upstream.handler = (response, received, id) => {
          if (!received.body.includes('odd')) return mcpHandler(response, received, id);
          json(response, body, status, { 'content-type': type });
        };
        const response = await client.post(call('odd', 5), {}, AbortSignal.timeout(10_000));
        expect(await response.text()).toContain('"jsonrpc":"2.0"');
        await client.send('DELETE');
      },
    ),
    { numRuns: 80 },
  );
});
