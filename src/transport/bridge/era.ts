import { GateError } from '../../model/errors.ts';
import type { AnswerFrame } from '../../model/message.ts';
import type { Clock } from '../../model/seams.ts';
import { eraOfDiscovery, eraOfError } from '../../protocol/era-words.ts';
import { metaKeys } from '../../protocol/meta.ts';
import { type Era, LATEST_STATELESS } from '../../protocol/revisions.ts';
import { version } from '../../version.ts';
import type { UpstreamLink } from '../contract.ts';
import { type Answered, type Aside, ask } from './ask.ts';
import { requestUp } from './frames.ts';

export interface ErasOptions {
  readonly inner: UpstreamLink;
  /** What the configuration says; `auto`: to be found out. */
  readonly era: Era | 'auto';
  readonly clock: Clock;
  /** Milliseconds to wait for the answer to a probe. */
  readonly probe: number;
  /** Milliseconds for which what was found out is believed. */
  readonly fresh: number;
}

interface Known {
  readonly speaks: boolean;
  readonly since: number;
}

/** An upstream is not asked again and again whether it is still the same; milliseconds. */
const PAUSE = 10_000;
/** Failures that say nothing of what an upstream speaks. */
const UNTELLING: readonly string[] = [
  'UPSTREAM_UNREACHABLE',
  'UPSTREAM_BUSY',
  'UPSTREAM_RATE_LIMIT',
  'SESSION_LIMIT',
  'CALL_LIMIT',
  'GATE_STOPPING',
];

/**
 * What eras an upstream speaks, as far as is known. A server may speak both; a client is then served in its own
 * (2026-07-28, versioning, backward compatibility).
 */
export class Eras {
  readonly #options: ErasOptions;
  readonly #known = new Map<Era, Known>();
  #probing: Promise<boolean> | undefined;

  constructor(options: ErasOptions) {
    this.#options = options;
  }

  /** True where it is found out, so that it may change. */
  get isFound(): boolean {
    return this.#options.era === 'auto';
  }

  /** Undefined where it isn't known. */
  speaks(era: Era): boolean | undefined {
    const { era: configured, clock, fresh } = this.#options;
    if (configured !== 'auto') return configured === era;
    const known = this.#known.get(era);
    if (known && clock() - known.since > fresh) this.#known.delete(era);
    return this.#known.get(era)?.speaks;
  }

  learn(era: Era, speaks: boolean): void {
    this.#known.set(era, { speaks, since: this.#options.clock() });
  }

  /** Something went otherwise than what is known made expect. */
  doubt(): void {
    this.#known.clear();
  }

  /** Whether an upstream that spoke the stateless era still does, after it has answered as if it didn't. */
  async stillStateless(owner: string, aside?: Aside): Promise<boolean> {
    const { era, clock } = this.#options;
    const known = this.#known.get('stateless');
    if (era !== 'auto') return era === 'stateless';
    if (known && clock() - known.since < PAUSE) return known.speaks;
    const still = await this.probe(owner, aside).catch(() => true);
    if (!still) this.#known.delete('session');
    return still;
  }

  /**
   * Finds out whether the upstream speaks the stateless era. Whoever asks meanwhile shares the answer.
   *
   * @param owner in whose name to ask
   * @param aside hears of the question if there is one
   * @throws GateError where the upstream could not be asked
   */
  probe(owner: string, aside?: Aside): Promise<boolean> {
    this.#probing ??= this.#probe(owner, aside).finally(() => {
      this.#probing = undefined;
    });
    return this.#probing;
  }

  async #probe(owner: string, aside: Aside | undefined): Promise<boolean> {
    const { inner, probe } = this.#options;
    const place = { owner, protocol: LATEST_STATELESS };
    // The gate asks for itself, so it says its own name (2026-07-28, basic, request metadata).
    const meta = { [metaKeys.clientInfo]: { name: 'sallyport', version: version() } };
    const request = discoverRequest('sallyport-probe', meta);
    aside?.(request.message.method);
    const era = await ask(inner, request, place, { timeout: probe }).then(eraOf, eraOfFailure);
    const speaks = era === 'stateless';
    this.learn('stateless', speaks);
    // Where a process was started only to be asked, it has done its work.
    if (!speaks) void inner.end(place);
    return speaks;
  }
}

/** @param meta what the client says of itself */
export function discoverRequest(id: string | number, meta: object = {}) {
  const _meta = {
    [metaKeys.version]: LATEST_STATELESS,
    [metaKeys.clientCapabilities]: {},
    ...meta,
  };
  return requestUp(id, 'server/discover', { _meta });
}

function eraOf({ answer }: Answered): Era {
  return eraOfAnswer(answer) ?? 'session';
}

/** The era that an answer gives away; undefined where servers of both might say so. */
export function eraOfAnswer(answer: AnswerFrame): Era | undefined {
  if (answer.kind === 'result') return eraOfDiscovery(answer.message.result);
  return eraOfError(answer.message.error.code, answer.message.error.data);
}

function eraOfFailure(error: unknown): Era {
  if (error instanceof GateError && !UNTELLING.includes(error.code)) return 'session';
  throw error;
}
