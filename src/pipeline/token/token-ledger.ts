import { Concealer, type Given } from '../../mask/token/conceal.ts';
import { type Identity, principalOf } from '../../model/identity.ts';
import type { Json } from '../../model/json.ts';
import type { Clock } from '../../model/seams.ts';

/** Callers and upstreams for whom it is remembered, and for each of them how much. */
const MAX_PAIRS = 2_000;
const MAX_GIVEN = 256;
const MAX_CHARACTERS = 32_768;
/** Characters that are ready to be looked for, in all forms; each takes some twenty bytes. */
const MAX_READY = 4_194_304;
/** What each takes beside them. */
const LEAST_READY = 16_384;

/** How long it is remembered, and where the call goes on as a task; milliseconds. */
const LATELY = 3_600_000;
const TASK = 604_800_000;

/** Who, where and when. */
interface Of {
  readonly now: Clock;
  readonly identity: Identity;
  readonly upstream: string;
}

/** What was given, and until when it is remembered. */
interface Lately {
  readonly value: Json;
  readonly until: number;
}

type GivenTokens = ReadonlyMap<string, Lately>;

/**
 * What upstreams were given for tokens lately, by caller. An upstream may repeat it outside of the call in which it got
 * it: on its own stream, in a task, in what it does next.
 */
export class TokenLedger {
  /** The one that was used last comes last. */
  readonly #entries = new Map<string, GivenTokens>();
  readonly #ready = new Map<GivenTokens, Concealer>();
  #readySize = 0;
  /** Of what was given in calls, should the rest have been forgotten. */
  readonly #own = new WeakMap<readonly Given[], Concealer>();

  /**
   * An upstream gets this in the name of a caller.
   *
   * @param task the call in which it does goes on as a task
   */
  add(of: Of, given: readonly Given[], task = false): void {
    if (given.length === 0) return;
    const key = keyOf(of);
    const now = of.now();
    const before = [...(this.#entries.get(key) ?? [])].filter(([, { until }]) => until > now);
    const all = new Map(before);
    for (const { token, value } of given) {
      const until = now + (task ? TASK : LATELY);
      const known = all.get(token)?.until ?? 0;
      all.delete(token);
      all.set(token, { value, until: Math.max(until, known) });
    }
    this.#delete(key);
    this.#entries.set(key, bounded(all));
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MAX_PAIRS && oldest !== undefined) this.#delete(oldest);
  }

  /** True where it is remembered what all of these tokens stood for. */
  knows(of: Of, tokens: readonly string[]): boolean {
    if (tokens.length === 0) return true;
    const now = of.now();
    const lately = this.#lately(of);
    return tokens.every((token) => (lately?.get(token)?.until ?? 0) > now);
  }

  /**
   * Find it in what an upstream sends a caller; none where nothing was given.
   *
   * @param own what was given in the very call, should the ledger have forgotten some of it
   * @param only what was given in the call is looked for, and nothing else
   */
  concealers(of: Of, own: readonly Given[], only = false): readonly Concealer[] {
    const lately = only ? undefined : this.#lately(of);
    const knowsAll = own.every(({ token }) => lately?.has(token));
    return [
      ...(knowsAll ? [] : [this.#ownConcealer(own)]),
      ...(lately ? [this.#concealer(lately)] : []),
    ];
  }

  #lately(of: Of): GivenTokens | undefined {
    if (this.#entries.size === 0) return undefined;
    const key = keyOf(of);
    const lately = this.#entries.get(key);
    if (!lately) return undefined;
    const now = of.now();
    const isOver = [...lately.values()].every(({ until }) => until <= now);
    if (!isOver) return lately;
    this.#delete(key);
    return undefined;
  }

  #concealer(given: GivenTokens): Concealer {
    const ready = this.#ready.get(given);
    if (ready) {
      // The one that was used last comes last.
      this.#ready.delete(given);
      this.#ready.set(given, ready);
      return ready;
    }
    const made = new Concealer([...given].map(([token, { value }]) => ({ token, value })));
    this.#ready.set(given, made);
    this.#readySize += made.size + LEAST_READY;
    for (const other of this.#ready.keys()) {
      if (this.#readySize <= MAX_READY || other === given) break;
      this.#unready(other);
    }
    return made;
  }

  #ownConcealer(own: readonly Given[]): Concealer {
    const made = this.#own.get(own) ?? new Concealer(own);
    this.#own.set(own, made);
    return made;
  }

  #delete(key: string): void {
    const given = this.#entries.get(key);
    if (given) this.#unready(given);
    this.#entries.delete(key);
  }

  #unready(given: GivenTokens): void {
    const ready = this.#ready.get(given);
    if (!ready) return;
    this.#ready.delete(given);
    this.#readySize -= ready.size + LEAST_READY;
  }
}

/** The latest of them, as far as there is room. */
function bounded(all: GivenTokens): GivenTokens {
  let characters = 0;
  const kept: [string, Lately][] = [];
  for (const entry of [...all].reverse()) {
    characters += JSON.stringify(entry[1].value).length;
    if (kept.length === MAX_GIVEN || characters > MAX_CHARACTERS) break;
    kept.unshift(entry);
  }
  return new Map(kept);
}

function keyOf({ identity, upstream }: Of): string {
  return `${upstream}\n${principalOf(identity)}`;
}
