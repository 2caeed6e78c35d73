import { methodRow } from '../../protocol/methods.ts';
import type { RecordedCase } from '../recorded-case.ts';

/** True of a request that waits where it needs a yes. Nothing else can: not what upstreams send, not what is no call. */
export function canHold({ record, direction, opened }: RecordedCase): boolean {
  const isRequest = opened.detail?.kind === 'request';
  return isRequest && direction === 'up' && methodRow(record.method).grant === 'rule';
}
