import { GateError } from '../model/errors.ts';
import { visible, visibleJson } from '../model/visible.ts';
import { scanTraffic } from '../replay/scan.ts';
import { suggestedMasks } from '../replay/scan-suggest.ts';
import { Scanner } from '../replay/scanner.ts';
import { readingVerb } from './reading-verb.ts';
import { counted } from './report.ts';
import { failing, refuseUnknown, wantedDetectors } from './scan/detectors.ts';
import { ownDetectors } from './scan/own-detectors.ts';
import { scanJson, scanText } from './scan/print.ts';
import {
  keyHelp,
  keyOptions,
  parseSince,
  refuseWords,
  sourceHelp,
  sourceOptions,
} from './transcripts/arguments.ts';
import { withTraffic } from './transcripts/traffic.ts';
import { exit } from './verb.ts';

const help = `Usage: sallyport scan [--since WHEN] [--until WHEN] [--upstream NAME]... [--tool NAME]...
                      [--detectors NAMES] [--fail-on NAMES]

Looks through recorded exchanges for sensitive data that passed unmasked, and tells by upstream,
tool, direction and detector how often it did, in how many exchanges and where; never a value. What
was stopped is counted apart: nobody got it. Placeholders and tokens that the gate put there are
no findings. Below the table are rules to paste that would have masked it.

A transcript has what passed, so this finds what your policy missed, as far as detectors find it. Of
messages that were stopped and cut it looks at the original where a master key is at hand, which is
recorded, otherwise at the beginning, which is all that was kept.

  --since WHEN       only what was opened since then: 7d, 12h, or 2026-01-31T12:00:00Z
  --until WHEN       only what was opened before then
  --upstream NAME    only of this upstream; may come several times
  --tool NAME        only of this tool, prompt or method; may come several times
  --detectors NAMES  only these detectors or groups: secrets,email; default: all
  --policy PATH      look for what the policies there define as detectors too; may come several
                     times
  --fail-on NAMES    exit with 1 where these detectors or groups found something that passed
  --masked-only      leave originals sealed
${sourceHelp}
${keyHelp}
  --json             print one JSON object instead

Exit code: 0 scanned; 1 something of --fail-on passed; 2 wrong use, or the database cannot be read.

Example:
  $ sallyport scan --since 7d --fail-on secrets,payment-card
`;

const options = {
  ...sourceOptions,
  ...keyOptions,
  since: { type: 'string' },
  until: { type: 'string' },
  upstream: { type: 'string', multiple: true },
  tool: { type: 'string', multiple: true },
  detectors: { type: 'string' },
  policy: { type: 'string', multiple: true },
  'fail-on': { type: 'string' },
  'masked-only': { type: 'boolean', default: false },
} as const;

/** `sallyport scan`: what sensitive data passed unmasked. */
export const scan = readingVerb('scan', {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    refuseWords(positionals, 'scan');
    const now = Date.now();
    const since = values.since === undefined ? undefined : parseSince(values.since, now);
    const until = values.until === undefined ? undefined : parseSince(values.until, now, 'until');
    if (since !== undefined && until !== undefined && since > until) {
      throw new GateError('USAGE', '--since is after --until');
    }
    const own = ownDetectors(values.policy ?? [], terminal.cwd);
    const scanner = scannerOf(values.detectors, own);
    const fails = values['fail-on'] === undefined ? [] : failing(values['fail-on'], scanner.names);
    const wanted = { what: 'scan', since, until, upstreams: values.upstream };
    const found = await withTraffic(values, wanted, terminal, (traffic) =>
      scanTraffic(traffic(), {
        scanner,
        targets: values.tool,
        progress: (read) => terminal.err(`${counted(read, 'exchange')} read\n`),
      }),
    );
    const suggested = suggestedMasks(found.rows);
    const failed = found.rows.some(
      ({ detector, passed }) => passed > 0 && fails.includes(detector),
    );
    if (values.json) terminal.out(`${visibleJson(scanJson(found, suggested, failed), 2)}\n`);
    else terminal.out(scanText(found, suggested, terminal.colour));
    if (failed) terminal.err(`passed unmasked: ${visible(values['fail-on'] ?? '')}\n`);
    return failed ? exit.found : exit.fine;
  },
});

function scannerOf(names: string | undefined, own: ReturnType<typeof ownDetectors>): Scanner {
  if (names === undefined) return new Scanner(wantedDetectors(undefined), own);
  const wanted = names.split(',').map((name) => name.trim());
  refuseUnknown(wanted, own);
  return new Scanner(
    wantedDetectors(wanted),
    own.filter(({ name }) => wanted.includes(name)),
  );
}
