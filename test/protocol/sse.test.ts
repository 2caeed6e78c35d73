import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GateError } from '../../src/model/errors.ts';
import { encodeSse, SseDecoder, type SseEvent } from '../../src/protocol/sse.ts';

function decode(chunks: Iterable<Uint8Array>, limit = 10_000): (SseEvent | number)[] {
  const seen: (SseEvent | number)[] = [];
  const decoder = new SseDecoder(
    {
      event: ({ event, id, data }) => seen.push({ event, id, data }),
      retry: (milliseconds) => seen.push(milliseconds),
    },
    limit,
  );
  for (const chunk of chunks) decoder.push(chunk);
  return seen;
}
const bytes = (text: string) => new TextEncoder().encode(text);
const whole = (text: string) => decode([bytes(text)]);
const event = (data: string, rest: Partial<SseEvent> = {}): SseEvent => ({
  event: undefined,
  id: undefined,
  data,
  ...rest,
});

describe('a stream of events', () => {
  const streams: [string, string, (SseEvent | number)[]][] = [
    ['line feeds', 'data: a\n\ndata: b\n\n', [event('a'), event('b')]],
    ['carriage returns', 'data: a\r\rdata: b\r\r', [event('a'), event('b')]],
    ['both', 'data: a\r\n\r\ndata: b\r\n\r\n', [event('a'), event('b')]],
    ['a mixture', 'data: a\n\r\ndata: b\r\n\ndata: c\r\r\n', [event('a'), event('b'), event('c')]],
    ['a byte order mark', '\ufeffdata: a\n\n', [event('a')]],
    ['data over lines', 'data: a\ndata:\ndata:  b\n\n', [event('a\n\n b')]],
    ['comments', ': hi\n\n:\ndata: a\n: ho\ndata: b\n\n', [event('a\nb')]],
    [
      'names and ids',
      'event: message\nid: 7\ndata: a\n\n',
      [event('a', { event: 'message', id: '7' })],
    ],
    ['no data', 'event: x\n\nid: 1\n\ndata: a\n\n', [event('a')]],
    ['empty data', 'id: 0\ndata:\n\n', [event('', { id: '0' })]],
    ['unknown fields', 'foo: bar\ndata: a\nfoo\n\n', [event('a')]],
    ['times to come back', 'retry: 50\ndata: a\n\nretry: x\n\n', [50, event('a')]],
    ['more than ASCII', 'data: \u00e9\u4f8b\u{1f600}\n\n', [event('\u00e9\u4f8b\u{1f600}')]],
    ['an end without a blank line', 'data: a\n\ndata: lost\n', [event('a')]],
  ];

  it.each(streams)('with %s is read the same wherever it is cut', (_, text, expected) => {
    const all = bytes(text);
    expect(decode([all])).toEqual(expected);
    expect(decode([...all].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
    for (let cut = 0; cut <= all.length; cut++) {
      expect(decode([all.subarray(0, cut), all.subarray(cut)])).toEqual(expected);
    }
  });

  it.each([
    ['one endless line', () => [bytes('data: '), ...Array(100).fill(bytes('x'.repeat(20)))]],
    ['endless lines', () => Array(100).fill(bytes('data: xxxxxxxxxxxxxx\n'))],
    ['one chunk', () => [bytes(`data: ${'x'.repeat(2_000)}`)]],
  ])('that outgrows its limit by %s is refused', (_, chunks) => {
    expect(() => decode(chunks(), 1_000)).toThrow(
      expect.objectContaining({ code: 'FRAME_TOO_LARGE' }) as Error,
    );
  });

  it('stays refused', () => {
    const decoder = new SseDecoder({ event: () => {} }, 10);
    for (const chunk of ['data: 1234567890', 'x', '\n\ndata: a\n\n']) {
      expect(() => decoder.push(bytes(chunk))).toThrow(GateError);
    }
  });

  it('may be longer than the limit of one event', () => {
    const chunks = Array(100).fill(bytes(`data: ${'x'.repeat(500)}\n\n`));
    expect(decode(chunks, 1_000)).toHaveLength(100);
  });
});

describe('an event that is written', () => {
  it('is read as it was', () => {
    const word = fc.string({ unit: fc.constantFrom('a', ' ', ':', '\u00e9', '7') });
    const data = fc.string({
      unit: fc.constantFrom('a', ' ', ':', '\n', '\u00e9', '{', '\u2028', '\ufeff', 'data: '),
    });
    fc.assert(
      fc.property(word, word, data, (name, id, text) => {
        const sent = { event: name || undefined, id: id || undefined, data: text };
        expect(whole(encodeSse(sent))).toEqual([sent]);
        expect(whole(encodeSse({ data: text }) + encodeSse({ data: 'next' }))).toEqual([
          event(text),
          event('next'),
        ]);
      }),
    );
  });

  it('never becomes two, whatever it holds', () => {
    const unit = fc.constantFrom(
      'a',
      '\r',
      '\n',
      '\r\n',
      '\n\n',
      '\r\r',
      'data: evil',
      'event: e',
      'id: 9',
      ':',
    );
    const text = fc.array(unit, { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, text, (name, id, data) => {
        const seen = whole(encodeSse({ event: name, id, data })) as SseEvent[];
        expect(seen).toHaveLength(1);
        expect(seen[0]?.data).toBe(data.replace(/\r\n|\r/g, '\n'));
      }),
      { numRuns: 500 },
    );
  });
});
