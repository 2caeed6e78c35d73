import type { Json, JsonObject } from '../model/json.ts';
import { joined, memberConditions } from './suggest-condition.ts';
import type { Callers, Entry } from './suggest-learn.ts';
import { ODD_IN_FOLDER, uriFolder } from './suggest-uri.ts';

/** The numbers behind a rule. */
export interface RuleNumbers {
  readonly calls: number;
  readonly callers: number;
  readonly sessions: number;
  /** Milliseconds since the epoch. */
  readonly first: number;
  readonly last: number;
  /** The same tools, called by the same callers and blocked: not learnt from. */
  readonly blocked: number;
}

/** A rule that would have allowed what was seen. */
export interface SuggestedRule {
  readonly id: string;
  readonly upstream: string;
  readonly on: JsonObject;
  readonly when: JsonObject;
  readonly numbers: RuleNumbers;
  /** What is to be known of it, a line each. */
  readonly notes: readonly string[];
}

interface Draft extends Omit<SuggestedRule, 'id' | 'on' | 'numbers'> {
  readonly kind: Entry['kind'];
  readonly callers: Callers;
  readonly names: string[];
  readonly entries: Entry[];
}

/** URIs that stand in a rule one by one; beyond that, folders that several are in do. */
const MAX_NAMES = 5;
/** Characters of an id. */
const MAX_ID = 80;

/** Writes one rule for all tools of an upstream that the same callers call in the same way. */
export function rulesFor(entries: readonly Entry[], issuers: ReadonlySet<string>): SuggestedRule[] {
  const drafts = new Map<string, Draft>();
  for (const entry of entries) {
    const { upstream, callers, kind } = entry;
    for (const { names, when, notes } of shapesOf(entry, issuers.size > 1)) {
      const key = JSON.stringify([upstream, kind, callers, when]);
      const draft = drafts.get(key);
      draft?.names.push(...names);
      draft?.entries.push(entry);
      if (!draft)
        drafts.set(key, { upstream, callers, kind, names, when, notes, entries: [entry] });
    }
  }
  const taken = new Set<string>();
  return [...drafts.values()].map((draft) => {
    const { upstream, when, kind, entries } = draft;
    const names = [...new Set(draft.names)].sort();
    const numbers = numbersOf(entries);
    const on = { [kind]: names.length === 1 ? (names[0] as string) : names };
    return { id: idOf(draft, taken), upstream, on, when, notes: notesOf(draft), numbers };
  });
}

type Shape = Pick<Draft, 'names' | 'when' | 'notes'>;

/** What rules say of an entry; nothing where too much was named to name it, for to name nothing would allow all. */
function shapesOf(entry: Entry, severalIssuers: boolean): Shape[] {
  const { kind, name } = entry;
  const who = callerConditions(entry.callers, severalIssuers);
  if (name !== undefined) {
    const notes = entry.args.more ? ['it has more arguments than are looked at here'] : [];
    const exact = isPlain(name) ? [] : [{ 'target.name': { eq: name } }];
    const when = joined([...who, ...exact, ...memberConditions(entry.args, ['args'])]);
    return [{ names: [name], when, notes }];
  }
  const named = kind === 'resources' ? resourcesIn(entry) : [methodIn(entry)];
  const told = named.filter(({ names }) => names.length > 0);
  const notes = told.length > 1 ? ['the numbers are those of all resources'] : [];
  return told.map(({ names, conditions }) => ({
    names,
    when: joined([...who, ...conditions]),
    notes,
  }));
}

function callerConditions({ groups, sub, issuer }: Callers, severalIssuers: boolean): JsonObject[] {
  if (sub !== undefined) {
    return [{ 'identity.sub': { eq: sub } }, { 'identity.issuer': { eq: issuer } }];
  }
  return [
    ...(groups ?? []).map((group) => ({ 'identity.groups': { contains: group } })),
    ...(severalIssuers ? [{ 'identity.issuer': { eq: issuer } }] : []),
  ];
}

interface Named {
  readonly names: string[];
  readonly conditions: readonly JsonObject[];
}

/** A method, and what it was about. */
function methodIn({ names, method }: Entry): Named {
  const about = [...(names ?? [])].filter((one) => one !== method).sort();
  return {
    names: names ? [method] : [],
    conditions: [
      ...(isPlain(method) ? [] : [{ 'request.method': { eq: method } }]),
      ...(about.length > 0 ? [{ 'target.name': { in: about } }] : []),
    ],
  };
}

/**
 * Few URIs by themselves, many by the folder that they are in; what is in none stands for itself. Both have rules of
 * their own, so that no name that is a glob is read as one of folders.
 */
function resourcesIn({ names, folders }: Entry): Named[] {
  const known = [...(names ?? [])].sort();
  const within =
    names && known.length <= MAX_NAMES ? [] : [...(folders ?? [])].filter(isShared(names)).sort();
  const alone = known.filter((uri) => !within.includes(uriFolder(uri) ?? ''));
  const exact = alone.every(isPlain) ? [] : [{ 'target.name': { in: alone } }];
  const inFolder = { not: { 'target.name': { matches: ODD_IN_FOLDER } } };
  return [
    { names: alone, conditions: exact },
    { names: within.map((folder) => `${folder}*`), conditions: [inFolder] },
  ];
}

/** True of a folder that more than one URI is in; of any, where not all URIs are known. */
function isShared(names: ReadonlySet<string> | undefined): (folder: string) => boolean {
  if (!names) return () => true;
  const found = [...names].map(uriFolder);
  return (folder) => found.indexOf(folder) !== found.lastIndexOf(folder);
}

/** A `*` or `?` would stand for more than itself. */
function isPlain(name: string): boolean {
  return !/[*?]/.test(name);
}

function numbersOf(entries: readonly Entry[]): RuleNumbers {
  const sizeOf = (sets: readonly ReadonlySet<string>[]) =>
    new Set(sets.flatMap((s) => [...s])).size;
  return {
    calls: entries.reduce((sum, { calls }) => sum + calls, 0),
    callers: sizeOf(entries.map(({ people }) => people)),
    sessions: sizeOf(entries.map(({ sessions }) => sessions)),
    first: Math.min(...entries.map(({ first }) => first)),
    last: Math.max(...entries.map(({ last }) => last)),
    blocked: entries.reduce((sum, { blocked }) => sum + blocked, 0),
  };
}

function notesOf({ notes, entries }: Draft): string[] {
  const masked = entries.flatMap(({ name, args }) =>
    [...args.byName].flatMap(([key, value]) => (value.masked ? [`${key} of ${name}`] : [])),
  );
  const hidden = masked.length > 0 ? [`masked, so nothing is known of: ${masked.join(', ')}`] : [];
  return [...notes, ...hidden];
}

/** A short name that says for whom and what it is. */
function idOf({ upstream, callers, kind, names }: Draft, taken: Set<string>): string {
  const who = callers.sub ?? (callers.groups ?? []).join('-');
  const what = names.length === 1 && kind !== 'resources' ? (names[0] ?? kind) : kind;
  const words = ['suggested', upstream, who, what].map(slug).filter((word) => word !== '');
  const base = words
    .join('-')
    .slice(0, MAX_ID - 6)
    .replace(/[._-]+$/, '');
  let id = base;
  for (let n = 2; taken.has(id); n++) id = `${base}-${n}`;
  taken.add(id);
  return id;
}

function slug(text: Json): string {
  return String(text)
    .replace(/[^A-Za-z0-9._]+/g, '-')
    .replace(/^[._-]+|[._-]+$/g, '');
}
