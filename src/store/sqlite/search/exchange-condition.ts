import type { ExchangeFilter } from '../../contract.ts';
import { comparedNames } from '../../search/fits.ts';

/** A condition on rows of exchanges, with its parameters. */
export interface ExchangeCondition {
  /** For a WHERE; its texts are fixed ones, so that there are few of them to prepare. */
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string | number>>;
}

/** What a filter means in SQL, but for its `text`. The columns are those of the table `exchange`. */
export function exchangeCondition(filter: ExchangeFilter): ExchangeCondition {
  const { since, until } = filter;
  const given = comparedNames.filter((name) => filter[name] !== undefined);
  const conditions = given.map((name) => `${name} = @${name}`);
  if (since !== undefined) conditions.push('opened_at >= @since');
  if (until !== undefined) conditions.push('opened_at < @until');
  return {
    sql: conditions.length === 0 ? 'TRUE' : conditions.join(' AND '),
    parameters: {
      ...Object.fromEntries(given.map((name) => [name, filter[name] ?? ''])),
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
    },
  };
}
