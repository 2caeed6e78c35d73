/** What the suite found of one requirement. */
export interface Check {
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'INFO' | 'SKIPPED';
  readonly errorMessage?: string;
}

/** One requirement that is met directly and less so through the gate. */
export interface Difference {
  readonly id: string;
  /** Absent: the suite did not get as far as to check it. */
  readonly direct: Check['status'] | undefined;
  readonly gate: Check['status'] | undefined;
  readonly message: string;
}

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly warnings: number;
}

const severity = { FAILURE: 4, WARNING: 3, SUCCESS: 2, INFO: 1, SKIPPED: 0 } as const;

/** The worst that was found of each requirement, as an id may be checked many times. */
function worstById(checks: readonly Check[]): Map<string, Check> {
  const worst = new Map<string, Check>();
  for (const check of checks) {
    const known = worst.get(check.id);
    if (!known || severity[check.status] > severity[known.status]) worst.set(check.id, check);
  }
  return worst;
}

export function tally(checks: readonly Check[]): Tally {
  const count = (status: Check['status']) => checks.filter((c) => c.status === status).length;
  return { passed: count('SUCCESS'), failed: count('FAILURE'), warnings: count('WARNING') };
}

/** What is worse through the gate, requirement by requirement. */
export function compare(direct: readonly Check[], gate: readonly Check[]): Difference[] {
  const expected = worstById(direct);
  const found = worstById(gate);
  const ids = new Set([...expected.keys(), ...found.keys()]);
  return [...ids].flatMap((id) => {
    const before = expected.get(id);
    const after = found.get(id);
    if (!isWorse(before?.status, after?.status)) return [];
    const message = after?.errorMessage ?? (after ? '' : 'the suite did not get to this check');
    return [{ id, direct: before?.status, gate: after?.status, message }];
  });
}

/** Whatever passed must pass; a fault is worse than none; a failure is worse than a warning. */
function isWorse(before: Check['status'] | undefined, after: Check['status'] | undefined): boolean {
  if (before === 'SUCCESS') return after !== 'SUCCESS';
  const faults = (status: Check['status'] | undefined) =>
    status === 'FAILURE' ? 2 : status === 'WARNING' ? 1 : 0;
  return faults(after) > faults(before);
}
