import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { child, type Node, toJson } from '../../document/node.ts';
import { Reader } from '../../document/reader.ts';
import { parseYaml } from '../../document/yaml.ts';
import { GateError, messageOf } from '../../model/errors.ts';
import type { Identity } from '../../model/identity.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { visible } from '../../model/visible.ts';
import { parseSuite, type SuiteCase } from '../../policy/suite/suite.ts';
import { seeHelp } from '../report.ts';
import { nearestNames } from './nearest-names.ts';

/** Who is meant, and, where a case of a test file was named, all else that the case says. */
export interface Who {
  readonly identity: Identity;
  readonly from?: SuiteCase;
}

/** Who knows the identities of test files that don't say it. */
const TEST_ISSUER = 'https://issuer.test';

const words = z.union([z.string().transform((word) => [word]), z.array(z.string())]);
const schema = z.strictObject({
  sub: z.string().min(1),
  /** Nothing is made up of who isn't said to be known to anybody. */
  issuer: z.string().default(''),
  email: z.string().optional(),
  groups: words.default([]),
  scopes: words.default([]),
  client: z.string().optional(),
  actor: z.string().optional(),
  claims: z.record(z.string(), z.unknown()).default({}),
});

/**
 * Reads who calls: `sub=ana,groups=analysts,dba`, a JSON object, a file with one, or `x_test.yaml#name`, which names an
 * identity or a case of a test file.
 *
 * @throws GateError USAGE: it is nothing of that
 */
export function readWho(text: string, cwd: string): Who {
  const [path = '', name] = text.split(/#(.*)/s);
  if (text.trimStart().startsWith('{')) return { identity: identityFrom(jsonIn(text), text) };
  if (name !== undefined && existsSync(resolve(cwd, path))) return fromTestFile(path, name, cwd);
  if (existsSync(resolve(cwd, text))) {
    return { identity: identityFrom(plain(documentIn(text, cwd)), text) };
  }
  if (text.includes('=')) return { identity: identityFrom(pairsIn(text), text) };
  const hint = 'such as --as "sub=ana,groups=analysts" or --as policies/orders_test.yaml#ana';
  throw new GateError('USAGE', `--as names no file: ${text}`, { hint });
}

function fromTestFile(path: string, name: string, cwd: string): Who {
  const document = documentIn(path, cwd);
  const identities = child(document, 'identities');
  const found = child(identities, name);
  if (found) {
    const facts = plain(found);
    const whole = isObject(facts) ? { sub: name, issuer: TEST_ISSUER, ...facts } : facts;
    return { identity: identityFrom(whole, name) };
  }
  const { cases } = parseSuite(document, new Reader('TEST'));
  const from = cases.find((one) => one.name === name);
  if (from) return { identity: from.identity, from };
  const known = identities?.kind === 'map' ? identities.entries.map(({ key }) => key) : [];
  const near = nearestNames(name, [...known, ...cases.map((one) => one.name)]);
  const hint =
    near.length === 0
      ? 'it has none'
      : `the nearest: ${near.map((one) => `"${visible(one)}"`).join(', ')}`;
  throw new GateError('USAGE', `${path} has no identity and no case "${name}"`, { hint });
}

function documentIn(path: string, cwd: string): Node {
  let text: string;
  try {
    text = readFileSync(resolve(cwd, path), 'utf8');
  } catch (cause) {
    throw new GateError('USAGE', `cannot read ${path}: ${messageOf(cause)}`, { cause });
  }
  const { documents, problems } = parseYaml(text, path);
  const [document] = documents;
  if (problems.length === 0 && document) return document;
  throw new GateError('USAGE', `${path} cannot be understood`, { problems });
}

const plain = (node: Node): Json => toJson(node);

function jsonIn(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    const message = `--as is no JSON: ${messageOf(cause)}`;
    throw new GateError('USAGE', message, { hint: seeHelp('explain'), cause });
  }
}

/** `sub=ana,groups=analysts,dba`: a word without a key belongs to the key before. */
function pairsIn(text: string): JsonObject {
  const pairs: [string, string[]][] = [];
  for (const word of text.split(',')) {
    const [, key, value = ''] = /^\s*([a-z]+)=(.*)$/s.exec(word) ?? [];
    const last = pairs.findLast(([name]) => name === (key ?? pairs.at(-1)?.[0]));
    if (last) last[1].push(key === undefined ? word : value);
    else pairs.push([key ?? word, [value]]);
  }
  const lists = ['groups', 'scopes'];
  return Object.fromEntries(
    pairs.map(([key, values]) => [key, lists.includes(key) ? values : values.join()]),
  );
}

function identityFrom(facts: Json, source: string): Identity {
  const parsed = schema.safeParse(facts);
  if (parsed.success) {
    const { email, client, actor, ...rest } = parsed.data;
    return {
      ...rest,
      claims: rest.claims as JsonObject,
      ...(email === undefined ? {} : { email }),
      ...(client === undefined ? {} : { client }),
      ...(actor === undefined ? {} : { actor }),
    };
  }
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  const message = `--as: ${where ? `${where}: ` : ''}${issue?.message ?? 'no identity'}`;
  const hint = `an identity has ${Object.keys(schema.shape).join(', ')}; this is ${source.slice(0, 80)}`;
  throw new GateError('USAGE', message, { hint });
}
