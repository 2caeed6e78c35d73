import { describe, expect, it } from 'vitest';
import {
  fingerprintDigits,
  isFingerprint,
  namedDefinition,
  shortFingerprint,
} from '../../../src/policy/pin/short-fingerprint.ts';
import { toolDefinition } from '../../../src/policy/pin/tool-definition.ts';

const fingerprint = toolDefinition({ name: 'a' })?.fingerprint ?? '';
// What `printf '{"name":"a"}' | sha256sum` says.
const digits = 'd9d719b27480b55cd4918020e7473e716ed3569c8adafe926cf9b10b4f8ef064';

describe('the short fingerprint', () => {
  it('is the first digits of the SHA-256', () => {
    expect(fingerprintDigits(fingerprint)).toBe(digits);
    expect(shortFingerprint(fingerprint)).toBe(digits.slice(0, 32));
  });

  it.each([
    [32, true],
    [40, true],
    [64, true],
    [31, false],
    [0, false],
  ])('of %d digits names a definition: %s', (length, expected) => {
    expect(isFingerprint(fingerprint, digits.slice(0, length))).toBe(expected);
  });

  it('names no other definition', () => {
    expect(isFingerprint(fingerprint, `${digits.slice(0, 31)}f`)).toBe(false);
  });

  it.each([
    ['query', { tool: 'query' }],
    [
      'query@0123456789abcdef0123456789abcdef',
      { tool: 'query', digits: '0123456789abcdef0123456789abcdef' },
    ],
    [
      'a@b@0123456789abcdef0123456789abcdef',
      { tool: 'a@b', digits: '0123456789abcdef0123456789abcdef' },
    ],
    ['query@abc', { tool: 'query@abc' }],
    ['query@0123456789ABCDEF0123456789ABCDEF', { tool: 'query@0123456789ABCDEF0123456789ABCDEF' }],
    ['@0123456789abcdef0123456789abcdef', { tool: '@0123456789abcdef0123456789abcdef' }],
  ])('is read after the name of a tool: %s', (text, expected) => {
    expect(namedDefinition(text)).toEqual(expected);
  });
});
