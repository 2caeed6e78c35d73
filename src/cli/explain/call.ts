import { GateError } from '../../model/errors.ts';
import type { ClientInfo } from '../../model/identity.ts';
import type { JsonObject } from '../../model/json.ts';
import {
  ABSENT,
  type RequestFacts,
  type Subject,
  type Target,
  UNAVAILABLE,
  UNKNOWN,
} from '../../policy/subject.ts';
import { type CallCase, methodOf } from '../../policy/suite/suite.ts';
import { argsOf, targetOf } from '../../protocol/methods.ts';
import { jsonOption, objectOption } from '../json-option.ts';
import { seeHelp } from '../report.ts';
import { readWho } from './identity.ts';

/** Options that say what a call is. */
export const callOptions = {
  upstream: { type: 'string' },
  tool: { type: 'string' },
  resource: { type: 'string' },
  prompt: { type: 'string' },
  method: { type: 'string' },
  args: { type: 'string' },
  as: { type: 'string' },
  ip: { type: 'string' },
  time: { type: 'string' },
  client: { type: 'string' },
  protocol: { type: 'string' },
  meta: { type: 'string' },
  annotations: { type: 'string' },
  'tool-facts': { type: 'string' },
  result: { type: 'string' },
  error: { type: 'string' },
} as const;

export type CallValues = { readonly [Name in keyof typeof callOptions]?: string | undefined };

/** A call to be explained, and the answer to it. */
export interface NamedCall {
  readonly subject: Subject;
  readonly answer?: Pick<Subject, 'result' | 'error'>;
}

/** Cases of test files are judged as if it were noon, UTC, on the first day of 2026, a Thursday. */
const NOON = Date.UTC(2026, 0, 1, 12);

type Named = Pick<Subject, 'target' | 'args'> & { readonly method: string };

/**
 * The call that the command line names; what it leaves out comes from the case of a test file, where one is named.
 *
 * @throws GateError USAGE
 */
export function callOf(values: CallValues, cwd: string, now: number): NamedCall {
  if (values.as === undefined) {
    const hint = 'such as --as "sub=ana,groups=analysts"';
    throw new GateError('USAGE', '"explain" needs to know who calls: --as', { hint });
  }
  const { identity, from } = readWho(values.as, cwd);
  const tested = from?.does.kind === 'call' ? from.does : undefined;
  const upstream = values.upstream ?? tested?.upstream;
  if (upstream === undefined) throw lacks('--upstream');
  const own = namedBy(values, cwd);
  const { method, target, args } = own ?? fromCase(tested, values, cwd);
  const annotations = optional('annotations', values, cwd);
  // What the case says of its tool says nothing of another.
  const told = optional('tool-facts', values, cwd) ?? (own ? undefined : tested?.facts);
  const tool = told || annotations ? { ...told, ...(annotations && { annotations }) } : UNAVAILABLE;
  const meta = optional('meta', values, cwd) ?? from?.meta;
  const subject: Subject = {
    ...{ identity, target, args, meta: meta ?? ABSENT, result: UNKNOWN },
    request: { now: from ? NOON : now, ...from?.request, ...requestOf(values), upstream, method },
    client: values.client === undefined ? (from?.client ?? {}) : clientOf(values.client),
    tool: target.kind === 'tools' ? tool : ABSENT,
  };
  const answer = answerOf(values, tested, cwd);
  return answer ? { subject, answer } : { subject };
}

function namedBy(values: CallValues, cwd: string): Named | undefined {
  const { tool, resource, prompt, method } = values;
  const given = [tool, resource, prompt, method].filter((one) => one !== undefined);
  if (given.length > 1) {
    const message = 'a call has one of --tool, --resource, --prompt and --method';
    throw new GateError('USAGE', message, { hint: seeHelp('explain') });
  }
  const args = values.args === undefined ? {} : objectOption('args', values.args, cwd);
  const target: Target | undefined =
    tool !== undefined
      ? { kind: 'tools', name: tool }
      : prompt !== undefined
        ? { kind: 'prompts', name: prompt }
        : undefined;
  if (target) return { target, args, method: methodOf(target.kind, target.name) };
  if (resource !== undefined) {
    const name = resource;
    return { target: { kind: 'resources', name }, args: { ...args, uri: name }, method: 'resources/read' }; // biome-ignore format: one line says it
  }
  if (method === undefined) return undefined;
  // As on the wire: what a method names is in its params.
  return { method, target: targetOf(method, args), args: argsOf(method, args) ?? ABSENT };
}

function fromCase(tested: CallCase | undefined, values: CallValues, cwd: string): Named {
  if (!tested) throw lacks('one of --tool, --resource, --prompt and --method');
  const { method, target } = tested;
  const args = values.args === undefined ? tested.args : objectOption('args', values.args, cwd);
  return { method, target, args };
}

function requestOf({ ip, time, protocol }: CallValues): Partial<RequestFacts> {
  const now = time === undefined ? undefined : Date.parse(time);
  if (Number.isNaN(now)) {
    const hint = 'such as 2026-01-31T12:00:00Z';
    throw new GateError('USAGE', `--time must be a time, not "${time}"`, { hint });
  }
  return {
    ...(now === undefined ? {} : { now }),
    ...(ip === undefined ? {} : { ip }),
    ...(protocol === undefined ? {} : { protocol }),
  };
}

/** `claude-code/1.2`, the version left out or not. */
function clientOf(text: string): ClientInfo {
  const [, name = text, version] = /^(.*)\/([^/]*)$/s.exec(text) ?? [];
  return version === undefined ? { name } : { name, version };
}

function optional(
  name: 'annotations' | 'meta' | 'tool-facts',
  values: CallValues,
  cwd: string,
): JsonObject | undefined {
  const text = values[name];
  return text === undefined ? undefined : objectOption(name, text, cwd);
}

function answerOf(
  { result, error }: CallValues,
  tested: CallCase | undefined,
  cwd: string,
): NamedCall['answer'] {
  if (error !== undefined) return { result: ABSENT, error: objectOption('error', error, cwd) };
  if (result !== undefined) return { result: jsonOption('result', result, cwd), error: ABSENT };
  if (tested?.error) return { result: ABSENT, error: tested.error };
  return tested?.result === undefined ? undefined : { result: tested.result, error: ABSENT };
}

function lacks(what: string): GateError {
  return new GateError('USAGE', `"explain" needs ${what}`, { hint: seeHelp('explain') });
}
