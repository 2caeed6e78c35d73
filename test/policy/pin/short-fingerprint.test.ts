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
    expect(shortFingerprint(fingerprint)).toBe(digits.slice(0, 12));
  });

  it.each([
    [12, true],
    [20, true],
    [64, true],
    [11, false],
    [0, false],
  ])('of %d digits names a definition: %s', (length, expected) => {
    expect(isFingerprint(fingerprint, digits.slice(0, length))).toBe(expected);
  });

  it('names no other definition', () => {
    expect(isFingerprint(fingerprint, `${digits.slice(0, 11)}f`)).toBe(false);
  });

  it.each([
    ['query', { tool: 'query' }],
    ['query@0123456789ab', { tool: 'query', digits: '0123456789ab' }],
    ['a@b@0123456789ab', { tool: 'a@b', digits: '0123456789ab' }],
    ['query@abc', { tool: 'query@abc' }],
    ['query@0123456789AB', { tool: 'query@0123456789AB' }],
    ['@0123456789ab', { tool: '@0123456789ab' }],
  ])('is read after the name of a tool: %s', (text, expected) => {
    expect(namedDefinition(text)).toEqual(expected);
  });
});
