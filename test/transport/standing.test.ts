import { describe, expect, it } from 'vitest';
import type { Identity } from '../../src/model/identity.ts';
import { standingOf } from '../../src/transport/http/standing.ts';

const claims = { iss: 'https://issuer.example', sub: 'ana', amr: ['pwd'], auth_time: 1, exp: 9 };
const ana: Identity = {
  ...{ sub: 'ana', issuer: claims.iss, email: 'ana@example.com', client: 'agent' },
  ...{ groups: ['dba'], scopes: ['mcp'], claims },
};

describe('the standing of a caller', () => {
  it.each(['iat', 'exp', 'nbf', 'jti', 'nonce', 'at_hash', 'uti', 'aio', 'rh'])(
    'is the same with a token that was renewed (%s)',
    (name) => {
      const renewed = { ...ana, claims: { ...claims, [name]: 'another' } };
      expect(standingOf(renewed)).toBe(standingOf(ana));
    },
  );

  it.each<Partial<Identity>>([
    { groups: [] },
    { groups: ['dba', 'admins'] },
    { scopes: [] },
    { client: 'another' },
    { actor: 'bot' },
    { email: 'bob@example.com' },
    { issuer: 'https://other.example' },
    { claims: { ...claims, amr: ['pwd', 'hwk'] } },
    { claims: { ...claims, auth_time: 2 } },
    { claims: { ...claims, tenant: 't' } },
  ])('is another where a rule may tell the two apart (%j)', (difference) => {
    expect(standingOf({ ...ana, ...difference })).not.toBe(standingOf(ana));
  });
});
