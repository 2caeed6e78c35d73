import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import { annotationNames } from '../roots.ts';
import { type Subject, UNKNOWN, type Value } from '../subject.ts';
import type { CelBudget } from './cel-budget.ts';
import { CelMap, celValue } from './cel-value.ts';

/** Roots whose members are all known: the library checks their types at load and again when they are read. */
class IdentityFacts extends CelMap {}
class TargetFacts extends CelMap {}
class ClientFacts extends CelMap {}
class ToolFacts extends CelMap {
  readonly #annotations: AnnotationFacts;
  constructor(object: JsonObject, budget: CelBudget) {
    super(object, budget);
    this.#annotations = new AnnotationFacts(objectOf(member(object, 'annotations')), budget);
  }
  override get(key: string): unknown {
    return key === 'annotations' ? this.#annotations : super.get(key);
  }
}
class ErrorFacts extends CelMap {}
class RequestFacts extends CelMap {
  readonly #time: Date;
  constructor(object: JsonObject, budget: CelBudget, now: number) {
    super(object, budget);
    this.#time = new Date(now - (now % 1000));
  }
  override get(key: string): unknown {
    return key === 'time' ? this.#time : super.get(key);
  }
}
class AnnotationFacts extends CelMap {}

const classes = [
  IdentityFacts,
  TargetFacts,
  ClientFacts,
  ToolFacts,
  ErrorFacts,
  RequestFacts,
  AnnotationFacts,
];
for (const facts of classes) {
  Object.defineProperty(facts.prototype, 'constructor', { value: facts });
}

type Build = (subject: Subject, budget: CelBudget) => unknown;

/** A root of expressions. */
export interface CelRoot {
  /** Name of its type in CEL. */
  readonly type: string;
  /** Types of its members, by their names; undefined: it may hold anything. */
  readonly members?: Readonly<Record<string, string>>;
  readonly facts?: abstract new (...values: never[]) => CelMap;
  /** The value for one subject; what is not known there is never asked for. */
  readonly build: Build;
}

const ANYTHING = 'map<string, dyn>';

/** Every root of expressions, by its name. */
export const celRoots: Readonly<Record<string, CelRoot>> = {
  identity: {
    type: 'Identity',
    members: {
      ...{ sub: 'string', issuer: 'string', email: 'string', client: 'string', actor: 'string' },
      ...{ groups: 'list<string>', scopes: 'list<string>', claims: ANYTHING },
    },
    facts: IdentityFacts,
    build: ({ identity }, budget) => new IdentityFacts(identity as never, budget),
  },
  args: { type: ANYTHING, build: (subject, budget) => celValue(argsOf(subject), budget) },
  target: {
    type: 'Target',
    members: { name: 'string', uri: 'string' },
    facts: TargetFacts,
    build: ({ target: { kind, name } }, budget) =>
      new TargetFacts(kind === 'resources' ? { name, uri: name } : { name }, budget),
  },
  tool: {
    type: 'Tool',
    members: {
      ...{ title: 'string', description: 'string', flags: 'list<string>' },
      annotations: 'Annotations',
    },
    facts: ToolFacts,
    build: ({ tool }, budget) => new ToolFacts(objectOf(tool), budget),
  },
  request: {
    type: 'Request',
    members: {
      ...{ upstream: 'string', method: 'string', protocol: 'string', ip: 'string' },
      ...{ time: 'google.protobuf.Timestamp', meta: ANYTHING },
    },
    facts: RequestFacts,
    build: ({ request, meta }, budget) => {
      const { now, ...texts } = request;
      return new RequestFacts({ ...texts, meta: objectOf(meta) }, budget, now);
    },
  },
  client: {
    type: 'Client',
    members: { name: 'string', version: 'string' },
    facts: ClientFacts,
    build: ({ client }, budget) => new ClientFacts(client as never, budget),
  },
  result: { type: ANYTHING, build: ({ result }, budget) => treeOf(result, budget) },
  error: {
    type: 'Error',
    // The code is a double like every number of JSON, and compared with whole numbers.
    members: { code: 'dyn', message: 'string', data: 'dyn' },
    facts: ErrorFacts,
    build: ({ error }, budget) => new ErrorFacts(objectOf(error), budget),
  },
};

/** The type of `tool.annotations`, which is no root of its own. */
export const annotationRoot: Omit<CelRoot, 'build'> = {
  type: 'Annotations',
  members: Object.fromEntries(
    annotationNames.map((name) => [name, name === 'title' ? 'string' : 'bool']),
  ),
  facts: AnnotationFacts,
};

function treeOf(value: Value | undefined, budget: CelBudget): unknown {
  if (typeof value === 'symbol' || value === undefined || value === null) {
    return new CelMap({}, budget);
  }
  return celValue(value, budget);
}

function objectOf(value: Value | undefined): JsonObject {
  return typeof value === 'symbol' || !isObject(value) ? {} : value;
}

/** Arguments, with those that are known although the whole isn't. */
function argsOf({ args, known }: Subject): Json {
  if (typeof args !== 'symbol' && !known) return args === null ? {} : args;
  const certain = Object.entries(known ?? {}).filter(([, value]) => typeof value !== 'symbol');
  const rest = args === UNKNOWN ? {} : objectOf(args);
  return { ...rest, ...Object.fromEntries(certain as [string, Json][]) };
}
