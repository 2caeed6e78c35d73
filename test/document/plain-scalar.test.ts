import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { plainScalar } from '../../src/document/plain-scalar.ts';

describe('a scalar without quotes', () => {
  it.each([
    ...['', '~', 'null', 'NULL', 'nuLL', 'true', 'True', 'tRUE', 'FALSE', 'yes', 'on', 'n'],
    ...['0', '-0', '+7', '007', '0o17', '0x1F', '-0x1F', '0b1', '1_000', '12:30', '2026-01-01'],
    ...['.5', '5.', '1e3', '1E-3', '1.5e+3', '.', '..', '+', 'e3', '1e', '.inf', '-.INF'],
    ...['+.inf', '.NaN', '.nan', 'inf', 'nan', '1.2.3', '0x', '0o8', '9007199254740993'],
  ])('%j means what the core schema of YAML 1.2 says', (text) => {
    expect(plainScalar(text)).toEqual(parse(text, { version: '1.2', schema: 'core' }) ?? null);
  });

  it('means what another library says it means', () => {
    const text = fc.string({ unit: fc.constantFrom(...'0123456789+-.eExoabfINFn_'), maxLength: 7 });
    fc.assert(
      fc.property(text, (text) => {
        if (/^-*$/.test(text)) return;
        const [other] = parse(`[${text}]`) as unknown[];
        expect(plainScalar(text)).toEqual(other ?? null);
      }),
      { numRuns: 2_000 },
    );
  });
});
