import type { ApprovalQuery } from '../../model/approval-store.ts';
import { columnText } from '../approval-row.ts';

/** The statement that lists approvals. */
export function approvalList(query: ApprovalQuery): {
  readonly sql: string;
  readonly values: readonly unknown[];
} {
  const { states, upstream, target, caller, binding } = query;
  const { breakGlass, standing, before, limit } = query;
  const values: unknown[] = [];
  const given = (value: unknown) => `$${values.push(value)}`;
  // Indexes have the beginning of a text.
  const same = (column: string, text: string) => {
    const value = `${given(columnText(text))}::text`;
    return `left(${column}, 200) = left(${value}, 200) AND ${column} = ${value}`;
  };
  const parts = [
    upstream !== undefined && `upstream = ${given(columnText(upstream))}`,
    target !== undefined && same('target', target),
    caller !== undefined && same('sub', caller),
    binding !== undefined && `binding = ${given(columnText(binding))}`,
    breakGlass && 'break_glass',
    standing && 'standing',
    before !== undefined && `id < ${given(columnText(before))}`,
    states && 'state = wanted.state',
  ].filter((part) => typeof part === 'string');
  const where = parts.length > 0 ? `WHERE ${parts.join(' AND ')}` : '';
  const newest = `ORDER BY id DESC LIMIT ${given(limit)}`;
  const each = `SELECT id, call, rest FROM sallyport_approval ${where} ${newest}`;
  if (!states) return { sql: each, values };
  // One look for each state, so that nothing is sorted but what is found.
  const wanted = `unnest(${given([...new Set(states)])}::text[]) AS wanted (state)`;
  const sql = `SELECT found.call, found.rest
    FROM ${wanted} CROSS JOIN LATERAL (${each}) AS found
    ${newest.replace('BY id', 'BY found.id')}`;
  return { sql, values };
}
