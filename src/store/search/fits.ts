import type { ExchangeRecord } from '../../model/transcript.ts';
import type { ExchangeFilter } from '../contract.ts';

/** What a filter compares as it is. */
export const comparedNames = [
  ...(['upstream', 'method', 'target', 'session', 'sub', 'issuer', 'client', 'agent'] as const),
  ...(['effect', 'rule', 'outcome'] as const),
] satisfies readonly (keyof ExchangeFilter & keyof ExchangeRecord)[];

/** Whether an exchange is meant, as far as can be told without its steps: `text` is left to whoever has them. */
export function fits(record: ExchangeRecord, filter: ExchangeFilter): boolean {
  const { since, until } = filter;
  if (since !== undefined && record.openedAt < since) return false;
  if (until !== undefined && record.openedAt >= until) return false;
  return comparedNames.every((name) => {
    const wanted = filter[name];
    return wanted === undefined || record[name] === wanted;
  });
}
