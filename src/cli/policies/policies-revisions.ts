import { adminHelp, adminOptions } from '../admin-api.ts';
import { readingVerb } from '../reading-verb.ts';
import { refuseWords } from '../transcripts/arguments.ts';
import { exit } from '../verb.ts';
import { type ListedRevisions, PoliciesApi } from './policies-api.ts';

const help = `Usage: sallyport policies revisions --to URL [--json]

Lists the revisions that a gate can go back to, the newest first; * is in force.

${adminHelp}
  --json             print what the admin API answered instead

Exit code: 0 printed, 2 wrong use, no answer, or the gate refused.

Example:
  $ sallyport policies revisions --to https://gate-admin.example.com
  * 4f3a2b1c9d8e  2026-08-01T10:00:00.000Z  ci  7e1f0c2 Analysts may read orders
    0c1d2e3f4a5b  2026-07-30T08:12:00.000Z  ci  1b9d7aa First policies
`;

const options = {
  ...adminOptions,
  json: { type: 'boolean', default: false },
} as const;

/** `sallyport policies revisions`. */
export const revisions = readingVerb('policies revisions', {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    refuseWords(positionals, 'policies revisions');
    const listed = await PoliciesApi.from(values, terminal).revisions();
    terminal.out(values.json ? `${JSON.stringify(listed, null, 2)}\n` : linesOf(listed));
    return exit.fine;
  },
});

function linesOf({ revisions }: ListedRevisions): string {
  if (revisions.length === 0) return 'nothing was pushed yet\n';
  const line = (one: ListedRevisions['revisions'][number]) => {
    const facts = [one.revision, one.pushedAt, one.by, one.note ?? one.commit];
    const shown = facts.filter((fact) => fact !== undefined);
    return `${one.current ? '*' : ' '} ${shown.join('  ')}\n`;
  };
  return revisions.map(line).join('');
}
