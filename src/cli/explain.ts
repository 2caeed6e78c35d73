import { GateError } from '../model/errors.ts';
import { visible, visibleJson } from '../model/visible.ts';
import type { SqliteReader } from '../store/sqlite/reader.ts';
import { callOf, callOptions } from './explain/call.ts';
import { explainCall } from './explain/decide.ts';
import { type ReadPolicies, readPolicies } from './explain/policies.ts';
import { printExplanation } from './explain/print.ts';
import { explainRecorded, type RecordedExplanation } from './explain/recorded.ts';
import { unknownUpstream } from './explain/unknown-upstream.ts';
import { recordJudging } from './keys/judging.ts';
import { readingVerb } from './reading-verb.ts';
import { seeHelp } from './report.ts';
import { keyHelp, keyOptions, sourceHelp, sourceOptions } from './transcripts/arguments.ts';
import { withTranscripts } from './transcripts/database.ts';
import { type Exit, exit, type Terminal } from './verb.ts';

const help = `Usage: sallyport explain --upstream NAME (--tool NAME | --resource URI | --prompt NAME |
                         --method METHOD) --as WHO [MORE...]
       sallyport explain EXCHANGE [--config FILE | --db FILE]

Says why: the decision on one call, and of every rule whether it is about the call, what each test
of its condition saw, and what it came out as. ✓ holds, ✗ doesn't, ! can't be judged, ? not known.

With an EXCHANGE, by its id or the end of it as "sallyport transcripts list" prints it, explains
what was recorded by the policies of now, and says whether the decision would be another. It is
judged as it came where a master key is at hand, which is recorded, and shown as it may be read.
What was masked, cut or not recorded is not guessed otherwise. Limits and pins are not judged again.

  --as WHO           "sub=ana,groups=analysts,dba"; a JSON object; a file with one; or
                     orders_test.yaml#NAME, which names an identity or a case of a test file
                     (a case gives the call as well; other options change it)
  --args JSON        arguments of a tool or prompt, params of a method; @FILE reads a file
  --result JSON      what the upstream answers, to explain the decision on the answer
  --error JSON       the same for a JSON-RPC error
  --annotations JSON what the upstream says of the tool, such as {"readOnlyHint":true}
  --tool-facts JSON  the same and more: title, description, annotations, flags
  --meta JSON        _meta of the message
  --client NAME/VERSION, --protocol REVISION, --ip ADDRESS, --time TIME
  --policies PATH    files or folders, may come several times; default: what the configuration
                     names (of a Git repository the commit that was in force last, of pushed
                     policies the current revision), or policies
  --fetch            fetch the Git repository first, and explain by its newest commit
  --masked-only      leave originals sealed
${sourceHelp}
${keyHelp}
  --all              show the rules about other messages too
  --json             print one JSON object instead: everything

Exit code: 0 explained, whatever the decision; 1 no such exchange; 2 wrong use, or policies with
errors.

Example:
  $ sallyport explain --upstream orders --tool query --args '{"limit": 5000}' --as sub=ana
  $ sallyport explain 5f2c81ab
`;

const options = {
  ...sourceOptions,
  ...keyOptions,
  ...callOptions,
  policies: { type: 'string', multiple: true },
  fetch: { type: 'boolean', default: false },
  all: { type: 'boolean', default: false },
  'masked-only': { type: 'boolean', default: false },
} as const;

