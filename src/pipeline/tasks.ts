import { type Identity, principalOf } from '../model/identity.ts';
import { isList, isObject, type Json, type JsonObject, textMember } from '../model/json.ts';
import type { Clock } from '../model/seams.ts';
import type { Seal } from '../protocol/seal.ts';
import type { TokenLedger } from './token/token-ledger.ts';

/** What somebody has approved of the call that made a task. */
export interface ApprovedCall {
  readonly approval: string;
  /** Keys of the demands that were satisfied. */
  readonly demands: readonly string[];
}

/** A task of an upstream's, and the call that made it. */
export interface Task {
  /** The id that the client knows. */
  readonly id: string;
  /** The upstream's own. */
  readonly own: string;
  readonly tool: string;
  /** Params of the call as the upstream got them; undefined where the gate has forgotten them. */
  readonly call: JsonObject | undefined;
  /** Left out: nobody had to. */
  readonly approved?: ApprovedCall;
  /** The upstream got what tokens stand for in the call, and the gate has forgotten what that was. */
  readonly forgetsGiven?: true;
}

/** Characters of an upstream's id that fit into the client's. */
export const MAX_TASK_ID = 512;
/** Tasks remembered, and of one caller at one upstream. */
const MAX_TASKS = 10_000;
const MAX_OF_OWNER = 256;
/** Characters of a call's params that are remembered, and of all of them. */
const MAX_CALL = 65_536;
const MAX_CALLS = 16_777_216;
/** Demands that an id can carry; a call of more is asked for again. */
const MAX_DEMANDS = 16;
/** Questions of one task whose methods are remembered. */
const MAX_ASKED = 256;

/** Whose tasks, and where: what an upstream calls its tasks means something within its session only. */
interface Of {
  readonly identity: Identity;
  readonly upstream: string;
  /** Without a name in the stateless era, which has no sessions. */
  readonly session: { readonly name: string };
  readonly now: Clock;
}

/** The call that begins a task, what its upstream got for tokens in it, and by which approval it was made. */
interface Beginning extends Of {
  readonly given?: readonly { readonly token: string }[];
  readonly grant?: ApprovedCall | undefined;
}

interface Entry {
  readonly tool: string;
  readonly call: JsonObject | undefined;
  /** Tokens for which the upstream got what they stand for; undefined where the gate has not seen the call. */
  readonly gave: readonly string[] | undefined;
  readonly approved: ApprovedCall | undefined;
  /** Characters of the call. */
  readonly size: number;
  /** Methods of the upstream's questions, by their keys; undefined where the gate has not heard them. */
  asked: Map<string, string> | undefined;
}

/**
 * Tasks that calls have made. Their ids are sealed with their caller, upstream, session and tool, so nobody else can
 * use them, and they outlive a restart. What else a call said is remembered while there is room.
 */
export class Tasks {
  readonly #seal: Seal;
  readonly #ledger: Pick<TokenLedger, 'knows'> | undefined;
  /** By owner, then by session and the upstream's id; the oldest first. */
  readonly #owners = new Map<string, Map<string, Entry>>();
  #count = 0;
  #size = 0;

  /** @param ledger what upstreams were given; left out: nothing */
  constructor(seal: Seal, ledger?: Pick<TokenLedger, 'knows'>) {
    this.#seal = seal;
    this.#ledger = ledger;
  }

