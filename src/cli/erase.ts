import { GateError } from '../model/errors.ts';
import { type ErasePlan, eraseExchanges } from './erase/erase-exchanges.ts';
import { readingVerb } from './reading-verb.ts';
import { seeHelp } from './report.ts';
import {
  filterHelp,
  filterOptions,
  narrowingOf,
  parseSince,
  sourceHelp,
  sourceOptions,
} from './transcripts/arguments.ts';

const help = `Usage: sallyport erase ID... --reason TEXT [--names] [--dry-run] [--yes] [--json]
       sallyport erase [FILTER...] [--since WHEN] [--until WHEN] --reason TEXT [...]

Erases what exchanges said, for good: messages, their sealed originals with the secret that these
were sealed by, targets, the facts of steps, and their words in the index. What stays is that there
was an exchange, when, by which rule it was judged and how it ended, with digests of what is gone:
"sallyport verify" still proves the rest. The erasing itself is recorded. Works beside a gate that
runs. Exchanges that have not ended yet are left as they are.

ID is an exchange's id or the end of it, as "sallyport transcripts list" prints it.

${filterHelp}
  --since WHEN       opened since then: 10m, 2h, 3d, or 2026-01-31T12:00:00Z
  --until WHEN       opened before then
  --names            erase who called as well: subject, issuer, client, agent, session, address and
                     what the token said. --sub does so by itself
  --reason TEXT      why; it is recorded for good, so don't name in it what is to be erased
  --dry-run          say what would be erased, and change nothing
  --yes              don't ask
${sourceHelp}
  --json             print one JSON object instead

The record of it is signed with the key of the proof (transcripts.proof.key, or proof.key beside
the database), so it takes somebody who may read that key.

Copies that left the database are not reached: exports, backups, what was approved (approvals),
values that tokens stand for until they expire (tokens).

Exit code: 0 erased, 1 nothing fits, or something was left, 2 wrong use, or it cannot be done.

Example:
  $ sallyport erase --sub ana --reason "request 4711" --dry-run
`;

const options = {
  ...sourceOptions,
  ...filterOptions,
  since: { type: 'string' },
  until: { type: 'string' },
  names: { type: 'boolean', default: false },
  reason: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
} as const;

/** Characters of a reason. */
const MAX_REASON = 1_000;

/** `sallyport erase`: takes what exchanges said out of the transcripts. */
export const erase = readingVerb('erase', {
  ...{ help, options },
  run({ values, positionals }, terminal) {
    const now = Date.now();
    const filter = {
      ...narrowingOf(values),
      ...(values.since === undefined ? {} : { since: parseSince(values.since, now) }),
      until: values.until === undefined ? now : parseSince(values.until, now, 'until'),
    };
    const isNarrowed = Object.keys(filter).length > 1 || values.until !== undefined;
    if (positionals.length > 0 === isNarrowed) {
      const message = '"erase" needs either ids or filters that say which exchanges are meant';
      throw new GateError('USAGE', message, { hint: seeHelp('erase') });
    }
    const { reason } = values;
    if (!reason?.trim() || reason.length > MAX_REASON) {
      const message = `"erase" needs --reason TEXT, of at most ${MAX_REASON} characters`;
      throw new GateError('USAGE', message, { hint: 'it is recorded with what was erased' });
    }
    const plan: ErasePlan = {
      ...{ ids: positionals, filter, reason: reason.trim() },
      names: values.names || values.sub !== undefined,
      dryRun: values['dry-run'],
      ...{ yes: values.yes, json: values.json },
    };
    return eraseExchanges({ config: values.config, db: values.db }, plan, terminal);
  },
});
