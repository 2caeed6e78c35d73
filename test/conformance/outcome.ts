import { type Check, compare, type Difference } from './check.ts';
import type { Case, Job } from './plan.ts';
import { EXTENSION } from './plan.ts';
import type { Path } from './targets.ts';

/** What was found of a case, both ways. */
export interface Outcome extends Case, Readonly<Record<Path, readonly Check[]>> {
  readonly worse: readonly Difference[];
  /** It was worse at first, and was run again. */
  readonly again: boolean;
}

/** Checks by case and path, as runs bring them. */
export class Findings {
  readonly #checks = new Map<string, Check[]>();

  add(job: Job, found: ReadonlyMap<string, Check[]>): void {
    for (const [scenario, checks] of found) {
      const { target, revision = EXTENSION, path } = job;
      this.#checks.set(keyOf({ target, scenario, revision }, path), checks);
    }
  }

  outcome(of: Case, again = false): Outcome {
    const gate = this.#found(of, 'gate');
    if (of.bridged) return { ...of, direct: [], gate, worse: [], again };
    const direct = this.#found(of, 'direct');
    return { ...of, direct, gate, worse: compare(direct, gate), again };
  }

  /** A scenario that broke off leaves nothing behind. */
  #found(of: Case, path: Path): readonly Check[] {
    const errorMessage = 'the suite broke off';
    return (
      this.#checks.get(keyOf(of, path)) ?? [{ id: of.scenario, status: 'FAILURE', errorMessage }]
    );
  }
}

function keyOf({ target, scenario, revision }: Omit<Case, 'bridged'>, path: Path): string {
  return [target, scenario, revision, path].join(' ');
}
