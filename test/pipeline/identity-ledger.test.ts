import { describe, expect, it } from 'vitest';
import type { Identity, IdentityFacts } from '../../src/model/identity.ts';
import { IdentityLedger, recordOf } from '../../src/pipeline/identity-ledger.ts';

const ana: Identity = {
  ...{ sub: 'ana', issuer: 'https://issuer.test', groups: ['analysts'], scopes: [] },
  claims: { sub: 'ana', iat: 1, exp: 2, jti: 'a', tier: 'gold' },
};
const factsOf = (identity: Identity) => JSON.parse(recordOf(identity).facts) as IdentityFacts;

describe('an identity in the transcript', () => {
  it('is the same for every token of the same caller', () => {
    const renewed = { ...ana, claims: { tier: 'gold', jti: 'b', iat: 3, exp: 4, sub: 'ana' } };
    expect(recordOf(renewed).digest).toBe(recordOf(ana).digest);
    const promoted = { ...ana, claims: { ...ana.claims, tier: 'platinum' } };
    expect(recordOf(promoted).digest).not.toBe(recordOf(ana).digest);
  });

  it('names the claims that it leaves out', () => {
    expect(factsOf(ana)).toMatchObject({
      claims: { sub: 'ana', tier: 'gold' },
      omitted: ['exp', 'iat', 'jti'],
    });
  });

  it('leaves out tokens that are in claims, however deep', () => {
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2ln';
    const claims = { tier: 'gold', idp: { tokens: [token] }, act_token: token };
    const { claims: kept, omitted } = factsOf({ ...ana, claims });
    expect(kept).toEqual({ tier: 'gold' });
    expect(omitted).toEqual(['act_token', 'idp']);
  });

  it('leaves out what is too large, the largest first', () => {
    const claims = { photo: 'x'.repeat(10_000), a: 'y'.repeat(4_000), b: 'z'.repeat(4_500) };
    const { claims: kept, omitted } = factsOf({ ...ana, claims });
    expect(Object.keys(kept)).toEqual(['a']);
    expect(omitted).toEqual(['b', 'photo']);
    expect(recordOf({ ...ana, claims }).facts.length).toBeLessThan(8_700);
  });

  it('is written once, and again where that failed', () => {
    const ledger = new IdentityLedger();
    const record = recordOf(ana);
    expect(ledger.take(record, 1)).toBe(true);
    expect(ledger.take(record, 2)).toBe(false);
    ledger.forget(record);
    expect(ledger.take(record, 3)).toBe(true);
  });

  it('is written again after a minute, for it may have been removed with all that named it', () => {
    const ledger = new IdentityLedger();
    expect(ledger.take(recordOf(ana), 1_000_000)).toBe(true);
    expect(ledger.take(recordOf(ana), 1_059_999)).toBe(false);
    expect(ledger.take(recordOf(ana), 1_060_000)).toBe(true);
  });
});
