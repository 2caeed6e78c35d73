import type { PathSegment } from '../../model/decision.ts';
import type { Rule, TargetPattern } from '../ast.ts';
import { compileGlob, hasWildcard } from '../glob.ts';
import type { TargetKind } from '../subject.ts';

/** What a path can lead to in the messages that a rule is about. */
export interface Domain {
  /** `any`: every JSON value, nothing, and what can't be had. `texts`: a list of strings. */
  readonly type: 'any' | 'text' | 'texts' | 'nothing';
  /** There may be no value. */
  readonly optional: boolean;
  /** Which texts it can be; left out: any. */
  readonly names?: Names;
}

/** A set of texts. */
interface Names {
  /** Those of the set that stand in the rule. */
  readonly known: readonly string[];
  fits(text: string): boolean;
  /** There are others than the known ones. */
  readonly open: boolean;
}

const ANYTHING: Domain = { type: 'any', optional: true };
const NOTHING: Domain = { type: 'nothing', optional: true };
const TEXT: Domain = { type: 'text', optional: false };
const OPTIONAL_TEXT: Domain = { type: 'text', optional: true };
const TEXTS: Domain = { type: 'texts', optional: false };

const facts: Readonly<Record<string, Domain>> = {
  'identity.sub': TEXT,
  'identity.issuer': TEXT,
  'identity.email': OPTIONAL_TEXT,
  'identity.client': OPTIONAL_TEXT,
  'identity.actor': OPTIONAL_TEXT,
  'identity.groups': TEXTS,
  'identity.scopes': TEXTS,
  'request.protocol': OPTIONAL_TEXT,
  'request.time': TEXT,
  'request.ip': OPTIONAL_TEXT,
  'client.name': OPTIONAL_TEXT,
  'client.version': OPTIONAL_TEXT,
};

/** Methods of the messages that name something of a kind. */
const METHODS: Readonly<Record<Exclude<TargetKind, 'methods'>, readonly string[]>> = {
  tools: ['tools/call'],
  prompts: ['prompts/get', 'completion/complete'],
  resources: [
    'resources/read',
    'resources/subscribe',
    'resources/unsubscribe',
    'notifications/resources/updated',
    'completion/complete',
  ],
};

/** What the value at a path can be, for the messages that a rule is about; of each value that a `*` reaches. */
export function domainOf(path: readonly PathSegment[], rule: Rule): Domain {
  const [root, member, ...rest] = path;
  const name = `${String(root)}.${String(member)}`;
  return (rest.length === 0 ? factDomain(name, rule) : undefined) ?? ANYTHING;
}

function factDomain(name: string, rule: Rule): Domain | undefined {
  switch (name) {
    case 'request.upstream':
      return rule.upstreams.length === 0 ? TEXT : { ...TEXT, names: globNames(rule.upstreams) };
    case 'request.method':
      return rule.on ? { ...TEXT, names: methodNames(rule.on) } : TEXT;
    case 'target.name':
      return { ...TEXT, ...targetNames(rule.on) };
    case 'target.uri':
      return uriDomain(rule);
    default:
      return Object.hasOwn(facts, name) ? facts[name] : undefined;
  }
}

function uriDomain(rule: Rule): Domain {
  const kinds = kindsOf(rule);
  if (!kinds.has('resources')) return NOTHING;
  const optional = kinds.size > 1;
  const patterns = rule.on?.filter(({ kind }) => kind === 'resources' || kind === 'methods');
  return { type: 'text', optional, ...targetNames(patterns) };
}

/** A rule on methods may be about any target of theirs, so only rules without bound the names. */
function targetNames(on: readonly TargetPattern[] | undefined): { names?: Names } {
  if (!on || on.some(({ kind }) => kind === 'methods')) return {};
  return { names: union(on.map(({ kind, globs }) => globNames(globs, kind))) };
}

function methodNames(on: readonly TargetPattern[]): Names {
  return union(
    on.map(({ kind, globs }) => globNames(kind === 'methods' ? globs : METHODS[kind], 'methods')),
  );
}

function globNames(globs: readonly string[], kind?: TargetKind): Names {
  const tests = globs.map((glob) => compileGlob(glob, kind === 'resources' ? '/' : undefined));
  return {
    known: globs.filter((glob) => !hasWildcard(glob)),
    fits: (text) => tests.some((test) => test(text)),
    open: globs.some(hasWildcard),
  };
}

function union(sets: readonly Names[]): Names {
  return {
    known: sets.flatMap(({ known }) => known),
    fits: (text) => sets.some(({ fits }) => fits(text)),
    open: sets.some(({ open }) => open),
  };
}

const KINDS = ['tools', 'resources', 'prompts'] as const;

/** Kinds of targets that the messages of a rule can have. */
function kindsOf({ on }: Rule): ReadonlySet<TargetKind> {
  if (!on) return new Set<TargetKind>([...KINDS, 'methods']);
  return new Set(
    on.flatMap(({ kind, globs }): TargetKind[] => {
      if (kind !== 'methods') return [kind];
      const tests = globs.map((glob) => compileGlob(glob));
      const named = KINDS.filter((key) =>
        METHODS[key].some((method) => tests.some((test) => test(method))),
      );
      return ['methods', ...named];
    }),
  );
}
