import type { ApprovalDemand } from '../model/approval.ts';
import { digestOf } from '../protocol/canonical.ts';

/** Characters of a key: 132 bits. */
const LENGTH = 22;

/**
 * The same text for demands that ask for the same: where the rule stands in its file, what it says to people and which
 * of them hear of it makes no difference.
 */
export function demandKey({ at: _, reason: __, notify: ___, ...demand }: ApprovalDemand): string {
  return digestOf({ ...demand }).slice(0, LENGTH);
}
