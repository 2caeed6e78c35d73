import type { ExportRecord } from './export-record.ts';

/** One sentence for people: who did what where, and what became of it. */
export function sentenceOf({ record, step, exchange, summary }: ExportRecord): string {
  const { sub, method = 'a message', target, upstream } = exchange ?? {};
  const what = target === undefined ? method : `${method} ${target}`;
  const subject = `${sub ?? 'somebody'}: ${what}${upstream ? ` at ${upstream}` : ''}`;
  return `${subject}: ${endOf(record, step.kind, exchange?.outcome, step.detail?.state)}${by(exchange?.rule, summary?.rule)}`;
}

function endOf(
  record: ExportRecord['record'],
  kind: string,
  outcome: string | undefined,
  state: unknown,
): string {
  switch (record) {
    case 'step':
      return kind;
    case 'exchange':
      return outcome ?? 'ended';
    case 'blocked':
      return 'a message within it was blocked';
    case 'held':
      return 'waits for approval';
    case 'resolved':
      return `approval ${typeof state === 'string' ? state : 'ended'}`;
  }
}

function by(rule: string | undefined, within: string | undefined): string {
  const named = within ?? rule;
  return named === undefined ? '' : ` by ${named}`;
}
