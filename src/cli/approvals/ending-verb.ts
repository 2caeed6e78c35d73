import { adminHelp, adminOptions } from '../admin-api.ts';
import { readingVerb } from '../reading-verb.ts';
import { exit, type Verb } from '../verb.ts';
import { answerText } from './answer-text.ts';
import { approvalId } from './approval-id.ts';
import { stateLine } from './approval-page.ts';
import { ApprovalsApi } from './approvals-api.ts';

export interface EndingVerb {
  readonly name: 'deny' | 'revoke' | 'cancel';
  /** `--reason TEXT`, in brackets where it may be left out. */
  readonly usage: string;
  /** What it does: a sentence or two of its help, with line breaks. */
  readonly about: string;
  /** What the reason is for. */
  readonly reason: string;
  /** A reason that somebody could give. */
  readonly example: string;
  /** The state that it ends in. */
  readonly state: string;
}

const options = {
  ...adminOptions,
  reason: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

const ID = '019c2f40-5b7e-7c1a-9f3e-0d2b4a6c8e10';

/** One of the verbs that end an approval. */
export function endingVerb(verb: EndingVerb): Verb {
  const name = `approvals ${verb.name}`;
  return readingVerb(name, {
    ...{ help: helpOf(verb), options },
    async run({ values, positionals }, terminal) {
      const id = approvalId(positionals, name);
      const { reason } = values;
      const ballot = reason === undefined ? {} : { reason };
      const answered = await ApprovalsApi.from(values, terminal).change(id, verb.name, ballot);
      terminal.out(answerText(answered, values, stateLine));
      return exit.fine;
    },
  });
}

function helpOf({ name, usage, about, reason, example, state }: EndingVerb): string {
  return `Usage: sallyport approvals ${name} ID --to URL ${usage} [--json]

${about}

  --reason TEXT      ${reason}
${adminHelp}
  --json             print what the admin API answered instead

Exit code: 0 ${state}, 2 wrong use, no answer, or the gate refused.

Example:
  $ sallyport approvals ${name} ${ID} --reason "${example}" \\
      --to https://gate-admin.example.com
  ${ID} ${state}
`;
}
