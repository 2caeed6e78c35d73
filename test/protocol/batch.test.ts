import { describe, expect, it } from 'vitest';
import { GateError } from '../../src/model/errors.ts';
import { decodeBatch, isBatch } from '../../src/protocol/batch.ts';

const limits = { bytes: 10_000, depth: 5 };
const bytes = (text: string) => Buffer.from(text);
const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}';

function codeOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error instanceof GateError ? error.code : error;
  }
}

describe('a batch', () => {
  it('is told from a message by its first byte', () => {
    expect(isBatch(bytes(` \r\n\t[${ping}]`))).toBe(true);
    expect(isBatch(bytes(ping))).toBe(false);
    expect(isBatch(bytes('"["'))).toBe(false);
    expect(isBatch(bytes(''))).toBe(false);
  });

  it('keeps its order, and what is no message in it as an error', () => {
    const members = decodeBatch(bytes(`[${ping},7,[],${ping}]`), limits);
    const kinds = members.map((one) => (one instanceof GateError ? one.code : one.kind));
    expect(kinds).toEqual(['request', 'FRAME_INVALID', 'FRAME_BATCH', 'request']);
  });

  it('keeps the digits of numbers', () => {
    const digits = '12345678901234567890.5';
    const text = `[{"jsonrpc":"2.0","id":1,"method":"m","params":{"n":${digits}}}]`;
    const [only] = decodeBatch(bytes(text), limits);
    expect(only instanceof GateError ? '' : JSON.stringify(only?.message)).toContain(digits);
  });

  it('may nest as deeply as its messages may', () => {
    const nested = (depth: number) =>
      `[{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}]`;
    expect(codeOf(() => decodeBatch(bytes(nested(3)), limits).length)).toBe(1);
    expect(codeOf(() => decodeBatch(bytes(nested(4)), limits))).toBe('FRAME_TOO_DEEP');
  });

  it('is refused when it is empty, too long, or no JSON', () => {
    expect(codeOf(() => decodeBatch(bytes('[]'), limits))).toBe('FRAME_INVALID');
    expect(codeOf(() => decodeBatch(bytes(`[${ping}`), limits))).toBe('FRAME_NOT_JSON');
    const long = `[${Array.from({ length: 101 }, () => ping).join(',')}]`;
    expect(codeOf(() => decodeBatch(bytes(long), limits))).toBe('FRAME_TOO_LARGE');
  });
});
