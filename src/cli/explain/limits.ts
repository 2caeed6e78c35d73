import type { Decision } from '../../model/decision.ts';
import { spanText } from '../../model/span-text.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import { counted } from '../report.ts';

/** The limits that a decision counts against, a line each: `read: 2 calls in 1h, of each identity.sub`. */
export function limitLines({ limits }: Decision, { rules }: Pick<PolicySet, 'rules'>): string[] {
  // A rule's limits are due together.
  return [...new Set(limits.map(({ rule }) => rule))].flatMap((id) => {
    const specs = rules.find((rule) => rule.id === id)?.limits ?? [];
    return specs.map(({ calls, per, by }) => {
      const each = by.map(({ text }) => text).join(', ');
      return `${id}: ${counted(calls, 'call')} in ${spanText(per)}, of each ${each}`;
    });
  });
}
