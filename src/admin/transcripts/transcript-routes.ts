import { GateError } from '../../model/errors.ts';
import type { Identity } from '../../model/identity.ts';
import type { ExchangeRecord } from '../../model/transcript.ts';
import type { TranscriptsAside } from '../../store/contract.ts';
import type { AdminAnswer, AdminRequest, Route } from '../route.ts';
import { listQuery, positionOf, stepsQuery, streamQuery } from './transcripts-query.ts';
import { TranscriptStreams, type TranscriptStreamsOptions } from './transcripts-stream.ts';
import { exchangeLine, foundLine, stepLine } from './transcripts-view.ts';

export interface TranscriptRoutesOptions extends Pick<TranscriptStreamsOptions, 'clock' | 'log'> {
  readonly transcripts: TranscriptsAside;
}

const all = '/v1/transcripts';

/**
 * Reading transcripts, as masks leave them: lists and searches, single exchanges, and what happens as it happens. The log
 * tells who reads, though not what they look for.
 */
export function transcriptRoutes(options: TranscriptRoutesOptions): Route[] {
  const nouns = new TranscriptNouns(options);
  const read = { method: 'GET', needs: 'transcripts:read' } as const;
  return [
    { ...read, path: all, serve: (request) => nouns.list(request) },
    { ...read, path: `${all}/events`, serve: (request) => nouns.events(request) },
    { ...read, path: `${all}/:id`, serve: (request) => nouns.show(request) },
  ];
}

class TranscriptNouns {
  readonly #options: TranscriptRoutesOptions;
  readonly #streams: TranscriptStreams;

  constructor(options: TranscriptRoutesOptions) {
    this.#options = options;
    this.#streams = new TranscriptStreams(options);
  }

  async list({ identity, query }: AdminRequest): Promise<AdminAnswer> {
    const { transcripts, clock } = this.#options;
    const { found, next } = await transcripts.search(listQuery(query, clock()));
    this.#note(identity, query.text === undefined ? 'a list' : 'a search');
    return {
      body: { exchanges: found.map(foundLine), ...(next === undefined ? {} : { next }) },
    };
  }

  async show({ identity, query, params: { id = '' } }: AdminRequest): Promise<AdminAnswer> {
    const { transcripts } = this.#options;
    const { after } = stepsQuery(query);
    const exchange = await transcripts.exchange(id);
    if (!exchange) throw new GateError('TRANSCRIPT_UNKNOWN', 'there is no such exchange');
    const { steps, next } = await transcripts.steps(exchange.id, after);
    const caller = await this.#callerOf(exchange);
    this.#note(identity, 'an exchange', exchange.id);
    return {
      body: {
        ...exchangeLine(exchange),
        ...(caller === undefined ? {} : { caller }),
        steps: steps.map(stepLine),
        ...(next === undefined ? {} : { next }),
      },
    };
  }

  async events({ identity, query, headers }: AdminRequest): Promise<AdminAnswer> {
    const asked = streamQuery(query);
    // A browser that comes again says how far it had come (HTML, section 9.2.4).
    const last = headers['last-event-id'];
    const told = typeof last === 'string' && last !== '' ? positionOf(last) : asked.after;
    // Whoever sees the stream begin misses nothing that is recorded from then on.
    const after = told ?? (await this.#options.transcripts.lastPosition());
    const body = this.#streams.open(identity, { ...asked, after });
    this.#note(identity, 'a stream');
    return { body, type: 'text/event-stream' };
  }

  /** What the token of the caller said. */
  async #callerOf({ identity }: ExchangeRecord): Promise<object | undefined> {
    return identity === undefined ? undefined : this.#options.transcripts.fact(identity);
  }

  #note({ sub, issuer }: Identity, what: string, exchange?: string): void {
    const about = exchange === undefined ? {} : { exchange };
    this.#options.log.info({ sub, issuer, what, ...about }, 'transcripts were read');
  }
}
