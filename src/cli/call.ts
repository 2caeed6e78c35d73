import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isSecureOrLoopback } from '../config/schema/schema-values.ts';
import { GateError, messageOf } from '../model/errors.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { visible, visibleJson } from '../model/visible.ts';
import { DECISION_KEY } from '../pipeline/refusal.ts';
import { type Ask, askGate } from './call/ask-gate.ts';
import { callError } from './call/call-error.ts';
import { listLines } from './call/list-lines.ts';
import { objectOption } from './json-option.ts';
import type { McpAnswer } from './mcp-client/mcp-client-answer.ts';
import { readingVerb } from './reading-verb.ts';
import { seeHelp } from './report.ts';
import { widthOf } from './transcripts/arguments.ts';
import { payloadLines } from './transcripts/payload.ts';
import { exit, type Terminal } from './verb.ts';

const help = `Usage: sallyport call URL TOOL [--args JSON] [MORE...]
       sallyport call URL (--resource URI | --prompt NAME [--args JSON] | --list) [MORE...]

Plays a user's session as an MCP client: connects with the gate at URL (any MCP endpoint over
Streamable HTTP will do), asks for one thing, prints the answer, and ends the session. What the
gate says of its decision (rule, reason, exchange) goes to standard error. Where a person has to say yes
first, it waits as a client does, for minutes; the same call later takes the yes. A token is sent over
https://, or to a host of loopback; never in the clear to another.

  --args JSON        arguments; @FILE reads a file
  --resource URI     read a resource instead
  --prompt NAME      get a prompt instead
  --list             list what the caller is shown: tools, resources and prompts
  --token-file FILE  file with a bearer token; default: the variable SALLYPORT_TOKEN
  --era ERA          session (up to 2025-11-25) or stateless (2026-07-28); default: what the server
                     speaks
  --client NAME      what the client calls itself; default: sallyport-call
  --json             print one JSON object instead: result or error, and the decision

Exit code: 0 answered, 1 refused (also by the tool itself: isError) or asked for input, which it
cannot give, 2 wrong use, or no answer.

Example:
  $ SALLYPORT_TOKEN=... sallyport call http://127.0.0.1:7411/mcp/orders query --args '{"sql": "select 1"}'
`;

const options = {
  args: { type: 'string' },
  resource: { type: 'string' },
  prompt: { type: 'string' },
  list: { type: 'boolean', default: false },
  'token-file': { type: 'string' },
  era: { type: 'string' },
  client: { type: 'string', default: 'sallyport-call' },
  json: { type: 'boolean', default: false },
} as const;

const eras = ['session', 'stateless'] as const;
const USUAL_WIDTH = 100;
/** What transcripts say of structured content that repeats the text. */
const REPEATED = '(structuredContent says the same)';

/** `sallyport call`: one call through a gate, as a client. */
export const call = readingVerb('call', {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    const [url, tool, another] = positionals;
    if (url === undefined || !/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) {
      const message = `"call" needs the URL of a gate${url === undefined ? '' : `, not "${url}"`}`;
      throw new GateError('USAGE', message, { hint: seeHelp('call') });
    }
    if (another !== undefined) throw usage(`"call" takes no "${another}"`);
    const era = eras.find((one) => one === values.era);
    if (values.era !== undefined && !era) throw usage(`--era is ${eras.join(' or ')}`);
    const ask = askOf(tool, values, terminal.cwd);
    const token = tokenOf(values['token-file'], terminal);
    if (token !== undefined && !isSecureOrLoopback(url)) throw cleartext();
    const { signal } = terminal;
    const place = { url, ...(token === undefined ? {} : { token }), ...(era ? { era } : {}) };
    const answer = await askGate(place, ask, { name: values.client, signal }).catch((error) => {
      throw callError(error);
    });
    const decision = decisionIn(answer);
    if (values.json) {
      terminal.out(`${visibleJson({ ...answer, ...(decision ? { decision } : {}) }, 2)}\n`);
    } else print(ask, answer, terminal);
    if (decision) terminal.err(`${decisionText(decision)}\n`);
    return isRefusal(answer) ? exit.found : exit.fine;
  },
});

