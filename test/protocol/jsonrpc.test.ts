import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GateError } from '../../src/model/errors.ts';
import { frameText } from '../../src/model/message.ts';
import { decodeFrame, errorAnswer } from '../../src/protocol/jsonrpc.ts';
import { json } from '../support/arbitraries.ts';

const limits = { bytes: 10_000, depth: 20 };
const bytes = (text: string) => new TextEncoder().encode(text);
const up = (text: string) => decodeFrame(bytes(text), 'up', limits);
const down = (text: string) => decodeFrame(bytes(text), 'down', limits);

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof GateError) return error.code;
    throw error;
  }
  return 'none';
}

describe('a message is refused', () => {
  const request = '{"jsonrpc":"2.0","id":1,"method":"a"';
  it.each([
    ['FRAME_NOT_JSON', ''],
    ['FRAME_NOT_JSON', 'null,'],
    ['FRAME_NOT_JSON', '{"jsonrpc":"2.0",}'],
    ['FRAME_NOT_JSON', "{'jsonrpc':'2.0'}"],
    ['FRAME_NOT_JSON', `${request}}}`],
    ['FRAME_NOT_JSON', `${request},"params":{"a":NaN}}`],
    ['FRAME_NOT_JSON', `${request},"params":{"a":01}}`],
    ['FRAME_NOT_JSON', `${request},"params":{"a":"\n"}}`],
    ['FRAME_BATCH', '[]'],
    ['FRAME_BATCH', `[${request}}]`],
    ['FRAME_INVALID', 'null'],
    ['FRAME_INVALID', '"2.0"'],
    ['FRAME_INVALID', '12345678901234567890'],
    ['FRAME_INVALID', '{}'],
    ['FRAME_INVALID', '{"id":1,"method":"a"}'],
    ['FRAME_INVALID', '{"jsonrpc":2.0,"id":1,"method":"a"}'],
    ['FRAME_INVALID', '{"jsonrpc":"1.0","id":1,"method":"a"}'],
    ['FRAME_INVALID', '{"__proto__":{"jsonrpc":"2.0","id":1,"method":"a"}}'],
    ['FRAME_INVALID', '{"jsonrpc":"2.0","id":1}'],
    ['FRAME_INVALID', '{"jsonrpc":"2.0","id":1,"method":""}'],
    ['FRAME_INVALID', '{"jsonrpc":"2.0","id":1,"method":"tools call"}'],
    ['FRAME_INVALID', '{"jsonrpc":"2.0","id":1,"method":"a\\r\\nx: y"}'],
    ['FRAME_INVALID', '{"jsonrpc":"2.0","id":1,"method":"t\\u00f6ols/call"}'],
    ['FRAME_INVALID', '{"jsonrpc":"2.0","id":1,"method":null,"result":{}}'],
    ['FRAME_INVALID', `{"jsonrpc":"2.0","id":1,"method":"${'m'.repeat(257)}"}`],
    ['FRAME_INVALID', '{"jsonrpc":"2.0","id":null,"method":"a"}'],
    ['FRAME_INVALID', '{"jsonrpc":"2.0","id":true,"method":"a"}'],
    ['FRAME_INVALID', '{"jsonrpc":"2.0","id":{},"method":"a"}'],
    ['FRAME_INVALID', '{"jsonrpc":"2.0","id":12345678901234567890,"method":"a"}'],
    ['FRAME_INVALID', `{"jsonrpc":"2.0","id":"${'i'.repeat(1025)}","method":"a"}`],
    ['FRAME_INVALID', `${request},"params":[]}`],
    ['FRAME_INVALID', `${request},"params":null}`],
    ['FRAME_INVALID', '{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":""}}'],
    ['FRAME_INVALID', '{"jsonrpc":"2.0","id":1,"result":null}'],
    ['FRAME_INVALID', '{"jsonrpc":"2.0","id":1,"result":[]}'],
    ['FRAME_INVALID', '{"jsonrpc":"2.0","result":{}}'],
    ['FRAME_INVALID', '{"jsonrpc":"2.0","id":null,"result":{}}'],
    ['FRAME_INVALID', '{"jsonrpc":"2.0","id":1,"error":"no"}'],
    ['FRAME_INVALID', '{"jsonrpc":"2.0","id":1,"error":{"code":"1","message":""}}'],
    ['FRAME_INVALID', '{"jsonrpc":"2.0","id":1,"error":{"code":1}}'],
    ['FRAME_TOO_DEEP', `${request},"params":{"a":${'['.repeat(19)}${']'.repeat(19)}}}`],
    ['FRAME_TOO_DEEP', '['.repeat(9_000)],
    ['FRAME_TOO_LARGE', `${request}${' '.repeat(10_000)}}`],
  ])('%s: %s', (code, text) => {
    expect(codeOf(() => up(text))).toBe(code);
    expect(codeOf(() => down(text))).toBe(code);
  });

  it.each([
    [[0xff, 0xfe, 0x7b]],
    [[0x22, 0xc3, 0x28, 0x22]],
    [[0x22, 0xed, 0xa0, 0x80, 0x22]],
    [[0x22, 0xc0, 0xaf, 0x22]],
  ])('FRAME_NOT_JSON where its bytes are not UTF-8: %j', (raw) => {
    expect(codeOf(() => decodeFrame(Uint8Array.from(raw), 'up', limits))).toBe('FRAME_NOT_JSON');
  });

  it('and the error holds nothing of it', () => {
    for (const text of ['{"secret', '{"jsonrpc":"2.0","secret":1}', '"secret"']) {
      try {
        up(text);
        expect.unreachable();
      } catch (error) {
        expect(String(error)).not.toContain('secret');
        expect((error as Error).cause).toBeUndefined();
      }
    }
  });
});

