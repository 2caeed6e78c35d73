import { GateError } from '../../../model/errors.ts';
import type { Clock, Log } from '../../../model/seams.ts';
import type { ExchangeRecord } from '../../../model/transcript.ts';
import type { Era } from '../../../protocol/revisions.ts';
import { Answering } from '../../../replay/mock/answering.ts';
import { Recording } from '../../../replay/mock/recording.ts';
import type { Summary } from '../../../replay/mock/summary.ts';
import type { Recorded } from '../../../replay/recorded-subject.ts';
import type { TranscriptReader } from '../../../store/contract.ts';
import { BridgeLink } from '../../../transport/bridge/link.ts';
import type { UpstreamLink } from '../../../transport/contract.ts';
import { MockLink } from './mock-link.ts';

export interface RecordingsOptions {
  readonly reader: Pick<TranscriptReader, 'events' | 'exchange' | 'exchanges'>;
  /** Members that don't count; undefined where arguments must be the same. */
  readonly ignored: ReadonlySet<string> | undefined;
  /** Answers as the upstream gave them, not as its client got them. */
  readonly originals: boolean;
}

export interface LinksOptions {
  readonly summary: Summary;
  /** Waits as long as it took when it was recorded, or not at all. Never rejects. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Asked at the beginning of a session, which may lie before what is replayed. */
const beginnings: readonly string[] = [
  ...['initialize', 'server/discover'],
  ...['tools/list', 'resources/list', 'resources/templates/list', 'prompts/list'],
];
/** How many of them are looked at; lists have pages. */
const LOOKED_BACK = 20;

/** What is replayed: a recording for each upstream and era. */
export class Recordings {
  readonly #options: RecordingsOptions;
  readonly #byUpstream = new Map<string, Map<Era, Recording>>();
  /** Messages that came otherwise than they can be read here. */
  #sealed = 0;
  readonly #unsealed: string[] = [];

  constructor(options: RecordingsOptions) {
    this.#options = options;
  }

  get upstreams(): readonly string[] {
    return [...this.#byUpstream.keys()];
  }

  /** Messages whose originals are sealed with keys that are not at hand, or that nobody asked for. */
  get sealed(): number {
    return this.#sealed;
  }

  /** Ids of exchanges with messages that can be read as they came. */
  get unsealed(): readonly string[] {
    return this.#unsealed;
  }

  /** Requests that can be asked again. */
  get size(): number {
    return this.all.reduce((sum, { size }) => sum + size, 0);
  }

  /** Requests of which nobody knows any longer what they asked. */
  get unreadable(): number {
    return this.all.reduce((sum, { unreadable }) => sum + unreadable, 0);
  }

  get all(): readonly Recording[] {
    return [...this.#byUpstream.values()].flatMap((eras) => [...eras.values()]);
  }

  /** Takes exchanges in the order they were opened. */
  add(recorded: Recorded): void {
    const { record, events } = recorded;
    // What operators and upkeep did to transcripts, and what was refused before it had an upstream.
    if (record.upstream === '') return;
    for (const { sealed } of events as readonly { sealed?: true }[]) if (sealed) this.#sealed++;
    this.#noteUnsealed(recorded);
    const eras = this.#byUpstream.get(record.upstream) ?? new Map<Era, Recording>();
    const era = Recording.eraOf(recorded);
    const recording = eras.get(era) ?? new Recording(era, this.#options);
    recording.add(recorded);
    if (recording.size + recording.unreadable + recording.learnt === 0) return;
    eras.set(era, recording);
    this.#byUpstream.set(record.upstream, eras);
  }

  /** Finds what upstreams said of themselves before what is replayed, where that doesn't have it. */
  lookBack(): void {
    for (const [upstream, eras] of this.#byUpstream) {
      for (const recording of eras.values()) this.#lookBack(upstream, recording);
    }
  }

  #lookBack(upstream: string, recording: Recording): void {
    const { reader } = this.#options;
    for (const method of beginnings.filter((it) => !recording.knows(it))) {
      const fit = { upstream, method, outcome: 'answered', limit: LOOKED_BACK };
      for (const record of reader.exchanges(fit)) {
        const recorded = { record, events: reader.events(record.id) };
        if (Recording.eraOf(recorded) !== recording.era) continue;
        this.#noteUnsealed(recorded);
        recording.remember(recorded);
      }
    }
  }

  #noteUnsealed({ record, events }: Recorded): void {
    if (events.some(({ original }) => original !== undefined)) this.#unsealed.push(record.id);
  }

  /**
   * Ways to what was recorded. A client of an era in which nothing was is served what was recorded in the other.
   *
   * @returns by the name of the upstream; whoever asks for them stops them
   */
  links(options: LinksOptions): Map<string, UpstreamLink> {
    return new Map(
      [...this.#byUpstream].map(([name, eras]) => [name, this.#link(name, eras, options)]),
    );
  }

  #link(
    name: string,
    eras: ReadonlyMap<Era, Recording>,
    { summary, pause, clock, log }: LinksOptions,
  ): UpstreamLink {
    const { ignored, originals } = this.#options;
    const load = (exchange: string) => this.#load(exchange);
    const answering = new Map(
      [...eras].map(([era, recording]) => [
        era,
        new Answering({ name, recording, ignored, originals, load, summary }),
      ]),
    );
    const following = new Map(
      [...eras].map(([era, recording]) => [era, (id: string) => recording.following(id)]),
    );
    const inner = new MockLink({ answering, following, load, pause, log });
    const [era, other] = eras.keys();
    if (era === undefined || other !== undefined) return inner;
    return new BridgeLink({ name, inner, era, clock, log });
  }

  #load(exchange: string): Recorded | undefined {
    const { reader } = this.#options;
    const record: ExchangeRecord | undefined = reader.exchange(exchange);
    if (!record) return undefined;
    const events = reader.events(exchange);
    return events.length === 0 ? undefined : { record, events };
  }
}

/** The link to the only upstream there is. */
export function onlyLink(links: ReadonlyMap<string, UpstreamLink>): UpstreamLink {
  const [link, another] = links.values();
  if (link && !another) return link;
  const hint = `choose one with --upstream: ${[...links.keys()].join(', ')}`;
  throw new GateError('USAGE', 'standard input and output are one upstream', { hint });
}
