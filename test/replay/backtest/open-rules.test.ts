import { expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { OpenRules } from '../../../src/replay/backtest/open-rules.ts';
import * as arbitrary from '../../support/arbitraries.ts';
import fc from '../../support/fast-check.ts';
import { policiesOf, subjectOf, tool } from '../../support/policies.ts';

const placeholder = fc.constantFrom<Json>('[redacted]', '**', null, 0);

it('can come to whatever the rules make of what is hidden', () => {
  fc.assert(
    fc.property(arbitrary.rules, arbitrary.args, placeholder, (rules, given, shown) => {
      const policies = policiesOf(rules);
      const open = new OpenRules(policies);
      const args = given as JsonObject;
      for (const key of Object.keys(args)) {
        for (const name of arbitrary.toolNames) {
          const was = subjectOf({ ...tool(name), args });
          const is = subjectOf({ ...tool(name), args: { ...args, [key]: shown } });
          const { effect } = policies.judge(was);
          const found = open.about(is).judge(is, [['args', key]], false);
          if (found) {
            const { possible, undecided } = found;
            expect(undecided ? [...possible, 'block'] : possible).toContain(effect);
          }
          if (!found) expect(policies.judge(is).effect).toBe(effect);
        }
      }
    }),
    { numRuns: 100 },
  );
});
