import { GateError } from '../model/errors.ts';
import { readCheckpoint } from '../store/proof/checkpoint-text.ts';
import { verifyDatabase } from '../store/sqlite/proof/verify-database.ts';
import { Progress } from './progress.ts';
import { readingVerb } from './reading-verb.ts';
import { seeHelp } from './report.ts';
import { sourceHelp, sourceOptions } from './transcripts/arguments.ts';
import { exit } from './verb.ts';
import { boundsOf } from './verify/bounds.ts';
import { fileToVerify } from './verify/file.ts';
import { keysToVerifyBy } from './verify/keys.ts';
import { jsonReport, printReport } from './verify/print.ts';
import { verifyLines } from './verify/verify-lines.ts';

const help = `Usage: sallyport verify [--key PUB...] [--from WHEN|POSITION] [--to WHEN|POSITION]
                        [--checkpoint TEXT] [--json] [FILE]

Compares what was recorded with its proof: blocks of digests, linked to each other and signed by
the gate. Says whether anything was changed, removed, put in, moved or erased without a record,
and where first. Needs public keys only, and works beside a gate that goes on writing.

FILE is a transcript database, or what "sallyport transcripts export --format proof" wrote ("-" is
standard input). Left out: the database of the configuration.

  --key PUB          file with the public key that must have signed, in PEM; may be given more
                     than once. Left out: proof.pub beside the database. Give a copy that you keep
                     elsewhere: whoever can change the database may have changed that file too
  --from, --to       only blocks that have these positions, or were signed in this time: a number,
                     or 10m, 2h, 3d, 2026-01-31T12:00:00Z
  --checkpoint TEXT  the database must go on from here: a line that this command printed before.
                     Without one, nobody can tell that the newest steps were cut off
${sourceHelp}
  --json             print one JSON object instead

Exit code: 0 all is what was signed, 1 something is not, 2 wrong use, or it cannot be read.

Example:
  $ sallyport verify --key /mnt/audit/proof.pub
`;

const options = {
  ...sourceOptions,
  key: { type: 'string', multiple: true },
  from: { type: 'string' },
  to: { type: 'string' },
  checkpoint: { type: 'string' },
} as const;

/** `sallyport verify`: whether transcripts are what the gate has signed. */
export const verify = readingVerb('verify', {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    if (positionals.length + (values.db === undefined ? 0 : 1) > 1) {
      throw new GateError('USAGE', '"verify" takes one file', { hint: seeHelp('verify') });
    }
    const file = fileToVerify(positionals[0], values, terminal);
    const bounds = boundsOf(values.from, values.to, Date.now());
    const checkpoint =
      values.checkpoint === undefined ? undefined : readCheckpoint(values.checkpoint);
    const keys = keysToVerifyBy(values.key, file.path, terminal);
    if (file.kind === 'lines' && (checkpoint || Object.keys(bounds).length > 0)) {
      const message = '--from, --to and --checkpoint are for databases: an export is what it is';
      throw new GateError('USAGE', message, { hint: seeHelp('verify') });
    }
    const progress = new Progress(terminal);
    const { signal } = terminal;
    const onProgress = progress.tell;
    const report =
      file.kind === 'lines'
        ? await verifyLines(file, keys.pem, terminal)
        : await verifyDatabase(file.path, {
            ...{ keys: keys.pem, ...bounds, signal, onProgress },
            ...(checkpoint && { checkpoint }),
          });
    progress.end();
    if (values.json) terminal.out(`${jsonReport(file.name, report)}\n`);
    else printReport(file.name, report, keys, terminal);
    return report.findings.length > 0 ? exit.found : exit.fine;
  },
});
