import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Approval } from '../../src/model/approval.ts';
import type { Json } from '../../src/model/json.ts';
import { cut, short, summaryOf } from '../../src/notify/approval-summary.ts';
import { anApproval, decided, NOW } from './fixture.ts';

/** What a reader can't see, or is led astray by. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const odd = fc.constantFrom('\u202e', '\u200b', '\n', '\r', '\u0007', '\u2028', 'a', '\u{e0041}', '\u{1f600}', '\ud83d'); // biome-ignore format: one line says it
const text = fc.string({ unit: odd, maxLength: 400 });

function approvalWith(word: string, many: number): Approval {
  const { call, demands } = anApproval();
  const [demand] = demands;
  if (!demand) throw new Error('asks for nothing');
  const caller = { issuer: word, sub: word, email: word, client: word, actor: word };
  const by = Array.from({ length: many }, () => `user:${word}`);
  const at = { file: word, line: 1, column: 1 };
  return anApproval({
    call: {
      ...{ ...call, caller, agent: word, upstream: word, target: word, args: { [word]: word } },
      tool: { title: word, annotations: { [word]: true } },
    },
    demands: Array.from({ length: many }, () => ({ ...demand, rule: word, at, by, reason: word })),
    ballots: Array.from({ length: many }, () => ({
      ...{ by: { issuer: word, sub: word }, at: NOW, verdict: 'approve', reason: word },
      ...{ via: 'api', rules: [word] },
    })),
    reason: word,
  });
}

describe('what people are shown of an approval', () => {
  it('is bounded, and nothing in it hides or obeys, whatever anybody has written', () => {
    fc.assert(
      fc.property(text, fc.nat({ max: 30 }), (word, many) => {
        const { call, facts, args } = summaryOf(approvalWith(word, many), 1_000);
        expect(call).not.toMatch(HIDDEN);
        for (const { text: shown } of facts) {
          expect(shown).not.toMatch(HIDDEN);
          expect(shown).not.toBe('');
          expect(shown.length).toBeLessThan(1_600);
        }
        expect(facts.length).toBeLessThan(30);
        expect(args.replaceAll('\n', '')).not.toMatch(HIDDEN);
        expect(args.length).toBeLessThanOrEqual(1_001);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    { name: 'all of a short call', changes: {}, isWhole: true },
    { name: 'arguments that are longer', changes: { args: { a: 'x'.repeat(1_000) } } },
    { name: 'a target that is longer', changes: { target: 'x'.repeat(301) } },
    {
      name: 'a caller with a longer name',
      changes: { caller: { issuer: 'i', sub: 'x'.repeat(301) } },
    },
  ])('says whether it is $name', ({ changes, isWhole = false }) => {
    const { call } = anApproval();
    expect(summaryOf(anApproval({ call: { ...call, ...changes } }), 900).isWhole).toBe(isWhole);
  });

  it('has each of the three names in its first line, and no name passes for another', () => {
    const { call } = anApproval();
    const first = (target: string, sub: string) =>
      summaryOf(anApproval({ call: { ...call, target, caller: { issuer: 'i', sub } } }), 900).call;
    expect(first('list on wiki, for boss', 'mallory')).toBe(
      '"list on wiki, for boss" on orders, for mallory',
    );
    expect(first('list" on wiki', 'mia, really')).toBe(
      '"list\\" on wiki" on orders, for "mia, really"',
    );
    expect(first('x'.repeat(1_000), 'mallory')).toMatch(/^x{49}… on orders, for mallory$/);
  });

  it('does not grow with the depth of the arguments', () => {
    const { call } = anApproval();
    let deep: Json = Array.from({ length: 100_000 }, () => 1);
    for (let level = 0; level < 60; level++) deep = [deep];
    const { args, isWhole } = summaryOf(anApproval({ call: { ...call, args: { deep } } }), 20_000);
    expect(args).toMatch(/^\{"deep":\[{61}1,1,[1,]*…$/);
    expect([args.length, isWhole]).toEqual([20_001, false]);
  });

  it('says who, with what, why, and who decides until when', () => {
    const facts = summaryOf(anApproval(), 900).facts.map(({ name, text: shown }) => `${name}: ${shown}`); // biome-ignore format: one line says it
    expect(facts).toEqual([
      'Caller: mia <mia@example.com>',
      'Agent: claude-code 2.1',
      'Call: tools/call drop_table',
      'Upstream: orders',
      'The tool says: Drop a table, destructiveHint: true',
      'Rule: ddl-needs-a-dba (policies/db.yaml:14): tables are dear',
      'Who decides: group:dba, not the caller',
      'Until: 2026-03-04 05:21 UTC',
      'Approval: 019a-1',
    ]);
  });

  it('says who has decided, and of broken glass why', () => {
    const facts = summaryOf(decided('broke-glass'), 900).facts;
    expect(facts).toContainEqual({ name: 'Broke the glass', text: 'ann, the site is down' });
    expect(facts.map(({ name }) => name)).not.toContain('Until');
  });
});

describe('a text that is cut', () => {
  it('never ends in half a character', () => {
    expect(cut('ab\u{1f600}', 3)).toBe('ab');
    expect(cut('ab\u{1f600}', 4)).toBe('ab\u{1f600}');
    expect(short('x'.repeat(400))).toHaveLength(300);
    expect(short('x'.repeat(300))).toBe('x'.repeat(300));
  });
});