  /** The task that a call with these params, as the upstream got them, has made. */
  begin(own: string, exchange: Beginning, params: JsonObject): Task {
    const tool = textMember(params, 'name') ?? '';
    const { arguments: args, _meta: meta } = params;
    const call = { ...(args === undefined ? {} : { arguments: args }), ...metaMember(meta) };
    const size = JSON.stringify(call).length;
    const fits = size <= MAX_CALL;
    const gave = exchange.given?.map(({ token }) => token) ?? [];
    const approved = approvedBy(exchange);
    this.#remember(ownerOf(exchange), keyOf(exchange, own), {
      ...{ tool, gave, approved, asked: new Map() },
      ...(fits ? { call, size } : { call: undefined, size: 0 }),
    });
    const id = this.#idOf(exchange, own, { tool, approved, gave: gave.length > 0 });
    return { id, own, tool, call: fits ? call : undefined, ...(approved && { approved }) };
  }

  /** The task that a client's id names; undefined where it is none of this caller's at this upstream. */
  open(id: Json | undefined, exchange: Of): Task | undefined {
    const facts = typeof id === 'string' ? this.#seal.open(id) : undefined;
    const own = textMember(facts, 'i');
    const tool = textMember(facts, 't');
    if (!facts || own === undefined || tool === undefined || typeof id !== 'string')
      return undefined;
    const { identity, upstream, session } = exchange;
    if (facts.p !== principalOf(identity) || facts.u !== upstream) return undefined;
    if (facts.s !== session.name) return undefined;
    const entry = this.#entry(exchange, own);
    const forgets = facts.g === true && !this.#knowsGiven(entry, exchange);
    const approved = approvedIn(facts.a);
    return {
      ...{ id, own, tool, call: entry?.call },
      ...(approved && { approved }),
      ...(forgets && { forgetsGiven: true }),
    };
  }

  /** Knows a task again that a client has named, though not how it began. */
  adopt({ own, tool, approved }: Task, exchange: Of): void {
    if (this.#entry(exchange, own)) return;
    const entry = { tool, approved, call: undefined, gave: undefined, size: 0, asked: undefined };
    this.#remember(ownerOf(exchange), keyOf(exchange, own), entry);
  }

  /**
   * The caller's task that an upstream names; undefined where the gate has not seen it begin, or has forgotten it, or
   * what it put back in its call.
   */
  find(own: Json | undefined, exchange: Of): Task | undefined {
    const entry = typeof own === 'string' ? this.#entry(exchange, own) : undefined;
    if (!entry || typeof own !== 'string') return undefined;
    const { tool, call, approved, gave = [] } = entry;
    if (gave.length > 0 && !this.#knowsGiven(entry, exchange)) return undefined;
    const id = this.#idOf(exchange, own, { tool, approved, gave: gave.length > 0 });
    return { id, own, tool, call, ...(approved && { approved }) };
  }

  /** Remembers what an upstream asks for in a task. */
  ask(task: Task, exchange: Of, questions: readonly { key: string; method: string }[]): void {
    this.adopt(task, exchange);
    const entry = this.#entry(exchange, task.own);
    if (!entry) return;
    entry.asked ??= new Map();
    const { asked } = entry;
    for (const { key, method } of questions) {
      asked.delete(key);
      asked.set(key, method);
      const [oldest] = asked.keys();
      if (asked.size > MAX_ASKED && oldest !== undefined) asked.delete(oldest);
    }
  }

  /** Methods of what an upstream has asked for in a task, by key; undefined where the gate has not heard it. */
  asked({ own }: Task, exchange: Of): ReadonlyMap<string, string> | undefined {
    return this.#entry(exchange, own)?.asked;
  }

  /** True where what the upstream got in the call would be found in what it says of the task. */
  #knowsGiven(entry: Entry | undefined, exchange: Of): boolean {
    return entry?.gave !== undefined && this.#ledger?.knows(exchange, entry.gave) === true;
  }

  #idOf(
    { identity, upstream, session }: Of,
    own: string,
    { tool, approved, gave }: Pick<Entry, 'tool' | 'approved'> & { readonly gave: boolean },
  ): string {
    const whose = { p: principalOf(identity), u: upstream, s: session.name };
    return this.#seal.sealAlike({
      ...{ ...whose, i: own, t: tool },
      ...(gave ? { g: true } : {}),
      ...(approved && { a: [approved.approval, ...approved.demands] }),
    });
  }

  #entry(exchange: Of, own: string): Entry | undefined {
    return this.#owners.get(ownerOf(exchange))?.get(keyOf(exchange, own));
  }

  #remember(owner: string, key: string, entry: Entry): void {
    this.#forget(owner, key);
    const entries = this.#owners.get(owner) ?? new Map<string, Entry>();
    // Whoever made a task last is the last to be forgotten.
    this.#owners.delete(owner);
    this.#owners.set(owner, entries);
    entries.set(key, entry);
    this.#count++;
    this.#size += entry.size;
    if (entries.size > MAX_OF_OWNER) this.#forgetOldest(owner);
    while (this.#count > MAX_TASKS || this.#size > MAX_CALLS) {
      const [oldest = owner] = this.#owners.keys();
      this.#forgetOldest(oldest);
    }
  }

  #forgetOldest(owner: string): void {
    const [oldest] = this.#owners.get(owner)?.keys() ?? [];
    if (oldest !== undefined) this.#forget(owner, oldest);
  }

  #forget(owner: string, key: string): void {
    const entries = this.#owners.get(owner);
    const entry = entries?.get(key);
    if (!entries || !entry) return;
    entries.delete(key);
    if (entries.size === 0) this.#owners.delete(owner);
    this.#count--;
    this.#size -= entry.size;
  }
}

function approvedBy({ grant }: Beginning): ApprovedCall | undefined {
  if (!grant || grant.demands.length > MAX_DEMANDS) return undefined;
  return { approval: grant.approval, demands: grant.demands };
}

function approvedIn(value: Json | undefined): ApprovedCall | undefined {
  const texts = isList(value) ? value.filter((item) => typeof item === 'string') : [];
  const [approval, ...demands] = texts;
  return approval === undefined ? undefined : { approval, demands };
}

function ownerOf({ identity, upstream }: Of): string {
  return `${upstream}\n${principalOf(identity)}`;
}

/** An upstream's id within its session. */
function keyOf({ session }: Of, own: string): string {
  return `${session.name}\n${own}`;
}

function metaMember(meta: Json | undefined): JsonObject {
  return isObject(meta) ? { _meta: meta } : {};
}
