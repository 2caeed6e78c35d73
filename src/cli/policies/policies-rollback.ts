import { GateError } from '../../model/errors.ts';
import { adminHelp, adminOptions } from '../admin-api.ts';
import { readingVerb } from '../reading-verb.ts';
import { seeHelp } from '../report.ts';
import { exit } from '../verb.ts';
import { PoliciesApi } from './policies-api.ts';

const help = `Usage: sallyport policies rollback REVISION --to URL [--if-match REVISION] [--json]

Puts a revision that was pushed before in force again, as it was signed then.

${adminHelp}
  --if-match REV     only if this revision is in force; default: the one that is now
  --json             print what the admin API answered instead

Exit code: 0 in force, 2 wrong use, no answer, or the gate refused.

Example:
  $ sallyport policies rollback 0c1d2e3f4a5b --to https://gate-admin.example.com
  rolled back: revision 0c1d2e3f4a5b replaces 4f3a2b1c9d8e
`;

const options = {
  ...adminOptions,
  'if-match': { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/** `sallyport policies rollback`. */
export const rollback = readingVerb('policies rollback', {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    const [to, ...more] = positionals;
    if (to === undefined || more.length > 0) {
      const hint = seeHelp('policies rollback');
      throw new GateError('USAGE', '"policies rollback" needs one revision', { hint });
    }
    const api = PoliciesApi.from(values, terminal);
    const ifMatch = values['if-match'] ?? (await api.show()).revision;
    const changed = await api.rollback(to, ifMatch);
    const { revision, replaces } = changed;
    if (values.json) terminal.out(`${JSON.stringify(changed, null, 2)}\n`);
    else if (changed.changed) {
      terminal.out(`rolled back: revision ${revision} replaces ${replaces}\n`);
    } else terminal.out(`revision ${revision} is in force already\n`);
    return exit.fine;
  },
});
