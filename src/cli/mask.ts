import { GateError } from '../model/errors.ts';
import { visibleJson } from '../model/visible.ts';
import { bytesOf, linesOf, textOf } from './mask/input.ts';
import { listing, listingText } from './mask/listing.ts';
import { Masking, maskingOptions } from './mask/masking.ts';
import { MaskTotals, reportJson, summaryLines } from './mask/report.ts';
import { readingVerb } from './reading-verb.ts';
import { seeHelp } from './report.ts';
import { exit, type Terminal } from './verb.ts';

const help = `Usage: sallyport mask [--policy PATH]... [FILE]
       sallyport mask --policy PATH --upstream NAME (--tool NAME | --resource URI | --prompt NAME |
                      --method METHOD) --as WHO [MORE...] [FILE]
       sallyport mask (--find NAMES | --fields NAMES | --path PATH) [--with MASKER] [FILE]
       sallyport mask --detectors

Applies masks to what comes on standard input, or is in FILE, and prints the masked copy: a tool
result, a JSON-RPC message, any other JSON, or plain text. What was masked is told on standard
error: what, how, how often, by which rule, where; never a value.

With a call, as "explain" takes it, the masks are those that are due for it. Without, they are all
masks of all rules, whomever they are for. Hashes and tokens are made with a key of this run: they
are not those that a gate gives, and no gate turns them back.

  --policy PATH      files or folders, may come several times; default: what the configuration
                     names, or policies
  --in SIDE          what came in is "args" (it goes up) or a "result" (it comes back); default: as
                     it looks
  --as WHO, --args JSON, --client NAME/VERSION, --protocol REVISION, --ip ADDRESS, --time TIME,
  --meta JSON, --annotations JSON, --tool-facts JSON
                     more about the call, as in "explain"
  --find NAMES       try detectors or groups: email,secrets; those of --policy as well
  --fields NAMES     try names of members: ssn,*password*
  --path PATH        try a path: structuredContent.rows[*].salary
  --with MASKER      what becomes of it: redact (the default), '{ keep: { last: 4 } }', ...
  --lines            each line is an input of its own
  --detectors        list detectors, groups and maskers
  --config FILE      configuration that names policies and the analyzer; default: sallyport.yaml
  --json             print one JSON object instead, or one a line: output, masked

Exit code: 0 masked, or there was nothing to mask; 2 wrong use, policies with errors, or an analyzer
that a mask names can't be asked.

Example:
  $ sallyport mask --policy policies/crm.yaml < result.json
  $ echo 'mail ana@example.com' | sallyport mask --find email --with '{ keep: { last: 4 } }'
`;

const options = {
  ...maskingOptions,
  lines: { type: 'boolean', default: false },
  detectors: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** `sallyport mask`: tries masks on what comes in. */
export const mask = readingVerb('mask', {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    if (values.detectors) {
      terminal.out(values.json ? `${visibleJson(listing(), 2)}\n` : listingText(listing()));
      return exit.fine;
    }
    const [file, another] = positionals;
    if (another !== undefined) {
      throw new GateError('USAGE', `one file at a time, not "${another}"`, {
        hint: seeHelp('mask'),
      });
    }
    const masking = await Masking.open(values, terminal);
    try {
      const how = { masking, json: values.json };
      if (values.lines) await maskLines(linesOf(bytesOf(file, terminal)), how, terminal);
      else await maskWhole(await textOf(bytesOf(file, terminal)), how, terminal);
    } finally {
      await masking.close();
    }
    return exit.fine;
  },
});

interface How {
  readonly masking: Masking;
  readonly json: boolean;
}

async function maskWhole(text: string, { masking, json }: How, { out, err }: Terminal) {
  const { output, value, reports, notes } = await masking.apply(text);
  if (json) {
    out(`${visibleJson({ output: value, masked: reports.map(reportJson), notes }, 2)}\n`);
    return;
  }
  out(output);
  err([...notes, ...summaryLines(reports)].map((line) => `${line}\n`).join(''));
}

async function maskLines(
  lines: AsyncIterable<string>,
  { masking, json }: How,
  terminal: Terminal,
): Promise<void> {
  const totals = new MaskTotals();
  const notes = new Set<string>();
  let count = 0;
  for await (const line of lines) {
    if (terminal.signal.aborted) throw new GateError('CLIENT_GONE', 'interrupted');
    const masked = await masking.apply(line);
    count++;
    for (const note of masked.notes) notes.add(note);
    totals.add(masked.reports);
    const { value, reports } = masked;
    terminal.out(
      json
        ? `${visibleJson({ line: count, output: value, masked: reports.map(reportJson) })}\n`
        : `${masked.output}\n`,
    );
    await terminal.drained();
  }
  const told = [...notes, `lines: ${count}`, ...summaryLines(totals.all)];
  terminal.err(told.map((line) => `${line}\n`).join(''));
}
