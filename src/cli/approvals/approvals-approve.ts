import { span as spanSchema } from '../../config/schema/schema-values.ts';
import { GateError } from '../../model/errors.ts';
import { visible } from '../../model/visible.ts';
import { adminHelp, adminOptions } from '../admin-api.ts';
import { objectOption } from '../json-option.ts';
import { type Read, readingVerb } from '../reading-verb.ts';
import { seeHelp } from '../report.ts';
import { exit, type Terminal } from '../verb.ts';
import { answerText } from './answer-text.ts';
import { approvalId } from './approval-id.ts';
import { stateLine } from './approval-page.ts';
import { ApprovalsApi, type SentBallot } from './approvals-api.ts';

const NAME = 'approvals approve';
const help = `Usage: sallyport approvals approve ID --to URL [--reason TEXT] [--for SPAN [--when JSON]]
       [--break-glass] [--json]

Says yes to one call: exactly what "approvals show" prints, once. Where several people must,
yours is counted.

  --reason TEXT      why; some rules ask for it
  --for SPAN         approve calls alike as well, for so long (30m, 2h): the same caller, the
                     same target, arguments within --when. Only where the rule has "standing"
  --when JSON        which arguments: a condition on args.*, or @FILE with one; what it does not
                     name must not be there. Default: the same arguments
  --break-glass      approve a call of your own alone, as its rule lets you; needs --reason, and
                     everybody is told
${adminHelp}
  --json             print what the admin API answered instead

Exit code: 0 granted, 1 counted and others are needed, 2 wrong use, no answer, or the gate refused.

Example:
  $ sallyport approvals approve 019c2f40-5b7e-7c1a-9f3e-0d2b4a6c8e10 --for 1h \\
      --when '{"args.sql": {"starts_with": "delete from carts "}}' --to https://gate-admin.example.com
  019c2f40-5b7e-7c1a-9f3e-0d2b4a6c8e10 granted, and calls alike until 2026-08-01T11:02:00.000Z
`;

const options = {
  ...adminOptions,
  reason: { type: 'string' },
  for: { type: 'string' },
  when: { type: 'string' },
  'break-glass': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Values = Read<typeof options>['values'];

/** `sallyport approvals approve`. */
export const approve = readingVerb(NAME, {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    const id = approvalId(positionals, NAME);
    const ballot = ballotOf(values, terminal);
    const answered = await ApprovalsApi.from(values, terminal).change(id, 'approve', ballot);
    terminal.out(answerText(answered, values, stateLine));
    return answered.shown.state === 'pending' ? exit.found : exit.fine;
  },
});

function ballotOf(values: Values, { cwd }: Terminal): SentBallot {
  const { reason, for: span, when, 'break-glass': breakGlass } = values;
  if (when !== undefined && span === undefined) {
    throw new GateError('USAGE', '--when says which calls are alike: say for how long by --for', {
      hint: seeHelp(NAME),
    });
  }
  if (span !== undefined && !spanSchema.safeParse(span).success) {
    const hint = 'such as 30m or 2h';
    throw new GateError('USAGE', `--for "${visible(span)}" is no span of time`, { hint });
  }
  const bounds = when === undefined ? {} : { when: objectOption('when', when, cwd) };
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(breakGlass ? { breakGlass } : {}),
    ...(span === undefined ? {} : { standing: { for: span, ...bounds } }),
  };
}
