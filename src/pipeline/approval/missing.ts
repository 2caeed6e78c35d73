import type { Approval, Ballot } from '../../model/approval.ts';
import { isSamePerson } from './same-person.ts';

/** What one rule still waits for. */
export interface Missing {
  readonly rule: string;
  /** Who may say yes: `group:NAME`, `user:SUB`. Empty: whoever has the role approver. */
  readonly by: readonly string[];
  /** How many more people must. */
  readonly people: number;
}

/** What an approval still waits for; empty once every demand is satisfied. */
export function missingFrom({
  demands,
  ballots,
}: Pick<Approval, 'demands' | 'ballots'>): readonly Missing[] {
  return demands.flatMap(({ rule, by, quorum }) => {
    const counted = ballots.filter(
      ({ verdict, rules }) => verdict === 'approve' && rules.includes(rule),
    );
    if (counted.some(({ breakGlass }) => breakGlass)) return [];
    const people = quorum - different(counted);
    return people > 0 ? [{ rule, by, people }] : [];
  });
}

/** How many people have cast these, whoever may be two of them counted once. */
function different(ballots: readonly Ballot[]): number {
  const found: Ballot[] = [];
  for (const ballot of ballots) {
    if (!found.some(({ by }) => isSamePerson(by, ballot.by))) found.push(ballot);
  }
  return found.length;
}
