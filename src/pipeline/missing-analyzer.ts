import type { Log } from '../model/seams.ts';
import type { PolicySet } from '../policy/policy-set.ts';
import { analyzersIn } from './analysis.ts';

/** Rules that are named at a time. */
const MOST_RULES = 10;

/** Says in the log that rules in force name an analyzer where none is configured: what they mask is refused. */
export function tellMissingAnalyzer(policies: PolicySet | undefined, log: Log): void {
  const enforced = policies?.rules.filter(({ mode }) => mode === 'enforce') ?? [];
  const naming = enforced.filter(({ masks }) => {
    return analyzersIn(masks, 'args').length + analyzersIn(masks, 'result').length > 0;
  });
  if (naming.length === 0) return;
  const rules = naming.slice(0, MOST_RULES).map(({ id }) => id);
  const hint = 'name one at analyzers.presidio';
  const fields = { code: 'ANALYZER_UNAVAILABLE', rules, hint };
  log.error(fields, 'rules name an analyzer and none is configured; what they mask is refused');
}
