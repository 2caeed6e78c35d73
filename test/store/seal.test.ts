import { createDecipheriv, createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataKey } from '../../src/store/seal/data-key.ts';
import { type MasterKeys, masterKeyName } from '../../src/store/seal/master-keys.ts';
import { openOriginal, sealOriginal } from '../../src/store/seal/original-seal.ts';
import { periodKey, wrapPeriodKey } from '../../src/store/seal/period-key.ts';
import { randomFrom } from '../../src/store/seal/random-from.ts';

const bytes = (fill: number) => new Uint8Array(32).fill(fill);
const at = { exchange: 'e1', seq: 3 };

describe('a data key', () => {
  it('is SHA-256 of a counter, the period key, the secret and the id, as NIST SP 800-56C has it', () => {
    const parts = { period: bytes(1), secret: bytes(2), exchange: 'e1' };
    const expected = createHash('sha256')
      .update(Buffer.from('00000001', 'hex'))
      .update(bytes(1))
      .update(bytes(2))
      .update('e1')
      .digest();
    expect(dataKey(parts).equals(expected)).toBe(true);
  });

  it('is another one where any of its parts is', () => {
    const parts = { period: bytes(1), secret: bytes(2), exchange: 'e1' };
    const others = [{ period: bytes(9) }, { secret: bytes(9) }, { exchange: 'e2' }];
    const keys = [{}, ...others].map((other) => dataKey({ ...parts, ...other }).toString('hex'));
    expect(new Set(keys).size).toBe(4);
  });
});

describe('a sealed original', () => {
  it('opens to the same text, whatever it is', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.tuple(fc.string({ unit: 'binary' }), fc.nat(300)).map(([one, n]) => one.repeat(n)),
      fc
        .tuple(fc.string({ unit: 'binary' }), fc.nat(20_000))
        .map(([one, n]) => one + '.'.repeat(n)),
    );
    fc.assert(
      fc.property(text, (original) => {
        const whole = original.toWellFormed();
        expect(openOriginal(bytes(7), at, sealOriginal(bytes(7), at, whole))).toBe(whole);
      }),
      { numRuns: 25 },
    );
  });

  it('can be opened by others: a version, a nonce, the text under AES-256-GCM, a tag', () => {
    const sealed = sealOriginal(bytes(7), at, 'a text');
    const decipher = createDecipheriv('aes-256-gcm', bytes(7), sealed.subarray(1, 13));
    decipher.setAAD(Buffer.from('\x01sallyport original\0e1\x003'));
    decipher.setAuthTag(sealed.subarray(-16));
    const text =
      decipher.update(sealed.subarray(13, -16), undefined, 'utf8') + decipher.final('utf8');
    expect([sealed[0], text]).toEqual([1, 'a text']);
  });

  it('takes less room than a long text that repeats itself', () => {
    const text = JSON.stringify(
      Array.from({ length: 500 }, (_, id) => ({ id, email: `u${id}@example.org` })),
    );
    expect(sealOriginal(bytes(7), at, text).length).toBeLessThan(text.length / 2);
  });

  const sealed = sealOriginal(bytes(7), at, 'eve@example.org');
  it.each([
    ['with another key', () => openOriginal(bytes(8), at, sealed)],
    ['in another exchange', () => openOriginal(bytes(7), { ...at, exchange: 'e2' }, sealed)],
    ['at another step', () => openOriginal(bytes(7), { ...at, seq: 4 }, sealed)],
    ['cut', () => openOriginal(bytes(7), at, sealed.subarray(0, -1))],
    ['empty', () => openOriginal(bytes(7), at, new Uint8Array())],
    ['longer', () => openOriginal(bytes(7), at, Buffer.concat([sealed, Buffer.from([0])]))],
  ])('does not open %s', (_, open) => {
    expect(open()).toBeUndefined();
  });

  it('does not open with a single bit changed, wherever it is', () => {
    const long = sealOriginal(bytes(7), at, 'x'.repeat(5_000));
    for (const whole of [sealed, long]) {
      for (let bit = 0; bit < whole.length * 8; bit++) {
        const changed = Buffer.from(whole);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(openOriginal(bytes(7), at, changed)).toBeUndefined();
      }
    }
  });

  it('is another one each time, so that nobody can tell that two texts are the same', () => {
    const again = sealOriginal(bytes(7), at, 'eve@example.org');
    expect(again.equals(sealed)).toBe(false);
  });
});

describe('the key of a period', () => {
  const keys: MasterKeys = [bytes(1), bytes(2)];

  it('is wrapped by the first master key, and opens with any that wrapped it', () => {
    const wrapped = wrapPeriodKey(keys, 5, bytes(9));
    expect(wrapped.master).toBe(masterKeyName(bytes(1)));
    expect(periodKey([bytes(2), bytes(1)], wrapped)?.equals(bytes(9))).toBe(true);
    expect(Buffer.from(wrapped.wrapped).includes(Buffer.from(bytes(9)))).toBe(false);
  });

  it.each([
    ['no key of that name', [bytes(2)], {}],
    ['another period', keys, { id: 6 }],
    ['the name of another key at hand', keys, { master: masterKeyName(bytes(2)) }],
  ] as const)('does not open with %s', (_, others, changed) => {
    expect(periodKey(others, { ...wrapPeriodKey(keys, 5, bytes(9)), ...changed })).toBeUndefined();
  });

  it('is called by a name that says nothing of the master key', () => {
    expect(masterKeyName(bytes(1))).toMatch(/^[0-9a-f]{16}$/);
    expect(masterKeyName(bytes(1))).not.toBe(masterKeyName(bytes(2)));
  });
});

describe('random bytes', () => {
  it('are given out once', () => {
    const pieces = Array.from({ length: 3_000 }, () => randomFrom(32).toString('hex'));
    expect(new Set(pieces).size).toBe(3_000);
    expect(randomFrom(100_000)).toHaveLength(100_000);
  });
});
