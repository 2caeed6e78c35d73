import { visibleLines } from '../../model/visible.ts';
import { adminHelp, adminOptions } from '../admin-api.ts';
import { readingVerb } from '../reading-verb.ts';
import { exit } from '../verb.ts';
import { answerText } from './answer-text.ts';
import { approvalId } from './approval-id.ts';
import { ApprovalsApi } from './approvals-api.ts';

const NAME = 'approvals proposal';
const help = `Usage: sallyport approvals proposal ID --to URL [--json]

Prints rules that would let calls like this one pass without asking: a proposal for whoever
writes the policies. It changes nothing.

${adminHelp}
  --json             print what the admin API answered instead

Exit code: 0 printed, 2 wrong use, no answer, or the gate refused.

Example:
  $ sallyport approvals proposal 019c2f40-5b7e-7c1a-9f3e-0d2b4a6c8e10 \\
      --to https://gate-admin.example.com > policies/proposal.yaml
`;

const options = {
  ...adminOptions,
  json: { type: 'boolean', default: false },
} as const;

/** `sallyport approvals proposal`. */
export const proposal = readingVerb(NAME, {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    const id = approvalId(positionals, NAME);
    const answered = await ApprovalsApi.from(values, terminal).proposal(id);
    terminal.out(answerText(answered, values, yamlOf));
    return exit.fine;
  },
});

function yamlOf({ yaml }: { readonly yaml: string }): string {
  return `${visibleLines(yaml.trimEnd()).join('\n')}\n`;
}
