import { adminHelp, adminOptions } from '../admin-api.ts';
import { readingVerb } from '../reading-verb.ts';
import { exit } from '../verb.ts';
import { answerText } from './answer-text.ts';
import { approvalId } from './approval-id.ts';
import { approvalPage } from './approval-page.ts';
import { ApprovalsApi } from './approvals-api.ts';

const NAME = 'approvals show';
const help = `Usage: sallyport approvals show ID --to URL [--json]

Prints one approval: who asks, what would be sent (masked as it would be sent), which rule asks
and where it stands, who is missing, and what came of earlier calls of the same caller.

${adminHelp}
  --json             print what the admin API answered instead

Exit code: 0 printed, 2 wrong use, no answer, or the gate refused.

Example:
  $ sallyport approvals show 019c2f40-5b7e-7c1a-9f3e-0d2b4a6c8e10 --to https://gate-admin.example.com
`;

const options = {
  ...adminOptions,
  json: { type: 'boolean', default: false },
} as const;

/** `sallyport approvals show`. */
export const show = readingVerb(NAME, {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    const id = approvalId(positionals, NAME);
    const answered = await ApprovalsApi.from(values, terminal).show(id);
    const look = { colour: terminal.colour, now: Date.now() };
    terminal.out(answerText(answered, values, (shown) => approvalPage(shown, look)));
    return exit.fine;
  },
});
