import { Pool } from 'undici';
import { GateError } from '../model/errors.ts';
import { isList, type Json } from '../model/json.ts';
import type { AnalyzedSpan, Analyzer, AnalyzerQuestion, Clock, Log } from '../model/seams.ts';
import { batchesOf } from './batches.ts';
import { Circuit } from './circuit.ts';
import { findingsIn } from './presidio-answer.ts';
import { jsonIn } from './presidio-body.ts';
import { failureOf, UnexpectedAnswer } from './presidio-failure.ts';

export interface PresidioOptions {
  /** Its base URL; `/analyze` is below it. */
  readonly url: string;
  /** Milliseconds for all that one message asks. */
  readonly timeout: number;
  readonly language: string;
  /** Findings with a lower score don't count. */
  readonly score: number;
  /** What is looked for where nothing else is said; left out: everything. */
  readonly entities?: readonly string[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Requests of one message at a time, and of all messages. */
const AT_ONCE = 4;
const CONNECTIONS = 16;
/** Milliseconds for which an analyzer that does not answer is left alone. */
const REST = 5_000;
/** Milliseconds between two lines of log about failures. */
const QUIET = 10_000;

/** What an analyzer says to a list that knows single texts only. */
const REFUSALS = [400, 422, 500];

type Findings = ReadonlyMap<string, readonly AnalyzedSpan[]>;

/**
 * Asks a Presidio analyzer over its REST API. Texts go in batches, as its newer versions take them; one that takes no
 * lists is asked text by text. How much a message may ask is for whoever asks.
 */
export class PresidioAnalyzer implements Analyzer {
  readonly #options: PresidioOptions;
  readonly #pool: Pool;
  readonly #path: string;
  readonly #circuit: Circuit;
  readonly #headers: Record<string, string>;
  #takesLists = true;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(options: PresidioOptions) {
    const { origin, pathname } = new URL(options.url);
    this.#options = options;
    const connect = { timeout: options.timeout };
    this.#pool = new Pool(origin, { allowH2: false, connections: CONNECTIONS, connect });
    this.#path = `${pathname.replace(/\/+$/, '')}/analyze`;
    this.#circuit = new Circuit(REST, options.clock);
    this.#headers = { 'content-type': 'application/json', ...options.headers };
  }

  get ready(): boolean {
    return this.#circuit.ready;
  }

  async analyze(texts: readonly string[], question: AnalyzerQuestion): Promise<Findings> {
    if (!this.#circuit.begin()) throw RESTING;
    try {
      const findings = await this.#all(texts, this.#entities(question));
      this.#circuit.end(true);
      return findings;
    } catch (cause) {
      const { error, answered } = failureOf(cause);
      this.#circuit.end(answered);
      this.#complain(error);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  /** Asks about all texts, some requests at a time; the first that fails stops the others. */
  async #all(texts: readonly string[], entities: readonly string[] | undefined) {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(this.#options.timeout)]);
    const findings = new Map<string, readonly AnalyzedSpan[]>();
    const queue = batchesOf(texts);
    const work = async () => {
      for (let batch = queue.shift(); batch; batch = queue.shift()) {
        const found = await this.#batch(batch, entities, signal);
        for (const [index, text] of batch.entries()) findings.set(text, found[index] ?? []);
      }
    };
    try {
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, queue.length) }, work));
    } finally {
      stop.abort();
    }
    return findings;
  }

  async #batch(
    batch: readonly string[],
    entities: readonly string[] | undefined,
    signal: AbortSignal,
  ): Promise<readonly (readonly AnalyzedSpan[])[]> {
    if (this.#takesLists && batch.length > 1) {
      const answer = await this.#ask(batch, entities, signal, true);
      if (isList(answer) && answer.length === batch.length && answer.every(isList)) {
        return batch.map((text, index) => this.#read(answer[index], text));
      }
    }
    const found: AnalyzedSpan[][] = [];
    for (const text of batch) {
      found.push(this.#read(await this.#ask(text, entities, signal, false), text));
    }
    // Each was answered by itself, and not as a list.
    if (batch.length > 1) this.#takesLists = false;
    return found;
  }

  #read(answer: Json | undefined, text: string): AnalyzedSpan[] {
    const { entities, score } = this.#options;
    const found = findingsIn(answer, text, score);
    if (!entities) return found;
    return found.map((one) => (entities.includes(one.entity) ? one : { ...one, named: true }));
  }

  /** Undefined: everything that the analyzer knows. */
  #entities({ usual, entities: named }: AnalyzerQuestion): readonly string[] | undefined {
    if (!usual) return named;
    const { entities } = this.#options;
    return entities && [...new Set([...entities, ...named])];
  }

  /** @param mayRefuse a refusal is `undefined` instead of an error */
  async #ask(
    text: string | readonly string[],
    entities: readonly string[] | undefined,
    signal: AbortSignal,
    mayRefuse: boolean,
  ): Promise<Json | undefined> {
    const { language, score } = this.#options;
    const { statusCode, body } = await this.#pool.request({
      ...{ method: 'POST', path: this.#path, headers: this.#headers, signal },
      body: JSON.stringify({
        // Half a surrogate pair is no text that Python could encode; what takes its place is as long.
        text:
          typeof text === 'string' ? text.toWellFormed() : text.map((one) => one.toWellFormed()),
        ...{ language, score_threshold: score, ...(entities && { entities }) },
      }),
    });
    if (statusCode === 200) return jsonIn(body);
    await body.dump();
    if (mayRefuse && REFUSALS.includes(statusCode)) return undefined;
    throw new UnexpectedAnswer(statusCode);
  }

  #complain({ code, message }: GateError): void {
    const { clock, log } = this.#options;
    if (clock() - this.#toldAt < QUIET) return;
    this.#toldAt = clock();
    log.error({ code, cause: message }, 'texts could not be analyzed; their messages are refused');
  }
}

const RESTING = new GateError(
  'ANALYZER_UNAVAILABLE',
  'the analyzer did not answer the last times, and is left alone for some seconds',
);
