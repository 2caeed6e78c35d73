import { isObject } from '../../model/json.ts';
import { digestOf } from '../../protocol/canonical.ts';
import { methodRow } from '../../protocol/methods.ts';
import { isStatelessRevision } from '../../protocol/revisions.ts';
import type { RecordedCase } from '../recorded-case.ts';

/** A call that its client has sent again, with what it was asked for (2026-07-28). */
export interface Resumption {
  /** The same for all that bring back the same. */
  readonly of: string;
  /** False where it may be the gate that has asked, of a call that waited for people and was not counted before. */
  readonly sure: boolean;
}

/**
 * Tells a call that comes back with what its upstream has asked for; undefined of any other.
 *
 * @param ownQuestion by what clients answer the gate itself
 */
export function resumption(found: RecordedCase, ownQuestion: string): Resumption | undefined {
  const { record, direction, opened } = found;
  const { kind } = opened.detail ?? {};
  const isCall = methodRow(record.method).resumes === true && direction === 'up';
  // Elsewhere it means nothing, and the gate takes it off.
  if (!isCall || kind !== 'request' || !isStatelessRevision(record.protocol)) return undefined;
  // The state is a text as it is sent, so that most calls need not be parsed to know that they have none.
  if (!opened.payload?.includes('"requestState"')) return undefined;
  const { requestState, inputResponses } = isObject(found.params) ? found.params : {};
  if (typeof requestState !== 'string') return undefined;
  const answered = isObject(inputResponses) ? Object.keys(inputResponses) : [];
  if (answered.includes(ownQuestion)) return undefined;
  const sure = answered.length > 0 || !mayBeOfApproval(found);
  return { of: digestOf(['resumption', requestState]), sure };
}

/** It waited for people, or had; what goes on under the yes of an earlier round says which round it is. */
function mayBeOfApproval({ events }: RecordedCase): boolean {
  return events.some(({ kind, detail }) => {
    return kind === 'held' || (kind === 'resolved' && detail?.round === undefined);
  });
}
