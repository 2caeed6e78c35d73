import { adminHelp, adminOptions } from '../admin-api.ts';
import { readArguments } from '../report.ts';
import { visibleJson } from '../transcripts/visible.ts';
import { exit, type Verb } from '../verb.ts';
import { approvalId } from './approval-id.ts';
import { stateLine } from './approval-page.ts';
import { ApprovalsApi } from './approvals-api.ts';

const NAME = 'approvals deny';
const help = `Usage: sallyport approvals deny ID --to URL [--reason TEXT] [--json]

Says no to one call: it ends the approval, whoever has said yes before.

  --reason TEXT      why; the model that has made the call sees it
${adminHelp}
  --json             print what the admin API answered instead

Exit code: 0 denied, 2 wrong use, no answer, or the gate refused.

Example:
  $ sallyport approvals deny 019c2f40-5b7e-7c1a-9f3e-0d2b4a6c8e10 --reason "use the staging database" \\
      --to https://gate-admin.example.com
  019c2f40-5b7e-7c1a-9f3e-0d2b4a6c8e10 denied
`;

const options = {
  ...adminOptions,
  reason: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h' },
} as const;

/** `sallyport approvals deny`. */
export const deny: Verb = {
  summary: 'say no to a call',
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
    const { raw, shown } = await api.change(id, 'deny', ballot);
    terminal.out(values.json ? `${visibleJson(raw, 2)}\n` : stateLine(shown));
    return exit.fine;
  },
};
