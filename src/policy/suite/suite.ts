import { child, describe, type MapNode, type Node, toJson } from '../../document/node.ts';
import type { Reader } from '../../document/reader.ts';
import { effects } from '../../model/decision.ts';
import type { ClientInfo, Identity } from '../../model/identity.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { suggest } from '../../model/nearest.ts';
import type { Position } from '../../model/position.ts';
import type { RequestFacts, Target, TargetKind } from '../subject.ts';
import { type CaseTokens, parseTokens } from './parse-tokens.ts';

/** A call, and what is expected of it. */
export interface CallCase {
  readonly kind: 'call';
  readonly upstream: string;
  readonly target: Target;
  readonly method: string;
  readonly args: JsonObject;
  /** What the upstream says of the tool; left out: it never listed it. */
  readonly facts?: JsonObject;
  /** What the upstream answers: a result, an error, or nothing yet. */
  readonly result?: Json;
  readonly error?: JsonObject;
}
/** A list, and what of it is to be seen. */
export interface ListCase {
  readonly kind: 'list';
  readonly upstream: string;
  readonly targets: readonly ListedTarget[];
}
/** Something that an upstream lists. */
export interface ListedTarget extends Target {
  /** What it says of a tool; left out: it could be anything. */
  readonly facts?: JsonObject;
}
export interface SuiteCase {
  readonly name: string;
  readonly at: Position;
  readonly identity: Identity;
  readonly client: ClientInfo;
  /** What differs from the facts that every case has. */
  readonly request: Partial<Pick<RequestFacts, 'now' | 'ip' | 'protocol'>>;
  /** `_meta` of the call. */
  readonly meta?: JsonObject;
  /** Tokens that the caller has. */
  readonly tokens: CaseTokens;
  readonly does: CallCase | ListCase;
  /** What is expected, by key: effect, rule, approvals, would, limits, output, args, sent, visible. */
  readonly expect: readonly { readonly key: string; readonly value: Json; readonly at: Position }[];
}
/** One `_test.yaml` file. */
export interface Suite {
  /** Policy files that it tests, relative to its folder; empty means the file of the same name. */
  readonly policies: readonly string[];
  readonly cases: readonly SuiteCase[];
}

const SUITE_KEYS = ['policies', 'identities', 'cases'];
const IDENTITY_KEYS = ['sub', 'email', 'groups', 'scopes', 'client', 'actor', 'issuer', 'claims'];
const CASE_KEYS = [
  ...['name', 'as', 'client', 'request', 'call'],
  ...['tokens', 'result', 'error', 'list', 'expect'],
];
const REQUEST_KEYS = ['time', 'ip', 'protocol', 'meta'];
const CALL_KEYS = [
  ...['upstream', 'tool', 'resource', 'prompt', 'method'],
  ...['args', 'annotations', 'facts'],
];
const FACT_KEYS = ['name', 'title', 'description', 'annotations', 'flags'];
const LIST_KEYS = ['upstream', 'tools', 'resources', 'prompts'];
const EXPECT_KEYS = [
  ...['effect', 'rule', 'approvals', 'would', 'limits'],
  ...['output', 'args', 'sent', 'visible'],
];

const callTargets = [
  { key: 'tool', kind: 'tools', method: 'tools/call' },
  { key: 'resource', kind: 'resources', method: 'resources/read' },
  { key: 'prompt', kind: 'prompts', method: 'prompts/get' },
] as const;
const listKinds = ['tools', 'resources', 'prompts'] as const satisfies readonly TargetKind[];

/** The method that uses a target of a kind. */
export function methodOf(kind: TargetKind, name: string): string {
  return callTargets.find((row) => row.kind === kind)?.method ?? name;
}

/** Reads a test file; what is wrong goes to the reader. */
export function parseSuite(document: Node, reader: Reader): Suite {
  const map = reader.map(document, 'a test file', SUITE_KEYS);
  const identities = parseIdentities(child(map, 'identities'), reader);
  const cases = reader.list(child(map, 'cases'), 'cases');
  if (map && !child(map, 'cases')) reader.error('MISSING_KEY', map.at, 'cases is missing');
  return {
    policies: reader.texts(child(map, 'policies'), 'policies') ?? [],
    cases: (cases?.items ?? []).flatMap((node) => parseCase(node, identities, reader) ?? []),
  };
}

/** Identities by name; one that can't be read has its name alone. */
type Identities = ReadonlyMap<string, Identity | undefined>;

