import type { ExportRecord } from './export-record.ts';

/** What a record means to whoever watches. */
export interface Standing {
  /** What the gate did: it let it pass, refused it, keeps it waiting, or it went wrong. */
  readonly act: 'allowed' | 'blocked' | 'held' | 'approved' | 'denied' | 'failed' | 'ended';
  /** 1 nothing special, 2 worth a look, 3 something was refused, 4 somebody should look now. */
  readonly weight: 1 | 2 | 3 | 4;
  readonly isAlert: boolean;
}

/** What a record means: the same in every format. */
export function standingOf({ record, step, exchange, summary }: ExportRecord): Standing {
  const glass = step.detail?.broke_glass === true || summary?.approvals.some((a) => a.brokeGlass);
  if (glass) return { act: 'approved', weight: 4, isAlert: true };
  switch (record) {
    case 'blocked':
      return { act: 'blocked', weight: 3, isAlert: true };
    case 'held':
      return { act: 'held', weight: 2, isAlert: false };
    case 'resolved':
      return resolved(step.detail?.state);
    case 'step':
      return stepStanding(step.kind);
    case 'exchange':
      // What people decide is an exchange of its own.
      if (step.kind === 'resolved') return resolved(step.detail?.state);
      return ended(exchange?.outcome, summary?.approvals.length ?? 0);
  }
}

function resolved(state: unknown): Standing {
  if (state === 'granted' || state === 'used') {
    return { act: 'approved', weight: 1, isAlert: false };
  }
  const isDenied = state === 'denied';
  return { act: isDenied ? 'denied' : 'ended', weight: isDenied ? 3 : 2, isAlert: isDenied };
}

function ended(outcome: string | undefined, approvals: number): Standing {
  if (outcome === 'blocked') return { act: 'blocked', weight: 3, isAlert: true };
  if (outcome === 'failed') return { act: 'failed', weight: 2, isAlert: false };
  if (outcome === 'cancelled') return { act: 'ended', weight: 1, isAlert: false };
  return { act: approvals > 0 ? 'approved' : 'allowed', weight: 1, isAlert: false };
}

function stepStanding(kind: ExportRecord['step']['kind']): Standing {
  if (kind === 'blocked') return { act: 'blocked', weight: 3, isAlert: true };
  if (kind === 'failed') return { act: 'failed', weight: 2, isAlert: false };
  if (kind === 'held') return { act: 'held', weight: 2, isAlert: false };
  return { act: 'allowed', weight: 1, isAlert: false };
}
