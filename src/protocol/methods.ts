import { isObject, type Json, type JsonObject, textMember } from '../model/json.ts';

/** What a message names. */
export interface Named {
  readonly kind: 'tools' | 'resources' | 'prompts' | 'methods';
  readonly name: string;
}

/**
 * How the right to send a message is had.
 *
 * - `rule`: a rule must allow it;
 * - `session`: part of every session (handshake, ping, lists), so it passes for whoever may do anything at all;
 * - `reference`: whoever may use what it names, with some arguments, may send it;
 * - `task`: follows the call that made the task which it names.
 */
export type Grant = 'rule' | 'session' | 'reference' | 'task';

export interface MethodRow {
  readonly grant: Grant;
  /** What params name; undefined for the method itself. */
  readonly target?: (params: JsonObject) => Named | undefined;
  /** The method whose rights a `reference` needs. */
  readonly as?: string;
  /** Where arguments sit in params; undefined means that params as a whole are the arguments. */
  readonly args?: string;
  /** The params that the gate knows and rules can see; others are taken off. Undefined means that all are. */
  readonly params?: readonly string[];
  /** The result's list to be pruned, and what its items are. */
  readonly list?: { readonly key: string; readonly kind: Named['kind']; readonly name: string };
  /** Upstreams may send it to clients, by itself or inside a result that asks for input. */
  readonly asks?: true;
  /** Its answer may ask for input, and it is sent again with that (2026-07-28, multi round-trip requests). */
  readonly resumes?: true;
}

const tool = (params: JsonObject) => named('tools', params, 'name');
const prompt = (params: JsonObject) => named('prompts', params, 'name');
const resource = (params: JsonObject) => named('resources', params, 'uri');

function named(kind: Named['kind'], params: JsonObject, key: string): Named | undefined {
  const name = textMember(params, key);
  return name === undefined ? undefined : { kind, name };
}

/** `ref` of completion/complete: a prompt by name or a resource template by URI. */
function reference(params: JsonObject): Named | undefined {
  const ref = params.ref;
  if (!isObject(ref)) return undefined;
  if (ref.type === 'ref/prompt') return prompt(ref);
  return ref.type === 'ref/resource' ? resource(ref) : undefined;
}

const session: MethodRow = { grant: 'session' };
/** What upstreams ask clients. */
const question: MethodRow = { grant: 'rule', asks: true };
const task: MethodRow = { grant: 'task', params: ['taskId', '_meta'] };
const call = {
  grant: 'rule',
  args: 'arguments',
  params: ['name', 'arguments', 'inputResponses', 'requestState', '_meta'],
  resumes: true,
} satisfies MethodRow;

/** What the gate knows of each method (PROTOCOL, section 4). A method that is not here needs a rule. */
const methods: ReadonlyMap<string, MethodRow> = new Map(
  Object.entries<MethodRow>({
    'tools/call': { ...call, target: tool, params: [...call.params, 'task'] },
    'tools/list': { ...session, list: { key: 'tools', kind: 'tools', name: 'name' } },
    'resources/read': { grant: 'rule', target: resource, resumes: true },
    'resources/subscribe': { grant: 'reference', as: 'resources/read', target: resource },
    'resources/unsubscribe': { grant: 'reference', as: 'resources/read', target: resource },
    'resources/list': { ...session, list: { key: 'resources', kind: 'resources', name: 'uri' } },
    'resources/templates/list': {
      ...session,
      list: { key: 'resourceTemplates', kind: 'resources', name: 'uriTemplate' },
    },
    'prompts/get': { ...call, target: prompt },
    'prompts/list': { ...session, list: { key: 'prompts', kind: 'prompts', name: 'name' } },
    'completion/complete': { grant: 'reference', target: reference },
    'sampling/createMessage': question,
    'elicitation/create': question,
    'roots/list': question,
    'tasks/get': task,
    'tasks/result': task,
    'tasks/cancel': task,
    'tasks/update': { ...task, params: ['taskId', 'inputResponses', '_meta'] },
    'tasks/list': session,
    'logging/setLevel': session,
    'server/discover': session,
    'subscriptions/listen': session,
    initialize: session,
    ping: session,
    'notifications/initialized': session,
    'notifications/cancelled': session,
    'notifications/progress': session,
    'notifications/message': session,
    'notifications/tools/list_changed': session,
    'notifications/resources/list_changed': session,
    'notifications/prompts/list_changed': session,
    'notifications/roots/list_changed': session,
    'notifications/elicitation/complete': session,
    'notifications/subscriptions/acknowledged': session,
    'notifications/tasks/status': { grant: 'task' },
    'notifications/tasks': { grant: 'task' },
    'notifications/resources/updated': {
      grant: 'reference',
      as: 'resources/read',
      target: resource,
    },
  }),
);
const unknown: MethodRow = { grant: 'rule' };

/** Every kind of question that upstreams may ask clients. */
export const questions: readonly string[] = [...methods.keys()].filter(
  (name) => methodRow(name).asks,
);

/** The row of a method. */
export function methodRow(method: string): MethodRow {
  return methods.get(method) ?? unknown;
}

/** True of a method that the gate knows the results of. */
export function isKnownMethod(method: string): boolean {
  return methods.has(method);
}

/** What a message names; where params don't say, the method itself. */
export function targetOf(method: string, params: JsonObject | undefined): Named {
  const target = params && methodRow(method).target?.(params);
  return target ?? { kind: 'methods', name: method };
}

/** True where the method must name something and the params don't. */
export function lacksTarget(method: string, params: JsonObject | undefined): boolean {
  const { target } = methodRow(method);
  return target !== undefined && target(params ?? {}) === undefined;
}

/** The arguments that conditions on `args.*` see. */
export function argsOf(method: string, params: JsonObject | undefined): Json | undefined {
  const { args } = methodRow(method);
  if (args === undefined) return params;
  return params?.[args];
}