/** `sallyport explain`: why a call is decided as it is. */
export const explain = readingVerb('explain', {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    const [id, another] = positionals;
    const given = Object.keys(callOptions).find((name) => name in values);
    if (another !== undefined || (id !== undefined && given !== undefined)) {
      const extra = another ?? `--${given}`;
      const hint = seeHelp('explain');
      throw new GateError('USAGE', `an exchange stands alone, without "${extra}"`, { hint });
    }
    if (id === undefined && given === undefined) {
      const message = '"explain" needs an EXCHANGE, or --upstream and --as';
      throw new GateError('USAGE', message, { hint: seeHelp('explain') });
    }
    const { policies: paths = [], config, fetch } = values;
    const read = await readPolicies({ paths, config, fetch }, terminal);
    if (id !== undefined) {
      const explainOne = (reader: SqliteReader): Exit => {
        const record = reader.exchange(id);
        if (!record) {
          const text = `no exchange has an id that ends with "${visible(id)}", or several have`;
          terminal.err(`${text}; "sallyport transcripts list" prints ids\n`);
          return exit.found;
        }
        if (reader.events(record.id).some(({ original }) => original !== undefined)) {
          const exchanges = [record.id];
          recordJudging(values, terminal, { what: 'explain', exchanges, count: 1 });
        }
        const found = explainRecorded(record, reader, read.policies);
        if (values.json) terminal.out(`${visibleJson(recordedJson(found, read), 2)}\n`);
        else printRecorded(found, read, values.all, terminal);
        return exit.fine;
      };
      const originals = values['masked-only'] ? 'none' : 'if at hand';
      return withTranscripts(values, terminal, explainOne, originals);
    }
    const named = callOf(values, terminal.cwd, Date.now());
    const explained = explainCall(read.policies, named);
    const { policies, revision, from, place } = read;
    const note = unknownUpstream(named.subject.request.upstream, config, terminal.cwd);
    if (note !== undefined) terminal.err(`${note}\n`);
    if (values.json) {
      const whole = { revision, policies: from, subject: subjectJson(named.subject), ...explained };
      terminal.out(`${visibleJson(whole, 2)}\n`);
    } else {
      const facts = [['policies', `revision ${revision}, ${place}`]] as const;
      const { colour } = terminal;
      const look = { colour, all: values.all, policies, facts };
      terminal.out(printBoth(explained, named.subject, look));
    }
    return exit.fine;
  },
});

function printBoth(
  { call, answer }: ReturnType<typeof explainCall>,
  subject: Parameters<typeof printExplanation>[1],
  look: Parameters<typeof printExplanation>[2],
): string {
  const first = printExplanation(call, subject, look);
  if (!answer) return first;
  return `${first}\nThe answer:\n${printExplanation(answer, subject, look)}`;
}

function printRecorded(
  found: RecordedExplanation,
  { policies, revision, place }: ReadPolicies,
  all: boolean,
  terminal: Terminal,
): void {
  const { record, recorded, subject } = found;
  const facts: [string, string][] = [
    ['exchange', `${record.id}, ${new Date(record.openedAt).toISOString()}, ${record.outcome}`],
    ['then', recorded ? `${recorded.text}, revision ${record.revision}` : 'not decided'],
    ['now', `${nowText(found)}, revision ${revision}${revision === record.revision ? ' (the same)' : ''}`], // biome-ignore format: one line says it
    ['policies', place],
  ];
  terminal.out(printBoth(found, subject, { colour: terminal.colour, all, policies, facts }));
}

function nowText({ same, call, answer, recorded }: RecordedExplanation): string {
  const { decision, possible } = answer ?? call;
  if (possible.length > 1) return "can't be told, for it depends on what is masked or not recorded";
  if (same === true) return 'the same decision';
  const by = decision.rule === undefined ? '' : ` by ${decision.rule}`;
  if (recorded?.by !== undefined) {
    const rules = { allow: 'allow it', approve: 'ask for approval', block: `block it${by}` };
    return `the rules ${rules[decision.effect]}; limits and pins are not judged here`;
  }
  const other = recorded?.effect === decision.effect ? '' : 'ANOTHER DECISION: ';
  return `${other}${decision.effect}${by}`;
}

function recordedJson(found: RecordedExplanation, { revision, from }: ReadPolicies) {
  const { subject, same, hidden, ...rest } = found;
  const told = same === undefined ? null : same;
  return { revision, policies: from, ...rest, same: told, hidden, subject: subjectJson(subject) };
}

/** What the call is, without what stands for nothing. */
function subjectJson(subject: RecordedExplanation['subject']) {
  const { identity, request, target, client, args, tool } = subject;
  const known = typeof tool === 'symbol' ? {} : { tool };
  return { identity, request, target, client, args: typeof args === 'symbol' ? null : args, ...known }; // biome-ignore format: one line says it
}
