import type { Condition } from '../ast.ts';

/** True where a condition holds an expression that the checks of operators don't look into. */
export function hasCel(condition: Condition | undefined): boolean {
  switch (condition?.kind) {
    case 'all':
    case 'any':
      return condition.of.some(hasCel);
    case 'not':
      return hasCel(condition.of);
    case 'cel':
      return true;
    default:
      return false;
  }
}
