import { describe, expect, it } from 'vitest';
import { chooseCoding, refusesIdentity } from '../../src/transport/http/accept-encoding.ts';

const encodings = ['br', 'zstd', 'gzip'] as const;

describe('the coding that is chosen', () => {
  it.each([
    ['gzip, deflate', 'gzip'],
    ['gzip, deflate, br, zstd', 'br'],
    ['x-gzip', 'gzip'],
    ['*', 'br'],
    ['br;q=0, *', 'zstd'],
    ['gzip;q=1.0, br;q=0.5', 'gzip'],
    ['GZIP ; Q=0.3 , br;q=0.301', 'br'],
    ['identity, gzip;q=0.5', 'identity'],
    ['identity;q=0.2, gzip;q=0.5', 'gzip'],
    ['identity;q=0, gzip;q=0.001', 'gzip'],
    ['identity;q=0', 'identity'],
    ['*;q=0', 'identity'],
    ['gzip;q=0', 'identity'],
    ['gzip;q=2, br;q=x', 'identity'],
    ['deflate, compress', 'identity'],
    ['', 'identity'],
    [', ,', 'identity'],
    [undefined, 'identity'],
  ])('for %j is %s', (header, coding) => {
    expect(chooseCoding(header, encodings)).toBe(coding);
  });
});

describe('identity', () => {
  it.each([
    [undefined, false],
    ['', false],
    ['gzip', false],
    ['*', false],
    ['identity;q=0.1, *;q=0', false],
    ['identity;q=0', true],
    ['gzip, *;q=0', true],
  ])('is refused by %j: %s', (header, refused) => {
    expect(refusesIdentity(header)).toBe(refused);
  });
});
