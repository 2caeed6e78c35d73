import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../src/model/message.ts';
import { decodeMessage } from '../../src/transport/channel/decode-message.ts';
import { EventStream } from '../../src/transport/sse/event-stream.ts';
import { LineDecoder } from '../../src/transport/stdio/line-decoder.ts';

const limits = { bytes: 10_000, depth: 32 };
const messages = [
  '{"jsonrpc":"2.0","id":1,"result":{"text":"grüße 🎈 \\u2028"}}',
  '{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"a\\r\\nb"}}',
  '{"jsonrpc":"2.0","id":"\u{1f388}","error":{"code":-1,"message":"é"}}',
  '{"jsonrpc":"2.0","id":2.5,"result":{}}',
];
const expected = messages.map((text) => decodeMessage(text, limits).message);
const [first = '', second = '', third = '', fourth = ''] = messages;

/** Where a line may break. */
const comma = second.indexOf(',');

/** Every way that the standard lets a stream say them. */
const stream = Buffer.from(
  [
    `\uFEFFevent: endpoint\ndata: /messages\n\n`,
    `: comment\r\n\r\nevent: message\r\nid: 1\r\ndata: ${first}\r\n\r\n`,
    `data:${second.slice(0, comma)}\rdata: ${second.slice(comma)}\r\r`,
    'retry: 10\n\nevent: ping\ndata\n\n',
    `data:${third}\nevent:message\n\n:\n`,
    `unknown: field\r\ndata: ${fourth.slice(0, -1)}\r\ndata: }\r\n\r\n`,
    'data: {"never":"ended"}',
  ].join(''),
);
/** Lines with all the ends, empty ones, and a last one without an end. */
const lines = Buffer.from(`${first}\n\r\n${second}\r\n\n${third}\n${fourth}`);

function readStream(chunks: readonly Uint8Array[]) {
  const events: string[] = [];
  const frames: Frame['message'][] = [];
  let over = '';
  const reader = new EventStream(
    { name: 'cut', maxLength: limits.bytes },
    {
      event: ({ event = 'message', data }) => {
        if (event === 'message') frames.push(decodeMessage(data, limits).message);
        else events.push(`${event} ${data}`);
      },
      closing: () => {},
      gone: ({ code }) => {
        over = code;
      },
    },
  );
  reader.onResponseStart(undefined, 200, { 'content-type': 'text/event-stream' });
  for (const chunk of chunks) reader.onResponseData(undefined, chunk);
  reader.onResponseEnd();
  return { events, frames, over };
}

function readLines(chunks: readonly Uint8Array[]): Frame['message'][] {
  const decoder = new LineDecoder(limits.bytes, () => expect.unreachable());
  const frames: Frame['message'][] = [];
  for (const chunk of chunks) {
    for (const line of decoder.push(chunk)) frames.push(decodeMessage(line, limits).message);
  }
  for (const line of decoder.end()) frames.push(decodeMessage(line, limits).message);
  return frames;
}

/** Cuts bytes at the given places, which are in order. */
function cut(bytes: Buffer, ...places: readonly number[]): Buffer[] {
  const edges = [0, ...places, bytes.length];
  return edges.slice(1).map((end, i) => bytes.subarray(edges[i], end));
}

const whole = { events: ['endpoint /messages', 'ping '], frames: expected, over: 'UPSTREAM_ENDED' };

describe('a stream of events', () => {
  it('says the same wherever it is cut once', () => {
    for (let at = 0; at <= stream.length; at++) {
      expect(readStream(cut(stream, at)), `cut at byte ${at}`).toEqual(whole);
    }
  });

  it('says the same a byte at a time', () => {
    const bytes = [...stream].map((byte) => Uint8Array.of(byte));
    expect(readStream(bytes)).toEqual(whole);
  });

  it('says the same wherever it is cut twice', () => {
    const place = fc.nat({ max: stream.length });
    const check = (one: number, other: number) => {
      const places = [Math.min(one, other), Math.max(one, other)];
      expect(readStream(cut(stream, ...places))).toEqual(whole);
    };
    fc.assert(fc.property(place, place, check), { numRuns: 2_000 });
  });

  it('says the same to a taker that is slow', async () => {
    for (let at = 0; at <= stream.length; at += 7) {
      const seen: string[] = [];
      const { promise, resolve } = Promise.withResolvers<void>();
      const reader = new EventStream(
        { name: 'slow', maxLength: limits.bytes },
        {
          event: async ({ data }) => {
            await null;
            seen.push(data);
          },
          closing: () => {},
          gone: () => resolve(),
        },
      );
      reader.onResponseStart(undefined, 200, { 'content-type': 'text/event-stream' });
      for (const chunk of cut(stream, at)) reader.onResponseData(undefined, chunk);
      reader.onResponseEnd();
      await promise;
      expect(seen).toHaveLength(6);
    }
  });
});

describe('the lines of a process', () => {
  it('say the same wherever they are cut once', () => {
    for (let at = 0; at <= lines.length; at++) {
      expect(readLines(cut(lines, at)), `cut at byte ${at}`).toEqual(expected);
    }
  });

  it('say the same a byte at a time', () => {
    expect(readLines([...lines].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  it('say the same wherever they are cut twice', () => {
    const place = fc.nat({ max: lines.length });
    const check = (one: number, other: number) => {
      const places = [Math.min(one, other), Math.max(one, other)];
      expect(readLines(cut(lines, ...places))).toEqual(expected);
    };
    fc.assert(fc.property(place, place, check), { numRuns: 2_000 });
  });
});