/** The identities, or undefined where they are no map. */
function parseIdentities(node: Node | undefined, reader: Reader): Identities | undefined {
  const identities = new Map<string, Identity | undefined>();
  if (!node) return identities;
  if (node.kind !== 'map') {
    reader.error('WRONG_TYPE', node.at, `identities must be a map, not ${describe(node)}`);
    return undefined;
  }
  for (const { key, value } of node.entries) {
    const map = reader.map(value, 'an identity', IDENTITY_KEYS);
    identities.set(key, undefined);
    if (!map) continue;
    const optional = (name: 'email' | 'client' | 'actor') => {
      const text = reader.text(child(map, name), name);
      return text === undefined ? {} : { [name]: text };
    };
    identities.set(key, {
      sub: reader.text(child(map, 'sub'), 'sub') ?? key,
      issuer: reader.text(child(map, 'issuer'), 'issuer') ?? 'https://issuer.test',
      groups: reader.texts(child(map, 'groups'), 'groups') ?? [],
      scopes: reader.texts(child(map, 'scopes'), 'scopes') ?? [],
      claims: parseObject(child(map, 'claims'), 'claims', reader) ?? {},
      ...optional('email'),
      ...optional('client'),
      ...optional('actor'),
    });
  }
  return identities;
}

function parseCase(
  node: Node,
  identities: Identities | undefined,
  reader: Reader,
): SuiteCase | undefined {
  const map = reader.map(node, 'a case', CASE_KEYS);
  if (!map) return undefined;
  // All of it is read before it is given up, so that everything that is wrong is told at once.
  const identity = parseAs(map, identities, reader);
  const does = parseDoes(map, reader);
  const rest = {
    name: reader.text(child(map, 'name'), 'name') ?? `case at line ${map.at.line}`,
    at: map.at,
    client: parseClient(child(map, 'client'), reader),
    ...parseRequest(child(map, 'request'), reader),
    tokens: parseTokens(child(map, 'tokens'), reader),
    expect: parseExpect(child(map, 'expect'), map.at, reader),
  };
  return identity && does && { ...rest, identity, does };
}

/** Who calls. Nothing is said of names where the identities themselves can't be read. */
function parseAs(
  map: MapNode,
  identities: Identities | undefined,
  reader: Reader,
): Identity | undefined {
  const as = child(map, 'as');
  const who = reader.text(as, 'as');
  const names = [...(identities?.keys() ?? [])];
  const hint = names.length === 0 ? 'name it under identities' : suggest(who ?? '', names);
  if (!as) {
    const message = 'a case needs "as", the identity that calls';
    reader.error('MISSING_KEY', map.at, message, identities && hint);
  } else if (who !== undefined && identities && !identities.has(who)) {
    reader.error('UNKNOWN_IDENTITY', as.at, `no identity "${who}"`, hint);
  }
  return who === undefined ? undefined : identities?.get(who);
}

function parseDoes(map: MapNode, reader: Reader): SuiteCase['does'] | undefined {
  const call = child(map, 'call');
  const list = child(map, 'list');
  if (!call && !list) reader.error('MISSING_KEY', map.at, 'a case needs a call or a list');
  const answer = parseAnswer(map, reader);
  return call ? parseCall(call, answer, reader) : list && parseList(list, reader);
}

function parseClient(node: Node | undefined, reader: Reader): ClientInfo {
  const map = node && reader.map(node, 'client', ['name', 'version']);
  const name = reader.text(child(map, 'name'), 'name');
  const version = reader.text(child(map, 'version'), 'version');
  return { ...(name === undefined ? {} : { name }), ...(version === undefined ? {} : { version }) };
}

function parseRequest(node: Node | undefined, reader: Reader): Pick<SuiteCase, 'request' | 'meta'> {
  const map = node && reader.map(node, 'request', REQUEST_KEYS);
  const time = child(map, 'time');
  const now = Date.parse(reader.text(time, 'time') ?? '');
  if (time && Number.isNaN(now)) {
    reader.error('BAD_TIME', time.at, 'time must be as in 2026-01-01T12:00:00Z');
  }
  const ip = reader.text(child(map, 'ip'), 'ip');
  const protocol = reader.text(child(map, 'protocol'), 'protocol');
  const meta = parseObject(child(map, 'meta'), 'meta', reader);
  const request = {
    ...(Number.isNaN(now) ? {} : { now }),
    ...(ip === undefined ? {} : { ip }),
    ...(protocol === undefined ? {} : { protocol }),
  };
  return { request, ...(meta === undefined ? {} : { meta }) };
}

/** The upstream that a call or list is for; without one, no policy would be about it. */
function parseUpstream(map: MapNode, reader: Reader): string {
  const node = child(map, 'upstream');
  if (!node) reader.error('MISSING_KEY', map.at, 'upstream is missing');
  return reader.text(node, 'upstream') ?? '';
}

