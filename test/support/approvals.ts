import type { Approval, ApprovalDemand } from '../../src/model/approval.ts';
import type { ApprovalNotice } from '../../src/model/approval-store.ts';

/** An approval to be kept: `{ call: … }` changes parts of its call. */
export function approvalNamed(
  id: string,
  { call, ...more }: Partial<Omit<Approval, 'call'>> & { call?: Partial<Approval['call']> } = {},
): Approval {
  return {
    id,
    version: 1,
    state: 'pending',
    binding: `binding of ${id}`,
    call: {
      caller: { issuer: 'https://issuer.test', sub: 'ann', groups: ['dev'], client: 'agent' },
      upstream: 'db',
      method: 'tools/call',
      target: 'drop_table',
      args: { name: 'drop_table', arguments: { table: 'users' } },
      exchange: `exchange of ${id}`,
      revision: 'r1',
      ...call,
    },
    demands: [demand],
    ballots: [],
    createdAt: 1_000,
    expiresAt: 901_000,
    ...more,
  };
}

/** Its next version. */
export function changed(approval: Approval, more: Partial<Approval>): Approval {
  return { ...approval, version: approval.version + 1, ...more };
}

export function noticeNamed(id: string, more: Partial<ApprovalNotice> = {}): ApprovalNotice {
  return { id, approval: 'a', channel: 'ops', news: 'asked', attempts: 0, due: 1_000, ...more };
}

const demand: ApprovalDemand = {
  rule: 'ask-dba',
  at: { file: 'db.yaml', line: 3, column: 5 },
  by: ['group:dba'],
  quorum: 1,
  expires: 900_000,
  window: 600_000,
  notSelf: true,
  breakGlass: [],
  reasonRequired: false,
};
