import { adminHelp, adminOptions } from '../admin-api.ts';
import { readArguments } from '../report.ts';
import { visibleJson } from '../transcripts/visible.ts';
import { exit, type Verb } from '../verb.ts';
import { approvalId } from './approval-id.ts';
import { stateLine } from './approval-page.ts';
import { ApprovalsApi } from './approvals-api.ts';

const NAME = 'approvals revoke';
const help = `Usage: sallyport approvals revoke ID --to URL --reason TEXT [--json]

Takes back a question, or a grant that no call has used; of a grant for calls alike what is left of
it. For the role admin, and for whoever has said yes.

  --reason TEXT      why, which is needed; the model that has made the call sees it
${adminHelp}
  --json             print what the admin API answered instead

Exit code: 0 revoked, 2 wrong use, no answer, or the gate refused.

Example:
  $ sallyport approvals revoke 019c2f40-5b7e-7c1a-9f3e-0d2b4a6c8e10 --reason "wrong table" \\
      --to https://gate-admin.example.com
  019c2f40-5b7e-7c1a-9f3e-0d2b4a6c8e10 revoked
`;

const options = {
  ...adminOptions,
  reason: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h' },
} as const;

/** `sallyport approvals revoke`. */
export const revoke: Verb = {
  summary: 'take a question or a grant back',
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
    const { raw, shown } = await api.change(id, 'revoke', ballot);
    terminal.out(values.json ? `${visibleJson(raw, 2)}\n` : stateLine(shown));
    return exit.fine;
  },
};
