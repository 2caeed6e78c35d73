import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { Seal } from '../../src/protocol/seal.ts';

const secret = Buffer.alloc(32, 7);
const seal = new Seal(secret, 'session');
const facts = { sub: 'ana', upstream: 'db', n: 1 };

describe('a seal', () => {
  it('opens what it sealed', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as JsonObject;
        expect(seal.open(seal.seal(plain))).toEqual(plain);
      }),
    );
    expect(new Seal(secret, 'session').open(seal.seal(facts))).toEqual(facts);
  });

  it('is never the same twice, and safe in a header', () => {
    const texts = Array.from({ length: 100 }, () => seal.seal(facts));
    expect(new Set(texts).size).toBe(100);
    for (const text of texts) expect(text).toMatch(/^[\w-]+$/);
    const bytes = texts.map((text) => Buffer.from(text, 'base64url').toString('latin1'));
    expect([...texts, ...bytes].join()).not.toContain('upstream');
  });

  it('can be the same for the same facts, and is another for all others', () => {
    const text = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(text, text, (one, other) => {
        const [a, b] = [one, other].map((it) => JSON.parse(JSON.stringify(it)) as JsonObject);
        if (!a || !b) throw new Error('no facts');
        expect(seal.open(seal.sealAlike(a))).toEqual(a);
        const same = JSON.stringify(a) === JSON.stringify(b);
        expect(seal.sealAlike(a) === seal.sealAlike(b)).toBe(same);
      }),
    );
    expect(new Seal(secret, 'state').sealAlike(facts)).not.toBe(seal.sealAlike(facts));
    expect(new Seal(secret, 'state').open(seal.sealAlike(facts))).toBeUndefined();
  });

  it('does not open what another key or another purpose sealed', () => {
    expect(new Seal(Buffer.alloc(32, 8), 'session').open(seal.seal(facts))).toBeUndefined();
    expect(new Seal(secret, 'state').open(seal.seal(facts))).toBeUndefined();
  });

  it('does not open what was changed, cut or made up', () => {
    const bytes = Buffer.from(seal.seal(facts), 'base64url');
    for (let i = 0; i < bytes.length; i++) {
      const changed = Buffer.from(bytes);
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(seal.open(changed.toString('base64url'))).toBeUndefined();
      expect(seal.open(bytes.subarray(0, i).toString('base64url'))).toBeUndefined();
    }
    for (const text of [
      '',
      'x',
      'a'.repeat(38),
      '\u0000',
      '../..',
      `${bytes.toString('base64url')}AAAA`,
    ]) {
      expect(seal.open(text)).toBeUndefined();
    }
  });
});
