import type { ExchangeRecord } from '../model/transcript.ts';
import type { ExchangeFilter } from '../store/contract.ts';

/** Members of an exchange that a filter compares; several values mean any of them. */
export type RecordFilter = {
  readonly [Name in Exclude<keyof ExchangeFilter, 'since' | 'until' | 'text'>]?:
    | string
    | readonly string[]
    | undefined;
} & Pick<ExchangeFilter, 'since' | 'until'>;

/** True of what fits; an exchange that was removed fits only where nothing is asked. */
export function recordFilter({
  since,
  until,
  ...texts
}: RecordFilter): (exchange: ExchangeRecord | undefined) => boolean {
  const wanted = Object.entries(texts).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const values: readonly string[] = typeof value === 'string' ? [value] : value;
    return [{ name: name as keyof ExchangeRecord, values: new Set(values) }];
  });
  const isAll = wanted.length === 0 && since === undefined && until === undefined;
  return (exchange) => {
    if (isAll || !exchange) return isAll;
    if (since !== undefined && exchange.openedAt < since) return false;
    if (until !== undefined && exchange.openedAt >= until) return false;
    return wanted.every(({ name, values }) => values.has(String(exchange[name])));
  };
}
