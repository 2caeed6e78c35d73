import { type JsonObject, textMember } from '../../model/json.ts';
import { type Era, isStatelessRevision } from '../../protocol/revisions.ts';
import type { Recorded } from '../recorded-subject.ts';
import { Lists } from './lists.ts';
import { type Asked, looseKey, requestKey, subjectKey } from './request-key.ts';
import { askedIn, openingOf, scriptOf } from './script.ts';

/** Exchanges of the same target that ask different things. */
export interface Variant {
  readonly key: string;
  /** One that asks it. */
  readonly exchange: string;
}

export interface RecordingOptions {
  /** Undefined where arguments must be the same. */
  readonly ignored: ReadonlySet<string> | undefined;
  /** Knows of the upstream what it said, also where its client was refused that. */
  readonly originals: boolean;
}

/** Kinds of requests that are answered from what is known of the upstream, not by what was asked before. */
const introductions: readonly string[] = ['initialize', 'server/discover'];

/**
 * What was recorded of one upstream in one era: which exchange answers what. It holds digests and ids; messages stay in
 * the database.
 */
export class Recording {
  readonly era: Era;
  readonly lists = new Lists();
  /** Answers to `initialize` by the revision that was asked for; the newest of each. */
  readonly #initialized = new Map<string, JsonObject>();
  #discovered: JsonObject | undefined;
  readonly #exact = new Map<string, string[]>();
  readonly #loose = new Map<string, string[]>();
  readonly #variants = new Map<string, Map<string, string>>();
  /** What an upstream sent of its own accord, by the exchange that it came after. */
  readonly #following = new Map<string, string[]>();
  /** The newest exchange that each client began. */
  readonly #newest = new Map<string, string>();
  readonly #ignored: ReadonlySet<string> | undefined;
  readonly #originals: boolean;
  readonly #counts = new Map<string, number>();
  #unreadable = 0;
  #learnt = 0;

  constructor(era: Era, { ignored, originals }: RecordingOptions) {
    this.era = era;
    this.#ignored = ignored;
    this.#originals = originals;
  }

  /** The era that an exchange belongs to. */
  static eraOf({ record }: Pick<Recorded, 'record'>): Era {
    return isStatelessRevision(record.protocol) ? 'stateless' : 'session';
  }

  /** Requests that can be answered, by what they ask. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** Requests whose own text was not kept whole, so that nobody knows what they asked. */
  get unreadable(): number {
    return this.#unreadable;
  }

  get size(): number {
    return this.#counts.values().reduce((sum, count) => sum + count, 0);
  }

  /** Exchanges by which the upstream is known: what it is, and what it has. */
  get learnt(): number {
    return this.#learnt;
  }

  /** True where the upstream was asked this. */
  knows(method: string): boolean {
    if (method === 'initialize') return this.#initialized.size > 0;
    if (method === 'server/discover') return this.#discovered !== undefined;
    return this.lists.result(method) !== undefined;
  }

  /** Takes what the upstream said of itself before what is replayed. */
  remember(recorded: Recorded): void {
    const [asked] = askedIn(recorded);
    if (asked) this.#know(asked, recorded);
  }

  /** Takes an exchange; they come in the order they were opened. */
  add(recorded: Recorded): void {
    const { record, events } = recorded;
    const [opened] = events;
    const { direction, kind } = opened?.detail ?? {};
    // Streams, ends of sessions, and what was refused before it was judged have no message.
    if (opened?.kind !== 'opened' || kind === undefined) return;
    if (direction === 'down') return this.#follow(recorded);
    if (kind !== 'request') {
      // An answer says nothing new, a notification may be what the upstream waited for.
      if (kind === 'notification') this.#notified(recorded);
      return;
    }
    this.#newest.set(clientOf(record), record.id);
    const asked = askedIn(recorded);
    const [first] = asked;
    if (!first) this.#unreadable++;
    else if (Lists.has(first.method) || introductions.includes(first.method))
      this.#learn(first, recorded);
    else this.#index(asked, record.id);
  }

  #notified({ record, events }: Recorded): void {
    const frame = openingOf({ events });
    if (frame?.kind !== 'notification') return;
    this.#newest.set(clientOf(record), record.id);
    append(this.#exact, requestKey({ method: frame.message.method, params: {} }), record.id);
  }

  #follow({ record }: Recorded): void {
    const newest = this.#newest.get(clientOf(record));
    if (newest !== undefined) append(this.#following, newest, record.id);
  }

  /** What an upstream says of itself and of what it has. */
  #learn(asked: Asked, recorded: Recorded): void {
    this.#learnt++;
    this.#know(asked, recorded);
    append(this.#exact, asked.method, recorded.record.id);
  }

  #know({ method, params }: Asked, recorded: Recorded): void {
    const { ending } = scriptOf(recorded, { originals: this.#originals });
    const message = ending.kind === 'answer' ? ending.message : undefined;
    if (!message || !('result' in message)) return;
    const { result } = message;
    if (method === 'server/discover') this.#discovered = result;
    else if (method === 'initialize') {
      this.#initialized.set(textMember(params, 'protocolVersion') ?? '', result);
    } else this.lists.add(method, result);
  }

  #index(versions: readonly Asked[], id: string): void {
    const [first] = versions;
    if (!first) return;
    const subject = subjectKey(first);
    this.#counts.set(subject, (this.#counts.get(subject) ?? 0) + 1);
    for (const key of new Set(versions.map(requestKey))) {
      append(this.#exact, key, id);
      const variants = this.#variants.get(subject) ?? new Map<string, string>();
      // Once more at the end: the newest are looked at first.
      variants.delete(key);
      variants.set(key, id);
      this.#variants.set(subject, variants);
    }
    const ignored = this.#ignored;
    if (!ignored) return;
    for (const key of new Set(versions.map((asked) => looseKey(asked, ignored)))) {
      append(this.#loose, key, id);
    }
  }

  /** Exchanges that asked the same, in order. */
  exact(key: string): readonly string[] {
    return this.#exact.get(key) ?? [];
  }

  /** Exchanges that asked the same but for what doesn't count. */
  loose(key: string): readonly string[] {
    return this.#loose.get(key) ?? [];
  }

  /** What else the same target was asked, newest first. */
  variants(subject: string): readonly Variant[] {
    const known = this.#variants.get(subject);
    return known ? [...known].reverse().map(([key, exchange]) => ({ key, exchange })) : [];
  }

  /** What the upstream sent of its own accord after an exchange, before the next one. */
  following(exchange: string): readonly string[] {
    return this.#following.get(exchange) ?? [];
  }

  /** What was answered to `initialize` where this revision was asked for, or to any. */
  initialized(
    revision: string,
  ): { readonly result: JsonObject; readonly same: boolean } | undefined {
    const own = this.#initialized.get(revision);
    if (own) return { result: own, same: true };
    const newest = [...this.#initialized.values()].at(-1);
    return newest && { result: newest, same: false };
  }

  get discovered(): JsonObject | undefined {
    return this.#discovered;
  }
}

/** The session, or what is most like one where there are none. */
function clientOf({ session, sub, issuer, client, agent, ip }: Recorded['record']): string {
  return session || JSON.stringify([sub, issuer, client, agent, ip]);
}

function append(lists: Map<string, string[]>, key: string, id: string): void {
  const list = lists.get(key);
  if (list) list.push(id);
  else lists.set(key, [id]);
}
