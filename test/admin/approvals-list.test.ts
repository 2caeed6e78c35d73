import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApprovalDesk } from '../../src/admin/approvals-desk.ts';
import type { Identity } from '../../src/model/identity.ts';
import { Approvals } from '../../src/pipeline/approval/approvals.ts';
import { MemoryApprovals } from '../../src/store/memory/approvals.ts';
import { keptLog } from '../auth/fixture.ts';
import { approvalNamed } from '../support/approvals.ts';

const roles = { admin: [], approver: ['user:olaf'], publisher: [], viewer: ['user:vera'] };
const by = ['group:red', 'group:blue', 'user:dan'];
const issuer = 'https://issuer.test';
const people = ['dan', 'olaf', 'vera', 'ann', 'eve'];

/** A desk over approvals that name the one or the other. */
async function deskOver(names: readonly (readonly string[])[]) {
  const clock = () => 2_000;
  const log = keptLog();
  const bounds = { max: 1_000, maxPerCaller: 1_000 };
  const store = new MemoryApprovals({ clock, log, bounds });
  for (const [at, named] of names.entries()) {
    const approval = approvalNamed(`id-${String(at).padStart(4, '0')}`);
    const demands = approval.demands.map((demand) => ({ ...demand, by: named }));
    await store.open({ ...approval, demands }, []);
  }
  const demandOf = () => undefined;
  const approvals = new Approvals({
    ...{ store, clock, log, recorder: { append: async () => undefined }, channels: [] },
    ...{ demandOf, revision: () => 'r1', keep: 1_000 },
  });
  return new ApprovalDesk({
    ...{ approvals, roles, clock, log, pageOf: () => undefined, rules: () => [] },
  });
}

describe('pages of a list', () => {
  it('have together what somebody may see, each once, the newest first', async () => {
    const names = fc.array(fc.subarray(by), { minLength: 0, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        ...[names, fc.integer({ min: 1, max: 50 }), fc.constantFrom(...people)],
        ...[fc.subarray(['red', 'blue']), fc.boolean(), fc.integer({ min: 1, max: 9 })],
        async (pattern, times, sub, groups, mine, limit) => {
          const named = Array.from({ length: times }, () => pattern).flat();
          const desk = await deskOver(named);
          const identity: Identity = { issuer, sub, groups, scopes: [], claims: {} };
          const viewer = desk.viewer(identity);
          const found: string[] = [];
          let before: string | undefined;
          do {
            const at = before === undefined ? {} : { before };
            const page = await desk.list(viewer, { mine, limit: limit * 10, ...at });
            found.push(...page.approvals.map(({ id }) => id));
            expect(page.approvals.length).toBeLessThanOrEqual(limit * 10);
            before = page.next;
          } while (before !== undefined);
          const isNamed = (one: readonly string[]) =>
            one.length === 0
              ? sub === 'olaf'
              : one.includes(`user:${sub}`) || groups.some((name) => one.includes(`group:${name}`));
          const reads = ['olaf', 'vera', 'ann'].includes(sub);
          const expected = named.flatMap((one, at) => {
            const shown = mine ? isNamed(one) && sub !== 'ann' : reads || isNamed(one);
            return shown ? [`id-${String(at).padStart(4, '0')}`] : [];
          });
          expect(found).toEqual(expected.reverse());
        },
      ),
      { numRuns: 20 },
    );
  });
});
