import { GateError } from '../../model/errors.ts';
import { visibleJson } from '../../model/visible.ts';
import { masterKeyName } from '../../store/seal/master-keys.ts';
import { rewrapPeriods } from '../../store/sqlite/sealed/sealed-periods.ts';
import { readingVerb } from '../reading-verb.ts';
import { counted } from '../report.ts';
import {
  keyHelp,
  keyOptions,
  refuseWords,
  sourceHelp,
  sourceOptions,
} from '../transcripts/arguments.ts';
import { databasePath, masterKeysOf } from '../transcripts/database.ts';
import { exit } from '../verb.ts';

const help = `Usage: sallyport keys rotate [--json]

Wraps the keys of all periods with the first master key, so that the others are not needed any
longer. No message is sealed anew, so it takes a moment, also beside a gate that runs.

How to change the master key:
  1. sallyport keys new NEW.key
  2. name it first in the configuration: transcripts: { keys: [{ file: NEW.key }, { file: OLD.key }] }
  3. restart the gate, so that it seals with the new key
  4. sallyport keys rotate
  5. take the old key out of the configuration, and keep it as long as copies of the
     database from before (backups) are to be read

${keyHelp}
${sourceHelp}
  --json             print one JSON object instead

Exit code: 0 done, or nothing to do; 1 no key at hand opens some periods, which stay as they
are; 2 wrong use, or it cannot be done.

Example:
  $ sallyport keys rotate
`;

const options = { ...sourceOptions, ...keyOptions } as const;
const NAME = 'keys rotate';

/** `sallyport keys rotate`: makes the first master key the only one that is needed. */
export const rotate = readingVerb(NAME, {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    refuseWords(positionals, NAME);
    const keys = await masterKeysOf(values, terminal, 'needed');
    if (!keys) throw new GateError('TRANSCRIPT_KEY', 'there is no master key');
    const did = rewrapPeriods(databasePath(values, terminal), keys);
    const key = masterKeyName(keys[0]);
    if (values.json) {
      terminal.out(`${visibleJson({ key, ...did }, 2)}\n`);
    } else {
      const { rewrapped, before, sealed, inLog } = did;
      const isDone = rewrapped === 0 && sealed === 0;
      const said = `${counted(rewrapped, 'period')} rewrapped with ${key}; ${before} had it before`;
      terminal.out(`${isDone ? `nothing to do: ${key} is the only key that is needed` : said}\n`);
      if (sealed > 0) {
        const text = `${counted(sealed, 'period')} left: no key at hand opens them`;
        terminal.err(`${text}; "sallyport keys list" names the keys\n`);
      }
      if (inLog) {
        const text = 'the write-ahead log of the database may still hold keys wrapped as before';
        terminal.err(`${text}, until a gate has written on for a while\n`);
      }
    }
    return did.sealed > 0 ? exit.found : exit.fine;
  },
});
