import { adminHelp, adminOptions } from '../admin-api.ts';
import { readArguments } from '../report.ts';
import { visibleJson } from '../transcripts/visible.ts';
import { exit, type Verb } from '../verb.ts';
import { approvalId } from './approval-id.ts';
import { stateLine } from './approval-page.ts';
import { ApprovalsApi } from './approvals-api.ts';

const NAME = 'approvals cancel';
const help = `Usage: sallyport approvals cancel ID --to URL [--reason TEXT] [--json]

Gives up a call that you have asked for yourself, as long as it has not been made.

  --reason TEXT      why; it is recorded
${adminHelp}
  --json             print what the admin API answered instead

Exit code: 0 cancelled, 2 wrong use, no answer, or the gate refused.

Example:
  $ sallyport approvals cancel 019c2f40-5b7e-7c1a-9f3e-0d2b4a6c8e10 --reason "found another way" \\
      --to https://gate-admin.example.com
  019c2f40-5b7e-7c1a-9f3e-0d2b4a6c8e10 cancelled
`;

const options = {
  ...adminOptions,
  reason: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h' },
} as const;

/** `sallyport approvals cancel`. */
export const cancel: Verb = {
  summary: 'give up a call of your own',
  help,
  async run(args, terminal) {
    const { values, positionals } = readArguments(NAME, args, options);
    if (values.help) {
      terminal.out(help);
      return exit.fine;
    }
    const id = approvalId(positionals, NAME);
    const { reason } = values;
    const api = ApprovalsApi.from(values, terminal);
    const ballot = reason === undefined ? {} : { reason };
    const { raw, shown } = await api.change(id, 'cancel', ballot);
    terminal.out(values.json ? `${visibleJson(raw, 2)}\n` : stateLine(shown));
    return exit.fine;
  },
};