describe('a message is read', () => {
  it.each([
    ['request', '{"jsonrpc":"2.0","id":1,"method":"a","params":{"b":[]}}'],
    ['request', '{"jsonrpc":"2.0","id":"","method":"a"}'],
    ['request', '{"jsonrpc":"2.0","id":0.5,"method":"a"}'],
    ['notification', '{"jsonrpc":"2.0","method":"a"}'],
    ['result', '{"jsonrpc":"2.0","id":"1","result":{}}'],
    ['error', '{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"m","data":null}}'],
    ['error', '{"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":"m"}}'],
  ])('%s: %s', (kind, text) => {
    const frame = up(text);
    expect(frame).toMatchObject({ kind, direction: 'up' });
    expect(frameText(frame)).toBe(text);
    expect(frame.source).toBeUndefined();
    expect(down(text)).toMatchObject({ kind, direction: 'down', source: text });
  });

  it('an error without an id is one for nobody', () => {
    const { message } = up('{"jsonrpc":"2.0","error":{"code":1,"message":""}}');
    expect(message).toEqual(errorAnswer(null, 1, ''));
  });

  it('keeps ids in kind', () => {
    const ids = ['1', '"1"', '1.5', '-7', '"\u00e9"'];
    const read = ids.map((id) => frameText(up(`{"jsonrpc":"2.0","id":${id},"method":"a"}`)));
    expect(read).toEqual(ids.map((id) => `{"jsonrpc":"2.0","id":${id},"method":"a"}`));
  });

  it('at a byte order mark, and whatever blanks', () => {
    const frame = up('\ufeff\r\n {"method" : "a",\t"jsonrpc":"2.0"} \n');
    expect(frameText(frame)).toBe('{"jsonrpc":"2.0","method":"a"}');
  });

  it('up to the limits, not beyond', () => {
    const deep = `{"jsonrpc":"2.0","method":"a","params":{"a":${'['.repeat(18)}${']'.repeat(18)}}}`;
    expect(up(deep).kind).toBe('notification');
    const room = limits.bytes - bytes('{"jsonrpc":"2.0","method":"a"}').length;
    expect(up(`{"jsonrpc":"2.0","method":"a"${' '.repeat(room)}}`).kind).toBe('notification');
    expect(codeOf(() => up(`{"jsonrpc":"2.0","method":"a"${' '.repeat(room + 1)}}`))).toBe(
      'FRAME_TOO_LARGE',
    );
  });
});

describe('what goes up is what was judged', () => {
  it('and nothing beside it', () => {
    const text =
      '{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":1},"result":{"y":1},"error":1,"extra":2,"__proto__":{"z":1}}';
    expect(frameText(up(text))).toBe('{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":1}}');
  });

  it('with one reading of members that come twice', () => {
    const text =
      '{"jsonrpc":"2.0","method":"ping","id":1,"params":{"name":"a","name":"b"},"method":"tools/call"}';
    expect(frameText(up(text))).toBe(
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"b"}}',
    );
  });

  it('with the digits of its numbers, its lone surrogates and odd names', () => {
    const params =
      '{"n":12345678901234567890,"m":1234567890.12345678,"e":1e400,"s":"\\ud800","__proto__":{"a":1},"constructor":null,"":""}';
    const text = `{"jsonrpc":"2.0","id":1,"method":"a","params":${params}}`;
    expect(frameText(up(text))).toBe(text);
  });

  it('for any params', () => {
    const params = fc.dictionary(fc.string({ unit: 'binary', maxLength: 5 }), json);
    const call = fc.record({
      id: fc.oneof(fc.string(), fc.integer()),
      method: fc.stringMatching(/^[\x21-\x7e]{1,40}$/),
      params,
    });
    fc.assert(
      fc.property(call, (message) => {
        const text = JSON.stringify({ jsonrpc: '2.0', ...message });
        const frame = decodeFrame(bytes(text), 'up', { bytes: 1e6, depth: 100 });
        const sent = frameText(frame);
        expect(sent).toBe(text);
        expect(decodeFrame(bytes(sent), 'up', { bytes: 1e6, depth: 100 })).toEqual(frame);
      }),
    );
  });

  it('for any text at all: it is refused with a code, or read the same again', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '"jsonrpc":"2.0"',
      '"id":1',
      '"method":"a"',
      '"params":{}',
      '"result":{}',
      '1e9',
      'null',
      ' ',
      '\\',
      '\u00e9',
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 12 }).map((parts) => parts.join('')),
      fc
        .subarray([
          '"jsonrpc":"2.0"',
          '"id":1',
          '"method":"a"',
          '"params":{}',
          '"result":{}',
          '"error":{"code":1,"message":"m"}',
          '"id":"x"',
        ])
        .map((parts) => `{${parts.join(',')}}`),
    );
    fc.assert(
      fc.property(text, (input) => {
        if (codeOf(() => up(input)) !== 'none') return;
        const frame = up(input);
        expect(up(frameText(frame))).toEqual(frame);
      }),
      { numRuns: 500 },
    );
  });
});