/** An object with any members, such as arguments. */
function parseObject(node: Node | undefined, what: string, reader: Reader): JsonObject | undefined {
  if (!node) return undefined;
  const plain = toJson(node);
  if (isObject(plain)) return plain;
  reader.error('WRONG_TYPE', node.at, `${what} must be a map, not ${describe(node)}`);
  return undefined;
}

type Answer = Pick<CallCase, 'result' | 'error'>;

/** What the upstream answers: a result, or the error object of a JSON-RPC response. */
function parseAnswer(map: MapNode, reader: Reader): Answer {
  const result = child(map, 'result');
  const errorNode = child(map, 'error');
  if (result && errorNode) {
    reader.error('TWO_ANSWERS', errorNode.at, 'an answer is either a result or an error');
  }
  const error = parseObject(errorNode, 'error', reader);
  if (errorNode && error) checkError(errorNode, reader);
  return {
    ...(result === undefined ? {} : { result: toJson(result) }),
    ...(error === undefined ? {} : { error }),
  };
}

/** A JSON-RPC error has a code and a message; `data` may be anything. */
function checkError(node: Node, reader: Reader): void {
  const map = reader.map(node, 'an error', ['code', 'message', 'data']);
  reader.number(child(map, 'code'), 'code');
  reader.text(child(map, 'message'), 'message');
}

/** What an upstream says of a tool, in the words that rules use. */
function parseFacts(node: Node | undefined, reader: Reader): JsonObject | undefined {
  const map = node && reader.map(node, 'a tool', FACT_KEYS);
  if (!map) return undefined;
  for (const key of ['title', 'description'] as const) reader.text(child(map, key), key);
  reader.texts(child(map, 'flags'), 'flags');
  parseObject(child(map, 'annotations'), 'annotations', reader);
  const { name: _, ...facts } = parseObject(map, 'facts', reader) ?? {};
  const { flags = [] } = facts;
  return { ...facts, flags: typeof flags === 'string' ? [flags] : flags };
}

function parseCall(node: Node, answer: Answer, reader: Reader): CallCase | undefined {
  const map = reader.map(node, 'a call', CALL_KEYS);
  if (!map) return undefined;
  const args = parseObject(child(map, 'args'), 'args', reader) ?? {};
  const annotations = parseObject(child(map, 'annotations'), 'annotations', reader);
  const facts = parseFacts(child(map, 'facts'), reader);
  const common = {
    kind: 'call' as const,
    upstream: parseUpstream(map, reader),
    args,
    ...(annotations || facts
      ? { facts: { flags: [], ...facts, ...(annotations && { annotations }) } }
      : {}),
    ...answer,
  };
  for (const { key, kind, method } of callTargets) {
    const name = reader.text(child(map, key), key);
    if (name === undefined) continue;
    // The params of resources/read are its arguments.
    const all = kind === 'resources' ? { ...args, uri: name } : args;
    return { ...common, args: all, method, target: { kind, name } };
  }
  const method = reader.text(child(map, 'method'), 'method');
  if (method !== undefined) return { ...common, method, target: { kind: 'methods', name: method } };
  reader.error('MISSING_KEY', map.at, 'a call needs a tool, resource, prompt or method');
  return undefined;
}

function parseList(node: Node, reader: Reader): ListCase | undefined {
  const map = reader.map(node, 'a list', LIST_KEYS);
  if (!map) return undefined;
  const targets = listKinds.flatMap((kind) => {
    const value = child(map, kind);
    const items = value?.kind === 'list' ? value.items : value ? [value] : [];
    return items.flatMap((item) => parseListed(item, kind, reader) ?? []);
  });
  return { kind: 'list', upstream: parseUpstream(map, reader), targets };
}

/** A name, or of a tool a map with its name and facts. */
function parseListed(
  node: Node,
  kind: (typeof listKinds)[number],
  reader: Reader,
): ListedTarget | undefined {
  if (kind !== 'tools' || node.kind !== 'map') {
    const name = reader.text(node, `an element of ${kind}`);
    return name === undefined ? undefined : { kind, name };
  }
  const facts = parseFacts(node, reader);
  const name = reader.text(child(node, 'name'), 'name');
  if (!child(node, 'name')) reader.error('MISSING_KEY', node.at, 'a tool needs a name');
  return name === undefined || !facts ? undefined : { kind, name, facts };
}

function parseExpect(node: Node | undefined, at: Position, reader: Reader): SuiteCase['expect'] {
  const map = node && reader.map(node, 'expect', EXPECT_KEYS);
  if (!map || map.entries.length === 0) {
    reader.error('EXPECTS_NOTHING', node?.at ?? at, 'the case expects nothing', 'add an effect');
    return [];
  }
  reader.choice(child(map, 'effect'), 'effect', effects);
  return map.entries.map(({ key, at: place, value }) => ({ key, at: place, value: toJson(value) }));
}
