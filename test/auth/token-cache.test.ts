import { expect, it } from 'vitest';
import { TokenCache } from '../../src/auth/token-cache.ts';

const identity = { sub: 'ana', issuer: 'i', groups: [], scopes: [], claims: {} };

it('forgets the least used of more than ten thousand tokens', () => {
  const cache = new TokenCache(() => 0);
  const keys = Array.from({ length: 10_001 }, (_, index) => cache.key(`token-${index}`, 'files'));
  for (const key of keys.slice(0, 10_000)) cache.set(key, identity, 1);
  expect(cache.get(keys[0] ?? '')).toBe(identity);
  cache.set(keys[10_000] ?? '', identity, 1);
  expect(cache.get(keys[0] ?? '')).toBe(identity);
  expect(cache.get(keys[1] ?? '')).toBeUndefined();
});

it('knows a token by a digest that tells upstreams apart', () => {
  const cache = new TokenCache(() => 0);
  expect(cache.key('secret', 'files')).not.toContain('secret');
  expect(cache.key('secret', 'files')).not.toBe(cache.key('secret', 'mail'));
});
