import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyMasks } from '../../src/mask/mask.ts';
import { resultPlace } from '../../src/mask/place/places.ts';
import type { Json } from '../../src/model/json.ts';
import { testContext } from '../support/masks.ts';
import { policiesOf, type RuleText, subjectOf } from '../support/policies.ts';

// Each value is one that detectors find, or that stands at a path or in a field, and a text that nothing else holds.
const planted = {
  email: 'zoe.quill@example.com',
  card: '4111 1111 1111 1111',
  ip: '203.0.113.77',
  born: '1980-04-17',
  pay: 48211,
  note: 'Bluebird sails',
};
const result: Json = {
  content: [
    { type: 'text', text: `${planted.email} paid with ${planted.card} from ${planted.ip}` },
    { type: 'text', text: JSON.stringify({ mail: planted.email, born: planted.born }) },
  ],
  structuredContent: {
    rows: [{ mail: planted.email, pay: planted.pay, born: planted.born, note: planted.note }],
  },
};

const masker = fc.constantFrom<unknown>(
  ...['redact', 'hash', 'token', 'remove', 'null', 'generalize'],
  ...[{ keep: { last: 4 } }, { keep: { first: 3 } }, { round: 1000 }, { replace: 'x' }],
  ...[{ token: { scope: 'crm', as: 'who' } }, { generalize: { date: 'decade', ipv4: 8 } }],
);
const target = fc.constantFrom<object>(
  { find: 'email' },
  { find: ['payment-card', 'ip-address'] },
  { find: ['email', 'payment-card'] },
  { path: 'structuredContent.rows[*].born' },
  { path: 'structuredContent.rows[*].pay' },
  { path: 'structuredContent.rows[*]' },
  { path: 'content[*].text' },
  { fields: ['mail', 'pay'] },
  { fields: 'b*n' },
);
const mask = fc.tuple(target, masker).map(([where, how]) => ({ ...where, with: how }));
const rule = (id: string) =>
  fc.record(
    {
      id: fc.constant(id),
      mask: fc.array(mask, { minLength: 1, maxLength: 3 }),
      when: fc.constantFrom({ 'args.n': { lt: 5 } }, { 'args.n': { gt: 5 } }),
    },
    { requiredKeys: ['id', 'mask'] },
  );
const rules = fc.tuple(rule('a'), rule('b'), rule('c'));
const args = fc.constantFrom({ n: 1 }, { n: 9 }, { n: 'x' }, {});

function masked(groups: readonly (readonly RuleText[])[], callArgs: object): string {
  const { masks } = policiesOf(...groups).judge(subjectOf({ args: callArgs as never }));
  const how = { place: resultPlace('tools/call'), side: 'result', context: testContext } as const;
  return JSON.stringify(applyMasks(result, masks, how).value);
}

function shown(text: string): string[] {
  return Object.values(planted)
    .map(String)
    .filter((value) => text.includes(value));
}

describe('what masks show', () => {
  it('does not depend on the order of rules, of masks, or of files', () => {
    fc.assert(
      fc.property(rules, args, ([a, b, c], callArgs) => {
        const backwards = [c, b, a].map((one) => ({ ...one, mask: [...one.mask].reverse() }));
        const whole = masked([[a, b, c]], callArgs);
        expect(masked([backwards], callArgs)).toBe(whole);
        expect(masked([[b], [c], [a]], callArgs)).toBe(whole);
      }),
      { numRuns: 150 },
    );
  });

  it('only becomes less by a mask or a rule more', () => {
    fc.assert(
      fc.property(rules, mask, args, ([a, b, c], more, callArgs) => {
        const before = shown(masked([[a, b]], callArgs));
        for (const wider of [
          [a, b, c],
          [{ ...a, mask: [...a.mask, more] }, b],
        ]) {
          for (const value of shown(masked([wider], callArgs))) expect(before).toContain(value);
        }
      }),
      { numRuns: 150 },
    );
  });
});
