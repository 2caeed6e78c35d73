import { type Identity, principalOf } from '../model/identity.ts';
import { isList, isObject, textMember } from '../model/json.ts';
import type { TranscriptEvent } from '../model/transcript.ts';
import type { HiddenPlace } from '../policy/explain/explain-hidden.ts';
import type { Subject, TargetKind } from '../policy/subject.ts';
import { methodRow, targetOf } from '../protocol/methods.ts';
import { messageIn, type Recorded } from './recorded-subject.ts';
import { uriFolder } from './suggest-uri.ts';
import { MemberStats, placeName } from './suggest-value.ts';

/** Bounds on what is remembered of all traffic. */
const most = { entries: 5_000, people: 1_000, names: 200, groups: 8, name: 1_024 } as const;

/** Whom a rule is for: those who have all of these groups, or one subject. */
export interface Callers {
  readonly groups?: readonly string[];
  readonly sub?: string;
  readonly issuer: string;
}

/** One kind of message between some callers and an upstream, and the numbers of it. */
export interface Entry {
  readonly upstream: string;
  readonly callers: Callers;
  readonly kind: TargetKind;
  readonly method: string;
  /** Tool or prompt; undefined of what is told apart by `names`. */
  readonly name: string | undefined;
  /** URIs, or what a method names; undefined once there are too many. */
  names: Set<string> | undefined;
  /** Folders of those that are in one. */
  folders: Set<string> | undefined;
  readonly args: MemberStats;
  calls: number;
  /** The same that was blocked and not learnt from. */
  blocked: number;
  readonly people: Set<string>;
  readonly sessions: Set<string>;
  first: number;
  last: number;
}

/** A message, with what policy would be asked about it. */
export interface Lesson {
  readonly subject: Subject;
  readonly hidden: readonly HiddenPlace[];
  readonly at: number;
  readonly session: string | undefined;
}

/** Gathers what was seen, kind by kind. */
export class Lessons {
  readonly #entries = new Map<string, Entry>();
  readonly issuers = new Set<string>();
  /** Kinds of messages that there was no room for. */
  overflow = 0;

  get entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  /** Learns from a message that was let through. */
  learn({ subject, hidden, at, session }: Lesson): void {
    const entry = this.#entry(subject);
    if (!entry) return;
    entry.calls++;
    entry.first = Math.min(entry.first, at);
    entry.last = Math.max(entry.last, at);
    if (entry.people.size < most.people) entry.people.add(principalOf(subject.identity));
    if (session && entry.sessions.size < most.people) entry.sessions.add(session);
    if (entry.name === undefined) remember(entry, subject.target.name);
    const { args } = subject;
    if (!learnsArgs(subject) || typeof args === 'symbol') return;
    const masked = new Set(hidden.map(placeName));
    // Where the name of an argument was masked, what stands there is no name.
    if (masked.has(placeName(['args']))) return;
    entry.args.add(isObject(args) ? args : {}, ['args'], masked);
  }

  /** Counts a message of a kind that others were learnt from. */
  count({ subject }: Pick<Lesson, 'subject'>): void {
    const entry = this.#entries.get(keyOf(subject));
    if (entry) entry.blocked++;
  }

  #entry(subject: Subject): Entry | undefined {
    const key = keyOf(subject);
    const known = this.#entries.get(key);
    if (known) return known;
    // A name that long would leave no room for others in a policy file.
    if (subject.target.name.length > most.name || this.#entries.size >= most.entries) {
      this.overflow++;
      return undefined;
    }
    this.issuers.add(subject.identity.issuer);
    const { request, target, identity } = subject;
    const byName = learnsArgs(subject);
    const entry: Entry = {
      ...{ upstream: request.upstream, method: request.method, callers: callersOf(identity) },
      kind: byName || request.method === 'resources/read' ? target.kind : 'methods',
      name: byName ? target.name : undefined,
      ...{ names: new Set(), folders: new Set(), args: new MemberStats(), calls: 0, blocked: 0 },
      ...{ people: new Set(), sessions: new Set() },
      ...{ first: Number.POSITIVE_INFINITY, last: 0 },
    };
    this.#entries.set(key, entry);
    return entry;
  }
}

/** Calls of tools and prompts are told apart by their arguments. */
function learnsArgs({ request }: Subject): boolean {
  return request.method === 'tools/call' || request.method === 'prompts/get';
}

function keyOf(subject: Subject): string {
  const { request, target, identity } = subject;
  const name = learnsArgs(subject) ? target.name : null;
  return JSON.stringify([request.upstream, callersOf(identity), request.method, name]);
}

/** Those who share all groups are alike; who has none, or very many, stands alone. */
function callersOf({ groups, sub, issuer }: Identity): Callers {
  if (groups.length === 0 || groups.length > most.groups) return { sub, issuer };
  return { groups: [...new Set(groups)].sort(), issuer };
}

function remember(entry: Entry, name: string): void {
  entry.names?.add(name);
  const folder = uriFolder(name);
  if (folder !== undefined) entry.folders?.add(folder);
  if ((entry.names?.size ?? 0) > most.names) entry.names = undefined;
  if ((entry.folders?.size ?? 0) > most.names) entry.folders = undefined;
}

/** Requests of the upstream's to the client that an exchange carried, by method. */
export function questionsIn({ events }: Pick<Recorded, 'events'>): string[] {
  return [...new Set(events.flatMap(questionsOf))].filter((method) => methodRow(method).asks);
}

function questionsOf({ kind, payload }: TranscriptEvent): string[] {
  if (payload === undefined) return [];
  if (kind === 'forwarded') {
    return [textMember(messageIn(payload), 'method') ?? []].flat();
  }
  if (kind !== 'answered') return [];
  if (!payload.includes('"inputRequests"') && !payload.includes('"elicitations"')) return [];
  const message = messageIn(payload);
  const result = isObject(message?.result) ? message.result : {};
  const asked = isObject(result.inputRequests) ? Object.values(result.inputRequests) : [];
  const error = isObject(message?.error) ? message.error : {};
  const data = isObject(error.data) ? error.data : {};
  const visits = isList(data.elicitations) && error.code === -32042;
  return [
    ...asked.flatMap((one) => (isObject(one) ? (textMember(one, 'method') ?? []) : [])),
    ...(visits ? ['elicitation/create'] : []),
  ];
}

/** What policy is asked about such a question, as far as a rule on methods needs to know. */
export function questionSubject(subject: Subject, method: string): Subject {
  return { ...subject, request: { ...subject.request, method }, target: targetOf(method, {}) };
}
