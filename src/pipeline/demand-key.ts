import type { ApprovalDemand } from '../model/approval.ts';
import { digestOf } from '../protocol/canonical.ts';

/** Characters of a key: 132 bits. */
const LENGTH = 22;

/**
 * The same text for demands that ask for the same: where the rule stands in its file, in what order it names people, what
 * it says to them and which of them hear of it makes no difference.
 */
export function demandKey({ at: _, reason: __, notify: ___, ...demand }: ApprovalDemand): string {
  const by = [...demand.by].sort();
  const breakGlass = [...demand.breakGlass].sort();
  return digestOf({ ...demand, by, breakGlass }).slice(0, LENGTH);
}