interface Values {
  readonly args?: string;
  readonly resource?: string;
  readonly prompt?: string;
  readonly list: boolean;
}

function askOf(tool: string | undefined, values: Values, cwd: string): Ask {
  const { resource, prompt, list } = values;
  const asked: Ask[] = [];
  const args = values.args === undefined ? {} : objectOption('args', values.args, cwd);
  if (tool !== undefined) asked.push({ kind: 'tool', name: tool, args });
  if (prompt !== undefined) asked.push({ kind: 'prompt', name: prompt, args });
  if (resource !== undefined) asked.push({ kind: 'resource', uri: resource });
  if (list) asked.push({ kind: 'list' });
  const [ask, another] = asked;
  if (!ask || another) throw usage('"call" needs one of a tool, --resource, --prompt and --list');
  if (values.args !== undefined && ask.kind !== 'tool' && ask.kind !== 'prompt') {
    throw usage('--args goes with a tool or a prompt');
  }
  return ask;
}

/** Only from a file or the environment: a command line is for everybody to see. */
function tokenOf(file: string | undefined, { cwd, env }: Terminal): string | undefined {
  let text = env.SALLYPORT_TOKEN;
  if (file !== undefined) {
    try {
      text = readFileSync(resolve(cwd, file), 'utf8');
    } catch (cause) {
      const message = `cannot read the token file ${file}: ${messageOf(cause)}`;
      throw new GateError('USAGE', message, { cause });
    }
  }
  const token = text?.trim() || undefined;
  if (token !== undefined && !/^[\w.~+/=-]+$/.test(token)) throw usage('the token is none');
  return token;
}

function cleartext(): GateError {
  const hint = 'use https://, or forward a port of loopback to it';
  return new GateError('USAGE', 'a token is sent over http:// to loopback only', { hint });
}

function usage(message: string): GateError {
  return new GateError('USAGE', message, { hint: seeHelp('call') });
}

/** What is asked for input has not been done. */
function isRefusal({ result, error }: McpAnswer): boolean {
  return error !== undefined || result.isError === true || result.resultType === 'input_required';
}

/** What the gate says of its decision, in a result or an error. */
function decisionIn({ result, error }: McpAnswer): JsonObject | undefined {
  const holder: Json | undefined = result ? result._meta : error?.data;
  const decision = isObject(holder) ? holder[DECISION_KEY] : undefined;
  return isObject(decision) ? decision : undefined;
}

function decisionText(decision: JsonObject): string {
  const { effect, rule, reason, exchange } = decision;
  const text = (value: Json | undefined) =>
    typeof value === 'string' ? visible(value) : visibleJson(value);
  const by = rule === undefined ? '' : ` by ${text(rule)}`;
  return `gate: ${text(effect)}${by}: ${text(reason)} (exchange ${text(exchange)})`;
}

function print(ask: Ask, answer: McpAnswer, terminal: Terminal): void {
  const width = widthOf(terminal) ?? USUAL_WIDTH;
  const lines =
    ask.kind === 'list' && answer.result
      ? listLines(answer.result)
      : answerLines(withoutMeta(answer), width);
  if (lines.length > 0) terminal.out(`${lines.join('\n')}\n`);
}

/** As transcripts show it, and whole; what structured content repeats is said once. */
function answerLines(answer: { readonly result?: object }, width: number): string[] {
  const text = JSON.stringify(answer);
  // Only the last line can be this one: what a server says begins with "| ", or is JSON.
  const repeats = payloadLines(text, { width, full: false }).at(-1) === REPEATED;
  if (!repeats) return payloadLines(text, { width, full: true });
  const result = { ...answer.result, structuredContent: undefined };
  return [...payloadLines(JSON.stringify({ result }), { width, full: true }), REPEATED];
}

/** What parties tell each other beside the answer is not for people; `--json` has it. */
function withoutMeta(answer: McpAnswer): { readonly result?: object } {
  if (!answer.result) return answer;
  const { _meta, ...rest } = answer.result;
  return { result: rest };
}
