import { approvalStates } from '../../model/approval.ts';
import { GateError } from '../../model/errors.ts';
import { suggest } from '../../model/nearest.ts';
import { visibleJson } from '../../model/visible.ts';
import { adminHelp, adminOptions } from '../admin-api.ts';
import { type Read, readingVerb } from '../reading-verb.ts';
import { parseLimit, refuseWords, widthOf } from '../transcripts/arguments.ts';
import { exit } from '../verb.ts';
import { approvalLines } from './approval-lines.ts';
import { ApprovalsApi, type ListedApproval } from './approvals-api.ts';

const NAME = 'approvals list';
const help = `Usage: sallyport approvals list --to URL [FILTER...] [--limit N] [--json]

Lists approvals, the newest first: id, state, how long it stays so, who has asked, for what, and
whom it still needs.

  --state STATE      pending, granted, denied, expired, cancelled, used or revoked, several with
                     commas, or all; default: pending,granted
  --mine             only what you can decide now
  --upstream NAME    only calls of this upstream
  --target NAME      only calls of this tool, resource or prompt
  --caller SUBJECT   only calls of this caller
  --break-glass      only what a caller has approved alone
  --standing         only grants for calls alike
  --limit N          at most so many; default: 50
${adminHelp}
  --json             print one JSON object instead

Exit code: 0 also where none fits, 2 wrong use, no answer, or the gate refused.

Example:
  $ sallyport approvals list --mine --to https://gate-admin.example.com
`;

const options = {
  ...adminOptions,
  state: { type: 'string', default: 'pending,granted' },
  mine: { type: 'boolean', default: false },
  upstream: { type: 'string' },
  target: { type: 'string' },
  caller: { type: 'string' },
  'break-glass': { type: 'boolean', default: false },
  standing: { type: 'boolean', default: false },
  limit: { type: 'string', default: '50' },
  json: { type: 'boolean', default: false },
} as const;

type Values = Read<typeof options>['values'];

/** Most that the admin API gives at once. */
const PAGE = 100;

/** `sallyport approvals list`. */
export const list = readingVerb(NAME, {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    refuseWords(positionals, NAME);
    const limit = parseLimit(values.limit, NAME);
    const query = queryOf(values);
    const api = ApprovalsApi.from(values, terminal);
    const { raw, shown } = await pages(api, query, limit);
    if (values.json) terminal.out(`${visibleJson({ approvals: raw }, 2)}\n`);
    else if (shown.length === 0) terminal.err('no approvals\n');
    else {
      const { colour } = terminal;
      const now = Date.now();
      terminal.out(approvalLines(shown, { colour, now, width: widthOf(terminal) }));
    }
    return exit.fine;
  },
});

async function pages(api: ApprovalsApi, query: URLSearchParams, limit: number) {
  const raw: unknown[] = [];
  const shown: ListedApproval[] = [];
  let before: string | undefined;
  do {
    query.set('limit', String(Math.min(PAGE, limit - shown.length)));
    if (before !== undefined) query.set('before', before);
    const page = await api.list(query);
    raw.push(...(page.raw as { readonly approvals: readonly unknown[] }).approvals);
    shown.push(...page.shown.approvals);
    before = page.shown.next;
  } while (before !== undefined && shown.length < limit);
  return { raw, shown };
}

function queryOf(values: Values): URLSearchParams {
  const query = new URLSearchParams();
  for (const state of values.state === 'all' ? [] : values.state.split(',')) {
    if (!approvalStates.some((known) => known === state)) {
      const hint = suggest(state, [...approvalStates, 'all']);
      throw new GateError('USAGE', `no approval has the state "${state}"`, { hint });
    }
    query.append('state', state);
  }
  for (const name of ['upstream', 'target', 'caller'] as const) {
    const value = values[name];
    if (value !== undefined) query.set(name, value);
  }
  for (const name of ['mine', 'break-glass', 'standing'] as const) {
    if (values[name]) query.set(name, 'true');
  }
  return query;
}
