import type { Approval } from '../../src/model/approval.ts';
import type { ApprovalNews, ApprovalNotice } from '../../src/model/approval-store.ts';
import type { Log } from '../../src/model/seams.ts';

/** 2026-03-04 05:06:40 UTC. */
export const NOW = Date.UTC(2026, 2, 4, 5, 6, 40);

/** A pending approval of mia's call that drops a table. */
export function anApproval(changes: Partial<Approval> = {}): Approval {
  return {
    ...{ id: '019a-1', version: 1, state: 'pending', binding: 'b-1', ballots: [] },
    ...{ createdAt: NOW, expiresAt: NOW + 900_000 },
    call: {
      caller: { issuer: 'https://id.example.com', sub: 'mia', email: 'mia@example.com' },
      ...{ agent: 'claude-code 2.1', upstream: 'orders', method: 'tools/call' },
      ...{ target: 'drop_table', args: { table: 'customers' }, exchange: 'x-1', revision: 'r-1' },
      tool: { title: 'Drop a table', annotations: { destructiveHint: true } },
    },
    demands: [
      {
        ...{ rule: 'ddl-needs-a-dba', at: { file: 'policies/db.yaml', line: 14, column: 5 } },
        ...{ by: ['group:dba'], quorum: 1, expires: 900_000, window: 600_000 },
        ...{ notSelf: true, breakGlass: [], reasonRequired: false, reason: 'tables are dear' },
      },
    ],
    ...changes,
  };
}

export function aNotice(changes: Partial<ApprovalNotice> = {}): ApprovalNotice {
  return {
    ...{ id: 'n-1', approval: '019a-1', channel: 'ops', news: 'asked', attempts: 0, due: NOW },
    ...changes,
  };
}

/** The same approval once ann has decided. */
export function decided(news: ApprovalNews, approval = anApproval()): Approval {
  const by = { issuer: 'https://id.example.com', sub: 'ann' };
  const verdict = news === 'denied' ? 'deny' : 'approve';
  const state = news === 'asked' ? 'pending' : news === 'broke-glass' ? 'granted' : news;
  return {
    ...{ ...approval, version: approval.version + 1, state },
    ballots: [
      {
        ...{ by, at: NOW + 5_000, verdict, via: 'api', rules: ['ddl-needs-a-dba'] },
        ...(news === 'broke-glass' ? { breakGlass: true, reason: 'the site is down' } : {}),
      },
    ],
    ...(state === 'granted' ? { usableUntil: NOW + 600_000 } : { endedAt: NOW + 5_000 }),
  };
}

/** Keeps what is logged. */
export class Lines implements Log {
  readonly lines: { readonly level: string; readonly [field: string]: unknown }[] = [];
  readonly info = this.#keeper('info');
  readonly warn = this.#keeper('warn');
  readonly error = this.#keeper('error');
  readonly debug = this.#keeper('debug');

  get text(): string {
    return JSON.stringify(this.lines);
  }

  #keeper(level: string) {
    return (fields: object, message: string) => {
      this.lines.push({ level, message, ...fields });
    };
  }
}

export const never = new AbortController().signal;
